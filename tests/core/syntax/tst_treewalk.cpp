// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/walkbycursor.h"
#include "syntax/parser.h"
#include "workspace/filesystem.h"

#include <QDirIterator>
#include <QTest>
#include <random>
#include <string_view>

using namespace Qt::StringLiterals;
using namespace paddock::syntax;
using namespace paddock::test;

class TreeWalkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatTheCursorSays_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("tsx");
        for (const QString &folder : {u"/tests"_s, u"/resources"_s}) {
            QDirIterator it(QString::fromUtf8(PADDOCK_SOURCE_DIR) + folder,
                            {u"*.ts"_s, u"*.tsx"_s, u"*.js"_s, u"*.mts"_s}, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                const QString path = it.next();
                if (!path.contains("node_modules"_L1))
                    QTest::newRow(qUtf8Printable(path.sliced(QString::fromUtf8(PADDOCK_SOURCE_DIR).size() + 1)))
                        << paddock::workspace::readBytes(path).value_or(QByteArray())
                        << (languageOf(path) == Language::Tsx);
            }
        }
        QTest::newRow("nothing") << QByteArray() << false;
        QTest::newRow("only a comment") << QByteArray("\n\n  // so\n") << false;
        QTest::newRow("an attribute") << QByteArray("const a = <A b={1} {...c}>x {y} &amp;</A>;") << true;
        QTest::newRow("missing") << QByteArray("if (a { b(; }\nclass {") << false;
        QTest::newRow("deep") << QByteArray("[").repeated(3000) << false;
        QTest::newRow("wide") << QByteArray("a = 1;\n").repeated(5000) << false;
    }

    void saysWhatTheCursorSays()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, tsx);
        Parser parser;
        const auto check = [&](const QByteArray &source) {
            const auto tree = parser.parse(source, tsx ? Language::Tsx : Language::TypeScript);
            QVERIFY(tree);
            const TSNode root = ts_tree_root_node(tree->handle());
            const TSLanguage *language = ts_tree_language(tree->handle());
            QVERIFY(walksAgree(root, 0, 64));
            QVERIFY(walksAgree(root, 0, 1));
            for (const std::string_view closed : {"string", "statement_block", "call_expression", "program"}) {
                const TSSymbol symbol =
                    ts_language_symbol_for_name(language, closed.data(), static_cast<uint32_t>(closed.size()), true);
                QVERIFY(symbol != 0);
                QVERIFY(walksAgree(root, symbol, 7));
            }
            if (ts_node_child_count(root) > 0)
                QVERIFY(walksAgree(ts_node_child(root, ts_node_child_count(root) / 2), 0, 64));
        };
        check(text);
        std::mt19937 random(7);
        for (int i = 0; i < 8 && !text.isEmpty() && !QTest::currentTestFailed(); ++i) { // what does not parse as well
            QByteArray broken = text;
            const auto at = static_cast<qsizetype>(random() % static_cast<size_t>(text.size()));
            broken.remove(at, static_cast<qsizetype>(random() % 40));
            check(broken);
        }
    }
};

QTEST_GUILESS_MAIN(TreeWalkTest)
#include "tst_treewalk.moc"
