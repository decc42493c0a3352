// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/database.h"
#include "history/historystore.h"

#include <QMap>
#include <QTimer>

namespace paddock::history {

/// The half of HistoryStore that lives on its thread.
class HistoryWriter final : public QObject
{
    Q_OBJECT

public:
    HistoryWriter(QString file, Limits limits);
    ~HistoryWriter() override;

    void setMasker(const logs::SecretMasker &masker) { m_masker = masker; }
    void begin(const QString &root, const QString &name);
    void put(const session::ChangeRecord &record);
    void put(const session::JobRecord &job);
    void put(const session::JournalEntry &entry);
    void flush();
    void end();

Q_SIGNALS:
    void opened(const paddock::history::Found &found);
    void written();
    void problem(const paddock::Error &error);
    void ended();

private:
    [[nodiscard]] Result<> open();
    [[nodiscard]] Result<> beginSession();
    [[nodiscard]] Result<> takeStock(Found &found);
    [[nodiscard]] Result<> write();
    [[nodiscard]] Result<> writeChange(const session::ChangeRecord &record);
    [[nodiscard]] Result<> writeJob(const session::JobRecord &job);
    [[nodiscard]] Result<> writeJournal();
    [[nodiscard]] Result<> prune();
    void fail(const Error &error);
    bool replaceDamaged(const Error &error);
    session::ChangeRecord masked(session::ChangeRecord record) const;

    QString m_file;
    Limits m_limits;
    logs::SecretMasker m_masker;
    std::unique_ptr<Database> m_database; ///< none: not open, or given up
    QString m_root, m_name;
    qint64 m_session = 0;
    QMap<qint64, session::ChangeRecord> m_changes; ///< to be written, by number
    QMap<qint64, session::JobRecord> m_jobs;
    QList<session::JournalEntry> m_journal;
    QTimer m_timer;
    int m_untilPrune = 0;
    bool m_hasGivenUp = false;
};

} // namespace paddock::history
