// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/logpipeline.h"
#include "logs/logstore.h"
#include "process/managedprocess.h"
#include "process/processinfo.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace paddock::logs;

namespace {

// A sanitizer keeps freed memory back, so that resident memory says nothing about ours.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr qint64 sanitizersShare = 2LL << 30;
#else
constexpr qint64 sanitizersShare = 0;
#endif

struct Receiver
{
    explicit Receiver(PipelineOptions options = {}) : pipeline(std::make_unique<LogPipeline>(options))
    {
        QObject::connect(pipeline.get(), &LogPipeline::linesReady, pipeline.get(), [this](const QList<LogLine> &batch) {
            lines += batch;
            sizes.append(batch.size());
        });
    }
    QStringList texts() const
    {
        QStringList all;
        for (const LogLine &line : lines)
            all.append(line.text);
        return all;
    }
    std::unique_ptr<LogPipeline> pipeline;
    QList<LogLine> lines;
    QList<qsizetype> sizes;
};

} // namespace

class TestLogPipeline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qputenv("PADDOCK_STATE", m_state.path().toLocal8Bit()); }
    void streams();
    void order();
    void masked();
    void privateKey();
    void partialLine();
    void halfCharacterAtTheEnd();
    void stalledReceiver();
    void stalledDecoder();
    void floodFromAProcess();
    void lastWords();
    void destroyedWhileBusy();

private:
    QTemporaryDir m_state;
};

void TestLogPipeline::streams()
{
    Receiver receiver;
    receiver.pipeline->setGeneration(3);
    receiver.pipeline->feed(u"stdout"_s, "one\ntw");
    receiver.pipeline->feed(u"stderr"_s, "ERROR \x1b[31mred\x1b[0m", Level::Warn);
    receiver.pipeline->feed(u"stdout"_s, "o\n");
    receiver.pipeline->feed(u"stderr"_s, "\nplain\n", Level::Warn);
    QTRY_COMPARE(receiver.lines.size(), 4);
    QCOMPARE(receiver.texts(), (QStringList{u"one"_s, u"two"_s, u"ERROR red"_s, u"plain"_s}));
    QCOMPARE(receiver.lines[0].source, u"stdout"_s);
    QCOMPARE(receiver.lines[0].generation, 3);
    QVERIFY(receiver.lines[0].level == Level::Info);
    QVERIFY(receiver.lines[2].level == Level::Error);
    QVERIFY(receiver.lines[3].level == Level::Warn);
    QCOMPARE(receiver.lines[2].spans, (QList<Span>{{6, 3, 1}}));
    QCOMPARE(receiver.pipeline->lost(), 0);
}

void TestLogPipeline::order()
{
    Receiver receiver;
    QStringList expected;
    for (int i = 0; i < 500; ++i) {
        LogLine line;
        line.source = u"agent"_s;
        line.text = u"agent %1"_s.arg(i);
        receiver.pipeline->feed(u"stdout"_s, "out " + QByteArray::number(i) + '\n');
        receiver.pipeline->feedLine(line);
        expected << u"out %1"_s.arg(i) << line.text;
    }
    QTRY_COMPARE(receiver.lines.size(), 1000);
    QCOMPARE(receiver.texts(), expected);
}

void TestLogPipeline::masked()
{
    Receiver receiver;
    receiver.pipeline->feed(u"stdout"_s, "value-of-env\n");
    receiver.pipeline->setMasker(SecretMasker({u"value-of-env"_s}));
    receiver.pipeline->feed(u"stdout"_s, "value-of-");
    receiver.pipeline->feed(u"stdout"_s, "\x1b[1menv\x1b[0m password=x\n");
    LogLine line;
    line.text = u"agent value-of-env"_s;
    receiver.pipeline->feedLine(line);
    QTRY_COMPARE(receiver.lines.size(), 3);
    QCOMPARE(receiver.texts(), (QStringList{u"value-of-env"_s, u"*** password=***"_s, u"agent ***"_s}));
}

void TestLogPipeline::privateKey()
{
    Receiver receiver;
    receiver.pipeline->feed(u"stdout"_s,
                            "-----BEGIN PRIVATE KEY-----\nMIIEvQ\nabc=\n-----END PRIVATE KEY-----\nafter\n");
    QTRY_COMPARE(receiver.lines.size(), 5);
    QCOMPARE(receiver.texts(), (QStringList{u"-----BEGIN PRIVATE KEY-----"_s, u"***"_s, u"***"_s,
                                            u"-----END PRIVATE KEY-----"_s, u"after"_s}));
}

void TestLogPipeline::partialLine()
{
    Receiver receiver({.partialMs = 20});
    receiver.pipeline->feed(u"stdout"_s, "Continue? [y/N] ");
    QTRY_COMPARE(receiver.texts(), QStringList{u"Continue? [y/N] "_s});
    receiver.pipeline->feed(u"stdout"_s, "y\n");
    QTRY_COMPARE(receiver.lines.size(), 2);
    QCOMPARE(receiver.lines[1].text, u"y"_s);
    // Never, if so wished; at the end of the stream in any case.
    Receiver patient({.partialMs = 0});
    patient.pipeline->feed(u"stdout"_s, "no line end");
    patient.pipeline->endStream(u"stdout"_s);
    QTRY_COMPARE(patient.texts(), QStringList{u"no line end"_s});
}

void TestLogPipeline::halfCharacterAtTheEnd()
{
    Receiver receiver({.partialMs = 0});
    paddock::process::ManagedProcess process(
        {.program = QCoreApplication::applicationDirPath() + "/hostile"_L1, .arguments = {u"half-character-end"_s}});
    connect(&process, &paddock::process::ManagedProcess::output, this,
            [&](auto, const QByteArray &bytes) { receiver.pipeline->feed(u"stdout"_s, bytes); });
    connect(&process, &paddock::process::ManagedProcess::finished, this,
            [&] { receiver.pipeline->endStream(u"stdout"_s); });
    process.start();
    QTRY_COMPARE(receiver.texts(), QStringList{u"price: \uFFFD"_s});
    // The next stream of that name starts afresh.
    receiver.pipeline->feed(u"stdout"_s, "ok\n");
    QTRY_COMPARE(receiver.lines.size(), 2);
    QCOMPARE(receiver.lines[1].text, u"ok"_s);
}

/// The window hangs: nothing piles up in its event queue, and it is told what it missed.
void TestLogPipeline::stalledReceiver()
{
    Receiver receiver({.batchMs = 1, .batchLines = 100, .queueBytes = 1 << 20});
    const qint64 before = paddock::process::residentBytes(QCoreApplication::applicationPid());
    QByteArray chunk;
    for (int i = 0; i < 1000; ++i)
        chunk += "a line of the flood, number " + QByteArray::number(i) + '\n';
    for (int i = 0; i < 3000; ++i) // 3,000,000 lines, about 100 MB; no event loop runs meanwhile
        receiver.pipeline->feed(u"stdout"_s, chunk);
    receiver.pipeline->feed(u"stdout"_s, "the end\n");
    const qint64 grown = paddock::process::residentBytes(QCoreApplication::applicationPid()) - before;
    QVERIFY2(grown < (20LL << 20) + sanitizersShare, qPrintable(QString::number(grown)));
    QTRY_VERIFY(!receiver.lines.isEmpty() && receiver.lines.last().text == "the end"_L1);
    for (const qsizetype size : std::as_const(receiver.sizes))
        QVERIFY(size <= 101);
    // Every line was either shown or counted.
    qint64 markers = 0;
    for (const LogLine &line : std::as_const(receiver.lines))
        markers += line.source == "paddock"_L1 ? 1 : 0;
    QVERIFY(markers > 0);
    QCOMPARE(receiver.pipeline->lost() + receiver.lines.size() - markers, 3'000'001);
}

/// Lines cut by a gap are not glued to what comes after it.
void TestLogPipeline::stalledDecoder()
{
    Receiver receiver({.batchMs = 1, .batchLines = 1 << 20, .queueBytes = 64 * 1024});
    for (int i = 0; i < 20'000; ++i)
        receiver.pipeline->feed(u"stdout"_s, (i % 2 == 0 ? "half " : "line ") + QByteArray::number(i / 2) +
                                                 (i % 2 == 0 ? "" : "\n"));
    receiver.pipeline->feed(u"stdout"_s, "the end\n");
    QTRY_VERIFY(!receiver.lines.isEmpty() && receiver.lines.last().text == "the end"_L1);
    static const QRegularExpression whole(u"^(half (\\d+)line \\2|half \\d+|the end|….*)$"_s);
    for (const LogLine &line : std::as_const(receiver.lines))
        QVERIFY2(whole.match(line.text).hasMatch(), qPrintable(line.text));
}

/// 300 MB from a real process into a store: bounded memory, and the receiving event loop goes on.
void TestLogPipeline::floodFromAProcess()
{
    using paddock::process::ManagedProcess;
    constexpr qint64 size = 300LL << 20;
    LogStore store({10'000, 16 << 20});
    LogPipeline pipeline;
    connect(&pipeline, &LogPipeline::linesReady, &store,
            [&store](const QList<LogLine> &lines) { store.append(lines); });
    connect(&pipeline, &LogPipeline::linesLost, &store, [&store](qint64 count) { store.addLost(count); });
    ManagedProcess process({.program = QCoreApplication::applicationDirPath() + "/hostile"_L1,
                            .arguments = {u"flood"_s, QString::number(size)}});
    bool ended = false;
    connect(&process, &ManagedProcess::output, this,
            [&](auto, const QByteArray &bytes) { pipeline.feed(u"stdout"_s, bytes); });
    connect(&process, &ManagedProcess::finished, this, [&] {
        pipeline.endStream(u"stdout"_s);
        ended = true;
    });
    // How long the event loop is away from its other work, and how much memory all of this takes.
    QElapsedTimer sinceBeat;
    qint64 longestMs = 0;
    qint64 mostMemory = 0;
    int beats = 0;
    QTimer heart;
    const qint64 before = paddock::process::residentBytes(QCoreApplication::applicationPid());
    connect(&heart, &QTimer::timeout, this, [&] {
        longestMs = std::max(longestMs, sinceBeat.restart());
        if (++beats % 16 == 0)
            mostMemory = std::max(mostMemory, paddock::process::residentBytes(QCoreApplication::applicationPid()));
    });
    sinceBeat.start();
    heart.start(1);
    process.start();
    QTRY_VERIFY_WITH_TIMEOUT(ended, 120'000);
    QTRY_VERIFY(store.size() > 0 && store.at(store.size() - 1).text == "the end"_L1);
    heart.stop();
    QVERIFY2(mostMemory - before < (80LL << 20) + sanitizersShare, qPrintable(QString::number(mostMemory - before)));
    QVERIFY(store.size() <= 10'000);
    QVERIFY(store.lost() > 0);
    QVERIFY(beats > 10);
    qInfo("300 MB: longest stall of the receiving event loop %lld ms, %lld MB more memory at most, %lld lines left out",
          static_cast<long long>(longestMs), static_cast<long long>((mostMemory - before) >> 20),
          static_cast<long long>(store.lost()));
}

/// What a process said just before it crashed is there, line end or not.
void TestLogPipeline::lastWords()
{
    using paddock::process::ManagedProcess;
    Receiver receiver;
    ManagedProcess process(
        {.program = QCoreApplication::applicationDirPath() + "/hostile"_L1, .arguments = {u"crash"_s}});
    connect(&process, &ManagedProcess::output, this,
            [&](auto, const QByteArray &bytes) { receiver.pipeline->feed(u"stdout"_s, bytes); });
    connect(&process, &ManagedProcess::finished, this, [&] { receiver.pipeline->endStream(u"stdout"_s); });
    process.start();
    QTRY_COMPARE(receiver.texts(), (QStringList{u"about to crash"_s, u"last words"_s}));
}

void TestLogPipeline::destroyedWhileBusy()
{
    for (int i = 0; i < 20; ++i) {
        Receiver receiver({.batchMs = 1});
        for (int j = 0; j < 100; ++j)
            receiver.pipeline->feed(u"stdout"_s, QByteArray(10'000, 'x') + '\n');
        receiver.pipeline.reset();
        QCoreApplication::processEvents();
    }
}

QTEST_GUILESS_MAIN(TestLogPipeline)
#include "tst_logpipeline.moc"
