// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl rollback`: earlier generations of a plugin, listed and put back.
#include "commands.h"
#include "printer.h"
#include "remote.h"

#include <QDateTime>
#include <QJsonArray>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

int list(const Printer &out, agent::Link &link, const QString &plugin)
{
    const auto answer = ask(link, u"generations"_s, {{u"plugin"_s, plugin}});
    if (!answer)
        return out.error(answer.error());
    out.json(*answer);
    if (out.isJson())
        return Done;
    for (const QJsonValue &one : answer->value("generations"_L1).toArray()) {
        const int generation = one["generation"_L1].toInt();
        const int code = one["code"_L1].toInt();
        const QString at =
            QDateTime::fromString(one["at"_L1].toString(), Qt::ISODateWithMs).toLocalTime().toString(u"HH:mm:ss"_s);
        const QString reason = one["reason"_L1].toString();
        QString line = u"%1  %2  "_s.arg(generation, 4).arg(at);
        line += one["current"_L1].toBool() ? out.paint(u"in service"_s, Ink::Good) : u"          "_s;
        if (code != generation)
            line += out.paint(u"  the code of generation %1"_s.arg(code), Ink::Warn);
        line +=
            out.paint(u"  "_s + (reason.isEmpty() ? u"as the server started"_s : Printer::safe(reason)), Ink::Faint);
        out.line(line);
    }
    return Done;
}

} // namespace

int runRollback(const Invocation &invocation)
{
    const Printer out(invocation);
    const QString plugin = invocation.arguments.first();
    int generation = 0;
    if (invocation.parser.isSet(u"to"_s)) {
        bool isNumber = false;
        generation = invocation.parser.value(u"to"_s).toInt(&isNumber);
        if (!isNumber || generation < 1)
            return out.error({.code = u"usage"_s,
                              .message = u"--to takes the number of a generation."_s,
                              .remedy = u"“paddockctl rollback %1 --list” shows those that there are."_s.arg(plugin)});
    }
    const auto link = sessionOf(invocation);
    if (!link)
        return out.error(link.error());
    if (invocation.parser.isSet(u"list"_s))
        return list(out, **link, plugin);
    const bool restart = invocation.parser.isSet(u"restart"_s);
    const bool consent = invocation.parser.isSet(u"yes"_s);
    if (consent && !restart)
        return out.error(
            {.code = u"usage"_s, .message = u"--yes goes with --restart: nothing else runs migrations."_s});
    // (Migrations and types may run before it starts.)
    const auto result =
        ask(**link, u"rollback"_s,
            {{u"plugin"_s, plugin}, {u"generation"_s, generation}, {u"restart"_s, restart}, {u"consent"_s, consent}},
            std::chrono::minutes(restart ? 10 : 1));
    if (!result)
        return out.error(result.error());
    if (!restart)
        return printResult(out, *result);
    out.json(*result);
    if (!out.isJson())
        printStatus(out, *result);
    return Done;
}

} // namespace paddock::cli
