// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors.h"
#include "watchprobe.h"

#include <QProcess>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace paddock::watch;

class TestWatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saves_data();
    void saves();
    void contentAsBefore();
    void eachSaveHasItsFate();
    void selfWritten();
    void baseline();
    void removedAndMoved();
    void burst();
    void createdFiles();
    void newFolders();
    void renamedFolder();
    void hiddenAndIgnored();
    void mtimeTricks();
    void severalFilesAtOnce();
    void stopsAtOnce();
};

void TestWatcher::saves_data()
{
    QTest::addColumn<editors::Save>("save");
    QTest::newRow("vim, backupcopy=no") << &editors::vimRename;
    QTest::newRow("vim, backupcopy=yes") << &editors::vimCopy;
    QTest::newRow("emacs, first save") << &editors::emacsFirst;
    QTest::newRow("emacs, later saves") << &editors::emacsLater;
    QTest::newRow("VS Code") << &editors::vscode;
    QTest::newRow("VS Code, several writes") << &editors::vscodeInTwo;
    QTest::newRow("Kate") << &editors::kate;
    QTest::newRow("JetBrains") << &editors::jetbrains;
    QTest::newRow("gedit") << &editors::gedit;
    QTest::newRow("nano") << &editors::nano;
    QTest::newRow("sed -i") << &editors::sed;
    QTest::newRow("write and rename") << &editors::atomic;
    QTest::newRow("cp") << &editors::copied;
    QTest::newRow("delete and write") << &editors::deleteAndWrite;
}

/// Each save, ten times: exactly one event, with the new content, and none about the editor's own files.
void TestWatcher::saves()
{
    QFETCH(editors::Save, save);
    WatchProbe probe;
    QVERIFY(probe.write(u"src/a.ts"_s, "export const a = 0;"));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    for (int i = 1; i <= 10; ++i) {
        probe.batches.clear();
        const QByteArray content = "export const a = " + QByteArray::number(i) + ';';
        save(probe.path(u"src/a.ts"_s), content);
        const QByteArray onDisk = [&] {
            QFile file(probe.path(u"src/a.ts"_s));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        }();
        QTRY_VERIFY(probe.holds(u"src/a.ts"_s, onDisk));
        QVERIFY(probe.settle());
        QCOMPARE(probe.files(), QStringList{u"src/a.ts"_s});
        QVERIFY(probe.batches.first().firstEventNs > 0);
        QVERIFY(probe.batches.first().firstEventNs <= monotonicNs());
    }
    QCOMPARE(probe.problems.size(), 0);
    QCOMPARE(probe.merged, QStringList()); // however many steps it takes, it is one save
}

void TestWatcher::contentAsBefore()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"a.ts"_s, "same"));
    QVERIFY(probe.start());
    QVERIFY(probe.settle()); // by then a.ts has been read
    QTRY_VERIFY([&] {
        probe.batches.clear();
        return probe.write(u"a.ts"_s, "same") && probe.settle() && probe.events(u"a.ts"_s).isEmpty();
    }());
    QVERIFY(probe.ignoredWhy(u"a.ts"_s).contains("as before"_L1));
    QVERIFY(probe.write(u"a.ts"_s, "other"));
    QTRY_VERIFY(probe.holds(u"a.ts"_s, "other"));
    // There and back again before anybody looked: nothing happened.
    probe.batches.clear();
    probe.watcher->setReaderStalled(true);
    QVERIFY(probe.write(u"a.ts"_s, "third"));
    QVERIFY(probe.write(u"a.ts"_s, "other"));
    probe.watcher->setReaderStalled(false);
    QVERIFY(probe.settle());
    QCOMPARE(probe.events(u"a.ts"_s).size(), 0);
    QCOMPARE(probe.merged, QStringList{u"a.ts"_s});
}

/// However quickly they follow one another: each save is reported, merged into a report, or ignored. None is lost.
void TestWatcher::eachSaveHasItsFate()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"a.ts"_s, "0"));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    constexpr int Saves = 300;
    for (int i = 1; i <= Saves; ++i) {
        // Half of them hold what the one before held; every tenth comes while the reader is behind.
        if (i % 10 == 0)
            probe.watcher->setReaderStalled(i % 20 == 0);
        editors::atomic(probe.path(u"a.ts"_s), QByteArray::number(i / 2));
        if (i % 7 == 0)
            QCoreApplication::processEvents();
    }
    probe.watcher->setReaderStalled(false);
    QVERIFY(probe.settle());
    const auto ignored = std::ranges::count(probe.ignored, u"a.ts"_s, &std::pair<QString, QString>::first);
    QCOMPARE(probe.events(u"a.ts"_s).size() + probe.merged.count(u"a.ts"_s) + ignored, Saves);
    QVERIFY(probe.holds(u"a.ts"_s, QByteArray::number(Saves / 2)));
}

void TestWatcher::selfWritten()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"a.ts"_s, "one"));
    QVERIFY(probe.start());
    for (int i = 0; i < 50; ++i) {
        const QByteArray content = "generated " + QByteArray::number(i);
        probe.watcher->expect(u"a.ts"_s, contentHash(content), u"written by type generation"_s);
        QVERIFY(probe.write(u"a.ts"_s, content));
        QVERIFY(probe.settle());
        QCOMPARE(probe.files(), QStringList());
    }
    QCOMPARE(probe.ignoredWhy(u"a.ts"_s), u"written by type generation"_s);
    // A user's edit right after it counts, whenever it comes.
    QVERIFY(probe.write(u"a.ts"_s, "by hand"));
    QTRY_VERIFY(probe.holds(u"a.ts"_s, "by hand"));
}

void TestWatcher::baseline()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"same.ts"_s, "same"));
    QVERIFY(probe.write(u"src/changed.ts"_s, "now"));
    probe.baseline = {{u"same.ts"_s, contentHash("same")},
                      {u"src/changed.ts"_s, contentHash("then")},
                      {u"src/gone.ts"_s, contentHash("gone")}};
    QVERIFY(probe.start());
    QTRY_VERIFY(probe.holds(u"src/changed.ts"_s, "now"));
    QTRY_VERIFY(probe.removed(u"src/gone.ts"_s));
    QVERIFY(probe.settle());
    QCOMPARE(probe.events(u"same.ts"_s).size(), 0);
    QCOMPARE(probe.files().size(), 2);
}

void TestWatcher::removedAndMoved()
{
    WatchProbe probe;
    for (const QString &name : {u"a.ts"_s, u"b.ts"_s, u"c.ts"_s})
        QVERIFY(probe.write(name, name.toUtf8()));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    QVERIFY(QFile::remove(probe.path(u"a.ts"_s)));
    QTRY_VERIFY(probe.removed(u"a.ts"_s));
    probe.batches.clear();
    QVERIFY(QFile::rename(probe.path(u"b.ts"_s), probe.path(u"moved.ts"_s)));
    QTRY_VERIFY(probe.removed(u"b.ts"_s));
    QTRY_VERIFY(probe.holds(u"moved.ts"_s, "b.ts"));
    QCOMPARE(probe.batches.size(), 1); // a rename is one change of two files
    QVERIFY(QFile::rename(probe.path(u"c.ts"_s), probe.folder.path() + "/outside.ts"_L1));
    QTRY_VERIFY(probe.removed(u"c.ts"_s));
    QVERIFY(QFile::rename(probe.folder.path() + "/outside.ts"_L1, probe.path(u"c.ts"_s)));
    QTRY_VERIFY(probe.holds(u"c.ts"_s, "c.ts"));
}

void TestWatcher::burst()
{
    constexpr int count = 500;
    WatchProbe probe;
    for (int i = 0; i < count; ++i)
        QVERIFY(probe.write(u"src/f%1.ts"_s.arg(i), "before"));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    for (int i = 0; i < count; ++i)
        QVERIFY(probe.write(u"src/f%1.ts"_s.arg(i), "after " + QByteArray::number(i)));
    QTRY_COMPARE(probe.files().size(), count);
    QVERIFY(probe.settle());
    for (int i = 0; i < count; ++i)
        QVERIFY(probe.holds(u"src/f%1.ts"_s.arg(i), "after " + QByteArray::number(i)));
    QCOMPARE(probe.files().size(), count);
    QVERIFY2(probe.batches.size() < count / 10, qPrintable(QString::number(probe.batches.size())));
}

void TestWatcher::createdFiles()
{
    WatchProbe probe;
    QVERIFY(QDir().mkpath(probe.root()));
    QVERIFY(probe.start());
    QVERIFY(probe.write(u"new.ts"_s, "new"));
    QTRY_VERIFY(probe.holds(u"new.ts"_s, "new"));
    QVERIFY(probe.write(u"empty.ts"_s, {}));
    QTRY_VERIFY(probe.holds(u"empty.ts"_s, {}));
    // A hard link appears complete, without any write.
    QCOMPARE(::link(QFile::encodeName(probe.path(u"new.ts"_s)).constData(),
                    QFile::encodeName(probe.path(u"linked.ts"_s)).constData()),
             0);
    QTRY_VERIFY(probe.holds(u"linked.ts"_s, "new"));
    // A pipe must neither hang the watcher nor count as a file.
    QCOMPARE(::mkfifo(QFile::encodeName(probe.path(u"pipe.ts"_s)).constData(), 0600), 0);
    QVERIFY(probe.settle());
    QTRY_VERIFY(!probe.ignoredWhy(u"pipe.ts"_s).isEmpty());
    QVERIFY(probe.events(u"pipe.ts"_s).isEmpty());
}

/// Files that are made in a folder before anybody could have watched it.
void TestWatcher::newFolders()
{
    WatchProbe probe;
    QVERIFY(QDir().mkpath(probe.root()));
    QVERIFY(probe.start());
    QStringList expected;
    for (int i = 0; i < 100; ++i) {
        const QString folder = u"p%1/a/b/c"_s.arg(i);
        QVERIFY(probe.write(folder + "/deep.ts"_L1, "deep"));
        QVERIFY(probe.write(u"p%1/top.ts"_s.arg(i), "top"));
        expected << folder + "/deep.ts"_L1 << u"p%1/top.ts"_s.arg(i);
    }
    QTRY_VERIFY_WITH_TIMEOUT(probe.files().size() >= expected.size(), 15'000);
    for (const QString &file : std::as_const(expected))
        QVERIFY2(probe.holds(file, file.endsWith("deep.ts"_L1) ? "deep" : "top"), qPrintable(file));
    // And they are watched from then on.
    QVERIFY(probe.write(u"p50/a/b/c/deep.ts"_s, "again"));
    QTRY_VERIFY(probe.holds(u"p50/a/b/c/deep.ts"_s, "again"));
}

void TestWatcher::renamedFolder()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"old/x/a.ts"_s, "a"));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    QVERIFY(QDir().rename(probe.path(u"old"_s), probe.path(u"new"_s)));
    QTRY_VERIFY(probe.removed(u"old/x/a.ts"_s));
    QTRY_VERIFY(probe.holds(u"new/x/a.ts"_s, "a"));
    QVERIFY(probe.write(u"new/x/a.ts"_s, "b"));
    QTRY_VERIFY(probe.holds(u"new/x/a.ts"_s, "b"));
    QVERIFY(QDir().rename(probe.path(u"new"_s), probe.folder.path() + "/away"_L1));
    QTRY_VERIFY(probe.removed(u"new/x/a.ts"_s));
    // What happens out there is no concern of ours any more.
    probe.batches.clear();
    QFile outside(probe.folder.path() + "/away/x/a.ts"_L1);
    QVERIFY(outside.open(QIODevice::WriteOnly));
    outside.write("elsewhere");
    outside.close();
    QVERIFY(probe.settle());
    QCOMPARE(probe.files(), QStringList());
    QVERIFY(QDir().rename(probe.folder.path() + "/away"_L1, probe.path(u"back"_s)));
    QTRY_VERIFY(probe.holds(u"back/x/a.ts"_s, "elsewhere"));
    QVERIFY(QDir(probe.path(u"back"_s)).removeRecursively());
    QTRY_VERIFY(probe.removed(u"back/x/a.ts"_s));
}

void TestWatcher::hiddenAndIgnored()
{
    WatchProbe probe;
    QVERIFY(probe.write(u".gitignore"_s, "/cache/\n"));
    QVERIFY(probe.write(u"cache/x.ts"_s, "x"));
    QVERIFY(probe.write(u"node_modules/p/index.js"_s, "x"));
    QVERIFY(probe.write(u".generated/types.ts"_s, "x"));
    WatchOptions options;
    options.ignore = [](QStringView path, bool isFolder) { return !isFolder && path.endsWith(u".skip"); };
    options.keep = [](QStringView path, bool) { return path == u".generated"; };
    QVERIFY(probe.start(options));
    QCOMPARE(probe.folders, 2); // the root and .generated
    for (const QString &file :
         {u"cache/x.ts"_s, u"node_modules/p/index.js"_s, u"a.skip"_s, u"a.ts.swp~"_s, u"dev.db"_s})
        QVERIFY(probe.write(file, "new"));
    QVERIFY(probe.write(u".env"_s, "A=1"));
    QVERIFY(probe.write(u".generated/types.ts"_s, "y"));
    QTRY_VERIFY(probe.holds(u".env"_s, "A=1"));
    QTRY_VERIFY(probe.holds(u".generated/types.ts"_s, "y"));
    QVERIFY(probe.settle());
    QCOMPARE(probe.files().size(), 2);
    for (const QString &file : {u"cache/"_s, u"node_modules/"_s, u"a.skip"_s, u"a.ts.swp~"_s, u"dev.db"_s})
        QVERIFY2(!probe.ignoredWhy(file).isEmpty(), qPrintable(file));
}

/// Content decides, whatever the clocks say.
void TestWatcher::mtimeTricks()
{
    WatchProbe probe;
    QVERIFY(probe.write(u"a.ts"_s, "aaaa"));
    QVERIFY(probe.start());
    QVERIFY(probe.settle());
    QVERIFY(probe.settle());
    for (const qint64 seconds : {0LL, 4'000'000'000LL, 1'000'000'000LL}) {
        const QByteArray content = "t" + QByteArray::number(seconds % 997);
        const int fd = ::open(QFile::encodeName(probe.path(u"a.ts"_s)).constData(), O_WRONLY | O_TRUNC);
        QVERIFY(::write(fd, content.constData(), size_t(content.size())) == content.size());
        const timespec times[2] = {{seconds, 0}, {seconds, 0}};
        QCOMPARE(::futimens(fd, times), 0);
        ::close(fd);
        QTRY_VERIFY(probe.holds(u"a.ts"_s, content));
    }
    // New times alone are no change.
    probe.batches.clear();
    const timespec times[2] = {{5, 0}, {5, 0}};
    QCOMPARE(::utimensat(AT_FDCWD, QFile::encodeName(probe.path(u"a.ts"_s)).constData(), times, 0), 0);
    QVERIFY(probe.settle());
    QCOMPARE(probe.files(), QStringList());
}

void TestWatcher::severalFilesAtOnce()
{
    WatchProbe probe;
    QVERIFY(QDir().mkpath(probe.root()));
    QVERIFY(probe.start());
    // While the reader is away the events pile up; then they are one batch.
    probe.watcher->setReaderStalled(true);
    for (int i = 0; i < 20; ++i)
        QVERIFY(probe.write(u"f%1.ts"_s.arg(i), "x"));
    probe.watcher->setReaderStalled(false);
    QTRY_COMPARE(probe.files().size(), 20);
    QCOMPARE(probe.batches.size(), 1);
}

void TestWatcher::stopsAtOnce()
{
    WatchProbe probe;
    for (int i = 0; i < 200; ++i)
        QVERIFY(probe.write(u"d%1/f.ts"_s.arg(i), "x"));
    QVERIFY(probe.start());
    for (int i = 0; i < 200; ++i)
        QVERIFY(probe.write(u"d%1/f.ts"_s.arg(i), "y"));
    probe.watcher->stop();
    const qsizetype before = probe.batches.size();
    QCoreApplication::processEvents();
    QCOMPARE(probe.batches.size(), before);
    // And it can be started again.
    probe.folders = 0;
    probe.watcher->start();
    QTRY_VERIFY(probe.folders > 0);
    QVERIFY(probe.write(u"d1/f.ts"_s, "z"));
    QTRY_VERIFY(probe.holds(u"d1/f.ts"_s, "z"));
}

QTEST_GUILESS_MAIN(TestWatcher)
#include "tst_watcher.moc"
