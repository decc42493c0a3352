// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl journal`: what became of every save, from the session that is open, or from the store.
#include "commands.h"
#include "history/database.h"
#include "history/historyreader.h"
#include "moment.h"
#include "printer.h"
#include "remote.h"
#include "session/eventjson.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

/// From the store: since a moment, or of the last session.
Result<QList<QJsonObject>> storedJournal(const QString &root, const QDateTime &since)
{
    auto reader = history::HistoryReader::open(history::historyFile(root));
    if (!reader)
        return std::unexpected(reader.error());
    qint64 last = 0;
    if (!since.isValid()) {
        const auto sessions = reader->sessions();
        if (!sessions)
            return std::unexpected(sessions.error());
        last = sessions->isEmpty() ? 0 : sessions->first().id;
    }
    const auto lines = reader->journal(last, since);
    if (!lines)
        return std::unexpected(lines.error());
    QList<QJsonObject> entries;
    for (const history::JournalLine &line : *lines) {
        QJsonObject entry = session::journalEvent(line.entry);
        entry.insert("session"_L1, line.session);
        entries.append(entry);
    }
    return entries;
}

Result<QList<QJsonObject>> journalOf(const Invocation &invocation, const QDateTime &since)
{
    const auto root = workspaceOf(invocation);
    if (!root)
        return std::unexpected(root.error());
    const auto link = since.isValid() ? fail(u"no-session"_s, {}) : sessionOf(invocation);
    if (!link) {
        auto stored = storedJournal(*root, since);
        if (!stored && stored.error().code == "history-unreadable"_L1)
            return std::unexpected(since.isValid() ? stored.error() : link.error()); // no session has ever been there
        return stored;
    }
    const auto answer = ask(**link, u"journal"_s);
    if (!answer)
        return std::unexpected(answer.error());
    QList<QJsonObject> entries;
    for (const QJsonValue &entry : answer->value("entries"_L1).toArray())
        entries.append(entry.toObject());
    return entries;
}

Ink inkOf(QStringView fate)
{
    return fate == "applied"_L1 ? Ink::Good : fate == "held"_L1 ? Ink::Warn : Ink::Plain;
}

} // namespace

int runJournal(const Invocation &invocation)
{
    const Printer out(invocation);
    QDateTime since;
    if (const QString text = invocation.parser.value(u"since"_s); !text.isEmpty()) {
        const auto moment = momentOf(text);
        if (!moment)
            return out.error(moment.error());
        since = *moment;
    }
    const QString fate = invocation.parser.value(u"fate"_s);
    static const QStringList fates{u"applied"_s, u"merged"_s, u"superseded"_s, u"ignored"_s, u"held"_s};
    if (!fate.isEmpty() && !fates.contains(fate))
        return out.error({.code = u"usage"_s, .message = u"--fate takes %1."_s.arg(fates.join(u", "_s))});
    const QRegularExpression expression(invocation.parser.value(u"grep"_s));
    if (!expression.isValid())
        return out.error({.code = u"usage"_s, .message = u"--grep: %1."_s.arg(expression.errorString())});
    const auto entries = journalOf(invocation, since);
    if (!entries)
        return out.error(entries.error());
    int shown = 0;
    for (const QJsonObject &entry : *entries) {
        const QString word = entry["fate"_L1].toString();
        const QString file = entry["file"_L1].toString();
        const QString reason = entry["reason"_L1].toString();
        if ((!fate.isEmpty() && word != fate) ||
            !(expression.match(file).hasMatch() || expression.match(reason).hasMatch()))
            continue;
        ++shown;
        out.json(entry);
        if (out.isJson())
            continue;
        const QDateTime at = QDateTime::fromString(entry["at"_L1].toString(), Qt::ISODateWithMs).toLocalTime();
        out.line(out.paint(at.toString(u"yyyy-MM-dd HH:mm:ss.zzz"_s), Ink::Faint) + u"  "_s +
                 out.paint(word.leftJustified(10), inkOf(word)) + u' ' + Printer::safe(file) +
                 out.paint(u"  "_s + Printer::safe(reason), Ink::Faint));
    }
    if (shown == 0 && !out.isJson())
        out.line(entries->isEmpty() ? u"no save yet"_s : u"no entry matches"_s);
    return Done;
}

} // namespace paddock::cli
