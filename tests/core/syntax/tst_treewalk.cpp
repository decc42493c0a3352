// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/parser.h"
#include "syntax/treewalk.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>
#include <functional>
#include <random>

using namespace Qt::StringLiterals;
using namespace paddock::syntax;

namespace {

struct Seen
{
    TreeWalkNode node;
    TSFieldId field;

    friend bool operator==(const Seen &a, const Seen &b)
    {
        return a.node.start == b.node.start && a.node.end == b.node.end && a.node.row == b.node.row &&
               a.node.children == b.node.children && a.node.symbol == b.node.symbol &&
               a.node.isMissing == b.node.isMissing && a.node.hasError == b.node.hasError && a.field == b.field;
    }
};

/// Which nodes are looked into.
using Into = std::function<bool(const TreeWalkNode &)>;

std::vector<Seen> walked(TSNode top, const Into &into)
{
    std::vector<Seen> result;
    TreeWalk *walk = tree_walk_new(top);
    for (TreeWalkNode node; tree_walk_next(walk, &node);) {
        result.push_back({node, tree_walk_field(walk)});
        if (into(node))
            tree_walk_enter(walk);
    }
    tree_walk_delete(walk);
    return result;
}

/// The same by the parser's own cursor.
std::vector<Seen> byCursor(TSNode top, const Into &into)
{
    std::vector<Seen> result;
    TSTreeCursor cursor = ts_tree_cursor_new(top);
    const auto look = [&](const auto &self) -> void {
        const TSNode n = ts_tree_cursor_current_node(&cursor);
        const TreeWalkNode node{.start = ts_node_start_byte(n),
                                .end = ts_node_end_byte(n),
                                .row = ts_node_start_point(n).row,
                                .children = ts_node_child_count(n),
                                .symbol = ts_node_symbol(n),
                                .isMissing = ts_node_is_missing(n),
                                .hasError = ts_node_has_error(n)};
        result.push_back({node, ts_tree_cursor_current_field_id(&cursor)});
        if (!into(node) || !ts_tree_cursor_goto_first_child(&cursor))
            return;
        do
            self(self);
        while (ts_tree_cursor_goto_next_sibling(&cursor));
        ts_tree_cursor_goto_parent(&cursor);
    };
    look(look);
    ts_tree_cursor_delete(&cursor);
    return result;
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TreeWalkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatTheCursorSays_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("tsx");
        for (const QString &folder : {u"/tests"_s, u"/resources"_s}) {
            QDirIterator it(QString::fromUtf8(PADDOCK_SOURCE_DIR) + folder, {u"*.ts"_s, u"*.tsx"_s, u"*.js"_s, u"*.mts"_s},
                            QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                const QString path = it.next();
                if (!path.contains("node_modules"_L1))
                    QTest::newRow(qUtf8Printable(path.sliced(QString::fromUtf8(PADDOCK_SOURCE_DIR).size() + 1)))
                        << read(path) << (languageOf(path) == Language::Tsx);
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
            const Into all = [](const TreeWalkNode &) { return true; };
            QVERIFY(walked(root, all) == byCursor(root, all));
            const Into some = [](const TreeWalkNode &node) { return node.start % 3 != 1; };
            QVERIFY(walked(root, some) == byCursor(root, some));
            if (ts_node_child_count(root) > 0) {
                const TSNode part = ts_node_child(root, ts_node_child_count(root) / 2);
                QVERIFY(walked(part, all) == byCursor(part, all));
            }
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
