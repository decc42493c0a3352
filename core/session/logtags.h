// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/logline.h"

#include <QJsonObject>
#include <QList>
#include <QString>
#include <deque>

namespace paddock::session {

/// The framework's logger writes each line to stdout, and the agent reports it again with plugin, level and generation.
/// Stdout stays the truth, so that nothing is lost and nothing shows twice: the agent's report only tags the line.
class LogTags final
{
public:
    /// A `log` notification of the agent.
    void add(const QJsonObject &notification, qint64 nowMs);
    /// Tags the lines that a report describes.
    void tag(QList<logs::LogLine> &lines);
    /// Reports whose line never came on stdout (a logger without a console), older than `ageMs`: lines of their own.
    [[nodiscard]] QList<logs::LogLine> takeStale(qint64 nowMs, qint64 ageMs);

private:
    struct Tag
    {
        logs::LogLine line;
        qint64 addedMs = 0;
    };
    std::deque<Tag> m_tags;
    std::deque<QString> m_untagged; ///< the latest lines that no report had described yet
};

} // namespace paddock::session
