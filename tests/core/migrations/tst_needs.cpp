// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Which code needs which migration, from texts alone; and which queries only read.
#include "migrations/needs.h"
#include "migrations/query.h"

#include <QTest>

using namespace paddock::migrations;
using namespace Qt::StringLiterals;

class TestNeeds final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void introduced_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("names");
        QTest::newRow("table") << u"await db.schema.createTable('line_items').addColumn('id','integer').execute();"_s
                               << u"lineitems"_s;
        QTest::newRow("column") << u"await db.schema.alterTable('items').addColumn('low_stock','integer').execute();"_s
                                << u"items.lowstock"_s;
        QTest::newRow("column of a new table") << u"await db.schema.createTable('a').execute(); await "
                                                  u"db.schema.alterTable(\"a\").addColumn(\"b\",\"text\")"
                                                  ".execute();"_s
                                               << u"a"_s;
        QTest::newRow("renamed") << u"await db.schema.alterTable('a').renameColumn('x','y').execute();"
                                    "await db.schema.alterTable('b').renameTo('c').execute();"_s
                                 << u"a.y c"_s;
        QTest::newRow("over lines") << u"await db.schema\n  .alterTable(\"items\")\n  .addColumn(\n    \"note\",\n "
                                       "\"text\",\n  )\n  .execute();"_s
                                    << u"items.note"_s;
        QTest::newRow("raw table") << u"await sql`CREATE TABLE IF NOT EXISTS \"coupons\" (id integer)`.execute(db);"_s
                                   << u"coupons"_s;
        QTest::newRow("raw column") << u"await sql`alter table items add column note text`.execute(db);"_s
                                    << u"items.note"_s;
        QTest::newRow("raw constraint") << u"await sql`alter table items add constraint c unique (a)`.execute(db);"_s
                                        << QString();
        QTest::newRow("nothing") << u"await db.deleteFrom('items').execute();"_s << QString();
    }
    void introduced()
    {
        QFETCH(QString, body);
        QFETCH(QString, names);
        const QString source = u"export async function up(db: any) {\n%1\n}\nexport async function down(db: any) {\n"
                               "  await db.schema.createTable('not_from_down').execute();\n}\n"_s.arg(body);
        QStringList found;
        for (const Introduced &one : introducedBy(source.toUtf8()))
            found << (one.column.isEmpty() ? one.table : one.table + u'.' + one.column);
        QCOMPARE(found.join(u' '), names);
    }

    void brokenFile()
    {
        QCOMPARE(introducedBy("export async function up(").size(), 0);
        QCOMPARE(introducedBy("").size(), 0);
    }

    void uses_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<bool>("own");
        QTest::addColumn<bool>("needs");
        const QByteArray plain = "db.selectFrom('items').select('name')";
        QTest::newRow("its column") << plain << QByteArray("db.selectFrom('items').select(['name', 'low_stock'])")
                                    << true << true;
        QTest::newRow("in camel case") << plain << QByteArray(plain + " row.lowStock") << true << true;
        QTest::newRow("not at all") << plain << QByteArray(plain + ".limit(3)") << true << false;
        QTest::newRow("used before already")
            << QByteArray("low_stock") << QByteArray("low_stock; more()") << true << false;
        QTest::newRow("once more") << QByteArray("low_stock") << QByteArray("low_stock low_stock") << true << true;
        QTest::newRow("another plugin, by table and column")
            << QByteArray() << QByteArray("sql`select low_stock from items`") << false << true;
        QTest::newRow("another plugin, the same word only")
            << QByteArray() << QByteArray("const low_stock = 3") << false << false;
        QTest::newRow("a part of a word") << QByteArray() << QByteArray("items below_stock") << true << false;
    }
    void uses()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(bool, own);
        QFETCH(bool, needs);
        const QList<Introduced> introduced{{u"items"_s, u"lowstock"_s}};
        QCOMPARE(beginsToUse(countWords(before), countWords(after), introduced, own), needs);
    }

    void aNewTable()
    {
        const QList<Introduced> introduced{{u"coupons"_s, {}}};
        QVERIFY(beginsToUse({}, countWords("db.selectFrom(\"coupons\")"), introduced, false));
        QVERIFY(!beginsToUse({}, countWords("couponsTotal"), introduced, true));
    }

    void readsOnly_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<Engine>("engine");
        QTest::addColumn<QString>("error");
        const auto row = [](const char *name, const QString &sql, Engine engine, const QString &error = {}) {
            QTest::newRow(name) << sql << engine << error;
        };
        const auto no = u"not-read-only"_s, several = u"several-statements"_s, none = u"empty-query"_s;
        row("select", u"select * from items"_s, Engine::Sqlite);
        row("in capitals, with an end", u"  SELECT 1;  "_s, Engine::Postgres);
        row("comment first", u"-- all of it\n/* really */ select 1 -- end"_s, Engine::Mysql);
        row("with", u"with x as (select 1) select * from x"_s, Engine::Postgres);
        row("explain", u"explain query plan select 1"_s, Engine::Sqlite);
        row("pragma that reads", u"pragma table_info(items)"_s, Engine::Sqlite);
        row("pragma that sets", u"pragma journal_mode = delete"_s, Engine::Sqlite, no);
        row("no pragma elsewhere", u"pragma x"_s, Engine::Postgres, no);
        row("nothing", u" -- only a comment"_s, Engine::Sqlite, none);
        row("delete", u"delete from items"_s, Engine::Sqlite, no);
        row("commit", u"commit"_s, Engine::Postgres, no);
        row("set", u"set transaction read write"_s, Engine::Postgres, no);
        row("second statement", u"select 1; delete from items"_s, Engine::Postgres, several);
        row("semicolon in a text", u"select '; delete from items'"_s, Engine::Postgres);
        row("semicolon in a name", u"select 1 as \"a;b\""_s, Engine::Sqlite);
        row("semicolon in a comment", u"select 1 /* ; */"_s, Engine::Sqlite);
        row("nested comment ends late", u"select 1 /* /* */ ; */"_s, Engine::Postgres);
        row("nested comment elsewhere", u"select 1 /* /* */; delete from items"_s, Engine::Sqlite, several);
        row("dollar quotes", u"select $a$; delete from items$a$"_s, Engine::Postgres);
        row("dollar quotes end", u"select $$ $$; delete from items"_s, Engine::Postgres, several);
        row("backslash in MySQL", u"select 'it\\'; delete from items; -- '"_s, Engine::Mysql);
        row("backslash is plain", u"select 'it\\'; delete from items; -- '"_s, Engine::Sqlite, several);
        row("escape text", u"select E'it\\'; x'"_s, Engine::Postgres);
        row("what looks like a comment runs", u"/*! delete from items */"_s, Engine::Mysql, no);
        row("hash comment", u"select 1 # ; delete"_s, Engine::Mysql);
        row("into a file", u"select * into outfile '/tmp/x' from items"_s, Engine::Mysql, no);
    }
    void readsOnly()
    {
        QFETCH(QString, sql);
        QFETCH(Engine, engine);
        QFETCH(QString, error);
        const auto reads = paddock::migrations::readsOnly(sql, engine);
        QCOMPARE(reads ? QString() : reads.error().code, error);
    }

    void cells()
    {
        QCOMPARE(cellText(QVariant()), u"NULL"_s);
        QCOMPARE(cellText(QByteArray::fromHex("00ff")), u"x'00ff' (2 bytes)"_s);
        QCOMPARE(cellText(0.1), u"0.1"_s);
        QCOMPARE(cellText(u"abcdef"_s, 3), u"abc…"_s);
        QCOMPARE(cellText(u"NULL"_s), u"NULL"_s);
    }
};

QTEST_GUILESS_MAIN(TestNeeds)
#include "tst_needs.moc"
