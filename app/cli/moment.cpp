// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "moment.h"

#include <QMap>
#include <QRegularExpression>

namespace paddock::cli {

using namespace Qt::StringLiterals;

Result<QDateTime> momentOf(const QString &text)
{
    static const QRegularExpression ago(u"^(\\d+)\\s*(s|min|m|h|d|w)$"_s);
    const QDateTime now = QDateTime::currentDateTime();
    if (const auto match = ago.match(text); match.hasMatch()) {
        static const QMap<QString, qint64> seconds{{u"s"_s, 1},    {u"min"_s, 60},   {u"m"_s, 60},
                                                   {u"h"_s, 3600}, {u"d"_s, 86'400}, {u"w"_s, 604'800}};
        return now.addSecs(-match.captured(1).toLongLong() * seconds.value(match.captured(2)));
    }
    if (const QTime time = QTime::fromString(text, u"H:mm"_s); time.isValid())
        return QDateTime(now.date(), time);
    const QDateTime moment = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!moment.isValid())
        return fail(u"usage"_s, u"--since does not understand “%1”."_s.arg(text),
                    u"Use an age (90s, 10min, 2h, 3d) or a time (2026-03-01, 2026-03-01T12:00, 12:30)."_s);
    return moment;
}

} // namespace paddock::cli
