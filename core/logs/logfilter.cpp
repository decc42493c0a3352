// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/logfilter.h"

namespace paddock::logs {

using namespace Qt::StringLiterals;

Result<LogFilter> LogFilter::make(const LogQuery &query)
{
    LogFilter filter;
    filter.m_query = query;
    if (query.isRegularExpression && !query.text.isEmpty()) {
        filter.m_expression.setPattern(query.text);
        filter.m_expression.setPatternOptions(QRegularExpression::CaseInsensitiveOption |
                                              QRegularExpression::DontCaptureOption);
        if (!filter.m_expression.isValid())
            return fail(u"bad-expression"_s, u"This is no regular expression: %1."_s.arg(query.text),
                        u"Correct it, or search for plain text."_s, {},
                        u"At character %1: %2"_s.arg(filter.m_expression.patternErrorOffset() + 1)
                            .arg(filter.m_expression.errorString()));
        filter.m_expression.optimize();
    }
    return filter;
}

bool LogFilter::matches(const LogLine &line) const
{
    if (!m_query.levels.isEmpty() && !m_query.levels.contains(line.level))
        return false;
    if (!m_query.plugin.isEmpty() && line.plugin != m_query.plugin)
        return false;
    if (!m_query.source.isEmpty() && line.source != m_query.source)
        return false;
    if (m_query.generation != 0 && line.generation != m_query.generation)
        return false;
    if (m_query.text.isEmpty())
        return true;
    if (m_query.isRegularExpression)
        return m_expression.match(line.text).hasMatch();
    return line.text.contains(m_query.text, Qt::CaseInsensitive);
}

QSet<Level> levelsFrom(Level level)
{
    QSet<Level> levels;
    for (const Level each : {Level::Debug, Level::Info, Level::Warn, Level::Error}) {
        if (each >= level)
            levels.insert(each);
    }
    return levels;
}

} // namespace paddock::logs
