// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions.h"
#include "delegates/feeddelegate.h"
#include "models/roles.h"
#include "models/typefindingsmodel.h"
#include "types/approvals.h"
#include "views/typesview.h"
#include "widgets/banner.h"
#include "widgets/diffview.h"
#include "windowcase.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace paddock;
using tests::DemoSource;

namespace {

const auto Client = u".@donkeylabs/server/client.ts"_s;

} // namespace

class TypesViewTest final : public tests::WindowCase
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_root, m_data;

    QTreeView *list() const { return find<QTreeView>("typesList"); }
    ui::DiffView *diff() const { return find<ui::DiffView>("typesDiff"); }
    session::TypesDesk *desk() const { return m_source->types(); }

    void open(bool trusted = true)
    {
        auto source = std::make_unique<DemoSource>(m_root->path(), trusted);
        m_source = source.get();
        m_window->openSource(std::move(source));
    }

    void showTypes()
    {
        QTest::keyClick(m_window.get(), Qt::Key_2, Qt::AltModifier);
        QTRY_COMPARE(find<QTabWidget>("centreTabs")->currentWidget()->objectName(), u"types"_s);
    }

    void openWithTypes()
    {
        open();
        m_source->playTypes();
        showTypes();
        QTRY_VERIFY(list()->model()->rowCount() > 0);
        QTRY_VERIFY(!diff()->shown().isEmpty());
        QVERIFY(diff()->isVisible());
    }

    QModelIndex finding(const QString &symbol) const
    {
        for (int row = 0; row < list()->model()->rowCount(); ++row)
            if (list()->model()->index(row, 0).data(models::NameRole).toString() == symbol)
                return list()->model()->index(row, 0);
        return {};
    }

    /// Looked for each time: rows come and go while one comparison follows another.
    QModelIndex file(const QString &name) const
    {
        const auto *model = find<QListView>("typesFiles")->model();
        for (int row = 0; row < model->rowCount(); ++row)
            if (model->index(row, 0).data().toString() == name)
                return model->index(row, 0);
        return {};
    }

    QString breaking() const { return u"%1 breaking"_s.arg(types::countsOf(m_source->found()).breaking); }

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_data = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", m_data->path().toLocal8Bit());
        makeWindow();
    }

    void cleanup() { closeWindow(); }

    void emptyStatesSayWhy()
    {
        open(false);
        showTypes();
        QCOMPARE(find<QLabel>("typesStatus")->text(), u"Not trusted"_s);
        QVERIFY(find<QWidget>("typesEmpty")->isVisible());
        QVERIFY(!diff()->isVisible()); // an empty frame says nothing
        m_source->trust();
        QTRY_VERIFY(find<QLabel>("typesStatus")->text() != u"Not trusted"_s);
        desk()->setProblem(Error{u"no-compiler"_s, u"There is no TypeScript"_s, {}, {}, u"Add it"_s});
        QCOMPARE(find<QLabel>("typesStatus")->text(), u"There is no TypeScript"_s);
        QVERIFY(find<QLabel>("typesStatus")->toolTip().contains(u"Add it"_s));
        QVERIFY(!find<QToolButton>("saveBaselineInTypes")->isEnabled());
        desk()->setProblem({});
        QVERIFY(find<QLabel>("typesStatus")->text().isEmpty());
    }

    void listsFindingsBySeverity()
    {
        openWithTypes();
        const types::Counts counts = types::countsOf(m_source->found());
        QVERIFY(counts.breaking >= 3);
        QCOMPARE(find<QToolButton>("types-breaking")->text(), breaking());
        QCOMPARE(find<QToolButton>("types-dangerous")->text(), u"%1 dangerous"_s.arg(counts.dangerous));
        QCOMPARE(find<QToolButton>("types-safe")->text(), u"%1 safe"_s.arg(counts.safe));
        const QModelIndex first = list()->model()->index(0, 0);
        QCOMPARE(first.data(models::SeverityRole).toString(), u"breaking"_s);
        QCOMPARE(finding(u"plugin stock.level"_s).data(models::SeverityRole).toString(), u"dangerous"_s);
        QCOMPARE(finding(u"plugin orders.cancel"_s).data(models::SeverityRole).toString(), u"safe"_s);
        // Filters, by mouse and by typing.
        const int all = list()->model()->rowCount();
        QTest::mouseClick(find<QToolButton>("types-safe"), Qt::LeftButton);
        QCOMPARE(list()->model()->rowCount(), all - counts.safe);
        find<QLineEdit>("typesFilter")->setFocus();
        QTest::keyClicks(find<QLineEdit>("typesFilter"), u"stock"_s);
        QCOMPARE(list()->model()->rowCount(), 1);
        QTest::keyClicks(find<QLineEdit>("typesFilter"), u"xyz"_s);
        QCOMPARE(list()->model()->rowCount(), 0);
        QVERIFY(find<QWidget>("typesEmpty")->isVisible());
    }

    void explainsAFindingAndOpensIt()
    {
        openWithTypes();
        const QModelIndex index = finding(u"route api.orders.place input"_s);
        QVERIFY(index.isValid());
        list()->setFocus();
        click(list(), index);
        QTest::keyClick(list(), Qt::Key_Right);
        QVERIFY(list()->isExpanded(index));
        QStringList labels;
        for (int row = 0; row < list()->model()->rowCount(index); ++row)
            labels << list()->model()->index(row, 0, index).data(models::NameRole).toString();
        QVERIFY2(labels.contains(u"Would break"_s) && labels.contains(u"Rule"_s), qPrintable(labels.join(u' ')));
        QTRY_VERIFY(finding(u"route api.orders.place input"_s).data(models::UseCountRole).isValid());
        QSignalSpy opened(m_window->findChild<ui::TypesView *>(), &ui::TypesView::openRequested);
        QTest::mouseDClick(list()->viewport(), Qt::LeftButton, {}, list()->visualRect(index).center());
        QTRY_COMPARE(opened.size(), 1);
        QCOMPARE(opened.first().at(0).toString(), u"src/server/plugins/orders/index.ts"_s);
        QCOMPARE(opened.first().at(1).toInt(), 15);
        QTest::keyClick(list(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QApplication::clipboard()->text().startsWith(u"breaking route api.orders.place input"_s));
    }

    void theFeedLeadsThere()
    {
        open();
        m_source->playTypes();
        auto *feed = find<QTreeView>("changeFeed");
        QTRY_COMPARE(feed->model()->rowCount(), 1);
        const QModelIndex change = feed->model()->index(0, 0);
        const QRectF chip = ui::FeedDelegate::typesChip(feed->visualRect(change), change);
        QVERIFY(chip.isValid());
        QTest::mouseClick(feed->viewport(), Qt::LeftButton, {}, chip.center().toPoint());
        QCOMPARE(find<QTabWidget>("centreTabs")->currentWidget()->objectName(), u"types"_s);
        QTRY_COMPARE(find<QToolButton>("types-breaking")->text(), breaking());
        QCOMPARE(find<QComboBox>("typesFrom")->currentText(), u"Change 1"_s);
        QVERIFY(!find<QComboBox>("typesTo")->isEnabled());
        // Another choice leaves the change.
        auto *from = find<QComboBox>("typesFrom");
        QTRY_VERIFY(from->findData(u"s2"_s) >= 0);
        from->setCurrentIndex(from->findData(u"s2"_s));
        Q_EMIT from->activated(from->currentIndex());
        QTRY_COMPARE(list()->model()->rowCount(), 0);
        QVERIFY(find<QComboBox>("typesTo")->isEnabled());
        QCOMPARE(from->findText(u"Change 1"_s), -1);
    }

    void approvesAndTakesBack()
    {
        openWithTypes();
        auto *approve = find<QToolButton>("approveTypesInTypes");
        QVERIFY(!approve->isEnabled());
        click(list(), finding(u"plugin orders.cancel"_s)); // safe: nothing to approve
        QVERIFY(!approve->isEnabled());
        click(list(), finding(u"plugin stock.level"_s));
        QTRY_VERIFY(approve->isEnabled());
        QTest::mouseClick(approve, Qt::LeftButton);
        QTRY_COMPARE(find<QToolButton>("typesApproved")->text(), u"1 approved"_s);
        QCOMPARE(types::readApprovals(m_root->path())->size(), 1);
        QTRY_COMPARE(approve->text(), u"Withdraw approval"_s);
        QTest::mouseClick(find<QToolButton>("typesApproved"), Qt::LeftButton);
        QVERIFY(!finding(u"plugin stock.level"_s).isValid());
        QTest::mouseClick(find<QToolButton>("typesApproved"), Qt::LeftButton);
        click(list(), finding(u"plugin stock.level"_s));
        QTest::keyClick(m_window.get(), Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(types::readApprovals(m_root->path())->isEmpty());
        QTRY_COMPARE(approve->text(), u"Approve"_s);
        // A file that cannot be read is said.
        QFile file(types::approvalsFile(m_root->path()));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("<<<") == 3);
        file.close();
        click(list(), finding(u"plugin stock.level"_s));
        QTRY_VERIFY(approve->isEnabled());
        QTest::keyClick(m_window.get(), Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(m_window->banners()->banner(u"types-view"_s));
    }

    void savesABaselineAndComparesWithIt()
    {
        openWithTypes();
        QTest::mouseClick(find<QToolButton>("saveBaselineInTypes"), Qt::LeftButton);
        QTRY_VERIFY(m_window->findChild<QDialog *>(u"baselineDialog"_s));
        auto *name = find<QLineEdit>("baselineName");
        name->clear();
        QTest::keyClicks(name, u"before-my-work"_s);
        QTest::mouseClick(find<QPushButton>("baselineSave"), Qt::LeftButton);
        QTRY_VERIFY(QFile::exists(m_root->filePath(u".paddock/types/before-my-work.types"_s)));
        auto *from = find<QComboBox>("typesFrom");
        QTRY_VERIFY(from->findData(u"before-my-work"_s) >= 0);
        from->setCurrentIndex(from->findData(u"before-my-work"_s));
        Q_EMIT from->activated(from->currentIndex());
        QTRY_COMPARE(find<QToolButton>("types-breaking")->text(), u"0 breaking"_s);
    }

    void textsAreComparedFileByFile()
    {
        openWithTypes();
        auto *files = find<QListView>("typesFiles");
        QTRY_VERIFY(file(u"types.ts"_s).isValid());
        QTRY_COMPARE(file(Client).data(models::ComparedFilesModel::AddedRole).toInt(), 2);
        click(files, file(Client));
        QTRY_COMPARE(diff()->document().changes.size(), 2);
        QTRY_COMPARE(find<QLabel>("typesPlace")->text(), u"1 of 2"_s);
        QTest::keyClick(m_window.get(), Qt::Key_F8);
        QCOMPARE(find<QLabel>("typesPlace")->text(), u"2 of 2"_s);
        QTest::keyClick(m_window.get(), Qt::Key_F8, Qt::ShiftModifier);
        QCOMPARE(find<QLabel>("typesPlace")->text(), u"1 of 2"_s);
        const auto layout = diff()->diffLayout();
        QTest::mouseClick(find<QToolButton>("sideBySideInTypes"), Qt::LeftButton);
        QVERIFY(diff()->diffLayout() != layout);
        QTest::mouseClick(find<QToolButton>("foldEqualInTypes"), Qt::LeftButton);
        QVERIFY(!diff()->isFolded());
        QVERIFY(!m_window->actions()->foldEqual->isChecked());
    }

    void findsInTheTexts()
    {
        openWithTypes();
        auto *files = find<QListView>("typesFiles");
        QTRY_COMPARE(file(Client).data(models::ComparedFilesModel::AddedRole).toInt(), 2);
        click(files, file(Client));
        QTRY_COMPARE(diff()->document().changes.size(), 2);
        diff()->setFocus();
        QTest::keyClick(diff(), Qt::Key_F, Qt::ControlModifier);
        auto *search = find<QLineEdit>("typesSearch");
        QTRY_VERIFY(search->hasFocus());
        QTest::keyClicks(search, u"page"_s);
        QTRY_COMPARE(find<QLabel>("typesSearchCount")->text(), u"1 of 2"_s);
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(find<QLabel>("typesSearchCount")->text(), u"2 of 2"_s);
        QTest::keyClick(search, Qt::Key_F3);
        QCOMPARE(find<QLabel>("typesSearchCount")->text(), u"1 of 2"_s);
        QTest::keyClick(search, Qt::Key_Escape);
        QTRY_VERIFY(!search->isVisible());
        QVERIFY(diff()->hasFocus());
    }

    void staleTypesShow()
    {
        openWithTypes();
        auto *generate = find<QToolButton>("typesGenerate");
        QCOMPARE(generate->text(), u"Generate types"_s);
        desk()->setStale({u"plugin orders"_s, u"route api.orders.place"_s});
        QCOMPARE(generate->text(), u"Generate types (2 stale)"_s);
        auto *tree = find<QTreeView>("workspaceTree");
        const auto orders = [&] {
            const auto *model = tree->model();
            for (int group = 0; group < model->rowCount(); ++group)
                for (int row = 0; row < model->rowCount(model->index(group, 0)); ++row) {
                    const QModelIndex one = model->index(row, 0, model->index(group, 0));
                    if (one.data().toString() == u"orders"_s && one.data(models::StaleRole).toBool())
                        return true;
                }
            return false;
        };
        QTRY_VERIFY(orders());
        QTest::mouseClick(generate, Qt::LeftButton);
        QVERIFY(m_source->calls.contains(u"generateTypes"_s));
        desk()->setStale({});
        QTRY_VERIFY(!orders());
        QCOMPARE(generate->text(), u"Generate types"_s);
    }

    void leavesWithItsWorkspace()
    {
        openWithTypes();
        m_window->closeWorkspace();
        QTRY_VERIFY(!m_window->source());
        QCOMPARE(list()->model()->rowCount(), 0);
        QVERIFY(!m_window->actions()->saveBaseline->isEnabled());
    }
};

int main(int argc, char **argv)
{
    return tests::runWindowCase<TypesViewTest>(argc, argv, u"tst_typesview"_s);
}

#include "tst_typesview.moc"
