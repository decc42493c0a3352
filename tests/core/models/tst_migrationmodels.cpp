// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migrationmodel.h"
#include "models/querymodel.h"
#include "models/roles.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::models;
using migrations::Entry;
using migrations::State;

namespace {

Entry entry(const QString &plugin, const QString &name, State state)
{
    Entry made{.plugin = plugin, .name = name, .path = u"/w/"_s + name, .state = state};
    if (state == State::Applied || state == State::Edited) {
        made.appliedId = 1;
        made.appliedAt = u"2026-03-01 10:00:00"_s;
        made.ms = 12.5;
    }
    return made;
}

QString print(const QAbstractItemModel &model, const QModelIndex &parent = {})
{
    QStringList words;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        QString word = index.data(NameRole).toString();
        if (const QString state = index.data(StateRole).toString(); !state.isEmpty() && parent.isValid())
            word += u'=' + state;
        if (model.rowCount(index) > 0)
            word += u'(' + print(model, index) + u')';
        words << word;
    }
    return words.join(u' ');
}

} // namespace

class TestMigrationModels final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void migrationsByPlugin()
    {
        MigrationModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setEntries({entry(u"@core/jobs"_s, u"001_jobs.ts"_s, State::Applied),
                          entry(u"shop"_s, u"001_items.ts"_s, State::Applied),
                          entry(u"shop"_s, u"002_stock.ts"_s, State::Pending),
                          entry(u"users"_s, u"001_users.ts"_s, State::Edited)});
        // Those of the framework come last.
        QCOMPARE(print(model), u"shop(001_items.ts=applied 002_stock.ts=pending) users(001_users.ts=edited) "
                               "@core/jobs(001_jobs.ts=applied)"_s);
        const QPersistentModelIndex stock = model.migration(u"shop"_s, u"002_stock.ts"_s);
        QCOMPARE(stock.parent().data(PendingRole).toInt(), 1);
        QCOMPARE(model.indexOfPath({u"users"_s}).data(ErrorRole).toString(), u"1"_s);
        QCOMPARE(stock.data(RecordRole).value<Entry>().name, u"002_stock.ts"_s);
        QCOMPARE(model.migration(u"shop"_s, u"001_items.ts"_s).data(LatencyRole).toDouble(), 12.5);
        QVERIFY(model.migration(u"shop"_s, u"001_items.ts"_s).data(DetailRole).toString().startsWith(u"2026-03-01"_s));

        // News of a row leaves the others, and what is selected, alone.
        model.setEntries({entry(u"shop"_s, u"001_items.ts"_s, State::Applied),
                          entry(u"shop"_s, u"002_stock.ts"_s, State::Applied),
                          entry(u"shop"_s, u"003_more.ts"_s, State::Pending)});
        QVERIFY(stock.isValid());
        QCOMPARE(stock.data(StateRole).toString(), u"applied"_s);
        QCOMPARE(print(model), u"shop(001_items.ts=applied 002_stock.ts=applied 003_more.ts=pending)"_s);
        model.setEntries({});
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(resets.size(), 0);
    }

    void filter_data()
    {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("rows");
        QTest::newRow("name") << u"STOCK"_s << u"shop(002_stock.ts=pending)"_s;
        QTest::newRow("plugin") << u"users"_s << u"users(001_users.ts=edited)"_s;
        QTest::newRow("state") << u"edi"_s << u"users(001_users.ts=edited)"_s;
        QTest::newRow("nothing") << u"xyz"_s << QString();
    }
    void filter()
    {
        QFETCH(QString, filter);
        QFETCH(QString, rows);
        MigrationModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setEntries({entry(u"shop"_s, u"001_items.ts"_s, State::Applied),
                          entry(u"shop"_s, u"002_stock.ts"_s, State::Pending),
                          entry(u"users"_s, u"001_users.ts"_s, State::Edited)},
                         filter);
        QCOMPARE(print(model), rows);
    }

    void schema()
    {
        migrations::Schema schema;
        schema.tables.append({.name = u"items"_s,
                              .columns = {{u"id"_s, u"integer"_s, true, {}, true}, {u"name"_s, u"text"_s}},
                              .indexes = {{u"items_name"_s, u"on items(name)"_s}},
                              .keys = {{u"fk shop"_s, u"references shops(id)"_s}},
                              .rows = 1200});
        schema.tables.append({.name = u"shops"_s, .columns = {{u"id"_s, u"integer"_s}}});
        SchemaModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSchema(schema);
        QCOMPARE(print(model), u"items(id=column name=column items_name=index fk shop=key) shops(id=column)"_s);
        QCOMPARE(model.index(0, 0).data(DetailRole).toString(), QLocale().toString(1200));
        QCOMPARE(model.index(1, 0).data(DetailRole).toString(), QString()); // not counted
        model.setSchema(schema, u"name"_s);
        QCOMPARE(print(model), u"items(name=column items_name=index)"_s);
        model.setSchema(schema, u"shops"_s);
        QCOMPARE(print(model), u"shops(id=column)"_s);
    }

    void backups()
    {
        ValueTreeModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        migrations::Backup one{
            .path = u"/b/1-up.db"_s, .at = QDateTime::currentDateTimeUtc(), .size = 4096, .reason = u"up"_s};
        model.setNodes(backupNodes({one}));
        QCOMPARE(model.index(0, 0).data(NameRole).toString(), u"1-up.db"_s);
        QCOMPARE(model.index(0, 0).data(StateRole).toString(), u"up"_s);
    }

    void query()
    {
        QueryModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setResult({.columns = {u"id"_s, u"name"_s, u"data"_s},
                         .rows = {{qint64(1), QVariant(), QByteArray("\x01")}, {qint64(2), u"NULL"_s, QVariant()}}});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), u"name"_s);
        QCOMPARE(model.index(0, 0).data(StateRole).toString(), u"number"_s);
        QCOMPARE(model.index(0, 1).data(StateRole).toString(), u"null"_s);
        QCOMPARE(model.index(1, 1).data(StateRole).toString(), u"text"_s); // that spells the same
        QCOMPARE(model.index(0, 2).data(StateRole).toString(), u"blob"_s);
        model.setResult({});
        QCOMPARE(model.columnCount(), 0);
    }
};

QTEST_GUILESS_MAIN(TestMigrationModels)
#include "tst_migrationmodels.moc"
