// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The Migrations view in the real window, with real clicks and keys, on a real workspace and an SQLite database.
#include "actions.h"
#include "demosource.h"
#include "mainwindow.h"
#include "migrations/backend.h"
#include "models/roles.h"
#include "session/bun.h"
#include "session/migrationdesk.h"
#include "support/databases.h"
#include "theme/theme.h"
#include "views/migrations/findings.h"
#include "views/migrationsview.h"
#include "widgets/diffview.h"

#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace paddock;
using migrations::Engine;
using tests::DemoSource;

namespace {

const auto CreateItems =
    u"await db.schema.createTable('items').addColumn('id', 'integer', c => c.primaryKey())"
    ".addColumn('name', 'varchar(40)').execute();"
    "for (const name of ['a', 'b', 'c']) await db.insertInto('items').values({ name }).execute();"_s;
const auto DropItems = u"await db.schema.dropTable('items').execute();"_s;
const auto AddStock = u"await db.schema.alterTable('items').addColumn('stock', 'integer').execute();"_s;
const auto DropStock = u"await db.schema.alterTable('items').dropColumn('stock').execute();"_s;

} // namespace

class TestMigrationsView final : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::MigrationWorkspace> m_workspace;
    std::unique_ptr<ui::MainWindow> m_window;
    DemoSource *m_source = nullptr;
    session::MigrationDesk *m_desk = nullptr;

    template <class T>
    T *find(const char *name) const
    {
        T *found = m_window->findChild<T *>(QString::fromLatin1(name));
        if (!found)
            qFatal("no widget %s", name);
        return found;
    }

    /// Of a dialog that is open.
    template <class T>
    T *visible(const char *name) const
    {
        for (T *one : m_window->findChildren<T *>(QString::fromLatin1(name)))
            if (one->isVisible())
                return one;
        return nullptr;
    }

    QTreeView *list() const { return find<QTreeView>("migrationList"); }

    QModelIndex row(const QString &name) const
    {
        const auto *model = list()->model();
        for (int plugin = 0; plugin < model->rowCount(); ++plugin) {
            const QModelIndex parent = model->index(plugin, 0);
            if (parent.data().toString() == name)
                return parent;
            for (int i = 0; i < model->rowCount(parent); ++i)
                if (model->index(i, 0, parent).data().toString().startsWith(name))
                    return model->index(i, 0, parent);
        }
        return {};
    }

    QString state(const QString &name) const { return row(name).data(models::StateRole).toString(); }

    void select(const QString &name)
    {
        QTRY_VERIFY(row(name).isValid());
        list()->expand(row(name).parent());
        list()->scrollTo(row(name));
        QTest::mouseClick(list()->viewport(), Qt::LeftButton, {}, list()->visualRect(row(name)).center());
        QTRY_COMPARE(list()->currentIndex(), row(name));
    }

    void click(const char *name)
    {
        QPushButton *button = nullptr;
        QTRY_VERIFY2((button = visible<QPushButton>(name)) && button->isEnabled(), name);
        QTest::mouseClick(button, Qt::LeftButton);
    }

    [[nodiscard]] migrations::Location database() const
    {
        return {.engine = Engine::Sqlite, .file = m_workspace->path(u"shop.db"_s)};
    }

    QString schema() const
    {
        const auto backend = openBackend(database());
        const auto found = backend ? (*backend)->schema() : Result<migrations::Schema>();
        QStringList words;
        for (const migrations::Table &table : found ? found->tables : QList<migrations::Table>())
            for (const migrations::Column &column : table.columns)
                words << table.name + u'.' + column.name;
        return words.join(u' ');
    }

    void open(bool withDatabase = true)
    {
        auto source = std::make_unique<DemoSource>(m_workspace->root());
        m_source = source.get();
        workspace::Workspace described = source->workspace();
        described.plugins.resize(1);
        described.plugins[0].name = u"shop"_s;
        described.plugins[0].migrations = {u"001_items.ts"_s, u"002_stock.ts"_s};
        described.migrations.clear();
        for (const QString &name : described.plugins[0].migrations)
            described.migrations.append({.plugin = u"shop"_s,
                                         .name = name,
                                         .file = u"src/plugins/shop/migrations/"_s + name,
                                         .state = u"unknown"_s});
        source->setWorkspace(described);
        auto desk = std::make_unique<session::MigrationDesk>(m_workspace->root());
        m_desk = desk.get();
        source->setMigrations(std::move(desk));
        m_window->openSource(std::move(source));
        if (withDatabase) {
            // An address that somebody typed makes no file: it may be a mistake.
            QVERIFY(QFile(database().file).open(QIODevice::WriteOnly));
            QVERIFY(m_desk->giveDatabase(u"shop.db"_s));
        }
        m_desk->setTrusted(true);
        QTRY_VERIFY(m_desk->wasRead() && (!withDatabase || m_desk->isKnown()));
        m_window->showTab(u"migrations"_s);
        QTRY_VERIFY(list()->isVisible());
    }

    /// Applies everything without the view.
    void applyAll()
    {
        auto run = m_desk->run({}, true);
        QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(), 60'000);
        QVERIFY2(run.result() && run.result()->error.code.isEmpty(), "the migrations did not run");
        QTRY_COMPARE(state(u"001_items"_s), u"applied"_s);
    }

    QString report() const
    {
        QStringList texts{find<QLabel>("reportTitle")->text()};
        for (const char *name : {"reportSchema", "reportRows", "reportSql", "reportLeftovers"})
            if (const auto *edit = visible<QPlainTextEdit>(name))
                texts << edit->toPlainText();
        return texts.join(u'\n');
    }

private Q_SLOTS:
    void init()
    {
        QSettings().clear();
        m_workspace = std::make_unique<test::MigrationWorkspace>();
        QVERIFY2(m_workspace->problem().isEmpty(), qPrintable(m_workspace->problem()));
        m_workspace->migration(u"001_items.ts"_s, CreateItems, DropItems);
        m_workspace->migration(u"002_stock.ts"_s, AddStock, DropStock);
        m_window = std::make_unique<ui::MainWindow>(ui::WindowServices{
            .makeSource = [](const QString &root) { return std::make_unique<DemoSource>(root); },
            .sampleFolder = [] { return QtFuture::makeReadyValueFuture(Result<QString>(QDir::tempPath())); }});
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_window->activateWindow();
    }

    void cleanup()
    {
        m_window.reset();
        m_workspace.reset();
    }

    void showsHowTheyStand()
    {
        open();
        QCOMPARE(state(u"001_items"_s), u"pending"_s);
        QCOMPARE(find<QLabel>("migrationCounts")->text(), u"2 pending"_s);
        QCOMPARE(find<QTabWidget>("centreTabs")
                     ->tabText(find<QTabWidget>("centreTabs")->indexOf(find<QWidget>("migrations"))),
                 u"Migrations (2)"_s);
        QVERIFY(find<QLabel>("migrationDatabase")->text().contains(u"shop.db"_s));
        // The tree knows it, too.
        auto *tree = find<QTreeView>("workspaceTree");
        const auto badge = [tree] {
            const QModelIndex plugins = tree->model()->index(0, 0);
            return tree->model()->index(0, 0, plugins).data(models::PendingRole).toInt();
        };
        QTRY_COMPARE(badge(), 2);
        QTest::keyClicks(find<QLineEdit>("migrationFilter"), u"stock"_s);
        QVERIFY(row(u"002_stock"_s).isValid() && !row(u"001_items"_s).isValid());
        QTest::keyClick(find<QLineEdit>("migrationFilter"), Qt::Key_Escape);
        QVERIFY(row(u"001_items"_s).isValid());
    }

    void runsAfterALook()
    {
        open();
        QTest::keyClick(m_window.get(), Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(visible<QDialog>("planDialog"));
        QTest::keyClick(visible<QDialog>("planDialog"), Qt::Key_Escape);
        QTRY_VERIFY(!visible<QDialog>("planDialog"));
        QVERIFY(schema().isEmpty());
        click("migrationRun");
        click("planRun");
        QTRY_COMPARE_WITH_TIMEOUT(state(u"002_stock"_s), u"applied"_s, 60'000);
        QCOMPARE(schema(), u"items.id items.name items.stock"_s);
        QVERIFY2(report().contains(u"2 migrations applied"_s), qPrintable(report()));
        QVERIFY2(report().contains(u"create table"_s), qPrintable(report()));
        QCOMPARE(find<QLabel>("migrationCounts")->text(), u"all applied"_s);
        QVERIFY(row(u"001_items"_s).data(models::LatencyRole).toDouble() > 0);
        QVERIFY(!row(u"001_items"_s).data(models::DetailRole).toString().isEmpty());
    }

    void upToOneAndBack()
    {
        open();
        select(u"001_items"_s);
        click("detailsRun");
        click("planRun");
        QTRY_COMPARE_WITH_TIMEOUT(state(u"001_items"_s), u"applied"_s, 60'000);
        QCOMPARE(state(u"002_stock"_s), u"pending"_s);
        // Taking it back loses three rows, and says so; Enter alone does not do it.
        find<QTabWidget>("migrationSide")->setCurrentIndex(0);
        click("detailsRevert");
        QTRY_VERIFY(visible<QDialog>("planDialog"));
        QString lost;
        for (const QLabel *label : visible<QDialog>("planDialog")->findChildren<QLabel *>())
            lost += label->text() + u'\n';
        QVERIFY2(lost.contains(u"items"_s) && lost.contains(u"3 rows"_s), qPrintable(lost));
        QTest::keyClick(visible<QDialog>("planDialog"), Qt::Key_Return);
        QTRY_VERIFY(!visible<QDialog>("planDialog"));
        QCOMPARE(schema(), u"items.id items.name"_s);
        click("detailsRevert");
        QTRY_VERIFY(visible<QPushButton>("planRun"));
        QCOMPARE(visible<QPushButton>("planRun")->text(), u"Run and lose the data"_s);
        click("planRun");
        QTRY_COMPARE_WITH_TIMEOUT(state(u"001_items"_s), u"pending"_s, 60'000);
        QVERIFY(schema().isEmpty());
    }

    void rehearses()
    {
        open();
        click("migrationRehearse");
        QTRY_VERIFY_WITH_TIMEOUT(report().contains(u"it works"_s), 60'000);
        QVERIFY2(report().contains(u"+ table items"_s), qPrintable(report()));
        QVERIFY2(report().contains(u"items  – → 3 → – → 3"_s), qPrintable(report()));
        QVERIFY2(report().contains(u"alter table \"items\" add column \"stock\""_s), qPrintable(report()));
        QVERIFY(schema().isEmpty()); // the real one
        QCOMPARE(state(u"001_items"_s), u"pending"_s);
    }

    void findingsBeforeAnythingRuns()
    {
        m_workspace->migration(u"003_gone.ts"_s, DropItems);
        open();
        applyAllBut();
        select(u"003_gone"_s);
        auto *findings = find<ui::FindingsList>("detailsFindings");
        QTRY_COMPARE(findings->count(), 2);
        const QString text = findings->accessibleDescription();
        QVERIFY2(text.contains(u"drop-table"_s) && text.contains(u"3 rows"_s) && text.contains(u"irreversible-down"_s),
                 qPrintable(text));
    }

    void endlessOneIsCancelled()
    {
        m_workspace->remove(u"src/plugins/shop/migrations/002_stock.ts"_s);
        m_workspace->migration(u"001_items.ts"_s, u"await new Promise(() => setInterval(() => {}, 1000));"_s,
                               u"void db;"_s);
        open();
        click("migrationRun");
        click("planRun");
        QTRY_VERIFY_WITH_TIMEOUT(find<QPlainTextEdit>("reportOutput")->toPlainText().contains(u"up shop/001_items"_s),
                                 60'000);
        QVERIFY(m_desk->isBusy());
        click("reportCancel");
        QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), 30'000);
        QTRY_COMPARE(find<QLabel>("reportTitle")->text(), u"Cancelled"_s);
        QTRY_COMPARE(state(u"001_items"_s), u"failed"_s);
        QVERIFY(row(u"001_items"_s).data(models::ErrorRole).toString().contains(u"cancelled"_s));
    }

    void editedIsSettled()
    {
        open();
        applyAll();
        m_workspace->migration(u"002_stock.ts"_s, u"await db.schema.dropTable('other').execute();"_s, DropStock);
        m_desk->refresh();
        QTRY_COMPARE(state(u"002_stock"_s), u"edited"_s);
        QCOMPARE(find<QLabel>("migrationCounts")->text(), u"1 to settle"_s);
        select(u"002_stock"_s);
        QTRY_VERIFY(visible<ui::DiffView>("detailsDifference"));
        const auto *diff = find<ui::DiffView>("detailsDifference");
        QTRY_COMPARE(diff->document().changes.size(), 1);
        const auto isIn = [](const QStringList &lines, const QString &text) {
            return std::ranges::any_of(lines, [&](const QString &line) { return line.contains(text); });
        };
        // What is alike is folded, but for the line before and behind it.
        const auto rows = [&] {
            QStringList kinds;
            for (const types::ShownRow &row : diff->shown())
                kinds << (row.hidden > 0                            ? u"fold"_s
                          : row.side == types::ShownRow::Side::Both ? u"alike"_s
                                                                    : u"changed"_s);
            return kinds.join(u' ');
        };
        find<QToolButton>("detailsSideBySide")->setChecked(false);
        QVERIFY2(rows().startsWith("alike"_L1) || rows().startsWith("fold alike changed"_L1), qPrintable(rows()));
        QVERIFY2(rows().endsWith("changed alike fold"_L1), qPrintable(rows()));
        QVERIFY(isIn(diff->document().after, u"await db.schema.dropTable('other')"_s));
        QVERIFY(isIn(diff->document().before, AddStock));
        const auto layout = diff->diffLayout();
        find<QToolButton>("detailsSideBySide")->click();
        QVERIFY(diff->diffLayout() != layout);
        QVERIFY(!diff->shown().isEmpty());
        click("repair-put-back");
        click("migrationConfirmAccept");
        QTRY_COMPARE(state(u"002_stock"_s), u"applied"_s);
        QFile file(m_workspace->path(u"src/plugins/shop/migrations/002_stock.ts"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains(AddStock.toUtf8()));
    }

    void missingComesBack()
    {
        open();
        applyAll();
        m_workspace->remove(u"src/plugins/shop/migrations/002_stock.ts"_s);
        m_desk->refresh();
        QTRY_COMPARE(state(u"002_stock"_s), u"missing"_s);
        select(u"002_stock"_s);
        click("repair-put-back");
        click("migrationConfirmAccept");
        QTRY_COMPARE(state(u"002_stock"_s), u"applied"_s);
    }

    void backupsAndBack()
    {
        open();
        applyAll();
        find<QTabBar>("migrationPages")->setCurrentIndex(3);
        auto *backups = find<QTreeView>("backupList");
        QTRY_COMPARE(backups->model()->rowCount(), 1); // the run made one
        click("backupNow");
        QTRY_COMPARE(backups->model()->rowCount(), 2);
        const auto reason = [&](int at) { return backups->model()->index(at, 0).data(models::StateRole).toString(); };
        QCOMPARE(reason(0), u"manual"_s);
        QCOMPARE(reason(1), u"up"_s);
        QTest::mouseClick(backups->viewport(), Qt::LeftButton, {},
                          backups->visualRect(backups->model()->index(1, 0)).center());
        click("backupRestore");
        click("migrationConfirmAccept");
        QTRY_COMPARE(state(u"002_stock"_s), u"pending"_s);
        QVERIFY(schema().isEmpty());
        QTRY_COMPARE(backups->model()->rowCount(), 3); // and what it replaced is kept
        QVERIFY(m_source->calls.contains(u"stopServer"_s));
        // A start would run again what has been undone, so it waits for a word.
        QTRY_VERIFY(visible<QPushButton>("backupStart"));
        QVERIFY(!m_source->calls.contains(u"startServer"_s));
        click("backupStart");
        QVERIFY(m_source->calls.contains(u"startServer"_s));
    }

    void newOne()
    {
        open();
        m_window->actions()->newMigration->trigger();
        QTRY_VERIFY(visible<QLineEdit>("newMigrationName"));
        QTest::keyClicks(visible<QLineEdit>("newMigrationName"), u"Bad name!"_s);
        QVERIFY(!visible<QPushButton>("newMigrationCreate")->isEnabled());
        visible<QLineEdit>("newMigrationName")->clear();
        QTest::keyClicks(visible<QLineEdit>("newMigrationName"), u"stock"_s); // there is one of that name
        QTest::keyClick(visible<QLineEdit>("newMigrationName"), Qt::Key_Return);
        QTRY_VERIFY(visible<QLabel>("newMigrationHint")->text().contains(u"002_stock.ts"_s));
        visible<QLineEdit>("newMigrationName")->clear();
        QTest::keyClicks(visible<QLineEdit>("newMigrationName"), u"add_price"_s);
        QTest::keyClick(visible<QLineEdit>("newMigrationName"), Qt::Key_Return);
        QTRY_COMPARE(state(u"003_add_price.ts"_s), u"pending"_s);
    }

    void databaseIsToldByTheUser()
    {
        open(false);
        QCOMPARE(state(u"001_items"_s), u"unknown"_s);
        QVERIFY(!find<QPushButton>("migrationRun")->isEnabled());
        click("bannerDatabase");
        QTRY_VERIFY(visible<QLineEdit>("databaseEdit"));
        QTest::keyClicks(visible<QLineEdit>("databaseEdit"), u"oracle://nowhere"_s);
        click("databaseUse");
        QTRY_VERIFY(visible<QLabel>("databaseError")->text().contains(u"oracle"_s));
        visible<QLineEdit>("databaseEdit")->clear();
        QTest::keyClicks(visible<QLineEdit>("databaseEdit"), u"postgres://me:very-secret@127.0.0.1:1/shop"_s);
        click("databaseUse");
        QTRY_VERIFY(find<QLabel>("migrationDatabase")->text().contains(u"127.0.0.1"_s));
        // Nobody listens there: that is said, with nothing of the password anywhere.
        QTRY_VERIFY(m_desk->status().unreachable && m_desk->status().unreachable->code == "unreachable"_L1);
        for (const QLabel *label : m_window->findChildren<QLabel *>())
            QVERIFY2(!label->text().contains(u"very-secret"_s), qPrintable(label->text()));
        click("migrationDatabaseChange");
        QTRY_VERIFY(visible<QLineEdit>("databaseEdit"));
        QTest::keyClicks(visible<QLineEdit>("databaseEdit"), u"shop.db"_s);
        click("databaseUse");
        QTRY_COMPARE(state(u"001_items"_s), u"pending"_s);
        // It is remembered.
        session::MigrationDesk again(m_workspace->root());
        again.setTrusted(true);
        QTRY_COMPARE(again.database().file, m_workspace->path(u"shop.db"_s));
    }

    void schemaAndQuery()
    {
        open();
        applyAll();
        m_window->actions()->showSchema->trigger();
        auto *view = find<QTreeView>("schemaView");
        QTRY_COMPARE(view->model()->rowCount(), 1);
        const QModelIndex items = view->model()->index(0, 0);
        QCOMPARE(items.data(models::DetailRole).toString(), u"3"_s);
        QCOMPARE(view->model()->rowCount(items), 3);

        m_window->actions()->showQuery->trigger();
        auto *edit = find<QPlainTextEdit>("queryEdit");
        QTRY_VERIFY(edit->hasFocus());
        QTest::keyClicks(edit, u"select id, name from items order by id"_s);
        QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
        auto *result = find<QTableView>("queryResult");
        QTRY_COMPARE(result->model()->rowCount(), 3);
        QCOMPARE(result->model()->index(1, 1).data().toString(), u"b"_s);
        QVERIFY2(find<QLabel>("queryFacts")->text().startsWith(u"3 rows"_s),
                 qPrintable(find<QLabel>("queryFacts")->text()));

        edit->clear();
        QTest::keyClicks(edit, u"delete from items"_s);
        click("queryRun");
        QTRY_COMPARE(result->model()->rowCount(), 0);
        QTRY_VERIFY(!m_window->findChildren<QLabel *>(u"bannerTitle"_s).isEmpty());
        edit->clear();
        QTest::keyClicks(edit,
                         u"with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"_s);
        click("queryRun");
        click("queryCancel");
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("queryRun")->isEnabled(), 20'000);
        edit->clear();
        QTest::keyClicks(edit, u"select count(*) from items"_s);
        QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(result->model()->rowCount(), 1);
        QCOMPARE(result->model()->index(0, 0).data().toString(), u"3"_s);
    }

    void codeThatWaits()
    {
        open();
        m_source->setHeldFor({u"shop/002_stock.ts"_s});
        QTRY_VERIFY(visible<QPushButton>("heldApply"));
        QVERIFY(m_window->actions()->applyHeld->isEnabled());
        click("heldApply");
        QTRY_VERIFY(!visible<QPushButton>("heldApply"));
        QVERIFY(m_source->calls.contains(u"applyHeld"_s));
        // Where data would be lost, it asks.
        m_source->setHeldFor({u"shop/002_stock.ts"_s});
        m_source->failNext({u"needs-consent"_s, u"This loses data"_s, u"items (3 rows)"_s, {}, {}});
        click("heldApply");
        QTRY_VERIFY(visible<QMessageBox>("migrationConfirm"));
        QVERIFY(visible<QMessageBox>("migrationConfirm")->informativeText().contains(u"3 rows"_s));
        click("migrationConfirmAccept");
        QTRY_VERIFY(m_source->calls.contains(u"applyHeld with consent"_s));
    }

    void paletteReachesIt()
    {
        open();
        m_window->showTab(u"hotReload"_s);
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY(find<QLineEdit>("paletteEdit")->isVisible());
        QTest::keyClicks(find<QLineEdit>("paletteEdit"), u"query the data"_s);
        QTest::keyClick(find<QLineEdit>("paletteEdit"), Qt::Key_Return);
        QTRY_VERIFY(find<QPlainTextEdit>("queryEdit")->isVisible());
    }

    void emptyWorkspace()
    {
        m_workspace->remove(u"src/plugins/shop/migrations/001_items.ts"_s);
        m_workspace->remove(u"src/plugins/shop/migrations/002_stock.ts"_s);
        open();
        for (int i = 0; i < list()->model()->rowCount(); ++i)
            QVERIFY(migrations::isCore(list()->model()->index(i, 0).data().toString()));
        QVERIFY(!find<QPushButton>("migrationRun")->isEnabled());
    }

private:
    void applyAllBut()
    {
        auto run = m_desk->run({.to = u"002_stock"_s}, true);
        QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(), 60'000);
        QTRY_COMPARE(state(u"002_stock"_s), u"applied"_s);
    }
};

int main(int argc, char **argv)
{
    qputenv("PADDOCK_EDITOR", "true %f"); // opening a file is not what is tested here
    QStandardPaths::setTestModeEnabled(true);
    QApplication app(argc, argv);
    QApplication::setOrganizationName(u"paddock-tests"_s);
    QApplication::setApplicationName(u"tst_migrationsview-%1"_s.arg(QApplication::applicationPid()));
    const ui::Theme theme;
    TestMigrationsView test;
    const int status = QTest::qExec(&test, argc, argv);
    QFile::remove(QSettings().fileName());
    return status;
}

#include "tst_migrationsview.moc"
