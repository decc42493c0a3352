// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/managedprocess.h"
#include "process/processinfo.h"
#include "process/processregistry.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace paddock::process;

namespace {

QString program(const QString &name)
{
    return QCoreApplication::applicationDirPath() + u'/' + name;
}

bool isAlive(qint64 pid)
{
    const auto info = processInfo(pid);
    return info && !info->isZombie();
}

} // namespace

/// Paddock is killed with SIGKILL, which no program can prepare for.
class TestOrphans : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killed_data();
    void killed();
    void suspended();
    void spawningThreadEnds();
    void sweep_data();
    void sweep();
    void sweepSparesTheLiving();
    void samePidIsNotEnough();
    void damagedFiles();

private:
    /// Starts the keeper on a hostile child; everybody's pids: keeper, guard (0: none), child and what it started.
    QList<qint64> startKeeper(QProcess &keeper, const QString &mode, bool guarded = true);
    QTemporaryDir m_state;
};

QList<qint64> TestOrphans::startKeeper(QProcess &keeper, const QString &mode, bool guarded)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!guarded)
        environment.insert(u"PADDOCK_GUARD"_s, u"none"_s);
    keeper.setProcessEnvironment(environment);
    keeper.start(program(u"keeper"_s), {m_state.path(), program(u"hostile"_s), mode});
    QByteArray said;
    const bool ready = QTest::qWaitFor(
        [&] {
            said += keeper.readAllStandardOutput();
            return said.contains("started ") && said.contains("ready ") && said.endsWith('\n');
        },
        10'000);
    if (!ready)
        return {};
    QList<qint64> pids{keeper.processId()};
    for (const QByteArray &line : said.split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        if (words[0] == "started")
            pids.insert(1, words.value(2).toLongLong());
        else if (words[0] == "ready")
            for (const QByteArray &word : words.mid(1))
                pids.append(word.toLongLong());
    }
    return pids;
}

void TestOrphans::killed_data()
{
    QTest::addColumn<QString>("mode");
    for (const QString &mode : {u"stay"_s, u"ignore-term"_s, u"spin"_s, u"family"_s, u"double-fork"_s})
        QTest::newRow(qPrintable(mode)) << mode;
}

/// Within 5 s nothing is left: not the child, nor what it detached, nor the guard.
void TestOrphans::killed()
{
    QFETCH(QString, mode);
    QProcess keeper;
    const QList<qint64> pids = startKeeper(keeper, mode);
    QVERIFY(pids.size() >= 3);
    for (const qint64 pid : pids)
        QVERIFY(isAlive(pid));
    ::kill(pid_t(keeper.processId()), SIGKILL);
    for (const qint64 pid : pids)
        QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), 5000);
    keeper.waitForFinished();
    // The next start finds the entry, and nobody behind it.
    const auto swept = ProcessRegistry(m_state.path()).sweep();
    QCOMPARE(swept.size(), 1);
    QCOMPARE(swept.first().ended.size(), 0);
    QCOMPARE(swept.first().entry.name, u"hostile"_s);
    QCOMPARE(ProcessRegistry(m_state.path()).entries().size(), 0);
}

/// Paddock dies while its child is suspended: the guard lets it go on to its end.
void TestOrphans::suspended()
{
    QProcess keeper;
    const QList<qint64> pids = startKeeper(keeper, u"family"_s);
    QVERIFY(pids.size() >= 3);
    ::kill(-pid_t(pids[2]), SIGSTOP);
    QTRY_COMPARE(processInfo(pids[2])->state, 'T');
    ::kill(pid_t(keeper.processId()), SIGKILL);
    for (const qint64 pid : pids)
        QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), 5000);
    keeper.waitForFinished();
    QCOMPARE(ProcessRegistry(m_state.path()).sweep().size(), 1);
}

/// A parent-death signal comes when the *thread* ends that spawned the child. Below the guard that is the guard's own
/// thread, so it is none of the child's business which thread of Paddock started it. A child without a guard, spawned
/// by the same thread, shows that the thread has ended and that the signal was sent.
void TestOrphans::spawningThreadEnds()
{
    QProcess keeper;
    keeper.start(program(u"keeper"_s), {m_state.path(), u"--thread"_s, program(u"hostile"_s), u"stay"_s});
    QByteArray said;
    QVERIFY(QTest::qWaitFor(
        [&] {
            said += keeper.readAllStandardOutput();
            return said.contains("thread ended\n");
        },
        10'000));
    const QList<QByteArray> words = said.split('\n').first().split(' ');
    QCOMPARE(words.value(0), "started");
    const qint64 guarded = words.value(1).toLongLong(), unguarded = words.value(2).toLongLong();
    QVERIFY(guarded > 0 && unguarded > 0);
    QTRY_VERIFY(!isAlive(unguarded));
    QVERIFY(isAlive(guarded));
    ::kill(pid_t(keeper.processId()), SIGKILL);
    keeper.waitForFinished();
    QTRY_VERIFY(!isAlive(guarded));
    QCOMPARE(ProcessRegistry(m_state.path()).sweep().size(), 2);
}

void TestOrphans::sweep_data()
{
    QTest::addColumn<bool>("guarded");
    QTest::newRow("the guard was killed too") << true;
    QTest::newRow("there was no guard") << false;
}

/// What slipped away after all is found by the next start.
void TestOrphans::sweep()
{
    QFETCH(bool, guarded);
    QProcess keeper;
    const QList<qint64> pids = startKeeper(keeper, u"double-fork"_s, guarded);
    QVERIFY(pids.size() >= 4);
    const qint64 lost = pids.last();
    if (guarded) {
        QVERIFY(pids[1] > 0);
        ::kill(pid_t(pids[1]), SIGSTOP); // it must not act in between
    }
    ::kill(pid_t(keeper.processId()), SIGKILL);
    keeper.waitForFinished();
    if (guarded)
        ::kill(pid_t(pids[1]), SIGKILL);
    QTRY_VERIFY(!isAlive(pids[2])); // the child itself: parent-death signal
    QVERIFY(isAlive(lost));
    QProcess next;
    next.start(program(u"keeper"_s), {m_state.path(), u"--sweep"_s});
    QVERIFY(next.waitForFinished(10'000));
    QCOMPARE(next.readAllStandardOutput(), "hostile 1\n");
    QTRY_VERIFY(!isAlive(lost));
    QCOMPARE(ProcessRegistry(m_state.path()).entries().size(), 0);
}

void TestOrphans::sweepSparesTheLiving()
{
    QProcess keeper;
    const QList<qint64> pids = startKeeper(keeper, u"stay"_s);
    QVERIFY(pids.size() >= 3);
    QCOMPARE(ProcessRegistry(m_state.path()).sweep().size(), 0);
    QCOMPARE(ProcessRegistry(m_state.path()).entries().size(), 1);
    QVERIFY(isAlive(pids[2]));
    ::kill(pid_t(keeper.processId()), SIGKILL);
    keeper.waitForFinished();
    QTRY_VERIFY(!isAlive(pids[2]));
    QCOMPARE(ProcessRegistry(m_state.path()).sweep().size(), 1);
}

/// A stranger that happens to have the pid must live.
void TestOrphans::samePidIsNotEnough()
{
    QProcess stranger;
    stranger.start(program(u"hostile"_s), {u"stay"_s});
    QVERIFY(stranger.waitForReadyRead());
    const auto info = processInfo(stranger.processId());
    QVERIFY(info);
    RegisteredProcess entry;
    entry.pid = stranger.processId();
    entry.bootId = bootId();
    entry.ownerPid = 1;
    entry.ownerStartTicks = 1; // long gone
    const ProcessRegistry registry(m_state.path());
    entry.startTicks = info->startTicks + 1;
    entry.token = ProcessRegistry::newToken();
    QVERIFY(registry.add(entry));
    entry.startTicks = info->startTicks;
    entry.bootId = "another-boot";
    entry.token = ProcessRegistry::newToken();
    QVERIFY(registry.add(entry));
    const auto swept = registry.sweep();
    QCOMPARE(swept.size(), 2);
    QVERIFY(swept[0].ended.isEmpty() && swept[1].ended.isEmpty());
    QVERIFY(isAlive(stranger.processId()));
    // With all three agreeing, it is one of ours.
    entry.bootId = bootId();
    QVERIFY(registry.add(entry));
    QCOMPARE(registry.sweep().value(0).ended, QList<qint64>{stranger.processId()});
    QVERIFY(stranger.waitForFinished());
}

void TestOrphans::damagedFiles()
{
    for (const QByteArray &content :
         {QByteArray(), QByteArray("{\"pid\":"), QByteArray("[]"), QByteArray("\xff\xfe")}) {
        QFile file(m_state.path() + "/damaged.json"_L1);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(content);
        file.close();
        const auto swept = ProcessRegistry(m_state.path()).sweep();
        QCOMPARE(swept.size(), 1);
        QVERIFY(swept.first().ended.isEmpty());
        QVERIFY(!file.exists());
    }
}

QTEST_GUILESS_MAIN(TestOrphans)
#include "tst_orphans.moc"
