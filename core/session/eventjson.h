// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/logline.h"
#include "session/records.h"
#include "types/apidiff.h"

#include <QJsonObject>

/// The records as the JSON objects of `dev --json` and of the control socket.
namespace paddock::session {

[[nodiscard]] QJsonObject serverEvent(const ServerStatus &status);
[[nodiscard]] QJsonObject changeEvent(const ChangeRecord &record);
[[nodiscard]] QJsonObject stageEvent(qint64 change, const StageRun &run);
[[nodiscard]] QJsonObject resultEvent(const ChangeRecord &record);
[[nodiscard]] QJsonObject typesEvent(qint64 change, const QList<types::Finding> &findings);
/// What has become known of a swap since its result: old requests that have ended, code found going on.
[[nodiscard]] QJsonObject proofEvent(const ChangeRecord &record);
[[nodiscard]] QJsonObject journalEvent(const JournalEntry &entry);
/// The agent's batch of served requests, with times as everywhere in the stream.
[[nodiscard]] QJsonObject requestsEvent(const QJsonObject &batch);
/// `spans`, where it has colours: [start, length, foreground, background, bold] each, as in logs::Span.
[[nodiscard]] QJsonObject logEvent(const logs::LogLine &line);
[[nodiscard]] QList<logs::Span> spansOf(const QJsonObject &logEvent);
[[nodiscard]] QJsonObject problemEvent(const Problem &problem);
[[nodiscard]] QJsonObject jobEvent(const JobRecord &job);
[[nodiscard]] QJsonObject errorEvent(const Error &error); ///< as a problem

[[nodiscard]] QJsonObject toJson(const Proof &proof);
[[nodiscard]] QJsonObject toJson(const Ledger &ledger);
[[nodiscard]] QJsonObject toJson(const Hang &hang);
[[nodiscard]] QJsonObject toJson(const PluginGeneration &generation);

} // namespace paddock::session
