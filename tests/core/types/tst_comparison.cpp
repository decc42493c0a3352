// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/apitext.h"
#include "types/comparison.h"
#include "types/typetree.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::types;

namespace {

Snapshot shop()
{
    Snapshot snapshot;
    snapshot.symbols = {
        {u"plugin users.get"_s, {.type = u"(id: string) => Promise<User>"_s}},
        {u"plugin users.list"_s,
         {.type =
              u"(query: { page: number; text?: string; }) => Promise<{ items: { id: string; name: string; }[]; total: number; }>"_s}},
        {u"route api.users.get input"_s, {.type = u"{ id: string; }"_s}},
        {u"route api.users.get output"_s, {.type = u"User"_s}},
        {u"route api.users.list@2 handler"_s, {.type = u"\"typed\""_s}},
        {u"event user.created"_s, {.type = u"{ id: string; }"_s}},
        {u"table orders.id"_s, {.type = u"number"_s}},
        {u"table orders.total"_s, {.type = u"number"_s}},
        {u"table users.id"_s, {.type = u"string"_s}},
    };
    snapshot.definitions = {{u"User"_s, {{}, u"{ id: string; }"_s}}, {u"Page"_s, {{u"T0"_s}, u"{ items: T0[]; }"_s}}};
    return snapshot;
}

void write(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QByteArray hashOf(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().first(32);
}

} // namespace

class TstComparison final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_data.isValid());
        qputenv("XDG_DATA_HOME", m_data.path().toLocal8Bit());
    }

    void theApiReadsAsTypeScript()
    {
        const auto texts = apiTexts(shop());
        QCOMPARE(texts.keys(), (QStringList{u"events.ts"_s, u"plugins/users.ts"_s, u"routes/api.ts"_s, u"tables.ts"_s,
                                            u"types.ts"_s}));
        QCOMPARE(texts.value(u"plugins/users.ts"_s), u"interface Users {\n"
                                                     "  get: (id: string) => Promise<User>;\n"
                                                     "  list: (query: {\n"
                                                     "    page: number;\n"
                                                     "    text?: string;\n"
                                                     "  }) => Promise<{\n"
                                                     "    items: {\n"
                                                     "      id: string;\n"
                                                     "      name: string;\n"
                                                     "    }[];\n"
                                                     "    total: number;\n"
                                                     "  }>;\n"
                                                     "}\n"_s);
        QCOMPARE(texts.value(u"routes/api.ts"_s), u"interface Routes {\n"
                                                  "  \"api.users.get\": {\n"
                                                  "    input: {\n"
                                                  "      id: string;\n"
                                                  "    };\n"
                                                  "    output: User;\n"
                                                  "  };\n"
                                                  "  \"api.users.list@2\": {\n"
                                                  "    handler: \"typed\";\n"
                                                  "  };\n"
                                                  "}\n"_s);
        QCOMPARE(texts.value(u"tables.ts"_s), u"interface Tables {\n"
                                              "  orders: {\n"
                                              "    id: number;\n"
                                              "    total: number;\n"
                                              "  };\n"
                                              "  users: {\n"
                                              "    id: string;\n"
                                              "  };\n"
                                              "}\n"_s);
        QCOMPARE(texts.value(u"types.ts"_s),
                 u"type Page<T0> = {\n  items: T0[];\n};\ntype User = {\n  id: string;\n};\n"_s);
        QVERIFY(apiTexts({}).isEmpty());
    }

    /// A member more is a line more, whatever the others look like.
    void aMemberIsALine()
    {
        const auto lines = [](const QString &type) {
            Snapshot snapshot;
            snapshot.symbols.insert(u"plugin p.m"_s, {.type = type});
            return apiTexts(snapshot).value(u"plugins/p.ts"_s).split(u'\n');
        };
        const QString many = u"a: string; long: \"%1\"; "_s.arg(QString(90, u'x'));
        for (const QString &members : {u"a: string; "_s, many}) {
            QStringList before = lines(u"(input: { %1}) => void"_s.arg(members));
            QStringList after = lines(u"(input: { %1b: number; }) => void"_s.arg(members));
            QCOMPARE(after.size(), before.size() + 1);
            QCOMPARE(after.removeAll(u"    b: number;"_s), 1);
            QCOMPARE(after, before);
        }
    }

    /// However it is laid out, it is the same type.
    void layingOutKeepsTheType_data()
    {
        QTest::addColumn<QString>("type");
        const QString wide(110, u'a');
        QTest::newRow("nested") << u"{ %1: { b: string; c: { d: number; }[]; }; }"_s.arg(wide);
        QTest::newRow("function") << u"(%1: { b: string; }, c?: () => void) => { d: string; }"_s.arg(wide);
        QTest::newRow("strings with brackets") << u"{ %1: \"{ a; b }\" | 'it\\'s; }' | `}`; }"_s.arg(wide);
        QTest::newRow("union") << u"{ kind: \"a\"; %1: string; } | { kind: \"b\"; }"_s.arg(wide);
        QTest::newRow("empty") << u"{ %1: {}; }"_s.arg(wide);
        QTest::newRow("unbalanced") << u"{ %1: { b"_s.arg(wide);
    }

    void layingOutKeepsTheType()
    {
        QFETCH(QString, type);
        const QString laid = laidOut(type);
        if (QByteArrayView(QTest::currentDataTag()) != "unbalanced")
            QCOMPARE(canonical(parseType(QString(laid).replace(u'\n', u' '))), canonical(parseType(type)));
        QVERIFY(laid.contains(u'\n'));
        QCOMPARE(laidOut(u"{ a: string; }"_s), u"{ a: string; }"_s);
    }

    void filesThatDiffer()
    {
        const QTemporaryDir root;
        const QString client = root.filePath(u"out/client.ts"_s);
        write(client, "one\ntwo\n");
        Snapshot before = shop();
        before.generated = {{u"out/client.ts"_s, hashOf("one\ntwo\n")}, {u"out/same.ts"_s, QByteArray(32, 'a')}};
        SnapshotStore store(root.path());
        const auto first = store.add(before, u"start"_s);
        QVERIFY(first);
        write(client, "one\n2\nthree\n");
        Snapshot after = before;
        after.symbols.remove(u"table users.id"_s);
        after.symbols[u"plugin users.get"_s].type = u"(id: number) => Promise<User>"_s;
        after.generated[u"out/client.ts"_s] = hashOf("one\n2\nthree\n");
        const auto second = store.add(after, u"swapped"_s, 3);
        QVERIFY(second);
        QCOMPARE(second->id, u"s2"_s);

        const auto files =
            comparedFiles(root.path(), *namedSnapshot(root.path(), first->id), *namedSnapshot(root.path(), second->id));
        QCOMPARE(files.size(), 3);
        QCOMPARE(files[0].name, u"plugins/users.ts"_s);
        QCOMPARE(files[0].added, 1);
        QCOMPARE(files[0].removed, 1);
        QVERIFY(!files[0].isGenerated);
        QCOMPARE(files[1].name, u"tables.ts"_s);
        QCOMPARE(files[1].removed, 3);
        QCOMPARE(files[2].name, u"out/client.ts"_s);
        QVERIFY(files[2].isGenerated);
        QCOMPARE(files[2].before, "one\ntwo\n");
        QCOMPARE(files[2].after, "one\n2\nthree\n");
        QCOMPARE(files[2].added, 2);
        QVERIFY(comparedFiles(root.path(), after, after).isEmpty());

        // A baseline knows nothing of generated files: that is no difference.
        QVERIFY(writeBaseline(root.path(), u"main"_s, before));
        const auto baseline = namedSnapshot(root.path(), u"main"_s);
        QVERIFY(baseline);
        QVERIFY(comparedFiles(root.path(), *baseline, before).isEmpty());
    }

    void whatIsNotThereIsAnError()
    {
        const QTemporaryDir root;
        for (const QString &name : {u"s99"_s, u"nobody"_s})
            QCOMPARE(namedSnapshot(root.path(), name).error().code, u"no-snapshot"_s);
        write(baselineFile(root.path(), u"bad"_s), "nonsense");
        QCOMPARE(namedSnapshot(root.path(), u"bad"_s).error().code, u"bad-snapshot"_s);
    }

private:
    QTemporaryDir m_data;
};

QTEST_GUILESS_MAIN(TstComparison)
#include "tst_comparison.moc"
