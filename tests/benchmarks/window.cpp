// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// bench_window [--json] [--plugins N] [--routes N] [--findings N]: the window on a large workspace. What counts is how
// much processor time its thread spends on one event: beyond 16 ms a picture is missed. First a real session (that runs
// nothing), then a scripted one that tells more than a real one would in that time.
#include "demosource.h"
#include "generated.h"
#include "mainwindow.h"
#include "measure.h"
#include "sessionsource.h"
#include "sourcemodels.h"
#include "stallwatch.h"
#include "theme/theme.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QLineEdit>
#include <QScrollBar>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>
#include <QWheelEvent>

using namespace Qt::StringLiterals;
using namespace paddock;

namespace {

constexpr double LimitMs = 16;

/// What the events of a step cost.
class Steps final
{
public:
    explicit Steps(StallWatch *app)
    {
        app->tell([this](double ms, const QString &what) {
            m_total += ms;
            m_over += ms > LimitMs ? 1 : 0;
            if (ms > m_worst) {
                m_worst = ms;
                m_what = what;
            }
        });
    }
    void end(const QString &step)
    {
        // To standard error at once, since what is measured takes its time.
        fprintf(stderr, "%-26s worst %7.1f ms, %3d over %.0f ms, %8.1f ms in all  (%s)\n", qPrintable(step), m_worst,
                m_over, LimitMs, m_total, qPrintable(m_what));
        result[step + u"WorstCpuMs"_s] = m_worst;
        result[step + u"Over16Ms"_s] = m_over;
        m_total = m_worst = 0;
        m_over = 0;
        m_what.clear();
    }
    QJsonObject result;

private:
    double m_total = 0, m_worst = 0;
    int m_over = 0;
    QString m_what;
};

/// Until the process has done next to nothing for a while.
void settle(int quietMs = 400)
{
    QElapsedTimer whole, quiet;
    whole.start();
    quiet.start();
    double last = bench::cpuOfProcess();
    while (quiet.elapsed() < quietMs && whole.elapsed() < 200'000) {
        QTest::qWait(50);
        const double now = bench::cpuOfProcess();
        if (now - std::exchange(last, now) > 4)
            quiet.restart();
    }
}

template <class T>
T *find(const ui::MainWindow &window, const QString &name)
{
    T *found = window.findChild<T *>(name);
    if (!found)
        qFatal("no widget %s", qPrintable(name));
    return found;
}

void wheel(QAbstractScrollArea *area, int steps, int delta)
{
    for (int i = 0; i < steps; ++i) {
        const QPointF at(60, 60);
        QWheelEvent event(at, area->viewport()->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(area->viewport(), &event);
        QCoreApplication::processEvents();
    }
}

void type(QWidget *edit, const QString &text)
{
    for (const QChar c : text) {
        QTest::keyClick(edit, c.toLatin1());
        QTest::qWait(60);
    }
}

/// What is done with the tree, whatever it shows.
void walkTree(Steps &steps, const ui::MainWindow &window, const QString &of)
{
    auto *tree = find<QTreeView>(window, u"workspaceTree"_s);
    tree->setFocus();
    wheel(tree, 60, -480);
    steps.end(of + u"Wheel"_s);
    QTest::keyClick(tree, Qt::Key_Home);
    for (int i = 0; i < 30; ++i) {
        QTest::keyClick(tree, Qt::Key_Down);
        QTest::keyClick(tree, Qt::Key_Right);
        QCoreApplication::processEvents();
    }
    for (const Qt::Key key : {Qt::Key_End, Qt::Key_Home, Qt::Key_PageDown, Qt::Key_End}) {
        QTest::keyClick(tree, key);
        QTest::qWait(30);
    }
    steps.end(of + u"Expand"_s);
    auto *edit = find<QLineEdit>(window, u"treeFilter"_s);
    type(edit, u"get3"_s);
    settle(200);
    steps.end(of + u"Filter"_s);
    edit->clear();
    settle(200);
    type(edit, u"a"_s);
    settle(200);
    steps.end(of + u"FilterOneLetter"_s);
    wheel(tree, 30, -960);
    edit->clear();
    settle(200);
    steps.end(of + u"FilterCleared"_s);
}

void realSession(Steps &steps, const QString &root)
{
    ui::MainWindow window(ui::sessionServices());
    window.resize(1280, 800);
    window.show();
    settle();
    steps.end(u"start"_s);
    window.openWorkspace(root);
    settle(2500);
    steps.end(u"open"_s);
    for (int i = 0; i < 10; ++i) { // bodies, then methods
        bench::write(root + u"/src/plugins/p%1/index.ts"_s.arg(i * 3), bench::plugin(i * 3, 6, 100 + i));
        settle(300);
    }
    steps.end(u"saveBody"_s);
    for (int i = 0; i < 10; ++i) {
        bench::write(root + u"/src/plugins/p%1/index.ts"_s.arg(i * 3), bench::plugin(i * 3, 7 + i, 1));
        settle(300);
    }
    steps.end(u"saveMethods"_s);
    walkTree(steps, window, u"tree"_s);
    window.closeWorkspace();
    settle();
    steps.end(u"close"_s);
}

workspace::Workspace large(int plugins, int routes)
{
    workspace::Workspace w;
    w.root = u"/srv/shop"_s;
    w.name = u"shop"_s;
    w.entry = u"src/index.ts"_s;
    for (int i = 0; i < plugins; ++i) {
        workspace::Plugin p{.name = u"p%1"_s.arg(i, 4, 10, QLatin1Char('0')),
                            .file = u"src/plugins/p%1/index.ts"_s.arg(i)};
        for (int m = 0; m < 6; ++m)
            p.methods.append(
                {u"get%1"_s.arg(m), u"get%1(id: string): Promise<Item%1 | null>"_s.arg(m), 10 * m + 5, {}});
        w.plugins.append(p);
    }
    for (int i = 0; i < routes; ++i)
        w.routes.append({.name = u"r%1.a%2"_s.arg(i / 10, 5, 10, QLatin1Char('0')).arg(i % 10),
                         .handler = u"typed"_s,
                         .file = u"src/routes/r%1.ts"_s.arg(i / 10),
                         .line = i % 10 + 4});
    return w;
}

QList<session::Problem> problems(int count, int from)
{
    QList<session::Problem> result;
    for (int i = from; i < count + from; ++i)
        result.append({.severity = i % 3 == 0   ? u"error"_s
                                   : i % 3 == 1 ? u"warning"_s
                                                : u"info"_s,
                       .code = u"does-not-parse"_s,
                       .message = u"Something is wrong with the route a%1 of this router"_s.arg(i),
                       .file = u"src/routes/r%1.ts"_s.arg(i / 10),
                       .line = i,
                       .remedy = u"Correct it and save again"_s,
                       .source = u"discovery"_s});
    return result;
}

QJsonObject inspection(const workspace::Workspace &w)
{
    QJsonArray plugins, routes;
    for (const workspace::Plugin &plugin : w.plugins) {
        QJsonArray methods;
        for (const workspace::Method &method : plugin.methods)
            methods.append(method.name);
        plugins.append(QJsonObject{{u"name"_s, plugin.name}, {u"methods"_s, methods}});
    }
    for (const workspace::Route &route : w.routes)
        routes.append(QJsonObject{{u"name"_s, route.name}, {u"handler"_s, route.handler}});
    return {{u"plugins"_s, plugins}, {u"routes"_s, routes}, {u"core"_s, QJsonArray{u"db"_s, u"logger"_s}}};
}

void scripted(Steps &steps, int plugins, int routes, int findings)
{
    ui::MainWindow window({});
    window.resize(1280, 800);
    window.show();
    auto made = std::make_unique<tests::DemoSource>(u"/srv/shop"_s);
    tests::DemoSource *source = made.get();
    window.openSource(std::move(made));
    settle();
    workspace::Workspace w = large(plugins, routes);
    const QJsonObject live = inspection(w);
    steps.end(u"scriptedStart"_s);
    // Each signal is emitted from an event, as a session would.
    const auto in = [](const auto &go) {
        QTimer::singleShot(0, qApp, go);
        settle(200);
    };
    in([&] { source->setWorkspace(w); });
    steps.end(u"workspace"_s);
    in([&] { source->setInspection(live); });
    steps.end(u"inspection"_s);
    for (int i = 0; i < 5; ++i) {
        w.plugins[i].methods.append({u"more"_s, u"more(): void"_s, 90, {}});
        w.routes.removeAt(i * 7);
        in([&] { source->setWorkspace(w); });
    }
    steps.end(u"workspaceChanged"_s);
    window.showTab(u"problemsDock"_s);
    const QList<session::Problem> found = problems(findings, 0), foundLater = problems(findings, 40);
    in([&] { source->setProblems(found); });
    steps.end(u"findings"_s);
    in([&] { source->setProblems(foundLater); });
    steps.end(u"findingsChanged"_s);
    in([&] { source->setProblems({}); });
    steps.end(u"findingsGone"_s);
    in([&] { source->setProblems(found); });
    for (const char *tab : {"types", "migrations", "routes", "history", "hotReload", "logsDock", "jobsDock",
                            "journalDock", "problemsDock"}) {
        window.showTab(QString::fromLatin1(tab));
        settle(150);
    }
    steps.end(u"tabs"_s);
    walkTree(steps, window, u"scripted"_s);
    window.showTab(u"logsDock"_s);
    for (int i = 0; i < 40; ++i) {
        QTimer::singleShot(0, qApp, [&] { source->addLogs(2000); });
        QTest::qWait(20);
    }
    settle(200);
    steps.end(u"logFlood"_s);
    type(find<QLineEdit>(window, u"logFilter"_s), u"order"_s);
    settle(200);
    steps.end(u"logFilter"_s);
    window.showTab(u"hotReload"_s);
    for (int i = 0; i < 1000; ++i) { // as the records of one batch come: each from an event of its own
        QTimer::singleShot(0, qApp, [&, i] {
            session::ChangeRecord record;
            record.id = 10'000 + i;
            record.change.kind = change::Kind::PluginMethod;
            record.change.row = change::Row::PluginMethods;
            record.change.subject.type = change::Subject::Type::Plugin;
            record.change.subject.name = u"p%1"_s.arg(i, 4, 10, QLatin1Char('0'));
            record.change.reason = u"Only the body changed"_s;
            record.outcome = session::Outcome::Swapped;
            record.ms = 5;
            source->addChange(record);
        });
    }
    settle(300);
    steps.end(u"changes"_s);
    auto *feed = find<QAbstractScrollArea>(window, u"changeFeed"_s);
    wheel(feed, 60, -480);
    steps.end(u"changesWheel"_s);
    window.closeWorkspace();
    settle();
    steps.end(u"scriptedClose"_s);
}

} // namespace

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QTemporaryDir dir;
    for (const char *name :
         {"XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"}) {
        const QString folder = dir.filePath(QString::fromLatin1(name));
        QDir().mkpath(folder);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv(name, folder.toLocal8Bit());
    }
    StallWatch app(argc, argv);
    QCoreApplication::setOrganizationName(u"paddock"_s);
    QCoreApplication::setApplicationName(u"bench"_s);
    QApplication::setQuitOnLastWindowClosed(false);
    const QStringList arguments = QCoreApplication::arguments();
    const int plugins = bench::number(arguments, u"--plugins"_s, 1000);
    const int routes = bench::number(arguments, u"--routes"_s, 10'000);
    const ui::Theme theme;
    Steps steps(&app);
    const QString root = dir.filePath(u"w"_s);
    bench::makeWorkspace(root, plugins, routes, 0);
    realSession(steps, root);
    scripted(steps, plugins, routes, bench::number(arguments, u"--findings"_s, 3000));
    if (arguments.contains(u"--json"_s))
        bench::print(steps.result, arguments);
    return 0;
}
