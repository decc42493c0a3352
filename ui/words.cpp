// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "words.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace paddock::ui::words {

namespace {

QString tr(const char *text, const char *comment = nullptr)
{
    return QCoreApplication::translate("paddock::ui::words", text, comment);
}

} // namespace

QColor ink(Tone tone)
{
    const Tokens &t = Theme::tokens();
    switch (tone) {
    case Tone::Ok: return t.ok;
    case Tone::Warn: return t.warn;
    case Tone::Error: return t.error;
    case Tone::Info: return t.info;
    case Tone::Accent: return t.accent;
    case Tone::Neutral: break;
    }
    return t.muted;
}

QColor ground(Tone tone)
{
    const Tokens &t = Theme::tokens();
    switch (tone) {
    case Tone::Ok: return t.okSoft;
    case Tone::Warn: return t.warnSoft;
    case Tone::Error: return t.errorSoft;
    case Tone::Info: return t.infoSoft;
    case Tone::Accent: return t.accentSoft;
    case Tone::Neutral: break;
    }
    return t.neutralSoft;
}

QString outcome(session::Outcome outcome)
{
    switch (outcome) {
    case session::Outcome::Swapped: return tr("Swapped");
    case session::Outcome::Restarted: return tr("Restarted");
    case session::Outcome::Types: return tr("Types updated");
    case session::Outcome::Migrated: return tr("Migrated");
    case session::Outcome::KeptOld: return tr("Kept old code");
    case session::Outcome::Held: return tr("Held");
    case session::Outcome::None: return tr("No effect");
    }
    return {};
}

Tone toneOf(session::Outcome outcome)
{
    switch (outcome) {
    case session::Outcome::Swapped:
    case session::Outcome::Types:
    case session::Outcome::Migrated: return Tone::Ok;
    case session::Outcome::Restarted: return Tone::Info;
    case session::Outcome::KeptOld: return Tone::Error;
    case session::Outcome::Held: return Tone::Warn;
    case session::Outcome::None: break;
    }
    return Tone::Neutral;
}

QString fate(session::Fate fate)
{
    switch (fate) {
    case session::Fate::Applied: return tr("Applied");
    case session::Fate::Merged: return tr("Merged");
    case session::Fate::Superseded: return tr("Superseded");
    case session::Fate::Ignored: return tr("Ignored");
    case session::Fate::Held: return tr("Held", "a save that waits");
    }
    return {};
}

Tone toneOf(session::Fate fate)
{
    switch (fate) {
    case session::Fate::Applied: return Tone::Ok;
    case session::Fate::Merged:
    case session::Fate::Superseded: return Tone::Info;
    case session::Fate::Held: return Tone::Warn;
    case session::Fate::Ignored: break;
    }
    return Tone::Neutral;
}

QString stage(session::Stage stage)
{
    switch (stage) {
    case session::Stage::Install: return tr("install");
    case session::Stage::Migrate: return tr("migrate");
    case session::Stage::TypeGen: return tr("types");
    case session::Stage::Swap: return tr("swap");
    case session::Stage::Restart: return tr("restart");
    case session::Stage::Verify: return tr("verify");
    }
    return {};
}

Tone toneOf(session::StageState state)
{
    switch (state) {
    case session::StageState::Done: return Tone::Ok;
    case session::StageState::Failed: return Tone::Error;
    case session::StageState::Running: return Tone::Accent;
    default: return Tone::Neutral;
    }
}

QString stageState(session::StageState state)
{
    switch (state) {
    case session::StageState::Waiting: return tr("waiting");
    case session::StageState::Running: return tr("running");
    case session::StageState::Done: return tr("done");
    case session::StageState::Failed: return tr("failed");
    case session::StageState::Cancelled: return tr("cancelled");
    case session::StageState::Skipped: return tr("skipped");
    }
    return {};
}

QString server(session::ServerState state)
{
    switch (state) {
    case session::ServerState::Stopped: return tr("Stopped", "server state");
    case session::ServerState::Starting: return tr("Starting…", "server state");
    case session::ServerState::Running: return tr("Running", "server state");
    case session::ServerState::Stopping: return tr("Stopping…", "server state");
    case session::ServerState::Crashed: return tr("Crashed", "server state");
    case session::ServerState::Hung: return tr("Not responding", "server state");
    }
    return {};
}

Tone toneOf(session::ServerState state)
{
    switch (state) {
    case session::ServerState::Running: return Tone::Ok;
    case session::ServerState::Starting:
    case session::ServerState::Stopping: return Tone::Info;
    case session::ServerState::Crashed: return Tone::Error;
    case session::ServerState::Hung: return Tone::Warn;
    case session::ServerState::Stopped: break;
    }
    return Tone::Neutral;
}

QString agent(session::AgentState state)
{
    switch (state) {
    case session::AgentState::Absent: return tr("No agent");
    case session::AgentState::Connecting: return tr("Agent connecting…");
    case session::AgentState::Connected: return tr("Agent connected");
    }
    return {};
}

QString jobState(session::JobState state)
{
    switch (state) {
    case session::JobState::Waiting: return tr("Waiting", "job state");
    case session::JobState::Running: return tr("Running", "job state");
    case session::JobState::Succeeded: return tr("Done", "job state");
    case session::JobState::Failed: return tr("Failed", "job state");
    case session::JobState::Cancelled: return tr("Cancelled", "job state");
    }
    return {};
}

Tone toneOf(session::JobState state)
{
    switch (state) {
    case session::JobState::Succeeded: return Tone::Ok;
    case session::JobState::Failed: return Tone::Error;
    case session::JobState::Running: return Tone::Accent;
    default: return Tone::Neutral;
    }
}

QString kind(change::Kind kind)
{
    switch (kind) {
    case change::Kind::NoEffect: return tr("no effect");
    case change::Kind::Generated: return tr("generated file");
    case change::Kind::RouteHandler: return tr("route handler");
    case change::Kind::RouteSchema: return tr("route schema");
    case change::Kind::RouteStructure: return tr("route structure");
    case change::Kind::PluginMethod: return tr("plugin method");
    case change::Kind::PluginSignature: return tr("plugin signature");
    case change::Kind::PluginStructure: return tr("plugin structure");
    case change::Kind::Migration: return tr("migration");
    case change::Kind::MigrationDrift: return tr("applied migration edited");
    case change::Kind::SharedModule: return tr("shared module");
    case change::Kind::Config: return tr("configuration");
    case change::Kind::Broken: return tr("does not parse");
    }
    return {};
}

Tone toneOfSeverity(const QString &severity)
{
    return severity == "error"_L1 ? Tone::Error : severity == "warning"_L1 ? Tone::Warn : Tone::Info;
}

QString iconOfSeverity(const QString &severity)
{
    return severity == "error"_L1 ? u"error"_s : severity == "warning"_L1 ? u"warning"_s : u"info"_s;
}

QString duration(double ms)
{
    const QLocale locale;
    if (ms < 9.95)
        return tr("%1 ms").arg(locale.toString(ms, 'f', 1));
    if (ms < 999.5)
        return tr("%1 ms").arg(locale.toString(ms, 'f', 0));
    if (ms < 60'000)
        return tr("%1 s").arg(locale.toString(ms / 1000, 'f', 1));
    const qint64 seconds = qRound64(ms / 1000);
    return tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

QString bytes(qint64 count)
{
    return QLocale().formattedDataSize(count, count < 10'000'000 ? 1 : 0, QLocale::DataSizeSIFormat);
}

QString clock(const QDateTime &at)
{
    return at.isValid() ? at.toLocalTime().toString(u"HH:mm:ss") : QString();
}

QString error(const Error &error)
{
    QStringList lines;
    for (const QString &part : {error.message, error.detail, error.where, error.remedy}) {
        if (!part.isEmpty())
            lines.append(part);
    }
    return lines.join(u'\n');
}

} // namespace paddock::ui::words
