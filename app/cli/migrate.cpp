// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl migrate …`
#include "migrate_p.h"

#include "migrations/asker.h"
#include "remote.h"
#include "session/bun.h"
#include "session/control.h"
#include "session/settings.h"
#include "session/truststore.h"
#include "workspace/databasehint.h"
#include "workspace/project.h"

#include <QFileInfo>
#include <QTextStream>
#include <map>
#include <unistd.h>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

struct Subcommand
{
    QStringList options; ///< besides those everywhere and --database
    int maxArguments = 0;
    bool runsCode = false;
    std::function<int(const Invocation &, const Printer &, const MigrateContext &)> run;
};

Error notTrusted(const QString &root)
{
    return {.code = u"not-trusted"_s,
            .message = u"This workspace is not trusted, so nothing of it is run."_s,
            .detail = {},
            .where = root,
            .remedy = u"If you know this code, run “paddockctl trust”."_s};
}

const std::map<QString, Subcommand> &subcommands()
{
    static const QStringList which{u"plugin"_s, u"to"_s, u"steps"_s};
    static const std::map<QString, Subcommand> all{
        {u"status"_s, {{}, 0, false, migrateStatus}},
        {u"up"_s, {which + QStringList{u"yes"_s, u"retry"_s}, 0, true, migrateUp}},
        {u"down"_s, {which + QStringList{u"yes"_s, u"retry"_s}, 0, true, migrateDown}},
        {u"rehearse"_s, {which + QStringList{u"retry"_s}, 0, true, migrateRehearse}},
        {u"lint"_s, {which + QStringList{u"down"_s}, 0, false, migrateLint}},
        {u"schema"_s, {{}, 1, false, migrateSchema}},
        {u"diff"_s, {{u"plugin"_s}, 1, false, migrateDiff}},
        {u"query"_s, {{u"limit"_s}, 1, false, migrateQuery}},
        {u"new"_s, {{u"plugin"_s}, 1, false, migrateNew}},
        {u"adopt"_s,
         {{u"plugin"_s, u"put-back"_s, u"from-difference"_s, u"applied"_s, u"reverted"_s}, 1, false, migrateAdopt}},
        {u"backup"_s, {{}, 0, false, migrateBackup}},
        {u"restore"_s, {{u"yes"_s, u"list"_s}, 1, false, migrateRestore}},
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

Result<migrations::ServiceOptions> migrateService(const MigrateContext &context, bool runsCode)
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

void tellSession(const QString &root)
{
    if (const auto link = session::connectToSession(root); link)
        (void)ask(**link, u"migrated"_s, {}, std::chrono::seconds(2));
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

Result<MigrateContext> migrateContext(const Invocation &invocation)
{
    const auto root = workspaceOf(invocation);
    if (!root)
        return std::unexpected(root.error());
    migrations::LocateRequest request{.root = *root,
                                      .given = invocation.parser.value(u"database"_s),
                                      .inspection = {},
                                      .environment = QProcessEnvironment::systemEnvironment()};
    const QString once = request.given;
    if (request.given.isEmpty())
        request.given = session::readPreferences(*root).database;
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
    if (location && once.isEmpty() && !request.given.isEmpty())
        location->origin = migrations::GivenForGood;
    else if (location && once.isEmpty() && location->origin != "the server's code"_L1)
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
        {u"down"_s, u"lint: what reverting would do."_s},
        value(u"limit"_s, u"query: at most so many rows (500)."_s, u"N"_s),
    };
    return all;
}

} // namespace paddock::cli
