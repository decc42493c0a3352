// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/approvals.h"
#include "types/snapshot.h"
#include "types/snapshotstore.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::types;

namespace {

Snapshot example()
{
    Snapshot snapshot{.compiler = u"typescript 7.0.2"_s};
    snapshot.symbols.insert(u"plugin users.getByEmail"_s, {.type = u"(email: string) => Promise<User | null>"_s});
    snapshot.symbols.insert(u"route api.users.list@2 input"_s, {.type = u"{ page?: number; }"_s});
    snapshot.symbols.insert(u"route api.users.list@2 handler"_s, {.type = u"\"typed\""_s});
    snapshot.symbols.insert(u"event order.created"_s, {.type = u"{ note: \"a: b\"; }"_s});
    snapshot.symbols.insert(u"error UserNotFound"_s, {.type = u"{ status: 404; }"_s});
    snapshot.symbols.insert(u"table users.email"_s, {.type = u"string"_s});
    snapshot.isExact = true;
    snapshot.exact.insert(u"route api.users.list@2 input"_s, u"{ page?: number | null; }"_s);
    snapshot.definitions.insert(u"User"_s, {{}, u"{ id: string; }"_s});
    snapshot.definitions.insert(u"Page"_s, {{u"T0"_s, u"T1"_s}, u"{ items: T0[]; of: T1; }"_s});
    snapshot.generated.insert(u".@donkeylabs/server/registry.d.ts"_s, "0123456789abcdef0123456789abcdef");
    snapshot.unknown.insert(u"plugin stats"_s, u"the compiler cannot make sense of src/plugins/stats/index.ts"_s);
    snapshot.unknown.insert(u"route api.users.get"_s, u"no server runs"_s);
    snapshot.unknown.insert(u"tables"_s, u"no compiler"_s);
    return snapshot;
}

QStringList lines(const QString &text)
{
    return text.split(u'\n');
}

} // namespace

class TstTypeSnapshot final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textAndBack()
    {
        const Snapshot snapshot = example();
        const QString text = toText(snapshot);
        const auto again = fromText(text);
        QVERIFY2(again.has_value(), qPrintable(again ? QString() : again.error().message));
        QCOMPARE(*again, snapshot);
        QCOMPARE(toText(*again), text);
        QVERIFY(lines(text).contains(u"plugin users.getByEmail: (email: string) => Promise<User | null>"_s));
        QVERIFY(lines(text).contains(u"type Page<T0, T1> = { items: T0[]; of: T1; }"_s));
        QCOMPARE(*fromText(toText(Snapshot())), Snapshot());
    }

    void oneChangeIsOneLine()
    {
        Snapshot after = example();
        after.symbols[u"table users.email"_s].type = u"string | null"_s;
        const QStringList a = lines(toText(example()));
        const QStringList b = lines(toText(after));
        QCOMPARE(a.size(), b.size());
        QCOMPARE(std::ranges::count_if(a, [&](const QString &line) { return !b.contains(line); }), 1);
    }

    void badFilesNameTheLine_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("where");
        const QString good = u"# paddock types 1\n# typescript 7.0.2\n\ntype A = string\n"_s;
        QTest::newRow("empty") << QString() << u"main:1"_s;
        QTest::newRow("something else") << u"{ \"json\": true }"_s << u"main:1"_s;
        QTest::newRow("no symbol") << QString(good + u"what is this"_s) << u"main:5"_s;
        QTest::newRow("unknown kind") << QString(good + u"module a: string"_s) << u"main:5"_s;
        QTest::newRow("no type") << QString(good + u"plugin a.b:"_s) << u"main:5"_s;
        QTest::newRow("route without part") << QString(good + u"route a.b: string"_s) << u"main:5"_s;
        QTest::newRow("conflict marker") << QString(good + u"<<<<<<< HEAD\n"_s) << u"main:5"_s;
        QTest::newRow("symbol twice") << QString(good + u"table a.b: string\ntable a.b: number"_s) << u"main:6"_s;
        QTest::newRow("type twice") << QString(good + u"type A = number"_s) << u"main:5"_s;
    }

    void badFilesNameTheLine()
    {
        QFETCH(QString, text);
        QFETCH(QString, where);
        const auto snapshot = fromText(text, u"main"_s);
        QVERIFY(!snapshot);
        QCOMPARE(snapshot.error().code, u"bad-snapshot"_s);
        QCOMPARE(snapshot.error().where, where);
        QVERIFY(!snapshot.error().remedy.isEmpty());
    }

    void whatIsNotKnownIsNotMissing()
    {
        const Snapshot snapshot = example();
        QVERIFY(!snapshot.wouldKnow(u"plugin stats.summary"_s));
        QVERIFY(snapshot.wouldKnow(u"plugin users.gone"_s));
        QVERIFY(!snapshot.wouldKnow(u"route api.users.get output"_s));
        QVERIFY(snapshot.wouldKnow(u"route api.users.gone input"_s));
        QVERIFY(!snapshot.wouldKnow(u"table users.gone"_s));
        QVERIFY(snapshot.wouldKnow(u"event gone"_s));
    }

    void storeKeepsEachContentOnce()
    {
        const QTemporaryDir folder, root;
        QDir(root.path()).mkpath(u".@donkeylabs/server"_s);
        QFile generated(root.path() + u"/.@donkeylabs/server/registry.d.ts"_s);
        QVERIFY(generated.open(QIODevice::WriteOnly));
        generated.write("export {};\n");
        generated.close();

        SnapshotStore store(root.path(), folder.path() + u"/store"_s);
        QVERIFY(!store.latest());
        const auto first = store.add(example(), u"start"_s);
        QVERIFY(first.has_value());
        QCOMPARE(store.add(example(), u"swapped"_s, 3)->id, first->id); // nothing new
        Snapshot changed = example();
        changed.symbols.remove(u"table users.email"_s);
        const auto second = store.add(changed, u"swapped"_s, 4);
        QVERIFY(second->id != first->id);
        const auto third = store.add(example(), u"swapped"_s, 5);
        QVERIFY(third->id != second->id);
        QCOMPARE(third->content, first->content);
        QCOMPARE(QDir(store.folder() + u"/content"_s).entryList(QDir::Files).size(), 2);
        QCOMPARE(store.entries().size(), 3);
        QCOMPARE(*store.read(second->id), changed);
        QCOMPARE(*SnapshotStore(root.path(), store.folder()).read(first->id), example());
        QCOMPARE(store.read(u"s99"_s).error().code, u"no-snapshot"_s);
        QCOMPARE(store.latest()->change, 5);
    }

    void storeIsBounded()
    {
        const QTemporaryDir folder;
        SnapshotStore store(folder.path(), folder.path() + u"/store"_s, 20);
        QString last;
        for (int i = 0; i < 70; ++i) {
            Snapshot snapshot;
            snapshot.symbols.insert(u"table t.c%1"_s.arg(i), {.type = u"string"_s});
            last = store.add(snapshot, u"swapped"_s, i)->id;
        }
        QVERIFY(store.entries().size() <= 20);
        QCOMPARE(store.entries().last().id, last);
        QCOMPARE(QDir(store.folder() + u"/content"_s).entryList(QDir::Files).size(), store.entries().size());
        for (const SnapshotEntry &entry : store.entries())
            QVERIFY(store.read(entry.id).has_value());
    }

    void aDamagedIndexLosesOneLine()
    {
        const QTemporaryDir folder;
        SnapshotStore store(folder.path(), folder.path() + u"/store"_s);
        QVERIFY(store.add(example(), u"start"_s).has_value());
        QFile index(store.folder() + u"/index.jsonl"_s);
        QVERIFY(index.open(QIODevice::Append));
        index.write("{\"id\":\"s2\",\"at\"");
        index.close();
        QCOMPARE(store.entries().size(), 1);
        Snapshot next = example();
        next.symbols.clear();
        QVERIFY(store.add(next, u"types"_s).has_value());
        QCOMPARE(store.entries().size(), 2);
    }

    void baselines()
    {
        const QTemporaryDir root;
        QVERIFY(paddock::types::baselines(root.path()).isEmpty());
        QVERIFY(writeBaseline(root.path(), u"main"_s, example()).has_value());
        QVERIFY(writeBaseline(root.path(), u"before-my-work"_s, example()).has_value());
        QCOMPARE(paddock::types::baselines(root.path()), (QStringList{u"before-my-work"_s, u"main"_s}));
        const auto read = readSnapshotFile(baselineFile(root.path(), u"main"_s));
        QCOMPARE(read->symbols, example().symbols);
        QVERIFY(read->generated.isEmpty());
        for (const QString &name : {u""_s, u"a/b"_s, u"../main"_s, u"with space"_s})
            QCOMPARE(writeBaseline(root.path(), name, example()).error().code, u"bad-name"_s);
    }

    void approvals()
    {
        const QTemporaryDir root;
        QVERIFY(readApprovals(root.path())->isEmpty());
        const QList<Approval> two{{u"aaa"_s, u"table users.email"_s, u"became-nullable"_s, u"It may be null."_s},
                                  {u"bbb"_s, u"plugin users.get"_s, u"parameter-removed"_s, u"A “quoted” word"_s}};
        QVERIFY(writeApprovals(root.path(), two).has_value());
        const auto read = readApprovals(root.path());
        QCOMPARE(read->size(), 2);
        QVERIFY(read->contains(two[0]) && read->contains(two[1]));
        QList<Finding> findings{
            {.symbol = u"table users.email"_s, .severity = Severity::Breaking, .fingerprint = u"aaa"_s},
            {.symbol = u"table users.name"_s, .severity = Severity::Breaking, .fingerprint = u"ccc"_s}};
        markApproved(findings, *read);
        QVERIFY(findings[0].approved && !findings[1].approved);
        QCOMPARE(countsOf(findings).breaking, 1);
        QFile file(approvalsFile(root.path()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{ broken");
        file.close();
        QCOMPARE(readApprovals(root.path()).error().code, u"bad-approvals"_s);
    }
};

QTEST_GUILESS_MAIN(TstTypeSnapshot)
#include "tst_typesnapshot.moc"
