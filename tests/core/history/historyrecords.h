// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"

namespace paddock::test {

/// A change with something in every field, different for each number.
inline session::ChangeRecord changeRecord(qint64 number, const QString &plugin = QStringLiteral("pricing"))
{
    using namespace session;
    ChangeRecord record;
    record.id = number;
    record.at = QDateTime::currentDateTimeUtc();
    record.change.kind = number % 2 == 0 ? change::Kind::PluginMethod : change::Kind::RouteHandler;
    record.change.subject = {number % 2 == 0 ? change::Subject::Type::Plugin : change::Subject::Type::Route, plugin};
    record.change.files = {QStringLiteral("src/plugins/%1/index.ts").arg(plugin)};
    record.change.row = number % 2 == 0 ? change::Row::PluginMethods : change::Row::RouteHandlers;
    record.change.actions = {change::Action::Swap, change::Action::TypeGen};
    record.change.reason = QStringLiteral("the body of total() changed, number %1").arg(number);
    record.change.details = {{QStringLiteral("method-added"), QStringLiteral("total")}};
    record.change.plugins = {plugin};
    record.change.file = record.change.files.first();
    record.change.line = int(number % 100);
    record.stages = {{Stage::Swap, StageState::Done, 3.25, QStringLiteral("also rebuilt: cart")},
                     {Stage::TypeGen, StageState::Failed, 812.5, {}}};
    record.outcome = number % 5 == 0 ? Outcome::KeptOld : Outcome::Swapped;
    record.ms = 816.125;
    record.servedMs = double(number % 40) + 0.5;
    record.generation = int(number);
    record.proof.inFlightOld = 3;
    record.proof.drained = 3;
    record.ledger.disposed = {{QStringLiteral("cron"), 2}};
    record.ledger.undisposed = {{QStringLiteral("socket"), QStringLiteral("src/a.ts"), 7, QStringLiteral("open")}};
    record.types = {{QStringLiteral("breaking"), QStringLiteral("total"), QStringLiteral("r"), QStringLiteral("m")}};
    record.message = number % 5 == 0 ? QStringLiteral("boom") : QString();
    record.errorFile = QStringLiteral("src/b.ts");
    record.errorLine = 12;
    return record;
}

inline session::JobRecord jobRecord(qint64 number)
{
    session::JobRecord job;
    job.id = number;
    job.name = QStringLiteral("gen:types");
    job.kind = QStringLiteral("script");
    job.command = QStringLiteral("bun run gen:types");
    job.folder = QStringLiteral("/shop");
    job.environment = {QStringLiteral("SEED=1")};
    job.state = session::JobState::Succeeded;
    job.startedAt = QDateTime::currentDateTimeUtc();
    job.ms = 640;
    job.output = {QStringLiteral("one"), QStringLiteral("two")};
    return job;
}

} // namespace paddock::test
