// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/logline.h"
#include "logs/secretmasker.h"

#include <QByteArray>
#include <QObject>
#include <memory>

namespace paddock::logs {

struct PipelineOptions
{
    int batchMs = 50;              ///< batches come at most this often
    qsizetype batchLines = 2000;   ///< and hold at most this many lines; more are dropped, counted and said
    qint64 queueBytes = 8LL << 20; ///< bytes that may wait to be decoded; more are dropped likewise
    int partialMs = 1000;          ///< an unfinished line (a prompt) is shown after this long; 0: never
};

/// Raw output of processes → batches of masked log lines, decoded on a thread of its own. feed() never blocks and
/// memory stays bounded however fast bytes come; what had to be dropped is counted and marked by a line in its place.
class LogPipeline final : public QObject
{
    Q_OBJECT

public:
    explicit LogPipeline(PipelineOptions options = {}, QObject *parent = nullptr);
    ~LogPipeline() override;

    void setMasker(const SecretMasker &masker); ///< for all that is fed from now on
    void setGeneration(int generation);         ///< likewise

    /// `source` as in LogLine; bytes of one source are one stream. `fallback`: level of lines that name none.
    void feed(const QString &source, const QByteArray &bytes, Level fallback = Level::Info);
    /// The stream has ended: what is left of its last line comes, and its decoder starts afresh.
    void endStream(const QString &source);
    /// A finished line from elsewhere (the agent, Paddock itself); masked, and in order with the rest.
    void feedLine(LogLine line);

    /// All that was fed until now is delivered at once, then `flushed` comes.
    void flush();

    [[nodiscard]] qint64 lost() const; ///< lines dropped so far, as far as they can be counted

Q_SIGNALS:
    void linesReady(const QList<paddock::logs::LogLine> &lines); ///< without ids; LogStore gives them
    void linesLost(qint64 count);                                ///< since the last such signal
    void flushed();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace paddock::logs
