// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions.h"

#include "source.h"
#include "theme/icons.h"

#include <QActionGroup>
#include <QWidget>

using namespace Qt::StringLiterals;

namespace paddock::ui {

Actions::Actions(QWidget *window) : QObject(window)
{
    const auto key = [](const char *text) { return QList{QKeySequence(QString::fromLatin1(text))}; };
    start = add("start", tr("Start"), u"play"_s, key("F5"), tr("Start the server"));
    stop = add("stop", tr("Stop"), u"stop"_s, key("Shift+F5"), tr("Stop the server"));
    restart =
        add("restart", tr("Restart"), u"restart"_s, key("Ctrl+Shift+F5"), tr("Stop the server and start it again"));
    reloadPlugin = add("reloadPlugin", tr("Reload plugin"), u"swap"_s, key("Ctrl+R"),
                       tr("Load the selected plugin's code afresh and swap it into the running server"));
    rollback = add("rollback", tr("Put earlier generation back"), u"history"_s, key("Ctrl+Shift+R"),
                   tr("Serve the selected plugin's earlier code again; files stay as they are"));
    attach = add("attach", tr("Attach…"), u"plug"_s, {}, tr("Use a server that you start yourself"));
    generateTypes = add("generateTypes", tr("Generate types"), u"types"_s, key("Ctrl+Shift+G"),
                        tr("Run the workspace's type generation"));
    pause = add("pause", tr("Pause watching"), u"pause"_s, key("Ctrl+Shift+W"),
                tr("Collect saves without acting on them until watching goes on"));
    pause->setCheckable(true);
    focusPlugin = add("focusPlugin", tr("Focus"), u"focus"_s, key("Ctrl+Shift+E"),
                      tr("Reload only the selected plugin; changes of others are held until focus is left"));
    focusPlugin->setCheckable(true);
    manual = add("manualMode", tr("Apply changes on request"), u"pause"_s, {},
                 tr("Collect saves until they are applied; remembered for the workspace"));
    manual->setCheckable(true);
    applyWaiting =
        add("applyWaiting", tr("Apply waiting changes"), u"swap"_s, key("Ctrl+Return"), tr("Apply what was collected"));
    restartYes =
        add("restartYesPolicy", tr("Restart the server"), u"restart"_s, {}, tr("Restart where a swap cannot do it"));
    restartAsk = add("restartAskPolicy", tr("Ask first"), u"restart"_s, {}, tr("Hold the change and ask"));
    restartNo = add("restartNoPolicy", tr("Hold the change"), u"restart"_s, {},
                    tr("Hold the change until the server restarts"));
    restartAlways =
        add("restartAlwaysPolicy", tr("Always restart, even a server that hangs"), u"restart"_s, {},
            tr("Restart where a swap cannot do it, and end a server that does not respond for the next save"));
    auto *policies = new QActionGroup(this);
    for (QAction *action : {restartYes, restartAsk, restartNo, restartAlways}) {
        action->setCheckable(true);
        policies->addAction(action);
    }
    doctor = add("doctorAction", tr("Doctor"), u"shield"_s, key("Ctrl+Shift+D"), tr("Check workspace and machine"));
    showHistory = add("showHistory", tr("History"), u"history"_s, key("Alt+5"), tr("Go to History"));
    runMigrations = add("runMigrations", tr("Run migrations…"), u"database"_s, key("Ctrl+Shift+M"),
                        tr("Look at what is pending, then run it"));
    rehearseMigrations = add("rehearseMigrations", tr("Rehearse migrations"), u"database"_s, {},
                             tr("Run what is pending up, down and up again on a copy of the data"));
    newMigration = add("newMigration", tr("New migration…"), u"database"_s, {},
                       tr("Write the next migration of a plugin from a template"));
    backUp = add("backUpDatabase", tr("Back up the database"), u"history"_s, {}, tr("Copy it, while others use it"));
    applyHeld = add("applyHeld", tr("Run migrations and swap"), u"swap"_s, key("Ctrl+Shift+Return"),
                    tr("Run the migrations that code waits for, and swap it in: both, or neither"));
    giveDatabase =
        add("giveDatabase", tr("Where is the database?"), u"database"_s, {}, tr("Tell the address of the database"));
    showMigrations = add("showMigrations", tr("Migrations"), u"database"_s, key("Alt+3"), tr("Go to Migrations"));
    showSchema = add("showSchema", tr("Database schema"), u"database"_s, {}, tr("Tables, columns, indexes and keys"));
    showQuery = add("showQuery", tr("Query the database"), u"search"_s, key("Ctrl+Shift+Q"),
                    tr("Ask the database; queries only read"));
    openHistory = add("openHistory", tr("Open history…"), u"history"_s, {}, tr("Open an exported history, read-only"));
    exportHistory = add("exportHistory", tr("Export history…"), u"open"_s, {},
                        tr("Write the history into a file that another Paddock opens"));
    openFolder = add("openFolderAction", tr("Open folder…"), u"folder"_s, key("Ctrl+O"), tr("Open a workspace"));
    openSample = add("openSampleAction", tr("Open sample"), u"sample"_s, {}, tr("Open the sample workspace"));
    closeWorkspace = add("closeWorkspace", tr("Close workspace"), u"close"_s, key("Ctrl+W"),
                         tr("Stop everything and go back to the start page"));
    quit = add("quit", tr("Quit"), u"close"_s, key("Ctrl+Q"), tr("Stop everything and leave"));
    quit->setMenuRole(QAction::QuitRole);
    palette =
        add("commandPaletteAction", tr("Command palette"), u"command"_s,
            {QKeySequence(u"Ctrl+K"_s), QKeySequence(u"Ctrl+Shift+P"_s)}, tr("Find an action, a plugin or a route"));
    shortcuts = add("shortcuts", tr("Keyboard shortcuts"), u"keyboard"_s,
                    {QKeySequence(u"F1"_s), QKeySequence(u"Ctrl+/"_s)}, tr("Show all keyboard shortcuts"));
    focusTree = add("focusTree", tr("Filter workspace"), u"search"_s, key("Ctrl+E"), tr("Type to filter the tree"));
    focusLogs = add("focusLogs", tr("Filter logs"), u"search"_s, key("Ctrl+F"), tr("Type to filter the log"));
    clearLogs = add("clearLogs", tr("Clear logs"), u"trash"_s, key("Ctrl+L"), tr("Remove all log lines"));
    showHotReload = add("showHotReload", tr("Hot reload"), u"swap"_s, key("Alt+1"), tr("Go to Hot reload"));
    showTypes = add("showTypes", tr("Types"), u"types"_s, key("Alt+2"), tr("Go to Types"));
    showRoutes = add("showRoutes", tr("Routes"), u"route"_s, key("Alt+4"), tr("Go to Routes"));
    saveBaseline = add("saveBaseline", tr("Save baseline…"), u"history"_s, {},
                       tr("Write the types as they are now under a name, to be committed and compared with"));
    approveTypes = add("approveTypes", tr("Approve"), u"check"_s, key("Ctrl+Shift+A"),
                       tr("Accept the selected changes of types, in paddock.approvals.json"));
    nextDifference = add("nextDifference", tr("Next difference"), u"chevron-down"_s, key("F8"),
                         tr("Go to the next difference of the texts"));
    previousDifference = add("previousDifference", tr("Previous difference"), u"chevron-up"_s, key("Shift+F8"),
                             tr("Go to the previous difference of the texts"));
    sideBySide =
        add("sideBySide", tr("Side by side"), u"columns"_s, {}, tr("Both texts beside each other, or in one column"));
    sideBySide->setCheckable(true);
    foldEqual = add("foldEqual", tr("Fold equal lines"), u"collapse"_s, {}, tr("Hide what is alike on both sides"));
    foldEqual->setCheckable(true);
    findInDifference = add("findInDifference", tr("Find in difference"), u"search"_s, {},
                           tr("Find in both texts (Ctrl+F in the Types view)"));
    showLogs = add("showLogs", tr("Logs"), u"logs"_s, key("Alt+7"), tr("Go to Logs"));
    showJobs = add("showJobs", tr("Jobs"), u"jobs"_s, key("Alt+8"), tr("Go to Jobs"));
    showProblems = add("showProblems", tr("Problems"), u"warning"_s, key("Alt+9"), tr("Go to Problems"));
    showJournal = add("showJournal", tr("Journal"), u"journal"_s, key("Alt+6"), tr("Go to Journal"));
    focusJournal = add("focusJournal", tr("Filter journal"), u"search"_s, {}, tr("Find what became of a save"));
    themeSystem = add("themeSystem", tr("Theme: as the system"), u"sun"_s, {}, {});
    themeLight = add("themeLight", tr("Theme: light"), u"sun"_s, {}, {});
    themeDark = add("themeDark", tr("Theme: dark"), u"moon"_s, {}, {});
    auto *themes = new QActionGroup(this);
    for (QAction *action : {themeSystem, themeLight, themeDark}) {
        action->setCheckable(true);
        themes->addAction(action);
    }
    window->addActions(m_all);
    refresh(nullptr, {});
}

QAction *Actions::add(const char *name, const QString &text, const QString &icon, const QList<QKeySequence> &keys,
                      const QString &tip)
{
    auto *action = new QAction(icons::get(icon), text, parent());
    action->setObjectName(QString::fromLatin1(name));
    action->setProperty("iconName", icon);
    action->setProperty("tip", tip.isEmpty() ? text : tip);
    action->setShortcuts(keys);
    m_all.append(action);
    enable(action, {});
    return action;
}

void Actions::enable(QAction *action, const QString &why)
{
    action->setEnabled(why.isEmpty());
    action->setProperty("why", why);
    QString tip = why.isEmpty() ? action->property("tip").toString() : tr("%1: %2").arg(action->text(), why);
    if (why.isEmpty() && !action->shortcut().isEmpty())
        tip = tr("%1 (%2)", "tool tip and shortcut").arg(tip, action->shortcut().toString(QKeySequence::NativeText));
    action->setToolTip(tip);
}

void Actions::refresh(const Source *source, const QString &plugin)
{
    using session::ServerState;
    const bool open = source != nullptr;
    const session::ServerStatus status = open ? source->server() : session::ServerStatus();
    const bool busy = status.state == ServerState::Starting || status.state == ServerState::Stopping;
    const bool up = status.state == ServerState::Running || status.state == ServerState::Hung;
    const bool agent = status.agent == session::AgentState::Connected;
    QString common;
    if (!open)
        common = tr("no workspace is open");
    else if (!source->isTrusted())
        common = tr("the workspace is not trusted yet");

    enable(start, !common.isEmpty()                             ? common
                  : up || status.state == ServerState::Starting ? tr("the server is running already")
                  : busy                                        ? tr("the server is still stopping")
                                                                : QString());
    enable(stop, !common.isEmpty()                             ? common
                 : up || status.state == ServerState::Starting ? QString()
                                                               : tr("the server is not running"));
    enable(restart, !common.isEmpty() ? common : up ? QString() : tr("the server is not running"));
    enable(reloadPlugin, !common.isEmpty()  ? common
                         : !up              ? tr("the server is not running")
                         : !agent           ? tr("the agent is not connected")
                         : plugin.isEmpty() ? tr("select a plugin in the Workspace tree")
                                            : QString());
    session::MigrationDesk *desk = open ? source->migrations() : nullptr;
    const QString noDatabase = !common.isEmpty() ? common
                               : !desk || desk->database().engine == migrations::Engine::Unknown
                                   ? tr("the database is not known")
                                   : QString();
    const QString cannotRun = !noDatabase.isEmpty()  ? noDatabase
                              : desk->isBusy()       ? tr("migrations are running")
                              : desk->pending() == 0 ? tr("nothing is pending")
                                                     : QString();
    enable(runMigrations, cannotRun);
    enable(rehearseMigrations, cannotRun);
    enable(newMigration, common);
    enable(backUp, !noDatabase.isEmpty()                                   ? noDatabase
                   : desk->database().engine != migrations::Engine::Sqlite ? tr("backups are made of SQLite only")
                   : desk->isBusy()                                        ? tr("migrations are running")
                                                                           : QString());
    enable(applyHeld, !common.isEmpty()             ? common
                      : source->heldFor().isEmpty() ? tr("no code waits for a migration")
                                                    : QString());
    enable(giveDatabase, common);
    for (QAction *action : {showMigrations, showSchema, showQuery})
        enable(action, open ? QString() : tr("no workspace is open"));
    enable(rollback, !reloadPlugin->isEnabled() ? reloadPlugin->property("why").toString()
                     : source->pluginGenerations().value(plugin) < 2
                         ? tr("the plugin has no earlier generation since the server started")
                         : QString());
    enable(attach, !common.isEmpty()                   ? common
                   : up || busy                        ? tr("stop the server first")
                   : source->attachCommand().isEmpty() ? tr("the workspace has no entry that could be started")
                                                       : QString());
    reloadPlugin->setText(plugin.isEmpty() ? tr("Reload plugin") : tr("Reload “%1”").arg(plugin));
    reloadPlugin->setIconText(tr("Reload plugin"));
    enable(generateTypes, common);
    enable(pause, open ? QString() : common);
    pause->setChecked(open && source->isPaused());
    pause->setText(pause->isChecked() ? tr("Resume watching") : tr("Pause watching"));
    pause->setIcon(icons::get(pause->isChecked() ? u"play"_s : u"pause"_s));
    const QString focus = open ? source->focus() : QString();
    enable(focusPlugin, !open                                 ? common
                        : focus.isEmpty() && plugin.isEmpty() ? tr("select a plugin in the Workspace tree")
                                                              : QString());
    focusPlugin->setChecked(!focus.isEmpty());
    focusPlugin->setText(focus.isEmpty() ? plugin.isEmpty() ? tr("Focus") : tr("Focus on “%1”").arg(plugin)
                                         : tr("Leave focus on “%1”").arg(focus));
    focusPlugin->setIconText(focus.isEmpty() ? tr("Focus") : focus);
    enable(manual, open ? QString() : common);
    manual->setChecked(open && source->isManual());
    enable(applyWaiting, !open                                        ? common
                         : !source->isPaused() && !source->isManual() ? tr("changes are applied by themselves")
                         : source->waitingFiles() == 0                ? tr("no file waits")
                                                                      : QString());
    const auto policy = open ? source->restartPolicy() : session::RestartPolicy::Yes;
    for (const auto &[action, value] :
         {std::pair(restartYes, session::RestartPolicy::Yes), std::pair(restartAsk, session::RestartPolicy::Ask),
          std::pair(restartNo, session::RestartPolicy::No), std::pair(restartAlways, session::RestartPolicy::Always)}) {
        enable(action, open ? QString() : common);
        action->setChecked(open && policy == value);
    }
    enable(doctor, open ? QString() : common);
    enable(exportHistory, !open ? common : source->historyFile().isEmpty() ? tr("there is no history yet") : QString());
    enable(closeWorkspace, open ? QString() : common);
    for (QAction *action : {focusTree, focusLogs, clearLogs, showHotReload, showTypes, showRoutes, showHistory,
                            showLogs, showJobs, showProblems})
        enable(action, open ? QString() : common);
}

void Actions::refreshTypes(const Source *source, bool selected, bool approved, bool hasSideBySide, bool isFolded)
{
    const session::TypesDesk *types = source ? source->types() : nullptr;
    const QString open = types ? QString() : tr("no workspace is open");
    enable(saveBaseline, !types                         ? open
                         : !types->status().hasSnapshot ? tr("the types have not been read yet")
                                                        : QString());
    approveTypes->setText(approved ? tr("Withdraw approval") : tr("Approve"));
    enable(approveTypes, !types ? open : !selected ? tr("select a breaking or dangerous change of types") : QString());
    for (QAction *action : {nextDifference, previousDifference, sideBySide, foldEqual, findInDifference})
        enable(action, open);
    sideBySide->setChecked(hasSideBySide);
    foldEqual->setChecked(isFolded);
}

} // namespace paddock::ui
