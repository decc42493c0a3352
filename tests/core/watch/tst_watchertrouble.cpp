// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watchprobe.h"

#include <QDirIterator>
#include <QProcess>
#include <QStandardPaths>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef Q_OS_LINUX
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>
#endif

using namespace Qt::StringLiterals;
using namespace paddock::watch;

namespace {

bool git(const QString &folder, const QStringList &arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"GIT_CONFIG_GLOBAL"_s, u"/dev/null"_s);
    environment.insert(u"GIT_CONFIG_NOSYSTEM"_s, u"1"_s);
    for (const QString &who : {u"AUTHOR"_s, u"COMMITTER"_s}) {
        environment.insert("GIT_"_L1 + who + "_NAME"_L1, u"Test"_s);
        environment.insert("GIT_"_L1 + who + "_EMAIL"_L1, u"test@example.org"_s);
    }
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(folder);
    // Housekeeping in the background would take folders away from a later command.
    process.start(u"git"_s, QStringList{u"-c"_s, u"gc.auto=0"_s, u"-c"_s, u"maintenance.auto=false"_s} + arguments);
    // The watcher's signals must go on being received meanwhile.
    const bool done = QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 120'000);
    if (!done || process.exitCode() != 0)
        qWarning() << arguments << process.readAllStandardError();
    return done && process.exitCode() == 0;
}

/// relative path → hash of all files that are not ignored, read afresh.
QHash<QString, QByteArray> cleanScan(const QString &root)
{
    QHash<QString, QByteArray> found;
    QDirIterator it(root, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString path = it.next();
        const QString relative = path.sliced(root.size() + 1);
        if (relative.startsWith(".git/"_L1) || relative == ".git"_L1)
            continue;
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            found.insert(relative, contentHash(file.readAll()));
    }
    return found;
}

/// `before` with all that the batches say.
QHash<QString, QByteArray> applied(QHash<QString, QByteArray> before, const QList<Batch> &batches)
{
    for (const Batch &batch : batches) {
        for (const FileEvent &event : batch.files) {
            if (event.what == FileEvent::What::Removed)
                before.remove(event.path);
            else
                before.insert(event.path, event.hash);
        }
    }
    return before;
}

} // namespace

class TestWatcherTrouble : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void halfWritten();
    void emptiedThenFilled();
    void indexLock();
    void staleLock();
    void checkout_data();
    void checkout();
    void overflow();
    void symlinkLoops();
    void linkedFromOutside();
    void rootGoneAndBack();
    void unreadable();
    void watchLimit_data();
    void watchLimit();
    void limitedChild();
    void noFolder();
};

void TestWatcherTrouble::halfWritten()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"a.ts"_s, "whole"));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    const int fd = ::open(QFile::encodeName(probe.path(u"a.ts"_s)).constData(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    QCOMPARE(::write(fd, "first half, ", 12), 12);
    QTRY_VERIFY(!probe.waiting.isEmpty()); // the watcher has looked, and knows that somebody still writes
    QCOMPARE(probe.waiting.first().first, u"a.ts"_s);
    QVERIFY(probe.settle()); // others are not held up by it
    QCOMPARE(probe.files(), QStringList());
    QCOMPARE(::write(fd, "second half", 11), 11);
    ::close(fd);
    QTRY_VERIFY(probe.holds(u"a.ts"_s, "first half, second half"));
    QCOMPARE(probe.files().size(), 1);

    // One that is never closed counts when it has held still for long enough.
    WatchProbe other;
    QVERIFY(other.write(u"b.ts"_s, "b"));
    WatchOptions options;
    options.openWriterMs = 100;
    QVERIFY(other.start(options));
    QVERIFY(other.settle());
    const int open = ::open(QFile::encodeName(other.path(u"b.ts"_s)).constData(), O_WRONLY | O_APPEND | O_CLOEXEC);
    QCOMPARE(::write(open, "c", 1), 1);
    QTRY_VERIFY(other.holds(u"b.ts"_s, "bc"));
    ::close(open);
}

void TestWatcherTrouble::emptiedThenFilled()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"a.ts"_s, "full"));
    WatchOptions options;
    options.emptySettleMs = 30'000;
    QVERIFY(probe.start(options));
    QVERIFY(probe.settle());
    QVERIFY(probe.settle());
    QVERIFY(probe.write(u"a.ts"_s, {})); // emptied and closed: the first half of a save in two steps
    QTRY_VERIFY(!probe.waiting.isEmpty());
    QCOMPARE(probe.files(), QStringList());
    QVERIFY(probe.write(u"a.ts"_s, "filled"));
    QTRY_VERIFY(probe.holds(u"a.ts"_s, "filled"));
    QCOMPARE(probe.files().size(), 1);
}

void TestWatcherTrouble::indexLock()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"a.ts"_s, "a"));
    QVERIFY(git(probe.root(), {u"init"_s, u"-q"_s}));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    QVERIFY(probe.write(u".git/index.lock"_s, {}));
    QVERIFY(probe.write(u"a.ts"_s, "b"));
    QVERIFY(probe.write(u"c.ts"_s, "c"));
    QTRY_COMPARE(probe.waiting.size(), 2);
    QVERIFY(probe.held);
    QVERIFY(probe.waiting.first().second.contains("index.lock"_L1));
    QCOMPARE(probe.batches.size(), 0);
    // As git does it: the lock becomes the index.
    QVERIFY(QFile::rename(probe.path(u".git/index.lock"_s), probe.path(u".git/index"_s)));
    QTRY_COMPARE(probe.batches.size(), 1);
    QVERIFY(!probe.held);
    QCOMPARE(probe.files().size(), 2);
    QVERIFY(!probe.batches.first().heldBecause.isEmpty());
    // A repository made later is noticed as well.
    WatchProbe later;
    QVERIFY(later.write(u"a.ts"_s, "a"));
    QVERIFY(later.start());
    QVERIFY(git(later.root(), {u"init"_s, u"-q"_s}));
    QVERIFY(later.settle());
    QVERIFY(later.write(u".git/index.lock"_s, {}));
    QVERIFY(later.write(u"a.ts"_s, "b"));
    QTRY_VERIFY(later.held);
    QVERIFY(QFile::remove(later.path(u".git/index.lock"_s)));
    QTRY_VERIFY(later.holds(u"a.ts"_s, "b"));
}

void TestWatcherTrouble::staleLock()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"a.ts"_s, "a"));
    QVERIFY(git(probe.root(), {u"init"_s, u"-q"_s}));
    QVERIFY(probe.write(u".git/index.lock"_s, {})); // left by a crash before we came
    WatchOptions options;
    options.staleLockMs = 100;
    QVERIFY(probe.start(options));
    QVERIFY(probe.write(u"a.ts"_s, "b"));
    QTRY_VERIFY(probe.hasProblem(u"stale-lock"_s));
    QTRY_VERIFY(probe.holds(u"a.ts"_s, "b"));
    probe.batches.clear();
    QVERIFY(probe.write(u"a.ts"_s, "c"));
    QTRY_VERIFY(probe.holds(u"a.ts"_s, "c"));
    QVERIFY(!probe.held);
    // Once it has gone, the next lock counts again.
    QVERIFY(QFile::remove(probe.path(u".git/index.lock"_s)));
    QVERIFY(probe.settle());
    QVERIFY(probe.write(u".git/index.lock"_s, {}));
    QVERIFY(probe.write(u"a.ts"_s, "d"));
    QTRY_VERIFY(probe.held);
}

void TestWatcherTrouble::checkout_data()
{
    QTest::addColumn<bool>("worktree");
    QTest::addColumn<int>("count");
    QTest::newRow("10,000 files") << false << 10'000;
    QTest::newRow("linked work tree") << true << 300;
}

/// A real checkout between two branches: one batch, and nothing is lost.
void TestWatcherTrouble::checkout()
{
    QFETCH(bool, worktree);
    QFETCH(int, count);
    WatchProbe probe;
    const QString repository = worktree ? probe.folder.path() + "/main"_L1 : probe.root();
    const auto fill = [&](const QByteArray &content, int from, int to) {
        for (int i = from; i < to; ++i) {
            const QString folder = repository + u"/src/p%1"_s.arg(i / 50);
            QFile file(folder + u"/f%1.ts"_s.arg(i));
            if (!QDir().mkpath(folder) || !file.open(QIODevice::WriteOnly) ||
                file.write(content + QByteArray::number(i)) < 0)
                return false;
        }
        return true;
    };
    QVERIFY(QDir().mkpath(repository));
    QVERIFY(git(repository, {u"init"_s, u"-q"_s, u"-b"_s, u"one"_s}));
    QVERIFY(fill("one ", 0, count));
    QVERIFY(git(repository, {u"add"_s, u"."_s}));
    QVERIFY(git(repository, {u"commit"_s, u"-q"_s, u"-m"_s, u"one"_s}));
    QVERIFY(git(repository, {u"checkout"_s, u"-q"_s, u"-b"_s, u"two"_s}));
    QVERIFY(fill("two ", 100, count));          // changed
    QVERIFY(fill("added ", count, count + 50)); // added
    QVERIFY(QDir(repository + "/src/p0"_L1).removeRecursively());
    QVERIFY(git(repository, {u"add"_s, u"-A"_s}));
    QVERIFY(git(repository, {u"commit"_s, u"-q"_s, u"-m"_s, u"two"_s}));
    if (worktree) {
        QVERIFY(git(repository, {u"checkout"_s, u"-q"_s, u"--detach"_s}));
        QVERIFY(git(repository, {u"worktree"_s, u"add"_s, u"-q"_s, probe.root(), u"one"_s}));
        QVERIFY(QFileInfo(probe.path(u".git"_s)).isFile());
    } else {
        QVERIFY(git(repository, {u"checkout"_s, u"-q"_s, u"one"_s}));
    }

    QHash<QString, QByteArray> state = cleanScan(probe.root());
    QCOMPARE(state.size(), count);
    probe.baseline = state;
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    state.insert(u"marker1.ts"_s, contentHash("// marker"));
    QCOMPARE(probe.batches.size(), 0);
    for (const QString &branch : {u"two"_s, u"one"_s}) {
        QVERIFY(git(probe.root(), {u"checkout"_s, u"-q"_s, branch}));
        QTRY_VERIFY_WITH_TIMEOUT(!probe.batches.isEmpty(), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(applied(state, probe.batches), cleanScan(probe.root()), 60'000);
        QCOMPARE(probe.batches.size(), 1);
        QVERIFY(!probe.batches.first().heldBecause.isEmpty());
        state = applied(state, probe.batches);
        probe.batches.clear();
    }
}

/// More events than the system keeps, while nobody reads them.
void TestWatcherTrouble::overflow()
{
    WatchProbe probe;
    for (int i = 0; i < 100; ++i)
        QVERIFY(probe.write(u"old/f%1.ts"_s.arg(i), "old"));
    for (int i = 0; i < 20; ++i)
        QVERIFY(QDir().mkpath(probe.path(u"d%1"_s.arg(i))));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    QHash<QString, QByteArray> state = cleanScan(probe.root());
    probe.watcher->setReaderStalled(true);
    QFile limit(u"/proc/sys/fs/inotify/max_queued_events"_s);
    QVERIFY(limit.open(QIODevice::ReadOnly));
    const int events = limit.readAll().trimmed().toInt();
    const int count = events / 3 + 1000; // each file makes three
    for (int i = 0; i < count; ++i)
        QVERIFY(probe.write(u"d%1/f%2.ts"_s.arg(i % 20).arg(i), QByteArray::number(i)));
    for (int i = 0; i < 50; ++i)
        QVERIFY(QFile::remove(probe.path(u"old/f%1.ts"_s.arg(i))));
    QVERIFY(probe.write(u"old/f99.ts"_s, "new"));
    QVERIFY(QDir(probe.path(u"d0"_s)).removeRecursively());
    QVERIFY(QDir().rename(probe.path(u"d1"_s), probe.path(u"moved"_s)));
    probe.watcher->setReaderStalled(false);
    QTRY_COMPARE_WITH_TIMEOUT(applied(state, probe.batches), cleanScan(probe.root()), 60'000);
    QVERIFY(probe.hasProblem(u"events-lost"_s));
    QVERIFY(std::any_of(probe.batches.cbegin(), probe.batches.cend(), [](const Batch &b) { return b.rescanned; }));
    QCOMPARE(probe.batches.size(), 1);
    QVERIFY(probe.write(u"moved/f1.ts"_s, "and on"));
    QTRY_VERIFY(probe.holds(u"moved/f1.ts"_s, "and on"));
}

void TestWatcherTrouble::symlinkLoops()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"src/a/x.ts"_s, "x"));
    QVERIFY(QFile::link(u".."_s, probe.path(u"src/up"_s)));
    QVERIFY(QFile::link(u"."_s, probe.path(u"src/a/self"_s)));
    QVERIFY(QFile::link(probe.root(), probe.path(u"0root"_s)));
    QVERIFY(QFile::link(u"two"_s, probe.path(u"one"_s)));
    QVERIFY(QFile::link(u"one"_s, probe.path(u"two"_s)));
    QVERIFY(probe.start());
    QCOMPARE(probe.folders, 3); // root, src, src/a
    QVERIFY(probe.settle());
    QVERIFY(probe.write(u"src/a/x.ts"_s, "y"));
    QTRY_VERIFY(probe.holds(u"src/a/x.ts"_s, "y"));
    QVERIFY(QFile::link(u"../.."_s, probe.path(u"src/a/again"_s)));
    QVERIFY(probe.settle());
    QCOMPARE(probe.files(), QStringList{u"src/a/x.ts"_s});
}

void TestWatcherTrouble::linkedFromOutside()
{
    WatchProbe probe;
    const QString outside = probe.folder.path() + "/shared"_L1;
    QVERIFY(QDir().mkpath(outside));
    QVERIFY(QDir().mkpath(probe.root()));
    const auto put = [&](const QString &name, const QByteArray &content) {
        QFile file(outside + u'/' + name);
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    };
    QVERIFY(put(u"m.ts"_s, "m"));
    QVERIFY(put(u"single.ts"_s, "s"));
    QVERIFY(QFile::link(outside, probe.path(u"shared"_s)));
    QVERIFY(QFile::link(outside + "/single.ts"_L1, probe.path(u"alone.ts"_s)));
    WatchOptions options;
    options.pollMs = 20;
    QVERIFY(probe.start(options));
    QVERIFY(probe.settle());
    QVERIFY(put(u"m.ts"_s, "m2"));
    QTRY_VERIFY(probe.holds(u"shared/m.ts"_s, "m2"));
    QVERIFY(put(u"single.ts"_s, "s2")); // seen through both ways
    QTRY_VERIFY(probe.holds(u"shared/single.ts"_s, "s2"));
    QTRY_VERIFY(probe.holds(u"alone.ts"_s, "s2"));
    QVERIFY(QFile::link(outside, probe.path(u"later"_s))); // the same folder twice is told once
    QVERIFY(probe.settle());
    QVERIFY(probe.events(u"later/m.ts"_s).isEmpty());
}

void TestWatcherTrouble::rootGoneAndBack()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"src/same.ts"_s, "same"));
    QVERIFY(probe.write(u"src/other.ts"_s, "before"));
    QVERIFY(probe.write(u"src/gone.ts"_s, "gone"));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    QVERIFY(QFile::remove(probe.path(u"marker1.ts"_s)));
    QTRY_VERIFY(probe.removed(u"marker1.ts"_s));
    probe.batches.clear();
    QVERIFY(QDir().rename(probe.root(), probe.folder.path() + "/elsewhere"_L1));
    QTRY_VERIFY(probe.hasProblem(u"root-gone"_s));
    QVERIFY(probe.held);
    QVERIFY(probe.write(u"src/same.ts"_s, "same")); // made anew, as a clone would
    QVERIFY(probe.write(u"src/other.ts"_s, "after"));
    QVERIFY(probe.write(u"src/new.ts"_s, "new"));
    QTRY_VERIFY(probe.holds(u"src/other.ts"_s, "after"));
    QTRY_VERIFY(probe.holds(u"src/new.ts"_s, "new"));
    QTRY_VERIFY(probe.removed(u"src/gone.ts"_s));
    QVERIFY(!probe.held);
    QVERIFY(probe.batches.first().rescanned);
    QCOMPARE(probe.batches.size(), 1);
    QCOMPARE(probe.files().size(), 3);
    // Deleted and made again: watched as before.
    probe.problems.clear();
    QVERIFY(QDir(probe.root()).removeRecursively());
    QTRY_VERIFY(probe.hasProblem(u"root-gone"_s));
    QVERIFY(probe.write(u"src/other.ts"_s, "third"));
    QTRY_VERIFY(probe.holds(u"src/other.ts"_s, "third"));
    QVERIFY(probe.write(u"src/other.ts"_s, "fourth"));
    QTRY_VERIFY(probe.holds(u"src/other.ts"_s, "fourth"));
}

/// Rights are tested as a user without special powers, who root is made into for this test.
void TestWatcherTrouble::unreadable()
{
#ifdef Q_OS_LINUX
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct before[2] = {};
    ::syscall(SYS_capget, &header, before);
    __user_cap_data_struct less[2] = {before[0], before[1]};
    less[0].effective &= ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH);
    QCOMPARE(::syscall(SYS_capset, &header, less), 0); // of this thread, and of those that it starts
    const auto restore = qScopeGuard([&] { ::syscall(SYS_capset, &header, before); });
#endif
    WatchProbe probe;
    QVERIFY(probe.write(u"src/a.ts"_s, "a"));
    QVERIFY(probe.write(u"locked/b.ts"_s, "b"));
    QCOMPARE(::chmod(QFile::encodeName(probe.path(u"locked"_s)).constData(), 0), 0);
    const auto unlock = qScopeGuard([&] { ::chmod(QFile::encodeName(probe.path(u"locked"_s)).constData(), 0700); });
    QVERIFY(probe.start());
    QTRY_VERIFY(probe.hasProblem(u"unreadable"_s));
    QVERIFY(!probe.problems.first().remedy.isEmpty());
    QVERIFY(probe.settle()); // the rest is watched
    // With the rights back, it is watched as if it had been made then.
    QCOMPARE(::chmod(QFile::encodeName(probe.path(u"locked"_s)).constData(), 0700), 0);
    QTRY_VERIFY(probe.holds(u"locked/b.ts"_s, "b"));
    QVERIFY(probe.write(u"locked/b.ts"_s, "b2"));
    QTRY_VERIFY(probe.holds(u"locked/b.ts"_s, "b2"));

    probe.problems.clear();
    QVERIFY(probe.write(u"src/secret.ts"_s, "s"));
    QTRY_VERIFY(probe.holds(u"src/secret.ts"_s, "s"));
    QVERIFY(QFile::remove(probe.path(u"src/secret.ts"_s)));
    const int fd =
        ::open(QFile::encodeName(probe.path(u"src/secret.ts"_s)).constData(), O_WRONLY | O_CREAT | O_CLOEXEC, 0);
    QCOMPARE(::write(fd, "t", 1), 1);
    ::close(fd);
    QTRY_VERIFY(probe.hasProblem(u"unreadable"_s));
    QVERIFY(!probe.ignoredWhy(u"src/secret.ts"_s).isEmpty());
    QCOMPARE(::chmod(QFile::encodeName(probe.path(u"src/secret.ts"_s)).constData(), 0600), 0);
    QTRY_VERIFY(probe.holds(u"src/secret.ts"_s, "t"));
}

/// In a user namespace of its own the limit can be lowered without touching the machine's.
void TestWatcherTrouble::watchLimit_data()
{
    QTest::addColumn<QString>("limit");
    QTest::addColumn<QString>("value");
    QTest::newRow("folders") << u"max_inotify_watches"_s << u"4"_s;
    QTest::newRow("watchers") << u"max_inotify_instances"_s << u"0"_s;
}

void TestWatcherTrouble::watchLimit()
{
    QFETCH(QString, limit);
    QFETCH(QString, value);
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PADDOCK_TEST_LIMIT"_s, limit + u'=' + value);
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::MergedChannels);
    child.start(QCoreApplication::applicationFilePath(), {u"limitedChild"_s});
    QVERIFY(child.waitForFinished(60'000));
    const QByteArray said = child.readAll();
    if (child.exitCode() == 77)
        QSKIP("No user namespaces here: the watch limit cannot be lowered, so reaching it is NOT TESTED.");
    QVERIFY2(child.exitCode() == 0, said.constData());
}

void TestWatcherTrouble::limitedChild()
{
    if (!qEnvironmentVariableIsSet("PADDOCK_TEST_LIMIT"))
        return; // runs in the child of watchLimit() only
    WatchProbe probe;
    for (int i = 0; i < 10; ++i)
        QVERIFY(probe.write(u"d%1/f.ts"_s.arg(i), "x"));
    WatchOptions options;
    options.pollMs = 20;
    QVERIFY(probe.start(options));
    QTRY_VERIFY(probe.hasProblem(u"watch-limit"_s));
    QCOMPARE(probe.problems.size(), 1); // once, not for each folder
    QVERIFY(probe.problems.first().remedy.contains("fs.inotify.max_user_"_L1));
    QCOMPARE(probe.folders, 11);
    for (int i = 0; i < 10; ++i)
        QVERIFY(probe.write(u"d%1/f.ts"_s.arg(i), "changed"));
    QVERIFY(probe.write(u"d7/new/g.ts"_s, "new"));
    for (int i = 0; i < 10; ++i)
        QTRY_VERIFY(probe.holds(u"d%1/f.ts"_s.arg(i), "changed"));
    QTRY_VERIFY(probe.holds(u"d7/new/g.ts"_s, "new"));
    QVERIFY(QFile::remove(probe.path(u"d9/f.ts"_s)));
    QTRY_VERIFY(probe.removed(u"d9/f.ts"_s));
}

void TestWatcherTrouble::noFolder()
{
    WatchProbe probe;
    Watcher watcher({probe.path(u"nowhere"_s)});
    paddock::Error error;
    connect(&watcher, &Watcher::startFailed, this, [&](const paddock::Error &e) { error = e; });
    watcher.start();
    QTRY_COMPARE(error.code, u"no-folder"_s);
}

int main(int argc, char **argv)
{
#ifdef Q_OS_LINUX
    if (const QByteArray limit = qgetenv("PADDOCK_TEST_LIMIT"); !limit.isEmpty()) {
        if (::unshare(CLONE_NEWUSER) != 0)
            return 77;
        const qsizetype equals = limit.indexOf('=');
        QFile file("/proc/sys/user/"_L1 + QString::fromLatin1(limit.first(equals)));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || file.write(limit.sliced(equals + 1)) < 0)
            return 77;
    }
#endif
    QCoreApplication app(argc, argv);
    TestWatcherTrouble test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_watchertrouble.moc"
