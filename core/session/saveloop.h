// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QSet>
#include <QString>

namespace paddock::session {

/// Finds files that are written by the very work that their saves start: a generator, a formatter, or a server that
/// writes a watched source each time it runs. A save counts as such while the work runs; a person who saves at such
/// moments again and again is told apart by waiting for a quiet moment and trying once more.
class SaveLoop final
{
public:
    static constexpr int Limit = 10; ///< saves in a row, each while work ran that the one before had started
    static constexpr int Trials = 2; ///< how often a suspicion must hold: a person may well save during one of them

    /// Work that may write files: a job, a start of the server. Times in ns of the steady clock.
    void began(const QString &writer, qint64 atNs);
    void ended(const QString &writer, qint64 atNs);

    enum class Verdict {
        Fine,
        Suspect, ///< let the work wait; do it once more when all is quiet
        Loop,    ///< no more of the work until the file is saved while nothing runs
    };
    /// One changed file of a batch. `writer` is set unless the verdict is Fine.
    Verdict take(const QString &file, qint64 savedAtNs, QString *writer);
    /// A suspect is taken up once more: a save of it while work runs speaks for a loop.
    void retry(const QString &file) { m_retried.insert(file); }
    /// The work is done once more although all was quiet: if the file is saved while it runs, that speaks for a loop.
    void confirm(const QString &file) { m_confirmed.insert(file); }
    [[nodiscard]] bool isQuiet(qint64 nowNs) const;

private:
    struct Work
    {
        QString writer;
        qint64 began = 0;
        qint64 ended = -1; ///< -1: it runs
    };
    QList<Work> m_works; ///< the latest
    QHash<QString, int> m_rounds;
    QSet<QString> m_retried;
    QSet<QString> m_confirmed;
    QHash<QString, int> m_trials; ///< that it was saved in
};

} // namespace paddock::session
