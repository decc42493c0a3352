// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/urgency.h"
#include "process/managedprocess.h"
#include "process/processinfo.h"
#include "process/processregistry.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <limits>
#include <sys/resource.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace paddock::process;

namespace {

// A sanitizer keeps freed memory back, so that resident memory says nothing about ours.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr qint64 sanitizersShare = 2LL << 30;
#else
constexpr qint64 sanitizersShare = 0;
#endif

QString hostile()
{
    return QCoreApplication::applicationDirPath() + "/hostile"_L1;
}

bool isAlive(qint64 pid)
{
    const auto info = processInfo(pid);
    return info && !info->isZombie();
}

/// A child and all that it says.
struct Child
{
    explicit Child(const QStringList &arguments, ProcessOptions options = {})
    {
        if (options.program.isEmpty())
            options.program = hostile();
        options.arguments = arguments;
        process = std::make_unique<ManagedProcess>(options);
        QObject *p = process.get();
        QObject::connect(process.get(), &ManagedProcess::started, p, [this](qint64 id) { pid = id; });
        QObject::connect(process.get(), &ManagedProcess::output, p, [this](Stream stream, const QByteArray &bytes) {
            largest = std::max(largest, bytes.size());
            total += bytes.size();
            if (keep)
                (stream == Stream::Output ? output : error) += bytes;
        });
        QObject::connect(process.get(), &ManagedProcess::ladderStep, p,
                         [this](LadderStep step, qint64 ms) { steps.append({step, ms}); });
        QObject::connect(process.get(), &ManagedProcess::finished, p, [this](const ExitReason &why) {
            ++ended;
            reason = why;
        });
        process->start();
    }
    /// Waits for its "ready" line; the pids there.
    QList<qint64> ready()
    {
        if (!QTest::qWaitFor([this] { return output.startsWith("ready ") && output.contains('\n'); }, 10'000))
            return {};
        QList<qint64> pids;
        for (const QByteArray &word : output.left(output.indexOf('\n')).split(' ').mid(1))
            pids.append(word.toLongLong());
        return pids;
    }
    std::unique_ptr<ManagedProcess> process;
    qint64 pid = 0;
    bool keep = true;
    QByteArray output;
    QByteArray error;
    qsizetype largest = 0;
    qint64 total = 0;
    QList<std::pair<LadderStep, qint64>> steps;
    int ended = 0;
    ExitReason reason;
};

} // namespace

class TestManagedProcess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cannotStart_data();
    void cannotStart();
    void ends_data();
    void ends();
    void environmentAndFolder();
    void inheritsNothing();
    void givesWay();
    void ladder_data();
    void ladder();
    void impatientUser();
    void stopBeforeStarted();
    void family();
    void leftovers_data();
    void leftovers();
    void floodIsBounded();
    void pausedReading();
    void suspended();
    void suspendedChildEnds();
    void halfCharacter();
    void restartInOrder();
    void destroyedWhileRunning();
    void guardKilled();

private:
    QTemporaryDir m_state;
};

void TestManagedProcess::initTestCase()
{
    qputenv("PADDOCK_STATE", m_state.path().toLocal8Bit());
    // Crashes on purpose: no core files.
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
}

void TestManagedProcess::init()
{
    qunsetenv("PADDOCK_GUARD");
}

/// After every test: nothing is registered, for nothing runs.
void TestManagedProcess::cleanup()
{
    QTRY_COMPARE(ProcessRegistry().entries().size(), 0);
}

void TestManagedProcess::cannotStart_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("code");
    QTest::newRow("no such program") << u"no-such-program-here"_s << QString() << u"program-not-found"_s;
    QTest::newRow("no such file") << u"/no/such/program"_s << QString() << u"program-not-found"_s;
    QTest::newRow("a folder") << u"/"_s << QString() << u"not-executable"_s;
    QTest::newRow("not executable") << QFINDTESTDATA("tst_managedprocess.cpp") << QString() << u"not-executable"_s;
    QTest::newRow("no such folder") << hostile() << u"/no/such/folder"_s << u"folder-missing"_s;
    QTest::newRow("not a program") << u"SCRIPT"_s << QString() << u"program-not-found"_s;
}

void TestManagedProcess::cannotStart()
{
    QFETCH(QString, program);
    QFETCH(QString, folder);
    QFETCH(QString, code);
    if (program == "SCRIPT"_L1) { // executable, but its interpreter is not there: only exec finds out
        program = m_state.path() + "/script"_L1;
        QFile script(program);
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write("#!/no/such/interpreter\n");
        script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    ProcessOptions options;
    options.program = program;
    options.folder = folder;
    Child child({}, options);
    QTRY_COMPARE(child.ended, 1);
    QCOMPARE(child.reason.how, ExitReason::How::FailedToStart);
    QCOMPARE(child.reason.error.code, code);
    QCOMPARE(child.pid, 0);
    QVERIFY(!child.reason.text().isEmpty());
}

void TestManagedProcess::ends_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<int>("signal");
    QTest::addColumn<QByteArray>("output");
    QTest::newRow("status 0") << QStringList{u"exit"_s, u"0"_s} << 0 << 0 << QByteArray();
    QTest::newRow("status 77 at once") << QStringList{u"exit"_s, u"77"_s} << 77 << 0 << QByteArray();
    QTest::newRow("prints, then crashes")
        << QStringList{u"crash"_s} << 0 << SIGSEGV << QByteArray("about to crash\nlast words");
    QTest::newRow("wrong use") << QStringList{u"nothing"_s} << 2 << 0 << QByteArray();
}

void TestManagedProcess::ends()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QFETCH(int, signal);
    QFETCH(QByteArray, output);
    for (const bool guarded : {true, false}) {
        if (!guarded)
            qputenv("PADDOCK_GUARD", "none");
        Child child(arguments);
        QTRY_COMPARE(child.ended, 1);
        QCOMPARE(child.reason.exitCode, exitCode);
        QCOMPARE(child.reason.signal, signal);
        QCOMPARE(child.reason.how, signal != 0 ? ExitReason::How::Signalled : ExitReason::How::Exited);
        QCOMPARE(child.output, output);
        QVERIFY(!child.reason.asked);
        QVERIFY(child.pid > 0);
        QVERIFY(child.reason.ranMs > 0);
        QVERIFY(child.reason.leftovers.isEmpty());
        QCOMPARE(child.process->state(), ManagedProcess::State::Ended);
        QVERIFY(!isAlive(child.pid));
    }
}

void TestManagedProcess::environmentAndFolder()
{
    ProcessOptions options;
    options.folder = m_state.path();
    options.environment.insert(u"HOSTILE_TEST"_s, u"a value"_s);
    Child child({u"environment"_s, u"HOSTILE_TEST"_s}, options);
    QTRY_COMPARE(child.ended, 1);
    QCOMPARE(child.output, "a value\n" + QDir(m_state.path()).canonicalPath().toLocal8Bit() + '\n');
    Child other({u"environment"_s, u"HOME"_s}, options); // the environment given is the whole environment
    QTRY_COMPARE(other.ended, 1);
    QVERIFY(other.output.startsWith("(unset)\n"));
}

void TestManagedProcess::inheritsNothing()
{
    QFile open(u"/dev/null"_s);
    QVERIFY(open.open(QIODevice::ReadOnly));
    Child child({u"descriptors"_s});
    QTRY_COMPARE(child.ended, 1);
    QCOMPARE(child.output, "0\n");
}

/// A child that nobody waits for is behind all others, one that is waited for is not; nor is the rest of what we start.
void TestManagedProcess::givesWay()
{
    paddock::urgency::answerQuickly(); // stays with this thread
    const auto niceOf = [](qint64 pid) {
        QFile stat(u"/proc/%1/stat"_s.arg(pid));
        const QByteArray text = stat.open(QIODevice::ReadOnly) ? stat.readAll() : QByteArray();
        const qsizetype name = text.lastIndexOf(')');
        return name < 0 ? std::numeric_limits<int>::min() : text.sliced(name + 2).split(' ').value(16).toInt();
    };
    for (const bool givesWay : {false, true}) {
        Child child({u"stay"_s}, {.givesWay = givesWay});
        QVERIFY(!child.ready().isEmpty());
        QTRY_COMPARE(niceOf(child.pid), givesWay ? 10 : niceOf(::getpid()));
        child.process->kill();
        QTRY_COMPARE(child.ended, 1);
    }
}

void TestManagedProcess::ladder_data()
{
    using L = LadderStep;
    QTest::addColumn<QString>("mode");
    QTest::addColumn<bool>("polite");
    QTest::addColumn<QList<LadderStep>>("steps");
    QTest::addColumn<int>("signal");
    QTest::newRow("ends when asked to") << u"ends-on-term"_s << true << QList<L>{L::Polite} << 0;
    QTest::newRow("deaf when asked, ends on SIGTERM")
        << u"stay"_s << true << QList<L>{L::Polite, L::Terminate} << SIGTERM;
    QTest::newRow("nobody to ask") << u"stay"_s << false << QList<L>{L::Terminate} << SIGTERM;
    QTest::newRow("ignores SIGTERM") << u"ignore-term"_s << true << QList<L>{L::Polite, L::Terminate, L::Kill}
                                     << SIGKILL;
    QTest::newRow("spins") << u"spin"_s << false << QList<L>{L::Terminate} << SIGTERM;
}

void TestManagedProcess::ladder()
{
    QFETCH(QString, mode);
    QFETCH(bool, polite);
    QFETCH(QList<LadderStep>, steps);
    QFETCH(int, signal);
    for (const bool guarded : {true, false}) {
        if (!guarded)
            qputenv("PADDOCK_GUARD", "none");
        Child child({mode});
        QVERIFY(!child.ready().isEmpty());
        int asked = 0;
        StopLadder ladder{nullptr, 60, 60, 2000};
        if (steps.size() == 1)
            ladder.politeMs = ladder.terminateMs = 10'000;
        else if (steps.last() == LadderStep::Terminate)
            ladder.terminateMs = 10'000;
        if (polite) {
            ladder.polite = [&] {
                ++asked;
                if (mode == "ends-on-term"_L1)
                    child.process->sendSignal(SIGTERM);
            };
        }
        child.process->stop(ladder);
        QCOMPARE(child.process->state(), ManagedProcess::State::Stopping);
        QTRY_COMPARE_WITH_TIMEOUT(child.ended, 1, 10'000);
        QCOMPARE(asked, polite ? 1 : 0);
        QList<LadderStep> seen;
        qint64 last = 0;
        for (const auto &[step, ms] : std::as_const(child.steps)) {
            seen.append(step);
            QVERIFY(ms >= last);
            last = ms;
        }
        QVERIFY(seen == steps);
        QVERIFY(child.reason.asked);
        QCOMPARE(child.reason.signal, signal);
        QCOMPARE(child.reason.exitCode, signal == 0 ? 5 : 0);
        QVERIFY(!isAlive(child.pid));
    }
}

/// Asking again goes to the next step at once.
void TestManagedProcess::impatientUser()
{
    Child child({u"ignore-term"_s});
    QVERIFY(!child.ready().isEmpty());
    const StopLadder slow{[] {}, 60'000, 60'000, 60'000};
    child.process->stop(slow);
    child.process->stop(slow);
    QCOMPARE(child.steps.size(), 2);
    child.process->kill();
    QTRY_COMPARE(child.ended, 1);
    QCOMPARE(child.reason.signal, SIGKILL);
    QCOMPARE(child.steps.size(), 3);
}

void TestManagedProcess::stopBeforeStarted()
{
    for (const bool guarded : {true, false}) {
        if (!guarded)
            qputenv("PADDOCK_GUARD", "none");
        Child child({u"stay"_s});
        child.process->stop({nullptr, 0, 10'000, 10'000}); // before anything came back from the child
        QTRY_COMPARE(child.ended, 1);
        QCOMPARE(child.reason.signal, SIGTERM);
        QVERIFY(!isAlive(child.pid));
    }
}

void TestManagedProcess::family()
{
    for (const bool guarded : {true, false}) {
        if (!guarded)
            qputenv("PADDOCK_GUARD", "none");
        Child child({u"family"_s});
        const QList<qint64> pids = child.ready();
        QCOMPARE(pids.size(), 4);
        child.process->stop();
        QTRY_COMPARE(child.ended, 1);
        for (const qint64 pid : pids)
            QTRY_VERIFY(!isAlive(pid));
    }
}

void TestManagedProcess::leftovers_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<bool>("stop");
    QTest::newRow("a child that holds the output open") << u"hold-pipe"_s << false;
    QTest::newRow("a detached grandchild, after the end") << u"double-fork-exit"_s << false;
    QTest::newRow("a detached grandchild, when stopped") << u"double-fork"_s << true;
}

void TestManagedProcess::leftovers()
{
    QFETCH(QString, mode);
    QFETCH(bool, stop);
    Child child({mode});
    const QList<qint64> pids = child.ready();
    QCOMPARE(pids.size(), 2);
    if (stop)
        child.process->stop({nullptr, 0, 200, 2000});
    QTRY_COMPARE_WITH_TIMEOUT(child.ended, 1, 10'000);
    QVERIFY(!isAlive(pids[0]));
    QVERIFY(!isAlive(pids[1]));
    QCOMPARE(child.reason.leftovers, QList<qint64>{pids[1]});
    QCOMPARE(child.reason.how, stop ? ExitReason::How::Signalled : ExitReason::How::Exited);
}

void TestManagedProcess::floodIsBounded()
{
    constexpr qint64 size = 100LL << 20;
    Child child({u"flood"_s, QString::number(size)});
    child.keep = false;
    const qint64 before = residentBytes(QCoreApplication::applicationPid());
    QTRY_COMPARE_WITH_TIMEOUT(child.ended, 1, 60'000);
    QCOMPARE(child.total, size + qint64(strlen("\nthe end\n")));
    QVERIFY(child.largest <= 64 * 1024);
    const qint64 grown = residentBytes(QCoreApplication::applicationPid()) - before;
    QVERIFY2(grown < (20LL << 20) + sanitizersShare, qPrintable(QString::number(grown)));
}

void TestManagedProcess::pausedReading()
{
    Child child({u"flood"_s});
    child.keep = false;
    QTRY_VERIFY(child.total > 0);
    child.process->setReadingPaused(true);
    const qint64 before = child.total;
    // The flood must come to a halt: its process sleeps in write().
    QTRY_COMPARE(processInfo(child.pid)->state, 'S');
    QCOMPARE(child.total, before);
    child.process->setReadingPaused(false);
    QTRY_VERIFY(child.total > before);
    child.process->setReadingPaused(true);
    child.process->kill(); // also ends while nobody reads
    QTRY_COMPARE(child.ended, 1);
}

/// The program and what it started in its group stand still, and go on where they were.
void TestManagedProcess::suspended()
{
    Child child({u"flood"_s});
    child.keep = false;
    QTRY_VERIFY(child.total > 0);
    child.process->setSuspended(true);
    QTRY_COMPARE(processInfo(child.pid)->state, 'T');
    child.process->setSuspended(true); // said twice is once
    child.process->setSuspended(false);
    const qint64 before = child.total;
    QTRY_VERIFY(child.total > before + (1 << 20)); // more than the pipe held
    child.process->kill();
    QTRY_COMPARE(child.ended, 1);
}

/// It hears of its end: SIGTERM alone would wait until somebody lets it go on.
void TestManagedProcess::suspendedChildEnds()
{
    Child child({u"stay"_s});
    QVERIFY(!child.ready().isEmpty());
    child.process->setSuspended(true);
    QTRY_COMPARE(processInfo(child.pid)->state, 'T');
    child.process->stop({nullptr, 0, 60'000, 2000});
    QTRY_COMPARE(child.ended, 1);
    QCOMPARE(child.reason.signal, SIGTERM);
}

void TestManagedProcess::halfCharacter()
{
    Child child({u"half-character"_s});
    QTRY_COMPARE(child.output, "price: \xe2\x82");
    child.process->sendSignal(SIGUSR1);
    QTRY_COMPARE(child.ended, 1);
    QCOMPARE(child.output, "price: €\n");
}

/// A port is free again when `finished` comes: the next one may have it at once.
void TestManagedProcess::restartInOrder()
{
    int port = 0;
    for (int i = 0; i < 5; ++i) {
        Child child({u"listen"_s, QString::number(port)});
        const QList<qint64> said = child.ready();
        QCOMPARE(said.size(), 2);
        QVERIFY(port == 0 || said[1] == port);
        port = int(said[1]);
        child.process->stop();
        QTRY_COMPARE(child.ended, 1);
    }
}

void TestManagedProcess::destroyedWhileRunning()
{
    Child child({u"double-fork"_s});
    const QList<qint64> pids = child.ready();
    QCOMPARE(pids.size(), 2);
    child.process.reset();
    QTRY_VERIFY(!isAlive(pids[0]));
    QTRY_VERIFY(!isAlive(pids[1]));
}

/// Somebody kills the guard: the child goes with it, and the end is seen.
void TestManagedProcess::guardKilled()
{
    Child child({u"stay"_s});
    QVERIFY(!child.ready().isEmpty());
    QVERIFY(child.process->guardPid() > 0);
    QVERIFY(child.process->guardPid() != child.pid);
    ::kill(pid_t(child.process->guardPid()), SIGKILL);
    QTRY_COMPARE(child.ended, 1);
    QTRY_VERIFY(!isAlive(child.pid));
    QCOMPARE(child.reason.how, ExitReason::How::Signalled);
}

QTEST_GUILESS_MAIN(TestManagedProcess)
#include "tst_managedprocess.moc"
