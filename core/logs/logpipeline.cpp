// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/logpipeline.h"

#include "logs/level.h"
#include "logs/linesplitter.h"

#include <QThread>
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace paddock::logs {

using namespace Qt::StringLiterals;

namespace {

qint64 nowMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

struct Input
{
    enum class What { Bytes, End, Line } what = What::Bytes;
    QString source;
    QByteArray bytes;
    Level fallback = Level::Info;
    int generation = 0;
    std::shared_ptr<const SecretMasker> masker;
    LogLine line;
};

/// Finished lines and raw bytes of one source are counted apart: only in bytes does a gap cut lines in half.
QString gapKey(const Input &input)
{
    return input.what == Input::What::Line ? QString(u"line " + input.source) : input.source;
}

/// A line that may yet be dropped: level and masking are worked out only for those that stay.
struct Candidate
{
    LogLine line;
    Level fallback = Level::Info;
    bool raw = true;
    bool inKey = false; ///< within a private key's block
    std::shared_ptr<const SecretMasker> masker;
};

/// What is to be shown next. When too much comes, its middle goes: how a flood began and how it ended matter most.
class OutBatch
{
public:
    OutBatch(qsizetype lines, qint64 bytes) : m_half(std::max<qsizetype>(1, lines / 2)), m_halfBytes(bytes / 2) {}
    void add(Candidate candidate)
    {
        const qint64 size = 2 * candidate.line.text.size();
        if (m_tail.empty() && m_lost == 0 && m_head.size() < m_half && m_headBytes + size <= m_halfBytes) {
            m_headBytes += size;
            m_head.append(std::move(candidate));
            return;
        }
        m_tailBytes += size;
        m_tail.push_back(std::move(candidate));
        while (m_tail.size() > 1 && (qsizetype(m_tail.size()) > m_half || m_tailBytes > m_halfBytes)) {
            m_tailBytes -= 2 * m_tail.front().line.text.size();
            m_tail.pop_front();
            ++m_lost;
        }
    }
    void addLost(qint64 count) { m_lost += count; }
    [[nodiscard]] bool isEmpty() const { return m_head.isEmpty() && m_tail.empty() && m_lost == 0; }

    QList<Candidate> m_head;
    std::deque<Candidate> m_tail;
    qint64 m_headBytes = 0;
    qint64 m_tailBytes = 0;
    qint64 m_lost = 0;

private:
    qsizetype m_half;
    qint64 m_halfBytes;
};

constexpr qint64 batchBytes = 8LL << 20;

} // namespace

class LogPipeline::Private
{
public:
    Private(LogPipeline *pipeline, PipelineOptions o) : q(pipeline), options(o), batch(o.batchLines, batchBytes) {}

    struct Gap
    {
        qint64 lines = 0;
        bool cutsLine = false; ///< it ended within a line
    };

    void push(Input input);
    void run();
    void process(Input &input, Gap gap);
    void take(const QList<StyledLine> &lines, const Input &input);
    void showPartials();
    void publish();
    LogLine finished(Candidate candidate) const;
    void deliver();

    LogPipeline *q;
    const PipelineOptions options;
    std::unique_ptr<QThread> thread;

    // Shared, under the mutex. The standard library's, which the thread sanitizer sees through.
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Input> queue;
    qint64 queuedBytes = 0;
    QHash<QString, Gap> gaps; ///< what was dropped from the queue, by source
    QList<LogLine> ready;     ///< for the owner's thread
    qint64 readyLost = 0;
    bool readyPosted = false; ///< the owner has not fetched the last ones yet: nothing is published before
    bool flushing = false;    ///< once the queue is empty, `flushed` is due
    bool quit = false;

    // The owner's thread.
    int generation = 0;
    std::shared_ptr<const SecretMasker> masker = std::make_shared<const SecretMasker>();
    qint64 lost = 0;

    // The worker's thread.
    struct Stream
    {
        LineSplitter splitter;
        bool skipping = false; ///< bytes were dropped: what comes before the next line feed is half a line
        bool inKey = false;
        int keyLines = 0;
        qint64 partialSince = 0;
        Input last; ///< level, generation and masker for a partial line
    };
    std::map<QString, Stream> streams;
    OutBatch batch;
    qint64 lastPublished = 0;
};

LogPipeline::LogPipeline(PipelineOptions options, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(this, options))
{
    qRegisterMetaType<LogLine>();
    d->thread.reset(QThread::create([this] { d->run(); }));
    d->thread->setObjectName(u"logs"_s);
    d->thread->start();
}

LogPipeline::~LogPipeline()
{
    {
        const std::lock_guard locker(d->mutex);
        d->quit = true;
        d->wake.notify_one();
    }
    d->thread->wait();
}

void LogPipeline::setMasker(const SecretMasker &masker)
{
    d->masker = std::make_shared<const SecretMasker>(masker);
}

void LogPipeline::setGeneration(int generation)
{
    d->generation = generation;
}

void LogPipeline::feed(const QString &source, const QByteArray &bytes, Level fallback)
{
    if (!bytes.isEmpty())
        d->push({Input::What::Bytes, source, bytes, fallback, d->generation, d->masker, {}});
}

void LogPipeline::endStream(const QString &source)
{
    d->push({Input::What::End, source, {}, Level::Info, d->generation, d->masker, {}});
}

void LogPipeline::feedLine(LogLine line)
{
    d->push({Input::What::Line, line.source, {}, line.level, line.generation, d->masker, line});
}

void LogPipeline::flush()
{
    const std::lock_guard locker(d->mutex);
    d->flushing = true;
    d->wake.notify_one();
}

qint64 LogPipeline::lost() const
{
    return d->lost;
}

void LogPipeline::Private::push(Input input)
{
    const std::lock_guard locker(mutex);
    const auto weight = [](const Input &i) { return i.bytes.size() + 2 * i.line.text.size() + 64; };
    queuedBytes += weight(input);
    queue.push_back(std::move(input));
    // The oldest goes: the end of a flood says more than its middle. Ends of streams stay.
    for (auto it = queue.begin(); queuedBytes > options.queueBytes && it != queue.end() - 1;) {
        if (it->what == Input::What::End) {
            ++it;
            continue;
        }
        Gap &gap = gaps[gapKey(*it)];
        gap.lines += it->what == Input::What::Line ? 1 : it->bytes.count('\n');
        gap.cutsLine = it->what == Input::What::Bytes && !it->bytes.endsWith('\n');
        queuedBytes -= weight(*it);
        it = queue.erase(it);
    }
    wake.notify_one();
}

void LogPipeline::Private::run()
{
    std::unique_lock locker(mutex);
    while (!quit) {
        if (queue.empty() && flushing && !readyPosted) {
            if (batch.isEmpty()) {
                flushing = false;
                QMetaObject::invokeMethod(q, &LogPipeline::flushed, Qt::QueuedConnection);
            } else {
                locker.unlock();
                publish();
                locker.lock();
            }
            continue;
        }
        if (queue.empty()) {
            const bool partial = options.partialMs > 0 &&
                                 std::ranges::any_of(streams, [](const auto &s) { return s.second.partialSince > 0; });
            if (!batch.isEmpty() && !readyPosted)
                wake.wait_for(
                    locker, std::chrono::milliseconds(std::max<qint64>(1, lastPublished + options.batchMs - nowMs())));
            else if (partial)
                wake.wait_for(locker, std::chrono::milliseconds(options.partialMs));
            else
                wake.wait(locker);
        }
        if (quit)
            break;
        if (!queue.empty()) {
            Input input = std::move(queue.front());
            queue.pop_front();
            queuedBytes -= input.bytes.size() + 2 * input.line.text.size() + 64;
            const Gap gap = gaps.take(gapKey(input));
            locker.unlock();
            process(input, gap);
            locker.lock();
        } else {
            showPartials();
        }
        if (!readyPosted && !batch.isEmpty() && nowMs() - lastPublished >= options.batchMs) {
            locker.unlock();
            publish();
            locker.lock();
        }
    }
}

void LogPipeline::Private::process(Input &input, Gap gap)
{
    if (input.what == Input::What::Line) {
        batch.addLost(gap.lines);
        batch.add({std::move(input.line), input.fallback, false, false, input.masker});
        return;
    }
    Stream &stream = streams[input.source];
    if (gap.lines > 0 || gap.cutsLine) {
        take(stream.splitter.finish(), input);
        batch.addLost(gap.lines);
        stream.skipping = gap.cutsLine;
    }
    QByteArrayView bytes = input.bytes;
    if (stream.skipping && !bytes.isEmpty()) {
        const qsizetype line = bytes.indexOf('\n');
        stream.skipping = line < 0;
        batch.addLost(line < 0 ? 0 : 1);
        bytes = line < 0 ? QByteArrayView() : bytes.sliced(line + 1);
    }
    take(stream.splitter.feed(bytes), input);
    if (input.what == Input::What::End) {
        take(stream.splitter.finish(), input);
        streams.erase(input.source);
        return;
    }
    if (!stream.splitter.hasPartial())
        stream.partialSince = 0;
    else if (stream.partialSince == 0)
        stream.partialSince = nowMs();
    stream.last = {Input::What::Bytes, input.source, {}, input.fallback, input.generation, input.masker, {}};
}

void LogPipeline::Private::take(const QList<StyledLine> &lines, const Input &input)
{
    if (lines.isEmpty())
        return;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    Stream &stream = streams[input.source];
    stream.partialSince = 0;
    for (const StyledLine &styled : lines) {
        const bool begins = styled.text.contains("-----BEGIN "_L1) && styled.text.contains("PRIVATE KEY-----"_L1);
        const bool ends = styled.text.contains("-----END "_L1);
        const bool within = stream.inKey && !begins && !ends;
        stream.keyLines = begins ? 0 : stream.keyLines + 1;
        stream.inKey = !ends && (begins || (stream.inKey && stream.keyLines < 200));
        LogLine line{0, now, input.fallback, input.source, {}, input.generation, styled.text, styled.spans};
        batch.add({std::move(line), input.fallback, true, within, input.masker});
    }
}

/// A prompt, or a program that waits after half a line: shown as a line of its own.
void LogPipeline::Private::showPartials()
{
    const qint64 now = nowMs();
    for (auto &[source, stream] : streams) {
        if (options.partialMs > 0 && stream.partialSince > 0 && now - stream.partialSince >= options.partialMs)
            take(stream.splitter.takePartial(), stream.last);
    }
}

LogLine LogPipeline::Private::finished(Candidate candidate) const
{
    LogLine &line = candidate.line;
    if (candidate.raw)
        line.level = detectLevel(line.text, candidate.fallback);
    if (candidate.inKey) {
        line.text = u"***"_s;
        line.spans.clear();
    } else {
        candidate.masker->mask(line.text, line.spans);
    }
    return line;
}

void LogPipeline::Private::publish()
{
    OutBatch full = std::exchange(batch, OutBatch(options.batchLines, batchBytes));
    QList<LogLine> lines;
    lines.reserve(full.m_head.size() + qsizetype(full.m_tail.size()) + 1);
    for (Candidate &candidate : full.m_head)
        lines.append(finished(std::move(candidate)));
    if (full.m_lost > 0)
        lines.append({0,
                      QDateTime::currentDateTimeUtc(),
                      Level::Warn,
                      u"paddock"_s,
                      {},
                      0,
                      u"… %1 lines are left out here: they came faster than they can be shown"_s.arg(full.m_lost),
                      {}});
    for (Candidate &candidate : full.m_tail)
        lines.append(finished(std::move(candidate)));
    lastPublished = nowMs();
    const std::lock_guard locker(mutex);
    ready = std::move(lines);
    readyLost = full.m_lost;
    readyPosted = true;
    QMetaObject::invokeMethod(q, [this] { deliver(); }, Qt::QueuedConnection);
}

void LogPipeline::Private::deliver()
{
    QList<LogLine> lines;
    qint64 lostNow = 0;
    {
        const std::lock_guard locker(mutex);
        lines = std::exchange(ready, {});
        lostNow = std::exchange(readyLost, 0);
        readyPosted = false;
        wake.notify_one();
    }
    lost += lostNow;
    Q_EMIT q->linesReady(lines);
    if (lostNow > 0)
        Q_EMIT q->linesLost(lostNow);
}

} // namespace paddock::logs
