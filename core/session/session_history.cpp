// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a session leaves to later ones.
#include "history/database.h"
#include "session/session_p.h"

#include <QDir>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;

void Session::Private::beginHistory()
{
    history = std::make_unique<history::HistoryStore>(history::historyFile(options.root));
    connect(history.get(), &history::HistoryStore::opened, this, [this](const history::Found &found) {
        if (found.wasInterrupted) {
            QString text = u"The session before this one ended without closing."_s;
            if (!found.unfinishedChanges.isEmpty())
                text += u" Under way were: %1."_s.arg(found.unfinishedChanges.join(u", "_s));
            if (!found.unfinishedJobs.isEmpty())
                text += u" Running jobs: %1."_s.arg(found.unfinishedJobs.join(u", "_s));
            note(text, logs::Level::Warn);
            setProblem({.severity = u"info"_s,
                        .code = u"session-interrupted"_s,
                        .message = text,
                        .remedy = u"Nothing is lost: the server loads what the files hold now."_s,
                        .source = u"history"_s});
        }
        readPastSummary(found.session);
    });
    connect(history.get(), &history::HistoryStore::written, this, [this] { Q_EMIT q->historyWritten(); });
    connect(history.get(), &history::HistoryStore::problem, this, [this](const Error &error) {
        setProblem(
            {.severity = u"warning"_s,
             .code = error.code,
             .message = error.code == "history-set-aside"_L1 ? error.message + u' ' + error.where : error.message,
             .remedy = error.remedy,
             .source = u"history"_s});
    });
    connect(q, &Session::changeAdded, history.get(), [this](const ChangeRecord &record) { history->put(record); });
    connect(q, &Session::stageChanged, history.get(), [this](qint64 change, const StageRun &) {
        for (qsizetype i = records.size() - 1; i >= 0 && records[i].id >= change; --i)
            if (records[i].id == change)
                history->put(records[i]);
    });
    connect(q, &Session::changeFinished, history.get(), [this](const ChangeRecord &record) { history->put(record); });
    history->begin(options.root, QDir(options.root).dirName());
}

void Session::Private::readPastSummary(qint64 exceptSession)
{
    QtConcurrent::run(&aside, [file = history->file(), exceptSession]() -> Result<history::Summary> {
        auto reader = history::HistoryReader::open(file);
        if (!reader)
            return std::unexpected(reader.error());
        return reader->summary(exceptSession);
    }).then(this, [this](const Result<history::Summary> &summary) {
        if (!summary)
            return; // the store has said what is wrong with the file
        past = *summary;
        Q_EMIT q->pastSummaryChanged();
    });
}

QString Session::historyFile() const
{
    return history::historyFile(d->options.root);
}

const history::Summary &Session::pastSummary() const
{
    return d->past;
}

} // namespace paddock::session
