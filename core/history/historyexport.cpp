// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/historyexport.h"

#include "history/database.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace paddock::history {

using namespace Qt::StringLiterals;

namespace {

Result<> copy(Database &target, const QString &from, const Selection &selection)
{
    if (auto attached = target.run(u"ATTACH DATABASE ? AS source"_s, {from}); !attached)
        return attached;
    const QString changes = selection.change > 0    ? u"id = %1"_s.arg(selection.change)
                            : selection.session > 0 ? u"session = %1"_s.arg(selection.session)
                                                    : u"1"_s;
    const QString sessions = selection.change > 0
                                 ? u"id = (SELECT session FROM source.changes WHERE id = %1)"_s.arg(selection.change)
                             : selection.session > 0 ? u"id = %1"_s.arg(selection.session)
                                                     : u"1"_s;
    const QString jobs = selection.change > 0    ? u"0"_s
                         : selection.session > 0 ? u"session = %1"_s.arg(selection.session)
                                                 : u"1"_s;
    const QString journal =
        selection.change > 0
            ? u"(session, number) IN (SELECT session, number FROM source.changes WHERE id = %1)"_s.arg(selection.change)
            : jobs;
    for (const QString &statement : QStringList{
             u"INSERT INTO sessions SELECT * FROM source.sessions WHERE "_s + sessions,
             u"INSERT INTO changes SELECT * FROM source.changes WHERE "_s + changes,
             u"INSERT INTO details SELECT * FROM source.details WHERE change IN (SELECT id FROM changes)"_s,
             u"INSERT INTO jobs SELECT * FROM source.jobs WHERE "_s + jobs,
             u"INSERT INTO journal SELECT * FROM source.journal WHERE "_s + journal,
             // Of a session that is open, or was killed, its last sign of life stands for its end.
             u"UPDATE sessions SET ended_at = coalesce((SELECT max(at) FROM changes WHERE session = sessions.id),"
             " started_at) WHERE ended_at IS NULL"_s,
         })
        if (auto done = target.run(statement); !done)
            return done;
    return target.run(u"DETACH DATABASE source"_s);
}

} // namespace

Result<> exportHistory(const QString &from, const QString &to, const Selection &selection)
{
    if (!QFileInfo(from).isFile())
        return fail(u"history-unreadable"_s, u"There is no history to export yet."_s, {}, from);
    if (QFileInfo(to).canonicalFilePath() == QFileInfo(from).canonicalFilePath())
        return fail(u"usage"_s, u"A history cannot be exported onto itself."_s, u"Choose another file."_s, to);
    // Its columns must be those of this version before they are copied one to one.
    if (auto source = Database::open(from, Database::Mode::Write); !source) {
        auto readable = Database::open(from, Database::Mode::ReadAlone);
        if (!readable)
            return std::unexpected(readable.error());
        if (!(*readable)->isPresent())
            return fail(u"history-older"_s, u"This history is of an earlier version and cannot be changed from here."_s,
                        u"Copy it to where it can be written, then export that."_s, from);
    }
    const QString partial = to + u".part"_s;
    QFile::remove(partial);
    {
        auto target = Database::open(partial, Database::Mode::Write);
        if (!target)
            return std::unexpected(target.error());
        if (auto done = copy(**target, from, selection); !done) {
            target->reset();
            QFile::remove(partial);
            return done;
        }
        const bool isMissing = ((selection.change > 0 && (*target)->number(u"SELECT count(*) FROM changes"_s) == 0) ||
                                (selection.session > 0 && (*target)->number(u"SELECT count(*) FROM sessions"_s) == 0));
        // Without WAL, so that the file can be read where nothing can be written beside it.
        auto alone = (*target)->run(u"PRAGMA journal_mode=DELETE"_s);
        target->reset();
        if (isMissing || !alone) {
            QFile::remove(partial);
            if (!alone)
                return alone;
            return fail(selection.change > 0 ? u"no-change"_s : u"no-session-entry"_s,
                        u"The history has no such entry."_s,
                        u"“paddockctl history” lists changes and sessions with their numbers."_s);
        }
    }
    QFile::remove(to);
    if (!QFile::rename(partial, to))
        return fail(u"history-unreadable"_s, u"The exported history could not be written."_s,
                    u"Check that the folder can be written."_s, to);
    return {};
}

} // namespace paddock::history
