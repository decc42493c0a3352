// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions.h"
#include "models/journalmodel.h"
#include "models/roles.h"
#include "models/summarymodel.h"
#include "models/workspacetreemodel.h"
#include "pipeline/jobs.h"
#include "sourcemodels.h"
#include "views/workspaceview.h"
#include "widgets/banner.h"
#include "widgets/logview.h"
#include "windowcase.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace paddock;
using tests::DemoSource;

class WindowTest final : public tests::WindowCase
{
    Q_OBJECT

private:
    QTreeView *tree() const { return find<QTreeView>("workspaceTree"); }

    QModelIndex row(const QStringList &names) const
    {
        QModelIndex index;
        for (const QString &name : names) {
            const auto *model = tree()->model();
            QModelIndex next;
            for (int i = 0; i < model->rowCount(index); ++i) {
                if (model->index(i, 0, index).data().toString() == name)
                    next = model->index(i, 0, index);
            }
            if (!next.isValid())
                return {};
            index = next;
        }
        return index;
    }

    void open(bool trusted = true)
    {
        auto source = std::make_unique<DemoSource>(u"/srv/shop"_s, trusted);
        m_source = source.get();
        m_window->openSource(std::move(source));
        QTRY_VERIFY(row({u"Plugins"_s, u"orders"_s}).isValid());
        if (trusted)
            QTRY_COMPARE(row({u"Plugins"_s, u"orders"_s}).data(models::GenerationRole).toInt(), 1);
        QTRY_VERIFY(row({u"Plugins"_s, u"users"_s}).isValid()); // the last one: rows come in pieces
    }

private Q_SLOTS:
    void init()
    {
        makeWindow({.makeSource =
                        [this](const QString &root) {
                            auto source = std::make_unique<DemoSource>(root);
                            m_source = source.get();
                            return source;
                        },
                    .sampleFolder = [] { return QtFuture::makeReadyValueFuture(Result<QString>(QDir::tempPath())); }});
    }

    void cleanup() { closeWindow(); }

    void welcomeOpensTheSample()
    {
        QVERIFY(find<QWidget>("welcomePage")->isVisible());
        QVERIFY(!find<QDockWidget>("workspaceDock")->isVisible());
        QTest::mouseClick(find<QPushButton>("openSample"), Qt::LeftButton);
        QTRY_VERIFY(m_source);
        QTRY_VERIFY(find<QDockWidget>("workspaceDock")->isVisible());
        QVERIFY(!find<QWidget>("welcomePage")->isVisible());
        QTRY_COMPARE(find<QLabel>("serverState")->text(), u"Running"_s);
        QCOMPARE(QSettings().value("recent").toStringList().value(0), QDir::tempPath());
    }

    void journalFiltersAndLeadsToTheChange()
    {
        open();
        m_source->playChanges();
        find<QAction>("showJournal")->trigger();
        auto *list = find<QTreeView>("journalList");
        auto *count = find<QLabel>("journalCount");
        QTRY_VERIFY(list->isVisible() && list->model()->rowCount() > 10);
        const int all = list->model()->rowCount();
        QCOMPARE(list->model()->index(0, models::JournalModel::File).data().toString(), u"README.md"_s);
        auto *fate = find<QComboBox>("journalFate");
        fate->setCurrentIndex(fate->findData(int(session::Fate::Held)));
        QTRY_COMPARE(list->model()->rowCount(), 2);
        QCOMPARE(count->text(), u"2 of %1"_s.arg(all));
        auto *text = find<QLineEdit>("journalFilter");
        text->setFocus();
        QTest::keyClicks(text, u"levels"_s);
        QTRY_COMPARE(list->model()->rowCount(), 1);
        QTest::keyClick(text, Qt::Key_Down); // to the list
        QVERIFY(list->hasFocus());
        find<QTabWidget>("centreTabs")->setCurrentIndex(1);
        click(list, list->model()->index(0, models::JournalModel::Change));
        QCOMPARE(find<QTabWidget>("centreTabs")->currentIndex(), 0);
        const auto change = find<QTreeView>("changeFeed")->currentIndex().data(models::RecordRole);
        QCOMPARE(change.value<session::ChangeRecord>().change.subject.name, u"stock"_s);
        QTest::keyClick(text, Qt::Key_Escape);
        fate->setCurrentIndex(0);
        QTRY_COMPARE(list->model()->rowCount(), all);
    }

    void aMissingFolderSaysSo()
    {
        m_window->openWorkspace(u"/nowhere/at/all"_s);
        const auto *banner = find<ui::Banner>("banner");
        QTRY_VERIFY(banner->isVisible());
        QVERIFY(banner->text().contains(u"/nowhere/at/all"_s));
        QVERIFY(find<QWidget>("welcomePage")->isVisible());
    }

    void recentWorkspacesCanBeOpened()
    {
        open();
        m_window->closeWorkspace();
        QTRY_VERIFY(!m_window->source());
        auto *list = find<QListWidget>("recentList");
        QTRY_VERIFY(list->isVisible());
        QCOMPARE(list->item(0)->toolTip(), u"/srv/shop"_s);
    }

    void nothingRunsBeforeTrust()
    {
        open(false);
        QTRY_VERIFY(find<QPushButton>("trustAccept")->isVisible());
        QVERIFY(!m_window->actions()->start->isEnabled());
        QVERIFY(m_window->actions()->start->toolTip().contains(u"not trusted"_s));
        QCOMPARE(m_source->calls, (QStringList{u"open"_s}));
        QTest::mouseClick(find<QPushButton>("trustDecline"), Qt::LeftButton);
        QCOMPARE(m_source->calls, (QStringList{u"open"_s}));
        QTRY_VERIFY(m_window->findChild<QPushButton *>(u"trustLater"_s));
        QTest::mouseClick(find<QPushButton>("trustLater"), Qt::LeftButton);
        QCOMPARE(m_source->calls.last(), u"trust"_s);
        QTRY_COMPARE(find<QLabel>("serverState")->text(), u"Running"_s);
    }

    void reloadingAPluginShowsInItsRow()
    {
        open();
        auto *button = find<QToolButton>("reloadPluginButton");
        QVERIFY(!button->isEnabled());
        const QModelIndex index = row({u"Plugins"_s, u"orders"_s});
        const int before = index.data(models::GenerationRole).toInt();
        click(tree(), index);
        QVERIFY(button->isEnabled());
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(m_source->calls.contains(u"reloadPlugin orders"_s));
        QTRY_COMPARE(row({u"Plugins"_s, u"orders"_s}).data(models::GenerationRole).toInt(), before + 1);
        QCOMPARE(find<QTreeView>("changeFeed")->model()->rowCount(), 1);
        QCOMPARE(m_window->models()
                     ->summary.index(int(change::Row::PluginMethods), models::SummaryModel::LastChange)
                     .data()
                     .toString(),
                 u"orders"_s);
        QCOMPARE(tree()->currentIndex(), row({u"Plugins"_s, u"orders"_s})); // the selection outlives the update
    }

    void aReloadThatCannotBeginIsSaid()
    {
        open();
        click(tree(), row({u"Plugins"_s, u"users"_s}));
        m_source->failNext({u"agent-gone"_s, u"The agent does not answer."_s, {}, {}, u"Restart the server."_s});
        QTest::keyClick(m_window.get(), Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(m_window->banners()->banner(u"reload"_s));
        QCOMPARE(m_window->banners()->banner(u"reload"_s)->title(), u"The agent does not answer."_s);
        QTest::keyClick(m_window.get(), Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(!m_window->banners()->banner(u"reload"_s));
    }

    void whatOnlyTheServerHasIsMarked()
    {
        open();
        QVERIFY(!row({u"Plugins"_s, u"metrics"_s}).isValid());
        QJsonObject inspection = m_source->inspection();
        QJsonArray plugins = inspection["plugins"_L1].toArray();
        plugins.append(QJsonObject{{u"name"_s, u"metrics"_s}, {u"methods"_s, QJsonArray{}}});
        for (qsizetype i = plugins.size() - 1; i >= 0; --i) {
            if (plugins[i]["name"_L1].toString() == "orders"_L1)
                plugins.removeAt(i);
        }
        inspection["plugins"_L1] = plugins;
        m_source->setInspection(inspection);
        QTRY_COMPARE(row({u"Plugins"_s, u"metrics"_s}).data(models::LiveMarkRole).toString(),
                     u"only in the running server"_s);
        QTRY_COMPARE(row({u"Plugins"_s, u"orders"_s}).data(models::LiveMarkRole).toString(),
                     u"not in the running server yet"_s);
        QTRY_VERIFY(row({u"Plugins"_s, u"users"_s}).data(models::LiveMarkRole).toString().isEmpty());
    }

    void theTreeIsFilteredWhileTyping()
    {
        open();
        auto *edit = find<QLineEdit>("treeFilter");
        const int before = tree()->model()->rowCount();
        QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
        QTRY_VERIFY(edit->hasFocus());
        QTest::keyClicks(edit, u"gbe"_s);
        const QStringList method{u"Plugins"_s, u"users"_s, u"Methods"_s, u"getByEmail"_s};
        QTRY_VERIFY(tree()->visualRect(row(method)).isValid()); // the way to it is open
        // The filter runs beside the window: the way may be open already for the first letters alone.
        QTRY_VERIFY(!row({u"Plugins"_s, u"stock"_s}).isValid());
        QTest::keyClick(edit, Qt::Key_Down);
        QVERIFY(tree()->hasFocus());
        edit->setFocus();
        QTest::keyClick(edit, Qt::Key_Escape);
        QTRY_COMPARE(tree()->model()->rowCount(), before);
        QTRY_VERIFY(!tree()->isExpanded(row({u"Plugins"_s, u"users"_s}))); // as it was before the filter
        QTRY_VERIFY(row({u"Plugins"_s, u"stock"_s}).isValid());
        QTRY_VERIFY(tree()->isExpanded(row({u"Plugins"_s})));
    }

    void aStartThatWaitsIsNoCrash()
    {
        open();
        auto *state = find<QLabel>("serverState");
        auto *migrate = find<QToolButton>("serverMigrate");
        QVERIFY(!migrate->isVisible());
        m_source->setServer(session::ServerState::Crashed);
        QTRY_COMPARE(state->text(), u"Crashed"_s);
        m_source->setProblems({{.severity = u"error"_s,
                                .code = u"needs-consent"_s,
                                .message = u"This loses data: Drops the column products.stock"_s,
                                .source = u"server"_s}});
        QTRY_COMPARE(state->text(), u"Not started: waits for a word about migrations"_s);
        QVERIFY(state->toolTip().contains(u"products.stock"_s));
        QVERIFY(migrate->isVisible());
        QTest::mouseClick(migrate, Qt::LeftButton);
        QTRY_VERIFY(m_window->findChild<QPushButton *>(u"confirmAccept"_s));
        m_window->findChild<QPushButton *>(u"confirmAccept"_s)->click();
        QTRY_VERIFY(m_source->calls.last().startsWith(u"restart"_s));
        m_source->setProblems({});
        m_source->setServer(session::ServerState::Running);
        QTRY_COMPARE(state->text(), u"Running"_s);
        QVERIFY(!migrate->isVisible());
    }

    void longFactsHaveTheWholeWidth()
    {
        open();
        auto source = m_source->workspace();
        source.plugins[0].configType = u"A"_s;
        source.plugins[0].schemaType = u"TheSchemaOfAllTablesThatThisPluginKeeps"_s;
        m_source->setWorkspace(source);
        tree()->setCurrentIndex(row({u"Plugins"_s, source.plugins[0].name}));
        const auto fact = [this](const QString &name) {
            for (QWidget *widget : find<QWidget>("inspector")->findChildren<QWidget *>())
                if (widget->accessibleName().startsWith(name) && widget->isVisible())
                    return widget;
            return static_cast<QWidget *>(nullptr);
        };
        QTRY_VERIFY(fact(u"Schema: "_s));
        const QWidget *wide = fact(u"Schema: "_s), *narrow = fact(u"Config: "_s);
        QCOMPARE(wide->width(), narrow->width());
        QCOMPARE_GT(wide->height(), narrow->height());          // below its label…
        QCOMPARE_LT(wide->height(), 4 * narrow->height());      // …in two lines, not in four
        QCOMPARE(wide->heightForWidth(2000), narrow->height()); // and beside it, where there is room
    }

    void stopAndStart()
    {
        open();
        QTest::mouseClick(find<QToolButton>("stopButton"), Qt::LeftButton);
        QTRY_COMPARE(find<QLabel>("serverState")->text(), u"Stopped"_s);
        QVERIFY(!find<QToolButton>("serverPort")->isVisible());
        QVERIFY(!find<QToolButton>("stopButton")->isEnabled());
        QTest::mouseClick(find<QToolButton>("startButton"), Qt::LeftButton);
        QTRY_COMPARE(find<QLabel>("serverState")->text(), u"Running"_s);
        QTest::mouseClick(find<QToolButton>("serverPort"), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), u"http://localhost:3000"_s);
    }

    void stoppingWithWorkUnderWayAsksFirst()
    {
        open();
        m_source->setPending(2);
        QTest::mouseClick(find<QToolButton>("stopButton"), Qt::LeftButton);
        QVERIFY(!m_source->calls.contains(u"stopServer"_s));
        auto *box = find<QMessageBox>("confirm");
        QTest::keyClick(box, Qt::Key_Escape);
        QTRY_VERIFY(!m_window->findChild<QMessageBox *>(u"confirm"_s));
        QVERIFY(!m_source->calls.contains(u"stopServer"_s));
        QTest::mouseClick(find<QToolButton>("stopButton"), Qt::LeftButton);
        QTest::mouseClick(find<QMessageBox>("confirm")->findChild<QPushButton *>(u"confirmAccept"_s), Qt::LeftButton);
        QTRY_VERIFY(m_source->calls.contains(u"stopServer"_s));
    }

    void aCrashIsSaidWithAWayOut()
    {
        open();
        m_source->setServer(session::ServerState::Crashed);
        QTRY_VERIFY(m_window->banners()->banner(u"crash"_s));
        QVERIFY(m_window->banners()->banner(u"crash"_s)->text().contains(u"index.ts:3"_s));
        QTest::mouseClick(find<QPushButton>("crashStart"), Qt::LeftButton);
        QTRY_COMPARE(find<QLabel>("serverState")->text(), u"Running"_s);
        QTRY_VERIFY(!m_window->banners()->banner(u"crash"_s));
    }

    void aHangIsSaidWithTwoWaysOut()
    {
        open();
        m_source->setHung({.plugin = u"orders"_s, .file = u"src/orders.ts"_s, .generation = 3, .before = 2});
        QTRY_VERIFY(m_window->banners()->banner(u"hang"_s));
        QTRY_COMPARE(find<QLabel>("serverState")->text(), u"Not responding"_s);
        auto *back = find<QPushButton>("hangPutBack");
        QVERIFY2(back->text().contains(u"generation 2"_s), qPrintable(back->text()));
        QTest::mouseClick(back, Qt::LeftButton);
        QVERIFY(m_source->calls.contains(u"rollbackAndRestart orders 2"_s));
        QTRY_VERIFY(!m_window->banners()->banner(u"hang"_s));

        m_source->setHung({}); // nobody knows what it is: only a restart is offered
        QTRY_VERIFY(m_window->banners()->banner(u"hang"_s));
        auto *banner = m_window->banners()->banner(u"hang"_s);
        QVERIFY(!banner->findChild<QPushButton *>(u"hangPutBack"_s));
        QTest::mouseClick(banner->findChild<QPushButton *>(u"hangRestart"_s), Qt::LeftButton);
        QVERIFY(m_source->calls.contains(u"restartServer"_s));
        QTRY_VERIFY(!m_window->banners()->banner(u"hang"_s));
    }

    void anEarlierGenerationIsPutBack()
    {
        open();
        click(tree(), row({u"Plugins"_s, u"orders"_s}));
        QVERIFY(!m_window->actions()->rollback->isEnabled()); // there is none yet
        QVERIFY(!m_window->actions()->rollback->property("why").toString().isEmpty());
        QTest::keyClick(m_window.get(), Qt::Key_R, Qt::ControlModifier);
        QTest::keyClick(m_window.get(), Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(m_window->findChild<QPushButton *>(u"putBack1"_s));
        QVERIFY(m_window->findChild<QPushButton *>(u"putBack2"_s));
        QVERIFY(!m_window->findChild<QPushButton *>(u"putBack3"_s)); // in service
        QTest::mouseClick(find<QPushButton>("putBack1"), Qt::LeftButton);
        QTRY_VERIFY(m_source->calls.contains(u"rollback orders 1"_s));
        QTRY_COMPARE(row({u"Plugins"_s, u"orders"_s}).data(models::RolledBackRole).toInt(), 1);
        QTRY_COMPARE(row({u"Plugins"_s, u"orders"_s}).data(models::GenerationRole).toInt(), 4);
        QTRY_VERIFY(m_window->findChild<QPushButton *>(u"putBack3"_s));
        // By keyboard: the one before.
        QTest::keyClick(m_window.get(), Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(m_source->calls.contains(u"rollback orders 0"_s));
        m_source->failNext({u"unknown-generation"_s, u"There is no earlier generation."_s, {}, {}, {}});
        m_window->actions()->rollback->trigger();
        QTRY_VERIFY(m_window->banners()->banner(u"rollback"_s));
    }

    void aServerStartedByHandIsNotStoppedUnasked()
    {
        open();
        m_source->setAttached(true);
        QTest::mouseClick(find<QToolButton>("stopButton"), Qt::LeftButton);
        auto *box = find<QMessageBox>("confirm");
        QVERIFY(box->text().contains(u"by hand"_s));
        QVERIFY(!m_source->calls.contains(u"stopServer attached"_s));
        QTest::keyClick(box, Qt::Key_Escape);
        QTRY_VERIFY(!m_window->findChild<QMessageBox *>(u"confirm"_s));
        QTest::mouseClick(find<QToolButton>("restartButton"), Qt::LeftButton);
        QTest::mouseClick(find<QMessageBox>("confirm")->findChild<QPushButton *>(u"confirmAccept"_s), Qt::LeftButton);
        QTRY_VERIFY(m_source->calls.contains(u"restartServer attached"_s));
    }

    void aRestartAsksBeforeDataIsLost()
    {
        open();
        m_source->restartNeedsConsent = true;
        QTest::mouseClick(find<QToolButton>("restartButton"), Qt::LeftButton);
        QTRY_VERIFY(m_window->findChild<QMessageBox *>(u"confirm"_s));
        auto *box = find<QMessageBox>("confirm");
        QVERIFY2(box->informativeText().contains(u"products.note"_s), qPrintable(box->informativeText()));
        QVERIFY(!m_source->calls.contains(u"restartServer consented"_s));
        QTest::mouseClick(box->findChild<QPushButton *>(u"confirmAccept"_s), Qt::LeftButton);
        QTRY_VERIFY(m_source->calls.contains(u"restartServer consented"_s));
    }

    /// A start that migrations kept from happening is no crash: it says what waits, and asks.
    void aStartThatWaitsForAWord()
    {
        open();
        m_source->setProblems({{.severity = u"error"_s,
                                .code = u"needs-consent"_s,
                                .message = u"This loses data: catalog/004: products.note is dropped (5 rows)"_s,
                                .source = u"server"_s}});
        m_source->setServer(session::ServerState::Crashed);
        QTRY_VERIFY(m_window->findChild<QPushButton *>(u"crashMigrate"_s));
        const auto *banner = m_window->banners()->banner(u"crash"_s);
        QVERIFY(banner->title().contains(u"migrations"_s) && banner->text().contains(u"5 rows"_s));
        QTest::mouseClick(find<QPushButton>("crashMigrate"), Qt::LeftButton);
        QTRY_VERIFY(m_window->findChild<QMessageBox *>(u"confirm"_s));
        QVERIFY(!m_source->calls.contains(u"restartServer"_s));
        m_source->restartNeedsConsent = true;
        QTest::mouseClick(find<QMessageBox>("confirm")->findChild<QPushButton *>(u"confirmAccept"_s), Qt::LeftButton);
        QTRY_VERIFY(m_source->calls.contains(u"restartServer consented"_s));
    }

    void attachingSaysHow()
    {
        open();
        QVERIFY(!m_window->actions()->attach->isEnabled()); // one runs
        QTest::mouseClick(find<QToolButton>("stopButton"), Qt::LeftButton);
        QTRY_VERIFY(m_window->actions()->attach->isEnabled());
        m_window->actions()->attach->trigger();
        QTRY_VERIFY(m_window->banners()->banner(u"attach"_s));
        QVERIFY(m_window->banners()->banner(u"attach"_s)->text().contains(u"PADDOCK_ATTACH=1"_s));
        QTest::mouseClick(find<QPushButton>("attachCopy"), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), m_source->attachCommand());
        m_source->setServer(session::ServerState::Running);
        QTRY_VERIFY(!m_window->banners()->banner(u"attach"_s));
    }

    void pausingWatching()
    {
        open();
        QTest::keyClick(m_window.get(), Qt::Key_W, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(m_source->calls.last(), u"pause"_s);
        QTRY_COMPARE(find<QLabel>("watchState")->text(), u"Watching paused"_s);
        QTest::mouseClick(find<QToolButton>("pauseButton"), Qt::LeftButton);
        QTRY_COMPARE(find<QLabel>("watchState")->text(), u"Watching"_s);
    }

    void whatWaitsIsNamedAndLetThrough()
    {
        open();
        m_window->actions()->manual->trigger();
        QTRY_COMPARE(m_source->calls.last(), u"manual"_s);
        QTRY_VERIFY(m_window->banners()->banner(u"waiting"_s));
        const auto text = [this] { return m_window->banners()->banner(u"waiting"_s)->text(); };
        QTRY_VERIFY2(text().contains(u"No file waits"_s), qPrintable(text()));
        QVERIFY(!m_window->banners()->banner(u"waiting"_s)->findChild<QPushButton *>(u"waitingApply"_s));
        m_source->setWaiting({u"src/routes/shop.ts"_s, u"src/plugins/orders/index.ts"_s});
        QTRY_VERIFY2(text().contains(u"2 files wait: src/routes/shop.ts, src/plugins/orders/index.ts"_s),
                     qPrintable(text()));
        QTest::mouseClick(find<QPushButton>("waitingApply"), Qt::LeftButton);
        QVERIFY(m_source->calls.contains(u"applyWaiting"_s));
        QTRY_VERIFY(text().contains(u"No file waits"_s));
        QTest::mouseClick(find<QPushButton>("waitingAutomatic"), Qt::LeftButton);
        QTRY_VERIFY(!m_window->banners()->banner(u"waiting"_s));
        QCOMPARE(m_source->calls.last(), u"automatic"_s);

        m_source->setFocus(u"orders"_s);
        QTRY_VERIFY(m_window->banners()->banner(u"waiting"_s));
        QTest::mouseClick(find<QPushButton>("waitingLeave"), Qt::LeftButton);
        QCOMPARE(m_source->calls.last(), u"focus "_s);
        QTRY_VERIFY(!m_window->banners()->banner(u"waiting"_s));
    }

    void aRestartIsAskedFor()
    {
        open();
        m_window->actions()->restartAsk->trigger();
        QCOMPARE(m_source->calls.last(), u"policy ask"_s);
        const auto ask = [this] {
            m_source->setRestartWanted(u"src/index.ts is the server entry: it runs once, when the server starts."_s);
            return m_window->banners()->banner(u"restart"_s);
        };
        QTRY_VERIFY(ask());
        QVERIFY(m_window->banners()->banner(u"restart"_s)->text().contains(u"src/index.ts"_s));
        QTest::mouseClick(find<QPushButton>("restartYes"), Qt::LeftButton);
        QCOMPARE(m_source->calls.last(), u"restart: yes"_s);
        QTRY_VERIFY(!m_window->banners()->banner(u"restart"_s));
        QTRY_VERIFY(ask());
        QTest::mouseClick(find<QPushButton>("restartNo"), Qt::LeftButton);
        QCOMPARE(m_source->calls.last(), u"restart: no"_s);
        QTRY_VERIFY(ask());
        QTest::mouseClick(find<QPushButton>("restartAlways"), Qt::LeftButton);
        QCOMPARE(m_source->calls.last(), u"policy yes"_s);
        QTRY_VERIFY(!m_window->banners()->banner(u"restart"_s));
    }

    void aJobIsFollowedCancelledAndRunAgain()
    {
        open();
        m_window->showTab(u"jobsDock"_s);
        session::JobRecord job{.id = 41,
                               .name = u"seed"_s,
                               .kind = u"command"_s,
                               .command = u"bun scripts/seed.ts"_s,
                               .folder = u"/srv/shop"_s,
                               .environment = {u"SEED=7"_s},
                               .state = session::JobState::Running,
                               .startedAt = QDateTime::fromSecsSinceEpoch(0)};
        m_source->addJob(job);
        QTRY_COMPARE(find<QLabel>("jobTitle")->text(), u"seed"_s);
        QTRY_VERIFY(find<QWidget>("jobFacts"));
        const auto facts = [this] {
            QStringList texts;
            for (const QLabel *label : find<QWidget>("jobFacts")->findChildren<QLabel *>())
                texts.append(label->text());
            return texts.join(u'|');
        };
        for (const QString &fact : {u"bun scripts/seed.ts"_s, u"/srv/shop"_s, u"SEED=7"_s})
            QVERIFY2(facts().contains(fact), qPrintable(facts()));
        // What it says of how far it is stands beside its state; the last word counts.
        const auto state = [this] { return find<QLabel>("jobState")->text(); };
        QVERIFY2(!state().contains(u'%'), qPrintable(state()));
        m_source->addLine({.source = u"seed"_s, .text = u"[1/4] products"_s});
        QTRY_VERIFY2(state().contains(u"25 %"_s), qPrintable(state()));
        m_source->addLine({.source = u"somebody else"_s, .text = u"99 %"_s});
        m_source->addLine({.source = u"seed (stderr)"_s, .text = u"[3/4] orders"_s});
        QTRY_VERIFY2(state().contains(u"75 %"_s), qPrintable(state()));
        // Ending it: each step of the ladder is a line of its output.
        QTest::mouseClick(find<QToolButton>("jobCancel"), Qt::LeftButton);
        QCOMPARE(m_source->calls.last(), u"cancelJob 41"_s);
        auto *output = find<ui::LogView>("jobOutput");
        const auto shown = [output] {
            output->selectAll();
            return output->selectedText();
        };
        m_source->addLine(
            {.source = pipeline::Jobs::noteSource(u"seed"_s), .text = u"cancelling “seed”: kill after 3000 ms"_s});
        QTRY_VERIFY2(shown().contains(u"kill after 3000 ms"_s), qPrintable(shown()));
        QVERIFY(shown().contains(u"[3/4] orders"_s) && !shown().contains(u"99 %"_s));
        job.state = session::JobState::Cancelled;
        job.ms = 3010;
        m_source->addJob(job);
        QTRY_VERIFY(find<QToolButton>("jobAgain")->isEnabled());
        QVERIFY(!find<QToolButton>("jobCancel")->isEnabled());
        QTest::mouseClick(find<QToolButton>("jobAgain"), Qt::LeftButton);
        QCOMPARE(m_source->calls.last(), u"runJobAgain 41"_s);
    }

    void aCommandAsksForItsInputs()
    {
        open();
        m_source->setOffers(
            {{u"greet"_s,
              u"command"_s,
              u"echo ${who} ${times}"_s,
              {{.name = u"who"_s, .prompt = u"Whom to greet"_s}, {.name = u"times"_s, .fallback = u"2"_s}}},
             {u"test"_s, u"test"_s, u"bun test"_s, {}}});
        m_window->showTab(u"jobsDock"_s);
        const auto choose = [this](const QString &name) {
            auto *menu = find<QMenu>("jobRunMenu");
            Q_EMIT menu->aboutToShow();
            for (QAction *action : menu->actions())
                if (action->text() == name)
                    action->trigger();
        };
        choose(u"test"_s); // asks nothing
        QCOMPARE(m_source->calls.last(), u"runJob test"_s);
        choose(u"greet"_s);
        QTRY_VERIFY(m_window->findChild<QDialog *>(u"jobInputs"_s));
        QCOMPARE(find<QLineEdit>("input-times")->text(), u"2"_s);
        QTest::keyClicks(find<QLineEdit>("input-who"), u"Ada Lovelace"_s);
        QTest::keyClick(find<QLineEdit>("input-who"), Qt::Key_Return);
        QTRY_COMPARE(m_source->calls.last(), u"runJob greet times=2 who=Ada Lovelace"_s);
        QTRY_VERIFY(!m_window->findChild<QDialog *>(u"jobInputs"_s));
    }

    void aRouteIsTried()
    {
        open();
        QTest::keyClick(m_window.get(), Qt::Key_4, Qt::AltModifier);
        QCOMPARE(find<QTabWidget>("centreTabs")->currentWidget()->objectName(), u"routes"_s);
        auto *list = find<QTreeView>("routeList");
        QTRY_VERIFY(list->model()->rowCount() > 3);
        click(list, list->model()->index(3, 0));
        QCOMPARE(find<QLabel>("routeName")->text(), u"api.catalog.list"_s);
        auto *input = find<QPlainTextEdit>("routeInput");
        input->selectAll();
        QTest::keyClicks(input, u"{\"page\": "_s);
        QVERIFY(!find<QPushButton>("routeSend")->isEnabled());
        QVERIFY(!find<QLabel>("routeInputError")->text().isEmpty());
        QTest::keyClicks(input, u"2}"_s);
        QTest::keyClick(input, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(find<QLabel>("routeStatus")->text(), u"200"_s);
        QVERIFY(find<QPlainTextEdit>("routeOutput")->toPlainText().contains(u"\"page\": 2"_s));
        m_source->failNext({u"timeout"_s, u"The route did not answer."_s, {}, {}, {}});
        QTest::mouseClick(find<QPushButton>("routeSend"), Qt::LeftButton);
        QTRY_COMPARE(find<QLabel>("routeStatus")->text(), u"Failed"_s);
        QCOMPARE(find<QPlainTextEdit>("routeOutput")->toPlainText(), u"The route did not answer."_s);
    }

    void thePaletteFindsAndRuns()
    {
        open();
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *edit = find<QLineEdit>("paletteEdit");
        QTRY_VERIFY(edit->isVisible());
        QTest::keyClicks(edit, u"reload stock"_s);
        QCOMPARE(find<QListView>("paletteList")->model()->index(0, 0).data().toString(), u"Reload stock"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(!edit->isVisible());
        QTRY_VERIFY(m_source->calls.contains(u"reloadPlugin stock"_s));
        QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(edit->isVisible());
        QTest::keyClicks(edit, u"api.users.avatar"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(find<QLabel>("routeName")->text(), u"api.users.avatar"_s);
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        QTest::keyClick(edit, Qt::Key_Escape);
        QVERIFY(!edit->isVisible());
    }

    void theShortcutSheetOpensWithoutANestedLoop()
    {
        QTest::keyClick(m_window.get(), Qt::Key_F1);
        auto *sheet = find<QWidget>("shortcutSheet");
        QVERIFY(sheet->isVisible());
        QTest::keyClick(sheet, Qt::Key_Escape);
        QTRY_VERIFY(!m_window->findChild<QWidget *>(u"shortcutSheet"_s));
    }

    void layoutAndFiltersReturn()
    {
        open();
        QTest::keyClicks(find<QLineEdit>("logFilter"), u"order"_s);
        QTest::keyClicks(find<QLineEdit>("treeFilter"), u"orders"_s);
        find<QTabWidget>("centreTabs")->setCurrentIndex(1);
        find<QDockWidget>("inspectorDock")->close();
        m_window->closeWorkspace();
        QTRY_VERIFY(!m_window->source());
        m_window->close();
        m_window = std::make_unique<ui::MainWindow>(ui::WindowServices{});
        m_window->show();
        open();
        QCOMPARE(find<QLineEdit>("logFilter")->text(), u"order"_s);
        QCOMPARE(find<QLineEdit>("treeFilter")->text(), u"orders"_s);
        QCOMPARE(find<QTabWidget>("centreTabs")->currentIndex(), 1);
        QVERIFY(!find<QDockWidget>("inspectorDock")->isVisible());
        QVERIFY(find<QDockWidget>("workspaceDock")->isVisible());
    }

    // The end of the one before is told when the next is open already.
    void anotherOneAtOnce()
    {
        open();
        m_window->closeWorkspace();
        open();
        QPointer<ui::Source> second = m_window->source();
        m_window->openSource(std::make_unique<DemoSource>(u"/srv/other"_s)); // without closing it
        QTRY_VERIFY(second.isNull());
        QVERIFY(m_window->source());
        QCOMPARE(m_window->source()->root(), u"/srv/other"_s);
        QTRY_VERIFY(row({u"Plugins"_s, u"orders"_s}).isValid());
    }

    void closingStopsTheSourceFirst()
    {
        open();
        QSignalSpy left(m_window.get(), &ui::MainWindow::left);
        QVERIFY(!m_window->close());
        QTRY_COMPARE(left.count(), 1);
        QVERIFY(!m_window->source());
    }

    void everythingIsInThePaletteOrOnAKey()
    {
        open();
        for (const QAction *action : m_window->actions()->all()) {
            QVERIFY2(!action->text().isEmpty(), qPrintable(action->objectName()));
            QVERIFY2(!action->toolTip().isEmpty(), qPrintable(action->objectName()));
        }
        QStringList keys;
        for (const QAction *action : m_window->actions()->all()) {
            for (const QKeySequence &key : action->shortcuts()) {
                QVERIFY2(!keys.contains(key.toString()), qPrintable(key.toString()));
                keys.append(key.toString());
            }
        }
    }
};

int main(int argc, char **argv)
{
    return tests::runWindowCase<WindowTest>(argc, argv, u"tst_window"_s);
}

#include "tst_window.moc"
