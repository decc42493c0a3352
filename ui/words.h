// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"
#include "theme/theme.h"

#include <QCoreApplication>

/// How values read to a person, in one place.
namespace paddock::ui::words {

enum class Tone { Neutral, Ok, Warn, Error, Info, Accent };

[[nodiscard]] QColor ink(Tone tone);    ///< text and icons in this tone
[[nodiscard]] QColor ground(Tone tone); ///< behind a chip in this tone

[[nodiscard]] QString outcome(session::Outcome outcome);
[[nodiscard]] Tone toneOf(session::Outcome outcome);
[[nodiscard]] QString fate(session::Fate fate);
[[nodiscard]] Tone toneOf(session::Fate fate);
[[nodiscard]] QString stage(session::Stage stage);
[[nodiscard]] Tone toneOf(session::StageState state);
[[nodiscard]] QString stageState(session::StageState state);
[[nodiscard]] QString server(session::ServerState state);
[[nodiscard]] Tone toneOf(session::ServerState state);
[[nodiscard]] QString agent(session::AgentState state);
[[nodiscard]] QString jobState(session::JobState state);
[[nodiscard]] Tone toneOf(session::JobState state);
[[nodiscard]] QString kind(change::Kind kind);
[[nodiscard]] Tone toneOfSeverity(const QString &severity);
[[nodiscard]] QString iconOfSeverity(const QString &severity);

[[nodiscard]] QString duration(double ms);        ///< "4.2 ms", "412 ms", "1.3 s", "2 min 5 s"
[[nodiscard]] QString bytes(qint64 count);        ///< "84 MB"
[[nodiscard]] QString clock(const QDateTime &at); ///< local time of the day with seconds

/// One paragraph of plain text: message, detail, where, remedy as far as given.
[[nodiscard]] QString error(const Error &error);

} // namespace paddock::ui::words
