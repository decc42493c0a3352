// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "logs/secretmasker.h"
#include "session/records.h"

#include <QObject>
#include <QThread>

namespace paddock::history {

class HistoryWriter;

/// What a history may grow to; the oldest goes first.
struct Limits
{
    int days = 180;
    qint64 changes = 250'000;
    qint64 bytes = 512LL * 1024 * 1024; ///< of the file, roughly
    qint64 journal = 100'000;
    qsizetype outputCharacters = 64 * 1024;
};

/// What was found when the history was opened.
struct Found
{
    qint64 session = 0;            ///< of the new session in the file
    bool wasInterrupted = false;   ///< an earlier session ended without closing
    QStringList unfinishedChanges; ///< "pricing (swap)": subject, and the stage that ran
    QStringList unfinishedJobs;    ///< names
};

/// Writes a session into its workspace's history, on a thread of its own and in batches: calls return at once, and
/// what is killed in between loses the last fraction of a second, never the file. A file that is damaged is set aside
/// and a new one begun.
class HistoryStore final : public QObject
{
    Q_OBJECT

public:
    explicit HistoryStore(QString file, Limits limits = {}, QObject *parent = nullptr);
    ~HistoryStore() override; ///< writes what is left and waits for it

    [[nodiscard]] QString file() const { return m_file; }
    void setMasker(const logs::SecretMasker &masker); ///< for all texts that follow
    /// Opens the file and begins a session in it.
    void begin(const QString &root, const QString &name);
    /// Keeps the change as it is now; the last word counts.
    void put(const session::ChangeRecord &record);
    void put(const session::JobRecord &job);
    void put(const session::JournalEntry &entry);
    /// Ends the session properly; `ended` follows when all of it is on disk.
    void end();

Q_SIGNALS:
    void opened(const paddock::history::Found &found);
    void written(); ///< readers see more than before
    /// Codes of Database, and history-set-aside (a warning: `where` is the damaged file's new name).
    void problem(const paddock::Error &error);
    void ended();

private:
    QString m_file;
    QThread m_thread;
    HistoryWriter *m_writer; ///< lives on m_thread
    bool m_isEnded = false;
};

} // namespace paddock::history
