// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/comparedfilesmodel.h"
#include "models/roles.h"
#include "models/typefindingsmodel.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::models;
using types::Finding;
using types::Severity;

namespace {

Finding finding(const QString &symbol, const QString &rule, Severity severity, bool approved = false)
{
    return {.symbol = symbol,
            .rule = rule,
            .severity = severity,
            .before = u"{ saved: number; }"_s,
            .after = u"{}"_s,
            .message = rule + u" happened"_s,
            .example = severity == Severity::Safe ? QString() : u"a();\nb();"_s,
            .fingerprint = symbol + rule,
            .file = u"src/a.ts"_s,
            .line = 7,
            .approved = approved};
}

QModelIndex below(const QAbstractItemModel &model, const QModelIndex &parent, TypeRow kind)
{
    for (int row = 0; row < model.rowCount(parent); ++row)
        if (model.index(row, 0, parent).data(TypeRowRole).toInt() == int(kind))
            return model.index(row, 0, parent);
    return {};
}

} // namespace

class TypesModelsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findingsTellEverything()
    {
        TypeFindingsModel model;
        const QAbstractItemModelTester tester(&model);
        model.setFindings({finding(u"plugin pricing.quote"_s, u"property-removed"_s, Severity::Breaking),
                           finding(u"plugin pricing.list"_s, u"property-added"_s, Severity::Safe)});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.count(Severity::Breaking), 1);
        QCOMPARE(model.count(Severity::Dangerous), 0);
        const QModelIndex first = model.index(0, 0);
        QCOMPARE(first.data(NameRole).toString(), u"plugin pricing.quote"_s);
        QCOMPARE(first.data(FileRole).toString(), u"src/a.ts"_s);
        QCOMPARE(first.data(LineRole).toInt(), 7);
        QCOMPARE(below(model, first, TypeRow::Example).data(DetailRole).toString(), u"a();\nb();"_s);
        QVERIFY(below(model, first, TypeRow::Rule).data(DetailRole).toString().startsWith(u"property-removed: "_s));
        QVERIFY(!below(model, model.index(1, 0), TypeRow::Example).isValid());
        QVERIFY(!first.data(UseCountRole).isValid()); // nobody has looked

        model.setImpacts({{.symbol = u"plugin pricing.quote"_s,
                           .uses = {{u"b.ts"_s, 3, 1, u"quote()"_s, {}}, {u"c.ts"_s, 9, 1, u"quote()"_s, {}}}}});
        QCOMPARE(first.data(UseCountRole).toInt(), 2);
        QVERIFY(!first.data(BrokenCountRole).isValid()); // not checked yet
        model.setImpacts({{.symbol = u"plugin pricing.quote"_s,
                           .uses = {{u"b.ts"_s, 3, 1, u"quote()"_s, u"no"_s}, {u"c.ts"_s, 9, 1, u"quote()"_s, {}}},
                           .isChecked = true}});
        QCOMPARE(first.data(BrokenCountRole).toInt(), 1);
        const QModelIndex uses = below(model, first, TypeRow::Uses);
        QCOMPARE(model.rowCount(uses), 2);
        QCOMPARE(model.index(0, 0, uses).data(FileRole).toString(), u"b.ts"_s);
        QCOMPARE(model.index(0, 0, uses).data(ErrorRole).toString(), u"no"_s);
        QVERIFY(!model.index(1, 0).data(UseCountRole).isValid());
    }

    /// A second look at the same findings keeps their rows, so that a view stays where it is.
    void rowsOutliveUpdates()
    {
        TypeFindingsModel model;
        const QAbstractItemModelTester tester(&model);
        const Finding kept = finding(u"plugin a.b"_s, u"property-removed"_s, Severity::Breaking);
        model.setFindings({finding(u"plugin a.a"_s, u"property-removed"_s, Severity::Breaking), kept});
        const QPersistentModelIndex index = model.index(1, 0);
        Finding approved = kept;
        approved.approved = true;
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setFindings({approved, finding(u"plugin z.z"_s, u"became-async"_s, Severity::Breaking)});
        QVERIFY(index.isValid());
        QCOMPARE(index.row(), 0);
        QVERIFY(index.data(RecordRole).value<Finding>().approved);
        QCOMPARE(resets.size(), 0);
        // The same finding in two places of one type is two rows.
        model.setFindings({kept, kept});
        QCOMPARE(model.rowCount(), 2);
    }

    void filters()
    {
        TypeFindingsModel model;
        TypeFindingsFilter filter(&model);
        const QAbstractItemModelTester tester(&filter);
        model.setFindings({finding(u"plugin pricing.quote"_s, u"property-removed"_s, Severity::Breaking),
                           finding(u"route shop.quote input"_s, u"input-type-narrowed"_s, Severity::Breaking, true),
                           finding(u"plugin stock.level"_s, u"became-any"_s, Severity::Dangerous),
                           finding(u"plugin stock.list"_s, u"symbol-added"_s, Severity::Safe)});
        QCOMPARE(filter.rowCount(), 4);
        QVERIFY(filter.rowCount(filter.index(0, 0)) > 0); // what is below a finding always shows
        filter.setShown(Severity::Safe, false);
        QCOMPARE(filter.rowCount(), 3);
        filter.setApprovedShown(false);
        QCOMPARE(filter.rowCount(), 2);
        filter.setText(u"STOCK"_s);
        QCOMPARE(filter.rowCount(), 1);
        filter.setText(u"removed happened"_s);
        QCOMPARE(filter.index(0, 0).data(NameRole).toString(), u"plugin pricing.quote"_s);
        filter.setText({});
        filter.setShown(Severity::Safe, true);
        filter.setApprovedShown(true);
        QCOMPARE(filter.rowCount(), 4);
    }

    void filesComeAndGo()
    {
        ComparedFilesModel model;
        const QAbstractItemModelTester tester(&model);
        QRandomGenerator random(3);
        for (int round = 0; round < 200; ++round) {
            QList<types::ComparedFile> files;
            QStringList names{u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s};
            for (int i = random.bounded(6); i > 0; --i) {
                const QString name = names.takeAt(random.bounded(int(names.size())));
                files.append({.name = name, .added = int(random.bounded(3)), .removed = 1});
            }
            model.setFiles(files);
            QCOMPARE(model.rowCount(), int(files.size()));
            for (int row = 0; row < files.size(); ++row) {
                QCOMPARE(model.file(row), files[row]);
                QCOMPARE(model.rowOf(files[row].name), row);
                QCOMPARE(model.index(row).data(ComparedFilesModel::AddedRole).toInt(), files[row].added);
            }
        }
        QCOMPARE(model.rowOf(u"nobody"_s), -1);
    }
};

QTEST_GUILESS_MAIN(TypesModelsTest)
#include "tst_typesmodels.moc"
