// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/logline.h"

#include <QJsonObject>
#include <QList>
#include <QSet>
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
    /// Tags those lines that a report describes. The same list, perhaps longer, may be given again until it is shown.
    /// False: some of the server's lines have no report (yet).
    bool tag(QList<logs::LogLine> &lines);
    /// These lines are shown as they are: a report that comes after all is not shown as well.
    void shown(const QList<logs::LogLine> &lines);
    /// Reports whose line never came on stdout (a logger without a console), older than `ageMs`: lines of their own.
    [[nodiscard]] QList<logs::LogLine> takeStale(qint64 nowMs, qint64 ageMs);

private:
    struct Tag
    {
        logs::LogLine line;
        qint64 addedMs = 0;
    };
    std::deque<Tag> m_tags;
    QSet<qsizetype> m_tagged;       ///< by place in the list that is not shown yet
    std::deque<QString> m_untagged; ///< the latest shown lines that no report has described
};

} // namespace paddock::session
