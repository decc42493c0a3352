// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "change/classifier.h"
#include "workspace/data.h"
#include "workspace/model.h"
#include "workspace/project.h"
#include "workspace/reading.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cctype>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::workspace;

namespace {

QString source(const QString &path)
{
    return QStringLiteral(PADDOCK_SOURCE_DIR) + u'/' + path;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool put(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

QByteArray bytesOf(const StoredFacts &facts)
{
    const FactsHead head = headOf(*facts);
    return packFacts(*facts) + facts.contentHash() + ' ' + QByteArray::number(head.codeHash) + ' ' +
           QByteArray::number(head.errorLine) + (head.isSource ? "s" : "") + (head.isGenerated ? "g" : "");
}

/// What differs between two states; empty: nothing that anybody could see.
QByteArray difference(const ProjectState &a, const ProjectState &b)
{
    if (a.files() != b.files())
        return "files: " + (a.files().join(u' ') + u" against "_s + b.files().join(u' ')).toUtf8();
    for (const QString &path : a.files()) {
        const SourceFile *x = a.data().files.find(path), *y = b.data().files.find(path);
        if (bytesOf(x->facts) != bytesOf(y->facts))
            return "facts of " + path.toUtf8();
        const auto same = [](const Edge &e, const Edge &f) { return e.target == f.target; };
        if (!std::ranges::equal(x->edges, y->edges, same))
            return "imports of " + path.toUtf8();
        if (importersOf(a, path, true) != importersOf(b, path, true))
            return "importers of " + path.toUtf8();
    }
    const auto described = [](const ProjectState &s) { return QJsonDocument(toJson(describe(s))).toJson(); };
    if (described(a) != described(b))
        return "description: " + described(a) + " against " + described(b);
    return {};
}

QByteArray shown(const QList<change::Change> &changes)
{
    QByteArray result;
    for (const change::Change &c : changes)
        result += QJsonDocument(toJson(c)).toJson() + c.modules.join(u' ').toUtf8() + c.file.toUtf8() + ':' +
                  QByteArray::number(c.line) + c.plugins.join(u' ').toUtf8() + c.routeFiles.join(u' ').toUtf8();
    return result;
}

/// One edit as somebody who types makes it, or a tool.
QByteArray edited(const QByteArray &text, QRandomGenerator &random)
{
    static const QByteArrayList snippets{"// a comment\n",
                                         "\n",
                                         " ",
                                         "/* */",
                                         "const added = (a: number) => a + 1;\n",
                                         "await later();",
                                         "{",
                                         "}",
                                         ", extra: 1",
                                         "\nexport function more(b: Other): string { return `${b}`; }\n",
                                         "?.",
                                         "\"text\"",
                                         "x",
                                         "async ",
                                         "(",
                                         ")",
                                         "import { helper } from \"./helper\";\n",
                                         ".toString()",
                                         ": Promise<void>",
                                         "ä€"};
    QByteArray result = text;
    const qsizetype at = random.bounded(text.size() + 1);
    switch (random.bounded(8)) {
    case 6: result.insert(text.lastIndexOf('\n', at) + 1, snippets[random.bounded(5)]); break;
    case 7: // another letter in a word
        if (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])))
            result[at] = 'x';
        break;
    case 0:
    case 1: result.insert(at, snippets[random.bounded(snippets.size())]); break;
    case 2: result.remove(at, random.bounded(12)); break;
    case 3: { // a line twice
        const qsizetype start = text.lastIndexOf('\n', at) + 1, end = text.indexOf('\n', at) + 1;
        if (end > start)
            result.insert(end, text.sliced(start, end - start));
        break;
    }
    case 4: { // a line less
        const qsizetype start = text.lastIndexOf('\n', at) + 1, end = text.indexOf('\n', at) + 1;
        if (end > start)
            result.remove(start, end - start);
        break;
    }
    default: { // a part of it somewhere else
        const QByteArray part = text.sliced(at).first(std::min<qsizetype>(random.bounded(60), text.size() - at));
        result.insert(random.bounded(text.size() + 1), part);
    }
    }
    return result;
}

QByteArray largeFile()
{
    QByteArray text = "import { createPlugin } from \"@donkeylabs/server\";\nexport interface Item { id: string }\n"
                      "export const large = createPlugin.define({ name: \"large\", service: async (ctx) => ({\n";
    for (int i = 0; i < 60; ++i) {
        const QByteArray n = QByteArray::number(i);
        text += "  async get" + n +
                "(id: string, limit = 10): Promise<Item | null> {\n    const rows = await ctx.db.find(\"" + n +
                "\", (r) => r.id === id);\n    if (rows?.length > limit) throw new Error(`too many: ${rows.length}`);\n"
                "    return rows[0] ?? null;\n  },\n";
    }
    return text + "}) });\nclass Tail { private x = 1; get size(): number { return this.x; } }\n";
}

/// TypeScript that is read in other words, as the grammar does not know it: told so at the top.
QByteArray reworded(const QByteArray &odd)
{
    return odd + largeFile();
}

const QByteArray otherWords = "export type * from \"./types\";\ntype Z = import(\"zod\").ZodType<any>;\n"
                              "const q = (db: any) => sql<{ n: number; m: string }>`select ${db}`;\n"
                              "class Odd { static accessor #y = 2; private static accessor z: string = \"\"; }\n";
const QByteArray otherNames = "interface Paper { abstract: string; accessor?: number }\n"
                              "class Kept { abstract = 1; accessor\n using() { return using(this.abstract); } }\n";

} // namespace

/// Following saves leads to the same as reading everything from nothing.
class TestIncremental : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void corpus_data()
    {
        QTest::addColumn<int>("index");
        QString error;
        m_cases = cases::load(source(u"tests/fixtures/changes"_s), &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        for (qsizetype i = 0; i < m_cases.size(); ++i)
            QTest::newRow(qPrintable(m_cases[i].title)) << static_cast<int>(i);
    }
    void corpus()
    {
        QFETCH(int, index);
        const cases::Case &c = m_cases[index];
        QTemporaryDir dir;
        QString error;
        cases::copyFolder(source(u"tests/fixtures/workspaces/"_s + c.base), dir.path());
        for (const cases::Edit &edit : c.setup)
            cases::apply(edit, dir.path(), &error);
        const auto first = readProject(dir.path(), {.threads = 1});
        QVERIFY(first);
        QStringList touched;
        for (const cases::Edit &edit : c.edits)
            touched << edit.path << edit.target;
        touched.removeAll(QString());
        // Once without a change, so that there is an earlier reading of each file; described, so that there is a model.
        const ProjectState before = updateProject(*first, touched);
        QCOMPARE(difference(before, *first), QByteArray());
        for (const cases::Edit &edit : c.edits)
            cases::apply(edit, dir.path(), &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        const ProjectState after = updateProject(before, touched);
        const auto fresh = readProject(dir.path(), {.threads = 1});
        if (!fresh)
            return; // a package.json that does not parse: the update lives on what was known
        const QByteArray changes = shown(change::classify(before, after));
        QCOMPARE(difference(after, *fresh), QByteArray());
        QCOMPARE(changes, shown(change::classify(*first, *fresh)));
    }

    /// One file through many edits, most of which leave a program.
    void file_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("large") << u"large.ts"_s << largeFile();
        QTest::newRow("in other words") << u"large.ts"_s << reworded(otherWords);
        QTest::newRow("with names that are keywords elsewhere") << u"large.ts"_s << reworded(otherNames);
        QTest::newRow("with names that look like their stand-ins")
            << u"large.ts"_s << reworded(otherNames + "interface Like { abstrac_: string; usin_: number }\n");
        for (const QString &folder : {source(u"tests/fixtures/workspaces"_s), source(u"resources/sample/src"_s)}) {
            QDirIterator it(folder, {u"*.ts"_s, u"*.tsx"_s}, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                const QString path = it.next();
                if (!path.contains("node_modules"_L1))
                    QTest::newRow(qPrintable(path.sliced(folder.size() + 1))) << it.fileName() << contentOf(path);
            }
        }
    }
    void file()
    {
        QFETCH(QString, path);
        QFETCH(QByteArray, text);
        const QByteArray whole = text;
        QRandomGenerator random(static_cast<quint32>(text.size()));
        syntax::Parser parser;
        SourceFilePtr known = readSource(path, text, parser, nullptr, true);
        int programs = 0;
        for (int round = 0; round < 80; ++round) {
            const QByteArray next = edited(text, random);
            const SourceFilePtr after = readSource(path, next, parser, known.get(), true);
            syntax::Parser other;
            const SourceFilePtr fresh = readSource(path, next, other);
            if (bytesOf(after->facts) != bytesOf(fresh->facts)) {
                const QString folder = QDir::tempPath();
                put(folder + u"/incremental-before.ts"_s, text);
                put(folder + u"/incremental-after.ts"_s, next);
                QFAIL(qPrintable(
                    u"round %1: the facts differ; see incremental-{before,after}.ts in %2"_s.arg(round).arg(folder)));
            }
            const bool program = after->facts->errorLine == 0;
            programs += program ? 1 : 0;
            if (program)
                text = next;
            if (program || random.bounded(3) == 0) // what does not parse is mended at the next save, or never was
                known = after;
            if (text.size() > 60'000 || text.size() < whole.size() / 2) // from the start again, in one save
                text = whole;
        }
        QVERIFY2(programs > 20, qPrintable(QString::number(programs)));
    }

    /// A workspace through many saves.
    void workspace()
    {
        QTemporaryDir dir;
        cases::copyFolder(source(u"tests/fixtures/workspaces/library"_s), dir.path());
        ProjectState state = *readProject(dir.path(), {.threads = 1});
        QStringList files = state.files().filter(QRegularExpression(u"\\.ts$"_s));
        QRandomGenerator random(7);
        int derived = 0;
        for (int round = 0; round < 150; ++round) {
            const QString path = files[random.bounded(files.size())];
            const QByteArray old = contentOf(dir.filePath(path));
            const QByteArray next = edited(old, random);
            QVERIFY(put(dir.filePath(path), next));
            const ProjectState after = updateProject(state, {path});
            const ProjectState fresh = *readProject(dir.path(), {.threads = 1});
            const QByteArray where = "round " + QByteArray::number(round) + ", " + path.toUtf8() + ": ";
            const QByteArray changes = shown(change::classify(state, after));
            const QByteArray different = difference(after, fresh);
            QVERIFY2(different.isEmpty(), QByteArray(where + different).constData());
            QVERIFY2(changes == shown(change::classify(state, fresh)), where.constData());
            derived += after.data().model().sameOutline(state.data().model()) ? 1 : 0;
            if (after.data().files.find(path)->facts->errorLine == 0 || random.bounded(4) == 0) {
                state = after;
            } else {
                QVERIFY(put(dir.filePath(path), old));
                state = updateProject(state, {path});
            }
        }
        QVERIFY2(derived > 50, qPrintable(QString::number(derived))); // most saves ask for no second look at everything
    }

    /// What discovery never looked into may change, and its model follows without discovery; what it did may not.
    void outline_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<bool>("same");
        QTest::newRow("body of a handler")
            << QByteArray("return 1;") << QByteArray("const x = 2;\n\n  return x;") << true;
        QTest::newRow("schema of a route") << QByteArray("id: z.string()") << QByteArray("id: z.number()") << true;
        QTest::newRow("service") << QByteArray("one: () => 1") << QByteArray("one: () => 1,\n two: () => 2") << true;
        QTest::newRow("comment above") << QByteArray("const PREFIX") << QByteArray("// why\n\nconst PREFIX") << true;
        QTest::newRow("name of a route") << QByteArray("\"list\"") << QByteArray("\"all\"") << false;
        QTest::newRow("prefix") << QByteArray("\"things\"") << QByteArray("\"stuff\"") << false;
        QTest::newRow("inside a function that adds routes")
            << QByteArray("\"extra\"") << QByteArray("\"more\"") << false;
        QTest::newRow("middleware") << QByteArray("name: \"thing\"") << QByteArray("name: \"other\"") << false;
    }
    void outline()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(bool, same);
        QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkdir(u"src"_s));
        QVERIFY(put(dir.filePath(u"package.json"_s), R"({ "dependencies": { "@donkeylabs/server": "2.5.1" } })"));
        const QByteArray text = R"(import { AppServer, createPlugin, createRouter } from "@donkeylabs/server";
import { z } from "zod";
const PREFIX = "things";
export const thing = createPlugin.define({ name: "thing", service: async () => ({ one: () => 1 }) });
export const router = createRouter(PREFIX);
router.route("list").typed({
  input: z.object({ id: z.string() }),
  handle: async () => {
    return 1;
  },
});
function addTo(r: typeof router) {
  r.route("extra").raw({ handle: async () => new Response() });
}
addTo(router);
const server = new AppServer({});
server.registerPlugin(thing).use(router);
)";
        QVERIFY(text.count(from) == 1);
        const QString path = u"src/index.ts"_s;
        QVERIFY(put(dir.filePath(path), text));
        const ProjectState before = updateProject(*readProject(dir.path()), {path});
        QCOMPARE(describe(before).routes.size(), 2);
        QVERIFY(put(dir.filePath(path), QByteArray(text).replace(from, to)));
        const ProjectState after = updateProject(before, {path});
        QCOMPARE(difference(after, *readProject(dir.path())), QByteArray());
        QCOMPARE(after.data().model().sameOutline(before.data().model()), same);
    }

    /// One function's body is parsed apart, however many saves came before; what only looks like one is not.
    void bodies()
    {
        syntax::Parser parser;
        QByteArray text = largeFile();
        SourceFilePtr known = readSource(u"large.ts"_s, text, parser, nullptr, true);
        const auto edit = [&](const QByteArray &from, const QByteArray &to, bool apart) {
            QVERIFY2(text.contains(from), from.constData());
            const syntax::Tree *tree = known->extra().reading->tree.get();
            text.replace(text.indexOf(from), from.size(), to);
            const SourceFilePtr after = readSource(u"large.ts"_s, text, parser, known.get(), true);
            syntax::Parser other;
            QCOMPARE(bytesOf(after->facts), bytesOf(readSource(u"large.ts"_s, text, other)->facts));
            QCOMPARE(after->extra().reading && after->extra().reading->tree.get() == tree, apart);
            if (after->facts->errorLine == 0)
                known = after;
        };
        edit("find(\"7\"", "find(\"seven\"", true);
        edit("find(\"31\"", "find(`${\"}\"}` /* } */,\n \"31\"", true);
        edit("get12(id: string", "get12(id: number", false);
        edit("get40(id: string", "get40(key: string", false);
        edit("find(\"40\"", "find(\"forty\"", true);
        edit("find(\"12\"", "find(\"twelve\"", true);
        edit("find(\"3\",", "find(\"3\"); }, between() { return (", false); // two functions out of one
        edit("find(\"50\"", "find(\"fifty\"", true);
        edit("return rows[0] ?? null;\n  },\n  async get20", "return rows[0] ?? 1;\n  },\n  async get20", true);
        edit("return this.x; }", "return this.x + 1; }", true);
        edit("class Tail", "class Last", false);
    }

    /// What is read in other words is followed as well: what did not change is not parsed again.
    void rewordedSaves_data()
    {
        QTest::addColumn<QByteArray>("odd");
        QTest::newRow("words") << otherWords;
        QTest::newRow("names") << otherNames;
    }
    void rewordedSaves()
    {
        QFETCH(QByteArray, odd);
        syntax::Parser parser;
        QByteArray text = reworded(odd);
        SourceFilePtr known = readSource(u"large.ts"_s, text, parser, nullptr, true);
        QCOMPARE(known->facts->errorLine, 0);
        const auto edit = [&](const QByteArray &from, const QByteArray &to, bool followed) {
            QVERIFY2(text.contains(from), from.constData());
            text.replace(text.indexOf(from), from.size(), to);
            known = readSource(u"large.ts"_s, text, parser, known.get(), true);
            syntax::Parser other;
            QCOMPARE(bytesOf(known->facts), bytesOf(readSource(u"large.ts"_s, text, other)->facts));
            const auto &reading = known->extra().reading;
            QVERIFY(reading);
            QCOMPARE(reading->own && reading->tree->difference(), followed);
        };
        edit("find(\"7\"", "find(\"seven\"", true);
        edit("get12(id: string", "get12(id: number", true);
        edit("find(\"31\"", "find(\"31", false); // does not parse in any words
        edit("find(\"31", "find(\"31\"", false);
        edit("return rows[0]", "return rows[1]", true);
        edit(odd, "", false); // is what the grammar knows
        edit("class Tail", odd + "class Tail", false);
        edit("find(\"40\"", "find(\"forty\"", true);
    }

private:
    QList<cases::Case> m_cases;
};

QTEST_GUILESS_MAIN(TestIncremental)
#include "tst_incremental.moc"
