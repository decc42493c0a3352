// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl migrate …`
#include "migrate.h"

#include "migrations/asker.h"
#include "migrations/backend.h"
#include "remote.h"
#include "session/bun.h"
#include "session/control.h"
#include "session/truststore.h"
#include "signals.h"
#include "workspace/databasehint.h"
#include "workspace/project.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QTextStream>
#include <cstdlib>
#include <map>
#include <unistd.h>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using migrations::Direction;
using migrations::Repair;
using migrations::Selection;
using migrations::Service;

namespace {

template <class T>
T await(QFuture<T> future)
{
    std::optional<T> value;
    future.then(qApp, [&value](const T &result) {
        value = result;
        QCoreApplication::quit();
    });
    QCoreApplication::exec();
    return *value;
}

struct Subcommand
{
    QStringList options; ///< besides those everywhere and --database
    int maxArguments = 0;
    bool runsCode = false;
    std::function<int(const Invocation &, const Printer &, const MigrateContext &)> run;
};

QString option(const Invocation &invocation, const QString &name)
{
    return invocation.parser.value(name);
}

Error notTrusted(const QString &root)
{
    return {.code = u"not-trusted"_s,
            .message = u"This workspace is not trusted, so nothing of it is run."_s,
            .detail = {},
            .where = root,
            .remedy = u"If you know this code, run “paddockctl trust”."_s};
}

/// Plugins after those that they depend on, as the framework orders them.
QStringList pluginOrder(const QString &root)
{
    const auto state = workspace::readProject(root);
    if (!state)
        return {};
    QMap<QString, QStringList> dependencies;
    for (const workspace::Plugin &plugin : workspace::describe(*state).plugins)
        dependencies.insert(plugin.name, plugin.dependencies);
    QStringList order;
    QSet<QString> visited;
    const std::function<void(const QString &)> visit = [&](const QString &name) {
        if (visited.contains(name))
            return;
        visited.insert(name);
        for (const QString &needed : dependencies.value(name))
            visit(needed);
        order << name;
    };
    for (auto it = dependencies.keyBegin(); it != dependencies.keyEnd(); ++it)
        visit(*it);
    return order;
}

Result<Selection> selectionOf(const Invocation &invocation, Direction direction)
{
    Selection selection{.direction = direction,
                        .plugin = option(invocation, u"plugin"_s),
                        .to = option(invocation, u"to"_s),
                        .retry = invocation.parser.isSet(u"retry"_s)};
    if (const QString steps = option(invocation, u"steps"_s); invocation.parser.isSet(u"steps"_s)) {
        bool isNumber = false;
        selection.steps = steps.toInt(&isNumber);
        if (!isNumber || selection.steps < 1)
            return fail(u"usage"_s, u"--steps takes a number from 1, not “%1”."_s.arg(steps));
    }
    if (invocation.parser.isSet(u"to"_s) && selection.to.isEmpty())
        return fail(u"usage"_s, u"--to needs the name of a migration."_s);
    return selection;
}

Result<migrations::ServiceOptions> serviceOptions(const MigrateContext &context, bool runsCode)
{
    migrations::ServiceOptions options{.root = context.root, .bun = {}, .database = context.database};
    if (!runsCode)
        return options;
    const auto bun = session::findBun(context.root);
    if (!bun)
        return std::unexpected(bun.error());
    options.bun = *bun;
    return options;
}

/// Ctrl+C cancels what is under way; a second one ends the program at once.
void cancelOnSignal(StopSignals &signals_, Service &service, const Printer &out)
{
    QObject::connect(&signals_, &StopSignals::received, &service, [&, asked = false](int) mutable {
        if (std::exchange(asked, true))
            std::_Exit(130); // what was started ends with this process
        out.line(u"cancelling"_s);
        service.cancel();
    });
}

int runStatus(const Invocation &, const Printer &out, const MigrateContext &context)
{
    Service service(*serviceOptions(context, false));
    const auto status = await(service.status());
    QJsonArray entries;
    for (const migrations::Entry &entry : status->entries)
        entries.append(toJson(entry, context.root));
    const bool known = context.database.engine != migrations::Engine::Unknown;
    out.json({{u"database"_s, known ? QJsonValue(QJsonObject{{u"engine"_s, toString(context.database.engine)},
                                                             {u"at"_s, context.database.shown()},
                                                             {u"from"_s, context.database.origin}})
                                    : QJsonValue()},
              {u"reachable"_s, !status->unreachable},
              {u"error"_s, status->unreachable ? QJsonValue(agent::toJson(*status->unreachable)) : QJsonValue()},
              {u"migrations"_s, entries},
              {u"ms"_s, status->ms}});
    if (!out.isJson())
        printStatus(out, *status, context);
    return status->unreachable ? Failed : Done;
}

/// Asks on a terminal; elsewhere only --yes counts.
bool mayLoseData(const Invocation &invocation, const Printer &out, const Error &error)
{
    if (invocation.json || !::isatty(STDIN_FILENO) || !::isatty(STDERR_FILENO))
        return false;
    out.line(out.paint(error.message, Ink::Warn));
    out.line(Printer::safe(error.detail));
    QTextStream(stderr) << u"Go on? [y/N] "_s << Qt::flush;
    return QTextStream(stdin).readLine().trimmed().toLower() == "y"_L1;
}

int runMigrations(const Invocation &invocation, const Printer &out, const MigrateContext &context, Direction direction)
{
    const auto selection = selectionOf(invocation, direction);
    if (!selection)
        return out.error(selection.error());
    const auto options = serviceOptions(context, true);
    if (!options)
        return out.error(options.error());
    Service service(*options);
    StopSignals signals_;
    cancelOnSignal(signals_, service, out);
    QObject::connect(&service, &Service::output, &service,
                     [&out](const QString &text) { out.line(out.paint(Printer::safe(text.trimmed()), Ink::Faint)); });
    const QStringList order = pluginOrder(context.root);
    auto report = await(service.run(*selection, invocation.parser.isSet(u"yes"_s), order));
    if (!report && report.error().code == "needs-consent"_L1 && mayLoseData(invocation, out, report.error()))
        report = await(service.run(*selection, true, order));
    if (!report) {
        if (!out.isJson() && !report.error().detail.isEmpty() && report.error().code == "needs-consent"_L1)
            for (const QString &line : report.error().detail.split(u'\n'))
                out.line(out.paint(u"  "_s + Printer::safe(line), Ink::Warn));
        return out.error(report.error());
    }
    out.json(toJson(*report));
    if (!out.isJson())
        printRun(out, *report, context.root);
    return report->error.code.isEmpty() ? Done : Failed;
}

int runRehearse(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    const auto selection = selectionOf(invocation, Direction::Up);
    if (!selection)
        return out.error(selection.error());
    const auto options = serviceOptions(context, true);
    if (!options)
        return out.error(options.error());
    Service service(*options);
    StopSignals signals_;
    cancelOnSignal(signals_, service, out);
    const auto report = await(service.rehearse(*selection, pluginOrder(context.root)));
    if (!report)
        return out.error(report.error());
    out.json(toJson(*report));
    if (!out.isJson())
        printRehearsal(out, *report);
    return report->error.code.isEmpty() ? Done : Failed;
}

int runNew(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    const QString plugin = option(invocation, u"plugin"_s);
    const QString name = invocation.arguments.value(1);
    if (plugin.isEmpty() || name.isEmpty())
        return out.error({.code = u"usage"_s,
                          .message = u"A new migration needs a plugin and a name."_s,
                          .detail = {},
                          .where = {},
                          .remedy = u"Usage: paddockctl migrate new NAME --plugin P"_s});
    const auto path = migrations::newMigration(context.root, plugin, name);
    if (!path)
        return out.error(path.error());
    const QString relative = QDir(context.root).relativeFilePath(*path);
    out.json({{u"file"_s, relative}});
    if (!out.isJson())
        out.line(relative);
    return Done;
}

int runAdopt(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    static const std::map<QString, Repair> repairs{{u"put-back"_s, Repair::PutBack},
                                                   {u"from-difference"_s, Repair::NewFromDifference},
                                                   {u"applied"_s, Repair::MarkApplied},
                                                   {u"reverted"_s, Repair::MarkReverted}};
    migrations::RepairRequest request{
        .repair = Repair::Adopt, .plugin = option(invocation, u"plugin"_s), .name = invocation.arguments.value(1)};
    int chosen = 0;
    for (const auto &[name, repair] : repairs)
        if (invocation.parser.isSet(name)) {
            request.repair = repair;
            ++chosen;
        }
    if (chosen > 1)
        return out.error({.code = u"usage"_s,
                          .message = u"--put-back, --from-difference, --applied and --reverted exclude each other."_s});
    if (chosen == 1 && request.name.isEmpty())
        return out.error({.code = u"usage"_s, .message = u"Which migration? Name it."_s});
    Service service(*serviceOptions(context, false));
    const auto settled = await(service.repair(request));
    if (!settled)
        return out.error(settled.error());
    out.json({{u"settled"_s, QJsonArray::fromStringList(*settled)}});
    for (const QString &name : *settled)
        if (!out.isJson())
            out.line(out.paint(u"settled "_s, Ink::Good) + Printer::safe(name));
    if (!out.isJson() && settled->isEmpty())
        out.line(u"Nothing needs it."_s);
    return Done;
}

int runBackup(const Invocation &, const Printer &out, const MigrateContext &context)
{
    Service service(*serviceOptions(context, false));
    const auto backup = await(service.backup());
    if (!backup)
        return out.error(backup.error());
    out.json(toJson(*backup));
    if (!out.isJson())
        out.line(backup->path + out.paint(u"  %1 KiB"_s.arg((backup->size + 1023) / 1024), Ink::Faint));
    return Done;
}

int runRestore(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    Service service(*serviceOptions(context, false));
    if (invocation.parser.isSet(u"list"_s)) {
        const auto backups = await(service.backups());
        QJsonArray array;
        for (const migrations::Backup &backup : *backups) {
            array.append(toJson(backup));
            if (!out.isJson())
                out.line(QFileInfo(backup.path).fileName() +
                         out.paint(u"  %1 KiB"_s.arg((backup.size + 1023) / 1024), Ink::Faint));
        }
        out.json({{u"backups"_s, array}});
        return Done;
    }
    if (!invocation.parser.isSet(u"yes"_s)) {
        const Error error{.code = u"needs-consent"_s,
                          .message =
                              u"Restoring replaces the database: what came after the backup is only kept beside it."_s,
                          .detail = context.database.shown(),
                          .where = {},
                          .remedy = u"If it is what you want, add --yes."_s};
        if (!mayLoseData(invocation, out, error))
            return out.error(error);
    }
    const auto restored = await(service.restore(invocation.arguments.value(1)));
    if (!restored)
        return out.error(restored.error());
    out.json({{u"restored"_s, toJson(restored->backup)},
              {u"replaced"_s, restored->replaced.isEmpty() ? QJsonValue() : QJsonValue(restored->replaced)}});
    if (!out.isJson()) {
        out.line(out.paint(u"restored "_s, Ink::Good) + restored->backup.path);
        if (!restored->replaced.isEmpty())
            out.line(out.paint(u"what it replaced is kept: "_s + restored->replaced, Ink::Faint));
    }
    return Done;
}

const std::map<QString, Subcommand> &subcommands()
{
    static const QStringList which{u"plugin"_s, u"to"_s, u"steps"_s};
    static const auto directed = [](Direction direction) {
        return [direction](const Invocation &invocation, const Printer &out, const MigrateContext &context) {
            return runMigrations(invocation, out, context, direction);
        };
    };
    static const std::map<QString, Subcommand> all{
        {u"status"_s, {{}, 0, false, runStatus}},
        {u"up"_s, {which + QStringList{u"yes"_s, u"retry"_s}, 0, true, directed(Direction::Up)}},
        {u"down"_s, {which + QStringList{u"yes"_s, u"retry"_s}, 0, true, directed(Direction::Down)}},
        {u"rehearse"_s, {which + QStringList{u"retry"_s}, 0, true, runRehearse}},
        {u"new"_s, {{u"plugin"_s}, 1, false, runNew}},
        {u"adopt"_s,
         {{u"plugin"_s, u"put-back"_s, u"from-difference"_s, u"applied"_s, u"reverted"_s}, 1, false, runAdopt}},
        {u"backup"_s, {{}, 0, false, runBackup}},
        {u"restore"_s, {{u"yes"_s, u"list"_s}, 1, false, runRestore}},
    };
    return all;
}

Error wrongUse(const QString &message)
{
    return {.code = u"usage"_s,
            .message = message,
            .detail = {},
            .where = {},
            .remedy = u"See “paddockctl migrate --help”."_s};
}

} // namespace

Result<MigrateContext> migrateContext(const Invocation &invocation)
{
    const auto root = workspaceOf(invocation);
    if (!root)
        return std::unexpected(root.error());
    migrations::LocateRequest request{.root = *root,
                                      .given = invocation.parser.value(u"database"_s),
                                      .inspection = {},
                                      .environment = QProcessEnvironment::systemEnvironment()};
    if (request.given.isEmpty())
        if (const auto link = session::connectToSession(*root); link)
            if (const auto snapshot = ask(**link, u"inspect"_s, {}, std::chrono::seconds(2)); snapshot)
                request.inspection = *snapshot;
    auto location = migrations::locate(request);
    if (!location && location.error().code != "database-unknown"_L1)
        return std::unexpected(location.error());
    if (!location && session::isTrusted(*root)) {
        const auto bun = session::findBun(*root);
        const auto state = workspace::readProject(*root);
        const QString entry = state ? workspace::describe(*state).entry : QString();
        if (bun && !entry.isEmpty())
            if (const auto asked = await(migrations::askEntry(*root, entry, *bun, request.environment)); asked)
                location = *asked;
    }
    if (!location && invocation.arguments.value(0) == "status"_L1) { // only looked at: what the code says will do
        QProcessEnvironment environment = migrations::dotEnv(*root);
        environment.insert(request.environment);
        const auto state = workspace::readProject(*root);
        const QString file = state ? workspace::databaseHint(*state, environment) : QString();
        if (auto hinted = file.isEmpty() ? location : migrations::parseLocation(file, *root);
            hinted && QFileInfo::exists(hinted->file)) {
            hinted->origin = u"the server's code"_s;
            location = hinted;
        }
    }
    if (location && location->origin != "--database"_L1 && location->origin != "the server's code"_L1)
        migrations::remember(*location, *root);
    return MigrateContext{*root, location.value_or(migrations::Location{})};
}

int runMigrate(const Invocation &invocation)
{
    const Printer out(invocation);
    const QString name = invocation.arguments.first();
    const auto found = subcommands().find(name);
    if (found == subcommands().end())
        return out.error(wrongUse(u"There is no “migrate %1”."_s.arg(name)));
    const Subcommand &subcommand = found->second;
    // An option that means nothing here is as wrong as one that is not known: nothing must run by mistake.
    for (const QCommandLineOption &one : migrateOptions()) {
        const QString word = one.names().last();
        if (word != "database"_L1 && invocation.parser.isSet(word) && !subcommand.options.contains(word))
            return out.error(wrongUse(u"“migrate %1” does not take --%2."_s.arg(name, word)));
    }
    if (invocation.arguments.size() - 1 > subcommand.maxArguments)
        return out.error(wrongUse(
            u"“migrate %1” does not take “%2”."_s.arg(name, invocation.arguments.value(subcommand.maxArguments + 1))));
    if (const auto root = workspaceOf(invocation); subcommand.runsCode && root && !session::isTrusted(*root))
        return out.error(notTrusted(*root));
    if (name == "new"_L1) {
        const auto root = workspaceOf(invocation);
        return root ? subcommand.run(invocation, out, {*root, {}}) : out.error(root.error());
    }
    const auto context = migrateContext(invocation);
    if (!context)
        return out.error(context.error());
    if (context->database.engine == migrations::Engine::Unknown && name != "status"_L1)
        return out.error(
            {.code = u"database-unknown"_s,
             .message = u"It is not known where this workspace's database is."_s,
             .detail = {},
             .where = context->root,
             .remedy = u"Start a session (“paddockctl dev”), set DATABASE_URL, or give --database URL."_s});
    return subcommand.run(invocation, out, *context);
}

const QList<QCommandLineOption> &migrateOptions()
{
    static const auto value = [](const QString &name, const QString &description, const QString &placeholder) {
        return QCommandLineOption(name, description, placeholder);
    };
    static const QList<QCommandLineOption> all{
        value(u"plugin"_s, u"Only this plugin's migrations."_s, u"P"_s),
        value(u"to"_s, u"up: up to this one; down: back to this one, which stays."_s, u"NAME"_s),
        value(u"steps"_s, u"At most so many."_s, u"N"_s),
        value(u"database"_s, u"Where it is: a URL, or the path of an SQLite file."_s, u"URL"_s),
        {u"yes"_s, u"Go on although data will be lost."_s},
        {u"retry"_s, u"Also run again what may have taken effect in part."_s},
        {u"put-back"_s, u"adopt: give the file the text that was applied."_s},
        {u"from-difference"_s, u"adopt: make the edited text a new migration, and put the applied one back."_s},
        {u"applied"_s, u"adopt: mark it as applied without running it."_s},
        {u"reverted"_s, u"adopt: mark it as not applied without running it."_s},
        {u"list"_s, u"restore: the backups there are."_s},
    };
    return all;
}

} // namespace paddock::cli
