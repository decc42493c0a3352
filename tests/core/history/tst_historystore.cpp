// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/historyrecords.h"
#include "history/database.h"
#include "history/historyexport.h"
#include "history/historyreader.h"
#include "history/historystore.h"
#include "history/recordjson.h"

#include <QDir>
#include <QProcess>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock;
using namespace paddock::history;
using namespace Qt::StringLiterals;
using test::changeRecord;
using test::jobRecord;

class TestHistoryStore final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(u"history/shop.sqlite"_s);
    }

    void recordsReadBack()
    {
        for (qint64 number = 1; number <= 10; ++number) {
            auto record = changeRecord(number);
            if (number == 4)
                record.outcome.reset();
            // What a swap alone needs is not kept.
            QCOMPARE(changeFromJson(toJson(record)), rounded(record));
        }
        QCOMPARE(changeFromJson(QJsonObject{{u"later"_s, 1}}), session::ChangeRecord());
    }

    void sessionsAccumulate()
    {
        for (int round = 1; round <= 3; ++round) {
            HistoryStore store(m_file);
            QSignalSpy opened(&store, &HistoryStore::opened);
            QSignalSpy ended(&store, &HistoryStore::ended);
            store.begin(u"/shop"_s, u"shop"_s);
            for (qint64 number = 1; number <= 10; ++number)
                store.put(changeRecord(number));
            store.put(changeRecord(3, u"other"_s)); // the last word on number 3
            store.put(jobRecord(1));
            store.end();
            QVERIFY(ended.wait());
            QCOMPARE(opened.size(), 1);
            QVERIFY(!opened.first().first().value<Found>().wasInterrupted);
        }
        auto reader = HistoryReader::open(m_file);
        QVERIFY2(reader, reader ? "" : qPrintable(reader.error().message));
        QCOMPARE(*reader->count({}), 30);
        QCOMPARE(reader->sessions()->size(), 3);
        QVERIFY(reader->sessions()->first().endedAt.isValid());
        QCOMPARE(reader->sessions()->first().changes, 10);
        QCOMPARE(reader->jobs()->size(), 3);
        QCOMPARE(reader->jobs()->first().job.output, (QStringList{u"one"_s, u"two"_s}));
        const auto page = reader->page({}, 0, 4);
        QCOMPARE(page->size(), 4);
        QCOMPARE(page->first().number, 10);
        QCOMPARE(page->first().breaking, 1);
        QCOMPARE(reader->page({}, page->last().id, 100)->size(), 26);
        QCOMPARE(rounded(*reader->details(page->first().id)).change, changeRecord(10).change);
        QCOMPARE(reader->details(999).error().code, u"no-change"_s);
        // Numbers 2, 4, 6, 8, 10 are plugin methods; 10 and 5 were kept out of service.
        const auto summary = reader->summary(0);
        const auto &methods = (*summary)[size_t(change::Row::PluginMethods)];
        QCOMPARE(methods.changes, 15);
        QCOMPARE(methods.swapped, 12);
        QCOMPARE(methods.kept, 3);
        QCOMPARE(methods.latencies.size(), 15);
        QCOMPARE(methods.latencies.last(), 10.5);
        QCOMPARE((*reader->summary(3))[size_t(change::Row::PluginMethods)].changes, 10);
    }

    void filters_data()
    {
        QTest::addColumn<Filter>("filter");
        QTest::addColumn<qint64>("count");
        const QDateTime now = QDateTime::currentDateTimeUtc();
        QTest::newRow("none") << Filter{} << 20LL;
        QTest::newRow("plugin") << Filter{.plugin = u"cart"_s} << 10LL;
        QTest::newRow("part of a name") << Filter{.text = u"AR"_s} << 10LL;
        QTest::newRow("not a pattern") << Filter{.text = u"%"_s} << 0LL;
        QTest::newRow("kind") << Filter{.kind = change::Kind::PluginMethod} << 10LL;
        QTest::newRow("outcome") << Filter{.outcome = session::Outcome::KeptOld} << 4LL;
        QTest::newRow("both") << Filter{.plugin = u"cart"_s, .outcome = session::Outcome::KeptOld} << 2LL;
        QTest::newRow("since") << Filter{.since = now.addSecs(-60)} << 20LL;
        QTest::newRow("later") << Filter{.since = now.addSecs(60)} << 0LL;
        QTest::newRow("until") << Filter{.until = now.addSecs(-60)} << 0LL;
        QTest::newRow("session") << Filter{.session = 1} << 20LL;
        QTest::newRow("no session") << Filter{.session = 2} << 0LL;
    }

    void filters()
    {
        QFETCH(Filter, filter);
        QFETCH(qint64, count);
        write(1, 10, u"pricing"_s, 11, 20, u"cart"_s);
        auto reader = HistoryReader::open(m_file);
        QVERIFY(reader);
        QCOMPARE(*reader->count(filter), count);
        QCOMPARE(reader->page(filter, 0, 100)->size(), count);
        const auto ids = reader->ids(filter);
        QCOMPARE(ids->size(), count);
        if (count > 0)
            QCOMPARE(reader->entries(ids->first(1))->first().id, ids->first());
    }

    void readersBesideAWriter()
    {
        HistoryStore store(m_file);
        QSignalSpy written(&store, &HistoryStore::written);
        store.begin(u"/shop"_s, u"shop"_s);
        store.put(changeRecord(1));
        QVERIFY(written.wait());
        auto reader = HistoryReader::open(m_file);
        QVERIFY(reader);
        QCOMPARE(*reader->count({}), 1);
        store.put(changeRecord(2));
        QVERIFY(written.wait());
        QCOMPARE(*reader->count({}), 2);
    }

    void masked()
    {
        HistoryStore store(m_file);
        store.setMasker(logs::SecretMasker({u"hunter2hunter2"_s}));
        QSignalSpy ended(&store, &HistoryStore::ended);
        store.begin(u"/shop"_s, u"shop"_s);
        auto record = changeRecord(1);
        record.message = u"cannot log in as hunter2hunter2"_s;
        record.stages.first().message = u"hunter2hunter2"_s;
        store.put(record);
        auto job = jobRecord(1);
        job.command = u"curl postgres://me:hunter2hunter2@host/db"_s;
        job.output = {u"hunter2hunter2"_s};
        store.put(job);
        store.end();
        QVERIFY(ended.wait());
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.contains("cannot log in"));
        QVERIFY(!bytes.contains("hunter2"));
    }

    void damagedFiles_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("text") << QByteArray("this is no database at all\n").repeated(500);
        QTest::newRow("torn") << QByteArray("SQLite format 3\0", 16) + QByteArray(4080, '\xff');
        QTest::newRow("short") << QByteArray("SQLite format 3\0", 16);
    }

    void damagedFiles()
    {
        QFETCH(QByteArray, content);
        QDir().mkpath(QFileInfo(m_file).path());
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        HistoryStore store(m_file);
        QSignalSpy problems(&store, &HistoryStore::problem);
        QSignalSpy ended(&store, &HistoryStore::ended);
        store.begin(u"/shop"_s, u"shop"_s);
        store.put(changeRecord(1));
        store.end();
        QVERIFY(ended.wait());
        QCOMPARE(problems.size(), 1);
        const auto error = problems.first().first().value<Error>();
        QCOMPARE(error.code, u"history-set-aside"_s);
        QFile aside(error.where);
        QVERIFY(aside.open(QIODevice::ReadOnly));
        QCOMPARE(aside.readAll(), content);
        QCOMPARE(*HistoryReader::open(m_file)->count({}), 1);
    }

    // Pages overwritten in the middle of a file that is otherwise in order, found because its session never ended.
    void damagedInside()
    {
        write(1, 200, u"pricing"_s);
        {
            auto database = Database::open(m_file, Database::Mode::Write);
            QVERIFY(database);
            QVERIFY((*database)->run(u"UPDATE sessions SET ended_at = NULL, pid = 999999"_s));
        }
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadWrite));
        for (qint64 page = 4; page < file.size() / 4096; ++page) {
            file.seek(page * 4096);
            file.write(QByteArray(4096, '\x5a'));
        }
        file.close();
        HistoryStore store(m_file);
        QSignalSpy problems(&store, &HistoryStore::problem);
        QSignalSpy ended(&store, &HistoryStore::ended);
        store.begin(u"/shop"_s, u"shop"_s);
        store.put(changeRecord(1));
        store.end();
        QVERIFY(ended.wait());
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems.first().first().value<Error>().code, u"history-set-aside"_s);
        QCOMPARE(*HistoryReader::open(m_file)->count({}), 1);
    }

    void laterVersionIsLeftAlone()
    {
        write(1, 2, u"pricing"_s);
        {
            auto database = Database::open(m_file, Database::Mode::Write);
            QVERIFY((*database)->run(u"PRAGMA user_version=99"_s));
        }
        HistoryStore store(m_file);
        QSignalSpy problems(&store, &HistoryStore::problem);
        store.begin(u"/shop"_s, u"shop"_s);
        QVERIFY(problems.wait());
        QCOMPARE(problems.first().first().value<Error>().code, u"history-newer"_s);
        QCOMPARE(HistoryReader::open(m_file).error().code, u"history-newer"_s);
    }

    void firstVersionIsBroughtForward()
    {
        {
            auto database = Database::open(m_file, Database::Mode::Write);
            QVERIFY(database);
            QVERIFY((*database)->run(u"DROP INDEX changes_for_summary"_s));
            QVERIFY((*database)->run(u"DROP TABLE journal"_s));
            for (const QString &column : {u"breaking"_s, u"dangerous"_s, u"safe"_s})
                QVERIFY((*database)->run(u"ALTER TABLE changes DROP COLUMN "_s + column));
            QVERIFY((*database)->run(u"PRAGMA user_version=1"_s));
        }
        write(1, 2, u"pricing"_s);
        QCOMPARE(HistoryReader::open(m_file)->page({}, 0, 1)->first().breaking, 1);
    }

    void journalOfSessions()
    {
        for (int round = 1; round <= 2; ++round) {
            HistoryStore store(m_file);
            QSignalSpy ended(&store, &HistoryStore::ended);
            store.begin(u"/shop"_s, u"shop"_s);
            store.put(changeRecord(1));
            store.setMasker(logs::SecretMasker({u"hunter2secret"_s}));
            store.put(session::JournalEntry{QDateTime::currentDateTimeUtc(), u"a.ts"_s, session::Fate::Applied, 1,
                                            u"round %1"_s.arg(round)});
            store.put(session::JournalEntry{QDateTime::currentDateTimeUtc().addSecs(round == 1 ? -7200 : 0), u"b.ts"_s,
                                            session::Fate::Superseded, 0, u"it held hunter2secret"_s});
            store.end();
            QVERIFY(ended.wait());
        }
        auto reader = HistoryReader::open(m_file);
        const auto all = reader->journal(0);
        QVERIFY(all);
        QCOMPARE(all->size(), 4);
        QCOMPARE(all->first().entry.reason, u"round 1"_s);
        QCOMPARE(all->first().entry.change, 1);
        QVERIFY(all->last().entry.fate == session::Fate::Superseded);
        QVERIFY(!all->last().entry.reason.contains(u"hunter2secret"_s));
        QCOMPARE(reader->journal(2)->size(), 2);
        QCOMPARE(reader->journal(0, QDateTime::currentDateTimeUtc().addSecs(-3600))->size(), 3);
        QCOMPARE(reader->journal(0, {}, 1)->first().entry.file, u"b.ts"_s);
        // An export of a session takes its journal along, one of a change what led to it.
        const QString session = m_folder->filePath(u"session.paddock"_s),
                      change = m_folder->filePath(u"change.paddock"_s);
        QVERIFY(exportHistory(m_file, session, {.session = 2}));
        QCOMPARE(HistoryReader::open(session)->journal(0)->size(), 2);
        QVERIFY(exportHistory(m_file, change, {.change = reader->page({}, 0, 1)->first().id}));
        QCOMPARE(HistoryReader::open(change)->journal(0)->size(), 1);
    }

    void exportedFilesOfTheThirdVersionAreRead()
    {
        write(1, 2, u"pricing"_s);
        {
            auto database = Database::open(m_file, Database::Mode::Write);
            QVERIFY((*database)->run(u"DROP TABLE journal"_s));
            QVERIFY((*database)->run(u"PRAGMA user_version=3"_s));
        }
        auto reader = HistoryReader::open(m_file);
        QVERIFY2(reader, reader ? "" : qPrintable(reader.error().message));
        QCOMPARE(*reader->count({}), 2);
        QCOMPARE(reader->journal(0)->size(), 0);
    }

    void bounds()
    {
        HistoryStore store(m_file, {.days = 30, .changes = 300, .journal = 40});
        QSignalSpy ended(&store, &HistoryStore::ended);
        store.begin(u"/shop"_s, u"shop"_s);
        for (qint64 number = 1; number <= 50; ++number) {
            auto record = changeRecord(number, u"old"_s);
            record.at = record.at.addDays(-31);
            store.put(record);
        }
        for (qint64 number = 51; number <= 1500; ++number)
            store.put(changeRecord(number));
        for (int i = 0; i < 100; ++i)
            store.put(session::JournalEntry{QDateTime::currentDateTimeUtc(), u"f%1.ts"_s.arg(i), {}, 0, {}});
        store.end();
        QVERIFY(ended.wait(20'000));
        HistoryStore next(m_file, {.days = 30, .changes = 300, .journal = 40});
        QSignalSpy nextEnded(&next, &HistoryStore::ended);
        next.begin(u"/shop"_s, u"shop"_s);
        next.end();
        QVERIFY(nextEnded.wait(20'000));
        auto reader = HistoryReader::open(m_file);
        QCOMPARE(*reader->count({}), 300);
        QCOMPARE(reader->page({}, 0, 1)->first().number, 1500);
        QCOMPARE(*reader->count({.plugin = u"old"_s}), 0);
        QCOMPARE(reader->journal(0)->size(), 40);
        QCOMPARE(reader->journal(0)->first().entry.file, u"f60.ts"_s);
    }

    void boundedBySize()
    {
        for (int round = 0; round < 6; ++round) {
            HistoryStore store(m_file, {.bytes = 1024 * 1024});
            QSignalSpy ended(&store, &HistoryStore::ended);
            store.begin(u"/shop"_s, u"shop"_s);
            for (qint64 number = 1; number <= 600; ++number)
                store.put(changeRecord(number));
            store.end();
            QVERIFY(ended.wait(20'000));
        }
        QVERIFY2(QFileInfo(m_file).size() < 2 * 1024 * 1024, qPrintable(QString::number(QFileInfo(m_file).size())));
        QVERIFY(*HistoryReader::open(m_file)->count({}) > 300);
    }

    void jobOutputIsBounded()
    {
        HistoryStore store(m_file);
        QSignalSpy ended(&store, &HistoryStore::ended);
        store.begin(u"/shop"_s, u"shop"_s);
        auto job = jobRecord(1);
        job.output = {QString(1'000'000, u'x'), u"the end"_s};
        store.put(job);
        store.end();
        QVERIFY(ended.wait());
        const auto jobs = HistoryReader::open(m_file)->jobs();
        const QString output = jobs->first().job.output.join(u'\n');
        QCOMPARE(output.size(), 64 * 1024);
        QVERIFY(output.endsWith("the end"_L1));
    }

    void exported()
    {
        write(1, 10, u"pricing"_s);
        write(1, 5, u"cart"_s);
        const qint64 last = HistoryReader::open(m_file)->page({}, 0, 1)->first().id;
        struct Case
        {
            Selection selection;
            qint64 changes, sessions;
        };
        for (const Case &one : {Case{{}, 15, 2}, Case{{.change = last}, 1, 1}, Case{{.session = 1}, 10, 1}}) {
            const QString to = m_folder->filePath(u"out.paddock"_s);
            const auto done = exportHistory(m_file, to, one.selection);
            QVERIFY2(done, done ? "" : qPrintable(done.error().message));
            QVERIFY(!QFile::exists(to + u"-wal"_s));
            // Even where nothing can be written.
            const QString sealed = m_folder->filePath(u"sealed"_s);
            QDir().mkpath(sealed);
            QFile::remove(sealed + u"/out.paddock"_s);
            QVERIFY(QFile::copy(to, sealed + u"/out.paddock"_s));
            auto reader = HistoryReader::open(sealed + u"/out.paddock"_s);
            QVERIFY2(reader, reader ? "" : qPrintable(reader.error().message));
            QCOMPARE(*reader->count({}), one.changes);
            QCOMPARE(reader->sessions()->size(), one.sessions);
            QVERIFY(reader->details(reader->page({}, 0, 1)->first().id));
        }
        const QString to = m_folder->filePath(u"none.paddock"_s);
        QCOMPARE(exportHistory(m_file, to, {.change = 99'999}).error().code, u"no-change"_s);
        QVERIFY(!QFile::exists(to));
        QFile other(m_folder->filePath(u"other.sqlite"_s));
        QVERIFY(other.open(QIODevice::WriteOnly));
        other.write("not a database, but long enough to be looked at by whoever opens it as one");
        other.close();
        QCOMPARE(HistoryReader::open(other.fileName()).error().code, u"history-corrupt"_s);
    }

    void killed()
    {
        qint64 before = 0;
        for (int round = 0; round < 12; ++round) {
            QProcess writer;
            writer.start(QCoreApplication::applicationDirPath() + u"/historykiller"_s, {m_file});
            QVERIFY(writer.waitForStarted());
            QTRY_VERIFY_WITH_TIMEOUT(writer.bytesAvailable() > 0, 20'000);
            QCOMPARE(writer.readLine().trimmed(), QByteArray("ready"));
            QTest::qWait(int(QRandomGenerator::global()->bounded(150))); // the moment is what varies
            QVERIFY2(writer.readAll().isEmpty(), "no problem may come of the kill before");
            writer.kill();
            QVERIFY(writer.waitForFinished());
            auto database = Database::open(m_file, Database::Mode::Write);
            QVERIFY2(database, database ? "" : qPrintable(database.error().message));
            auto check = (*database)->query(u"PRAGMA integrity_check"_s);
            QVERIFY(check && check->next());
            QCOMPARE(check->value(0).toString(), u"ok"_s);
            const qint64 now = (*database)->number(u"SELECT count(*) FROM changes"_s);
            QVERIFY(now > before);
            before = now;
        }
        HistoryStore store(m_file);
        QSignalSpy opened(&store, &HistoryStore::opened);
        QSignalSpy problems(&store, &HistoryStore::problem);
        store.begin(u"/shop"_s, u"shop"_s);
        QVERIFY(opened.wait());
        const auto found = opened.first().first().value<Found>();
        QVERIFY(found.wasInterrupted);
        QVERIFY(!found.unfinishedChanges.isEmpty());
        QVERIFY(problems.isEmpty());
    }

private:
    void write(qint64 from, qint64 to, const QString &plugin, qint64 from2 = 1, qint64 to2 = 0,
               const QString &plugin2 = {})
    {
        HistoryStore store(m_file);
        QSignalSpy ended(&store, &HistoryStore::ended);
        store.begin(u"/shop"_s, u"shop"_s);
        for (qint64 number = from; number <= to; ++number)
            store.put(changeRecord(number, plugin));
        for (qint64 number = from2; number <= to2; ++number)
            store.put(changeRecord(number, plugin2));
        store.end();
        QVERIFY(ended.wait(20'000));
    }

    /// Times as they are written: milliseconds, and what only a swap needs left out.
    static session::ChangeRecord rounded(session::ChangeRecord record)
    {
        record.at = QDateTime::fromMSecsSinceEpoch(record.at.toMSecsSinceEpoch(), QTimeZone::UTC);
        return record;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

QTEST_GUILESS_MAIN(TestHistoryStore)
#include "tst_historystore.moc"
