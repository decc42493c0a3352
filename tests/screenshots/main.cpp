// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Renders the window with scripted data, for what the sample workspace does not show: empty states, long names, errors.
#include "demosource.h"
#include "mainwindow.h"
#include "migrations.h"
#include "theme/theme.h"
#include "views/typesview.h"
#include "widgets/banner.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>
#include <QThreadPool>
#include <QTreeView>
#include <cstdio>
#include <functional>
#include <utility>

using namespace Qt::StringLiterals;
using namespace paddock;

namespace {

QDir s_out;

void await(const char *what, const std::function<bool()> &condition)
{
    if (!QTest::qWaitFor(condition, 10'000))
        std::fprintf(stderr, "waited in vain for %s\n", what);
}

/// Once it has stopped changing: several pictures in a row are the same, with nothing left to be worked on.
void shoot(QWidget *widget, const QString &name)
{
    constexpr int Same = 5;
    QImage before;
    int same = 0;
    await(qPrintable(name + u" to come to rest"_s), [&] {
        QThreadPool::globalInstance()->waitForDone(1);
        const QImage now = widget->grab().toImage();
        same = now == std::exchange(before, now) ? same + 1 : 0;
        return same >= Same;
    });
    const QString file = s_out.filePath(name + (ui::Theme::instance()->isDark() ? u"-dark.png"_s : u"-light.png"_s));
    if (!widget->grab().save(file))
        std::fprintf(stderr, "cannot write %s\n", qPrintable(file));
}

void shootAll(ui::MainWindow &window, tests::DemoSource *&source)
{
    const auto select = [&](const QStringList &path) {
        auto *tree = window.findChild<QTreeView *>(u"workspaceTree"_s);
        auto *model = tree->model();
        QModelIndex index;
        for (const QString &name : path) {
            const auto found = model->match(model->index(0, 0, index), Qt::DisplayRole, name, 1, Qt::MatchExactly);
            if (found.isEmpty())
                return;
            index = found.first();
            tree->expand(index);
        }
        tree->setCurrentIndex(index);
    };
    shoot(&window, u"welcome"_s);
    auto owned = std::make_unique<tests::DemoSource>(u"/srv/shop"_s);
    source = owned.get();
    window.openSource(std::move(owned));
    shoot(&window, u"empty"_s);
    source->playChanges();
    select({u"Plugins"_s, u"orders"_s});
    auto *feed = window.findChild<QTreeView *>(u"changeFeed"_s);
    shoot(&window, u"hot-reload"_s);
    feed->setExpanded(feed->model()->index(4, 0), true);
    feed->setCurrentIndex(feed->model()->index(4, 0));
    feed->scrollTo(feed->model()->index(4, 0), QAbstractItemView::PositionAtTop);
    shoot(&window, u"change-details"_s);
    window.showTab(u"routes"_s);
    select({u"Routes"_s, u"api.catalog"_s, u"list"_s});
    QTest::mouseClick(window.findChild<QWidget *>(u"routeSend"_s), Qt::LeftButton);
    shoot(&window, u"routes"_s);
    window.showTab(u"hotReload"_s);
    window.showTab(u"problemsDock"_s);
    shoot(&window, u"problems"_s);
    window.showTab(u"jobsDock"_s);
    shoot(&window, u"jobs"_s);
    window.showTab(u"journalDock"_s);
    await("the journal",
          [&] { return window.findChild<QAbstractItemView *>(u"journalList"_s)->model()->rowCount() > 0; });
    shoot(&window, u"journal"_s);
    window.showTab(u"logsDock"_s);
    window.openPalette();
    QTest::keyClicks(window.findChild<QWidget *>(u"paletteEdit"_s), u"rel"_s);
    shoot(&window, u"palette"_s);
    QTest::keyClick(window.findChild<QWidget *>(u"paletteEdit"_s), Qt::Key_Escape);
    window.showShortcuts();
    QWidget *sheet = nullptr;
    await("the shortcuts", [&] { return (sheet = window.findChild<QWidget *>(u"shortcutSheet"_s)) != nullptr; });
    shoot(sheet, u"shortcuts"_s);
    sheet->close();
    source->reloadPlugin(u"orders"_s, false);
    source->reloadPlugin(u"orders"_s, false);
    source->rollback(u"orders"_s, 2);
    select({u"Plugins"_s, u"orders"_s});
    await("the generations", [&] { return window.findChild<QWidget *>(u"putBack6"_s) != nullptr; });
    shoot(&window, u"rolled-back"_s);
    // Names as long as they come, and a flood.
    workspace::Workspace wide = source->workspace();
    wide.plugins[0].name = u"internationalisedProductCatalogueWithRecommendations"_s;
    wide.plugins[0].file = u"src/server/plugins/internationalisedProductCatalogueWithRecommendations/index.ts"_s;
    wide.plugins[0].configType = u"InternationalisedProductCatalogueWithRecommendationsConfig<Region, Currency>"_s;
    for (workspace::Route &route : wide.routes)
        route.name = u"api.internationalisedProductCatalogue.recommendations."_s + route.name;
    source->setWorkspace(wide);
    session::ChangeRecord record = source->changes().first();
    record.id = 0;
    record.at = source->changes().last().at;
    record.change.subject.name = wide.plugins[0].file + u"/and/then/some/more"_s;
    record.change.reason =
        u"Everything about this plugin changed at once, and the reason goes on and on "_s.repeated(4);
    source->addChange(record);
    source->setProblems(
        {{u"error"_s, u"long"_s, record.change.reason, wide.plugins[0].file, 12345, u"Try again"_s, u"discovery"_s}});
    source->addLogs(200'000);
    Q_EMIT source->logsDropped(1'234'567);
    await("the dropped lines", [&] { return !window.findChild<QLabel *>(u"logDropped"_s)->text().isEmpty(); });
    select({u"Plugins"_s, wide.plugins[0].name});
    shoot(&window, u"long-names"_s);
    // What this did to callers: nothing yet; then a lot, with names as long as they come.
    window.showTab(u"types"_s);
    shoot(&window, u"types-empty"_s);
    source->playTypes();
    QList<types::Finding> findings;
    for (int i = 0; i < 6; ++i)
        findings.append(
            {.symbol = u"route api.internationalisedProductCatalogue.recommendations.personalised%1 output"_s.arg(i),
             .rule = u"input-property-required-added"_s,
             .severity = i < 3   ? types::Severity::Breaking
                         : i < 5 ? types::Severity::Dangerous
                                 : types::Severity::Safe,
             .path = u"().items[].recommendation.product.manufacturer.address"_s,
             .before = u"{ id: string; manufacturer: { address: { street: string; city: string; postalCode: string; "
                       "countryOfRegistration: string } } }"_s,
             .after = u"{ id: string; manufacturer: { address: { street: string; city: string } } }"_s,
             .message = u"().items[].recommendation.product.manufacturer.address: A property is gone, and the sentence "
                        "about it goes on for longer than any window is wide, whatever one does."_s,
             .example = u"(await api.internationalisedProductCatalogue.recommendations.personalised()).items[0]"
                        ".recommendation.product.manufacturer.address.countryOfRegistration // gone"_s,
             .fingerprint = u"long%1"_s.arg(i),
             .file = wide.plugins[0].file,
             .line = 1234});
    constexpr qint64 Change = 4711;
    source->types()->setChange(Change, findings, {}, {});
    window.findChild<ui::TypesView *>()->showChange(Change);
    auto *list = window.findChild<QTreeView *>(u"typesList"_s);
    await("the findings", [&] { return list->model()->rowCount() == findings.size(); });
    list->setCurrentIndex(list->model()->index(0, 0));
    list->expand(list->model()->index(0, 0));
    shoot(&window, u"types-long-names"_s);
    window.showTab(u"migrations"_s);
    shoot(&window, u"migrations-empty"_s);
    window.showTab(u"hotReload"_s);
    source->setPending(0);
    source->setServer(session::ServerState::Crashed);
    shoot(&window, u"crashed"_s);
    source->setHung({.plugin = u"orders"_s, .file = u"src/orders.ts"_s, .generation = 3, .before = 2});
    shoot(&window, u"hung"_s);
    source->setServer(session::ServerState::Running);
    const auto close = [&window] {
        window.closeWorkspace();
        await("the workspace to close", [&] { return window.findChild<QWidget *>(u"welcomePage"_s)->isVisible(); });
    };
    close();
    window.openSource(std::make_unique<tests::DemoSource>(u"/srv/shop"_s, false));
    shoot(&window, u"trust"_s);
    close();
}

} // namespace

int main(int argc, char **argv)
{
    QStandardPaths::setTestModeEnabled(true);
    QApplication app(argc, argv);
    QApplication::setOrganizationName(u"paddock-screenshots"_s);
    QApplication::setApplicationName(u"Paddock"_s);
    QSettings().clear();
    QSettings().setValue("recent", QStringList{QDir::tempPath(), QDir::homePath(), u"/srv/projects/booking-backend"_s});
    s_out = QDir(argc > 1 ? QString::fromLocal8Bit(argv[1]) : u"."_s);
    s_out.mkpath(u"."_s);
    ui::Theme theme;
    theme.setChoice(ui::ThemeChoice::Light);
    tests::DemoSource *source = nullptr;
    for (const auto choice : {ui::ThemeChoice::Light, ui::ThemeChoice::Dark}) {
        theme.setChoice(choice);
        ui::MainWindow window({});
        window.resize(argc > 3 ? QSize(QString::fromLocal8Bit(argv[2]).toInt(), QString::fromLocal8Bit(argv[3]).toInt())
                               : QSize(1280, 800));
        window.show();
        if (!QTest::qWaitForWindowExposed(&window))
            return 1;
        shootAll(window, source);
        shootMigrations(window, &shoot);
        QSettings().remove("window");
    }
    return 0;
}
