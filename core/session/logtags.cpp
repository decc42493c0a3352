// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/logtags.h"

#include <algorithm>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t TagsKept = 5000;
constexpr size_t UntaggedKept = 64;

logs::Level levelOf(const QString &name)
{
    if (name == "error"_L1 || name == "fatal"_L1)
        return logs::Level::Error;
    if (name == "warn"_L1)
        return logs::Level::Warn;
    return name == "debug"_L1 || name == "trace"_L1 ? logs::Level::Debug : logs::Level::Info;
}

} // namespace

void LogTags::add(const QJsonObject &notification, qint64 nowMs)
{
    logs::LogLine line;
    line.at = QDateTime::fromMSecsSinceEpoch(qint64(notification.value("at"_L1).toDouble()), QTimeZone::UTC);
    line.level = levelOf(notification.value("level"_L1).toString());
    line.source = u"agent"_s;
    line.plugin = notification.value("plugin"_L1).toString();
    line.generation = notification.value("generation"_L1).toInt();
    line.text = notification.value("message"_L1).toString();
    // The line itself may have come first, through its own pipe: then it has been shown.
    const auto shown = std::ranges::find_if(m_untagged, [&](const QString &text) { return text.contains(line.text); });
    if (!line.text.isEmpty() && shown != m_untagged.end()) {
        m_untagged.erase(shown);
        return;
    }
    m_tags.push_back({line, nowMs});
    if (m_tags.size() > TagsKept)
        m_tags.pop_front(); // in a flood untagged lines are better than a slow search
}

bool LogTags::tag(QList<logs::LogLine> &lines)
{
    bool all = true;
    for (qsizetype at = 0; at < lines.size(); ++at) {
        logs::LogLine &line = lines[at];
        if (line.source != "stdout"_L1 && line.source != "stderr"_L1)
            continue;
        // Both streams keep their order, so a match lies near the front.
        constexpr size_t Near = 64;
        bool tagged = m_tagged.contains(at);
        for (size_t i = 0; !tagged && i < std::min(m_tags.size(), Near); ++i) {
            const logs::LogLine &tag = m_tags[i].line;
            if (tag.text.isEmpty() || !line.text.contains(tag.text))
                continue;
            line.level = tag.level;
            line.plugin = tag.plugin;
            line.generation = tag.generation;
            m_tags.erase(m_tags.begin() + qsizetype(i));
            m_tagged.insert(at);
            tagged = true;
        }
        all = all && tagged;
    }
    return all;
}

void LogTags::shown(const QList<logs::LogLine> &lines)
{
    for (qsizetype at = 0; at < lines.size(); ++at) {
        if (m_tagged.contains(at) || (lines[at].source != "stdout"_L1 && lines[at].source != "stderr"_L1))
            continue;
        m_untagged.push_back(lines[at].text);
        if (m_untagged.size() > UntaggedKept)
            m_untagged.pop_front();
    }
    m_tagged.clear();
}

QList<logs::LogLine> LogTags::takeStale(qint64 nowMs, qint64 ageMs)
{
    QList<logs::LogLine> lines;
    while (!m_tags.empty() && nowMs - m_tags.front().addedMs >= ageMs) {
        lines.append(m_tags.front().line);
        m_tags.pop_front();
    }
    return lines;
}

} // namespace paddock::session
