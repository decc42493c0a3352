// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "screenshots.h"

#include "actions.h"
#include "mainwindow.h"
#include "session/migrationdesk.h"
#include "source.h"
#include "sourcemodels.h"
#include "theme/theme.h"
#include "views/migrationsview.h"
#include "views/routesview.h"
#include "views/typesview.h"
#include "widgets/diffview.h"

#include <QAbstractItemView>
#include <QCoreApplication>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSaveFile>
#include <QTimer>
#include <QTreeView>
#include <functional>

using namespace Qt::StringLiterals;
using namespace paddock;

namespace {

class Camera final : public QObject
{
public:
    Camera(ui::MainWindow *window, const QString &folder) : m_window(window), m_folder(folder)
    {
        m_folder.mkpath(u"."_s);
        plan();
        m_timer.setInterval(100);
        connect(&m_timer, &QTimer::timeout, this, &Camera::step);
        m_timer.start();
    }

private:
    struct Step
    {
        std::function<bool()> isReady;
        std::function<void()> act;
        QString picture; ///< taken before `act` of the next step; empty: none
    };

    void add(std::function<void()> act, const QString &picture = {}, std::function<bool()> isReady = {})
    {
        m_steps.append({std::move(isReady), std::move(act), picture});
    }

    // A save as an editor makes it; the next step waits for what comes of it.
    void save(const QString &file, const QString &from, const QString &to)
    {
        add([this, file, from, to] {
            QFile in(QDir(m_window->source()->root()).filePath(file));
            if (!in.open(QIODevice::ReadOnly))
                return;
            QString text = QString::fromUtf8(in.readAll());
            if (from.isEmpty())
                text += to;
            else
                text.replace(from, to);
            m_changes = m_window->source()->changes().size();
            m_patience = 150;
            QSaveFile out(in.fileName());
            if (out.open(QIODevice::WriteOnly)) {
                out.write(text.toUtf8());
                out.commit();
            }
        });
        add([] {}, {},
            [this] {
                const auto &changes = m_window->source()->changes();
                const bool came =
                    changes.size() > m_changes && changes.last().outcome && m_window->source()->pendingWork() == 0;
                return came || --m_patience <= 0;
            });
    }

    /// A save that means something, whatever the file holds.
    void touch(const QString &file)
    {
        add([this, file] {
            QFile out(QDir(m_window->source()->root()).filePath(file));
            if (out.open(QIODevice::Append))
                out.write("\nexport const touched" + QByteArray::number(++m_touched) + " = 1;\n");
        });
    }

    void selectInTree(const QStringList &path)
    {
        auto *tree = m_window->findChild<QTreeView *>(u"workspaceTree"_s);
        QModelIndex index;
        for (const QString &name : path) {
            QModelIndex found;
            for (int row = 0; row < tree->model()->rowCount(index); ++row) {
                const QModelIndex child = tree->model()->index(row, 0, index);
                if (child.data().toString() == name || name == "*"_L1) {
                    found = child;
                    break;
                }
            }
            if (!found.isValid())
                return;
            index = found;
            tree->expand(index);
        }
        tree->setCurrentIndex(index);
        tree->scrollTo(index);
    }

    void write(const QString &file, const QString &text)
    {
        QSaveFile out(QDir(m_window->source()->root()).filePath(file));
        if (out.open(QIODevice::WriteOnly)) {
            out.write(text.toUtf8());
            out.commit();
        }
    }

    /// A migration that code waits for, rehearsed, looked at, run, and edited afterwards.
    void planMigrations(bool isFirst)
    {
        const QString file = u"src/plugins/catalog/migrations/003_add_note.ts"_s;
        const auto text = [](const QString &type) {
            return u"import type { Kysely } from \"kysely\";\n\nexport async function up(db: Kysely<any>): "
                   u"Promise<void> {\n"
                   "  await db.schema.alterTable(\"products\").addColumn(\"note\", \"%1\").execute();\n}\n\n"
                   "export async function down(db: Kysely<any>): Promise<void> {\n"
                   "  await db.schema.alterTable(\"products\").dropColumn(\"note\").execute();\n}\n"_s.arg(type);
        };
        const auto view = [this] { return m_window->findChild<ui::MigrationsView *>(); };
        const auto desk = [this] { return m_window->source()->migrations(); };
        const auto isState = [desk](migrations::State state) {
            return [desk, state] {
                const migrations::Entry *entry = desk()->entry({u"catalog"_s, u"003_add_note.ts"_s});
                return entry && entry->state == state && !desk()->isBusy();
            };
        };
        const auto select = [view] { view()->showMigration(u"catalog"_s, u"003_add_note.ts"_s); };
        add([this] { m_window->showTab(u"migrations"_s); });
        if (isFirst) {
            // Settings are read again a moment after they are saved.
            add([this] {
                write(u"paddock.toml"_s, u"migrations = \"ask\"\n"_s);
                m_patience = 10;
            });
            add([this, file, text] { write(file, text(u"text"_s)); }, {}, [this] { return --m_patience <= 0; });
            add(select, {}, [this] { return !m_window->source()->heldFor().isEmpty(); });
            add([] {}, u"migrations-held"_s, isState(migrations::State::Pending));
            add([view] { view()->runPending(); });
            add([] {}, u"migrations-plan@planDialog"_s,
                [this] { return m_window->findChild<QWidget *>(u"planDialog"_s) != nullptr; });
            add([this] { m_window->findChild<QDialog *>(u"planDialog"_s)->reject(); });
            add([view] { view()->rehearsePending(); });
            add([] {}, u"migrations-rehearsal"_s,
                [desk] {
                    return desk()->activity().kind == session::MigrationActivity::Kind::Rehearse && !desk()->isBusy();
                });
            add([view] { view()->applyHeld(); });
            add(select, u"migrations-applied"_s, isState(migrations::State::Applied));
        }
        add([this, file, text, isFirst] { write(file, text(isFirst ? u"integer"_s : u"bigint"_s)); });
        add(select, {}, isState(migrations::State::Edited));
        add([] {}, u"migrations-edited"_s);
        add([view] { view()->showPage(ui::MigrationsView::Page::Schema); });
        add([] {}, u"schema"_s,
            [this] { return m_window->findChild<QTreeView *>(u"schemaView"_s)->model()->rowCount() > 0; });
        add([view] {
            view()->query(
                u"select id, name, price, stock, note\nfrom products\nwhere price > 100 -- cents\norder by name"_s);
        });
        add([] {}, u"query"_s,
            [this] { return m_window->findChild<QAbstractItemView *>(u"queryResult"_s)->model()->rowCount() > 0; });
        add([view] { view()->showPage(ui::MigrationsView::Page::Backups); }, u"backups"_s);
        add([view] { view()->showPage(ui::MigrationsView::Page::List); });
    }

    void plan()
    {
        const auto isUp = [this] {
            const ui::Source *source = m_window->source();
            return source && source->server().state == session::ServerState::Running &&
                   source->server().agent == session::AgentState::Connected && !source->inspection().isEmpty();
        };
        const auto idle = [this] { return m_window->source() && m_window->source()->pendingWork() == 0; };
        add([] {}, {}, isUp);
        for (const auto choice : {ui::ThemeChoice::Light, ui::ThemeChoice::Dark}) {
            add([choice] { ui::Theme::instance()->setChoice(choice); });
            add([this] {
                m_window->showTab(u"hotReload"_s);
                m_window->showTab(u"logsDock"_s);
                selectInTree({u"Plugins"_s, u"*"_s});
            });
            if (choice == ui::ThemeChoice::Light) {
                add([this] { m_window->actions()->reloadPlugin->trigger(); }, {}, idle);
                save(u"src/routes/shop.ts"_s, u"\"pong\\n\""_s, u"\"pong!\\n\""_s);
                for (int i = 4; i < 9; ++i)
                    save(u"src/plugins/catalog/index.ts"_s, u"LOW_STOCK = %1;"_s.arg(i - 1),
                         u"LOW_STOCK = %1;"_s.arg(i));
                save(u"src/routes/shop.ts"_s, u"member: z.boolean().default(false)"_s,
                     u"member: z.boolean().default(false), note: z.string().optional()"_s);
                save(u"src/plugins/catalog/index.ts"_s, u"search: (text: string)"_s,
                     u"search: (text: string, _limit = 20)"_s);
                save(u"src/plugins/customers/index.ts"_s, {}, u"\n}{\n"_s);
            }
            add([] {}, u"hot-reload"_s, idle);
            add(
                [this] {
                    auto *feed = m_window->findChild<QTreeView *>(u"changeFeed"_s);
                    feed->setCurrentIndex(feed->model()->index(0, 0));
                    feed->expand(feed->model()->index(0, 0));
                },
                u"change-details"_s);
            const auto typesRead = [this] {
                const session::TypesDesk *types = m_window->source()->types();
                return types->status().activity == session::TypesStatus::Activity::Idle &&
                       m_window->findChild<QTreeView *>(u"typesList"_s)->model()->rowCount() > 0 &&
                       !m_window->findChild<ui::TypesView *>()->diff()->shown().isEmpty();
            };
            add([this] { m_window->showTab(u"types"_s); });
            add([] {}, u"types"_s, typesRead);
            add(
                [this] {
                    auto *list = m_window->findChild<QTreeView *>(u"typesList"_s);
                    list->setCurrentIndex(list->model()->index(0, 0));
                    list->expandRecursively(list->model()->index(0, 0));
                    m_window->actions()->sideBySide->trigger();
                },
                u"types-finding"_s);
            add([this] {
                auto *list = m_window->findChild<QTreeView *>(u"typesList"_s);
                list->collapseAll();
                m_window->actions()->sideBySide->trigger();
            });
            add([this] {
                m_window->showTab(u"routes"_s);
                selectInTree({u"Routes"_s, u"*"_s, u"*"_s});
                for (const workspace::Route &route : m_window->source()->workspace().routes) {
                    if (route.handler == "typed"_L1 && !route.hasInput && route.middleware.isEmpty())
                        m_window->findChild<ui::RoutesView *>()->showRoute(route.name);
                }
            });
            add([this] { m_window->findChild<QPushButton *>(u"routeSend"_s)->click(); });
            add([] {}, u"routes"_s, idle);
            planMigrations(choice == ui::ThemeChoice::Light);
            add([this] { m_window->showTab(u"problemsDock"_s); }, u"problems"_s);
            add([this] { m_window->showTab(u"jobsDock"_s); });
            add(
                [this] {
                    auto *jobs = m_window->findChild<QTreeView *>(u"jobsView"_s);
                    jobs->setCurrentIndex(jobs->model()->index(0, 0));
                },
                u"jobs"_s);
            add([this] { m_window->showTab(u"journalDock"_s); }, u"journal"_s);
            add([this] { m_window->showTab(u"history"_s); });
            add(
                [this] {
                    auto *list = m_window->findChild<QTreeView *>(u"historyList"_s);
                    list->setCurrentIndex(list->model()->index(2, 0));
                },
                {}, [this] { return m_window->findChild<QTreeView *>(u"historyList"_s)->model()->rowCount() > 2; });
            add([] {}, u"history"_s,
                [this] { return m_window->findChild<QTreeView *>(u"historyDetails"_s)->model()->rowCount() > 0; });
            add([this] {
                m_window->showTab(u"hotReload"_s);
                m_window->source()->setFocus(u"pricing"_s);
            });
            add([] {}, u"focus"_s);
            add([this] { m_window->source()->setFocus({}); });
            // What waits while watching is paused, and the question before a restart.
            add([this] {
                m_window->showTab(u"journalDock"_s);
                m_window->source()->pause();
            });
            touch(u"src/plugins/pricing/discounts.ts"_s);
            touch(u"src/routes/shop.ts"_s);
            add([] {}, u"paused"_s, [this] { return m_window->source()->waitingFileNames().size() == 2; });
            add([this] { m_window->source()->resume(); });
            add([this] { m_window->source()->setManual(true); }, {}, idle);
            touch(u"src/plugins/pricing/discounts.ts"_s);
            add([] {}, u"manual"_s, [this] { return m_window->source()->waitingFileNames().size() == 1; });
            add([this] { m_window->source()->setManual(false); });
            add([this] { m_window->source()->setRestartPolicy(session::RestartPolicy::Ask); }, {}, idle);
            touch(u"src/index.ts"_s);
            add([] {}, u"restart-question"_s, [this] { return !m_window->source()->restartWanted().isEmpty(); });
            add([this] { m_window->source()->setRestartPolicy(session::RestartPolicy::Yes); });
            add([this] { m_window->showDoctor(); }, {}, idle);
            add([] {}, u"doctor"_s,
                [this] {
                    const auto *dialog = m_window->findChild<QDialog *>(u"doctor"_s);
                    return dialog && dialog->findChildren<QLabel *>().size() > 20;
                });
            add([this] {
                if (auto *dialog = m_window->findChild<QDialog *>(u"doctor"_s))
                    dialog->close();
            });
            add(
                [this] {
                    m_window->showTab(u"logsDock"_s);
                    m_window->showTab(u"hotReload"_s);
                    m_window->openPalette();
                    m_window->findChild<QLineEdit *>(u"paletteEdit"_s)->setText(u"re"_s);
                },
                u"palette"_s);
            add([this] { m_window->findChild<QWidget *>(u"commandPalette"_s)->hide(); });
            add([this] { m_window->findChild<QLineEdit *>(u"treeFilter"_s)->setText(u"get"_s); }, u"tree-filter"_s);
            add([this] { m_window->findChild<QLineEdit *>(u"treeFilter"_s)->clear(); });
        }
        add([this] { m_window->closeWorkspace(); });
        const auto isClosed = [this] { return !m_window->source(); };
        add([] {}, u"welcome"_s, isClosed);
        add([] { ui::Theme::instance()->setChoice(ui::ThemeChoice::Light); }, u"welcome"_s);
    }

    void step()
    {
        if (!m_picture.isEmpty()) {
            const QString suffix = ui::Theme::instance()->isDark() ? u"-dark.png"_s : u"-light.png"_s;
            const QString widget = m_picture.section(u'@', 1);
            QWidget *shown = widget.isEmpty() ? m_window : m_window->findChild<QWidget *>(widget);
            if (shown) {
                QPixmap picture = shown->grab();
                auto *dialog = m_window->findChild<QDialog *>();
                if (shown == m_window && dialog && dialog->isVisible()) {
                    QPainter painter(&picture);
                    painter.drawPixmap(m_window->mapFromGlobal(dialog->mapToGlobal(QPoint())), dialog->grab());
                }
                picture.save(m_folder.filePath(m_picture.section(u'@', 0, 0) + suffix));
            }
            m_picture.clear();
            return;
        }
        if (m_steps.isEmpty()) {
            m_timer.stop();
            m_window->leave();
            return;
        }
        if (m_steps.first().isReady && !m_steps.first().isReady()) {
            if (++m_waited > 600) {
                qCritical("the server did not come up");
                m_timer.stop();
                QCoreApplication::exit(1);
            }
            return;
        }
        const Step next = m_steps.takeFirst();
        next.act();
        m_picture = next.picture;
    }

    ui::MainWindow *m_window;
    QDir m_folder;
    QList<Step> m_steps;
    QTimer m_timer;
    QString m_picture;
    qsizetype m_changes = 0;
    int m_touched = 0;
    int m_patience = 0;
    int m_waited = 0;
};

} // namespace

std::unique_ptr<QObject> takeScreenshots(ui::MainWindow *window, const QString &folder)
{
    return std::make_unique<Camera>(window, folder);
}
