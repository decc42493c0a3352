// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier.h"
#include "syntax/ast.h"
#include "workspace/data.h"

#include "cases.h"

#include <QDirIterator>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::change;

namespace {

QString fixture()
{
    return QStringLiteral(PADDOCK_SOURCE_DIR "/tests/fixtures/workspaces/library");
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QStringList keys(const QList<Change> &changes)
{
    QStringList result;
    for (const Change &c : changes)
        result.append(toString(c.kind) + u' ' + toString(c.subject.type) + u':' + c.subject.name);
    result.sort();
    return result;
}

/// Whether a line end may stand between two tokens without a semicolon coming into being there, or going.
bool mayBreak(QByteArrayView before)
{
    static const QList<QByteArray> safe{";", ",", "{", "(", "[", ":", "=", "=>", "&&", "||", "?"};
    return safe.contains(before.toByteArray());
}

} // namespace

class TestProperties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Comments and white space between any two tokens of any file are no effect.
    void comments_data()
    {
        QTest::addColumn<QString>("path");
        QDirIterator it(fixture(), {u"*.ts"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString path = it.next().sliced(fixture().size() + 1);
            QTest::newRow(qPrintable(path)) << path;
        }
    }
    void comments()
    {
        QFETCH(QString, path);
        const QByteArray source = read(fixture() + u'/' + path);
        syntax::Parser parser;
        const auto tree = parser.parse(source, syntax::Language::TypeScript);
        const syntax::Ast ast(*tree);
        const quint64 hash = ast.hash(0);
        // Each boundary alone
        for (size_t i = 0; i + 1 < ast.tokens().size(); ++i) {
            const auto [start, end] = ast.tokens()[i];
            const auto next = ast.tokens()[i + 1].first;
            const QByteArrayView token = QByteArrayView(source).sliced(start, end - start);
            if (inTemplate(ast, end, next) || token.isEmpty())
                continue;
            for (const QByteArray &filler :
                 {QByteArray(" /* x() */ "), QByteArray("\t  "), QByteArray("\n// { \" \n")}) {
                if (filler.contains('\n') && !mayBreak(token))
                    continue;
                QByteArray changed = source;
                changed.insert(end, filler);
                const auto other = parser.parse(changed, syntax::Language::TypeScript, tree.get());
                const syntax::Ast after(*other);
                if (token == "?" && after.hasError()) { // the grammar itself gives up on f<{ a? /**/ : b }>()
                    const auto file = workspace::readSource(path, changed, parser);
                    QCOMPARE(file->facts->errorLine, 0);
                    QCOMPARE(file->facts->codeHash, hash);
                    continue;
                }
                const QByteArray where =
                    path.toUtf8() + " after \"" + token.toByteArray() + "\" at " + QByteArray::number(end);
                QVERIFY2(after.hash(0) == hash, where.constData());
            }
        }
    }

    /// All boundaries of all files at once: nothing but no-effect comes out.
    void commentsEverywhere()
    {
        QTemporaryDir dir;
        QVERIFY(cases::copyFolder(fixture(), dir.path()));
        const auto before = workspace::readProject(dir.path());
        QVERIFY(before);
        QStringList files;
        for (const QString &path : before->files()) {
            if (!path.endsWith(".ts"_L1) || path.endsWith(".d.ts"_L1))
                continue;
            QByteArray source = read(dir.filePath(path));
            syntax::Parser parser;
            const syntax::Ast ast(*parser.parse(source, syntax::Language::TypeScript));
            for (size_t i = ast.tokens().size() - 1; i-- > 0;) {
                const auto end = ast.tokens()[i].second;
                if (!inTemplate(ast, end, ast.tokens()[i + 1].first))
                    source.insert(end, "/**/ ");
            }
            write(dir.filePath(path), source);
            files.append(path);
        }
        const auto after = workspace::updateProject(*before, files);
        for (const Change &c : classify(*before, after))
            QVERIFY2(c.kind == Kind::NoEffect, (toString(c.kind) + u' ' + c.subject.name + u' ' + c.reason).toUtf8());
    }

    /// Two edits of different subjects are the union of both.
    void unions()
    {
        QString error;
        QList<cases::Case> all = cases::load(QStringLiteral(PADDOCK_SOURCE_DIR "/tests/fixtures/changes"), &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        // Those without a setup of their own that make one change each
        all.removeIf([](const cases::Case &c) {
            // (What the entry gives to the server concerns every other edit of that plugin or router.)
            const bool isGiven =
                !c.expected.isEmpty() && !c.expected[0].subject.startsWith("config:"_L1) &&
                std::ranges::any_of(c.edits, [](const auto &e) { return e.path == "src/index.ts"_L1; });
            return isGiven || !c.setup.isEmpty() || c.expected.size() != 1 || c.base != "library"_L1 ||
                   c.appliedKnown || c.edits.isEmpty() || c.expected[0].kind == "broken"_L1;
        });
        QRandomGenerator random(20);
        int tried = 0;
        for (int round = 0; round < 400 && tried < 120; ++round) {
            const cases::Case &a = all[random.bounded(all.size())], &b = all[random.bounded(all.size())];
            if (a.expected[0].subject == b.expected[0].subject)
                continue;
            QStringList touchedA, touchedB;
            for (const auto &edit : a.edits)
                touchedA << edit.path << edit.target;
            for (const auto &edit : b.edits)
                touchedB << edit.path << edit.target;
            touchedA.removeAll(QString());
            if (std::ranges::any_of(touchedA, [&](const QString &p) { return touchedB.contains(p); }))
                continue;
            QTemporaryDir dir;
            cases::copyFolder(fixture(), dir.path());
            const auto before = workspace::readProject(dir.path(), {.threads = 1});
            QVERIFY(before);
            QStringList paths;
            for (const auto &edit : a.edits)
                paths += cases::apply(edit, dir.path(), &error);
            const auto onlyA = classify(*before, workspace::updateProject(*before, paths));
            for (const auto &edit : b.edits)
                paths += cases::apply(edit, dir.path(), &error);
            QVERIFY2(error.isEmpty(), qPrintable(error));
            const auto both = classify(*before, workspace::updateProject(*before, paths));
            QStringList expected = keys(onlyA);
            expected.append(b.expected[0].kind + u' ' + b.expected[0].subject);
            expected.sort();
            expected.removeDuplicates();
            QStringList got = keys(both);
            QVERIFY2(got == expected, qPrintable(a.title + u" + "_s + b.title + u": "_s + got.join(u", "_s) +
                                                 u" != "_s + expected.join(u", "_s)));
            ++tried;
        }
        QVERIFY(tried >= 100);
    }

private:
    /// Inside `…`, "…" and regular expressions there are no boundaries.
    static bool inTemplate(const syntax::Ast &ast, quint32 end, quint32 next)
    {
        for (int i = 0; i < ast.size(); ++i) {
            const auto &node = ast[i];
            if (node.kind != syntax::Kind::template_string && node.kind != syntax::Kind::regex)
                continue;
            if (node.start < end && next < node.end)
                return true;
        }
        return false;
    }
};

QTEST_GUILESS_MAIN(TestProperties)
#include "tst_properties.moc"
