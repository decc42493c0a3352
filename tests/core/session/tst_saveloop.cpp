// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/saveloop.h"

#include <QTest>

using paddock::session::SaveLoop;
using Verdict = SaveLoop::Verdict;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Ms = 1'000'000;
const auto File = u"src/generated.ts"_s;
const auto Types = u"“gen:types”"_s;

} // namespace

class TestSaveLoop final : public QObject
{
    Q_OBJECT

private:
    /// A run of the work, with a save of the file in the middle of it.
    Verdict round()
    {
        m_loop.began(Types, m_now);
        const Verdict verdict = m_loop.take(File, m_now + 50 * Ms, &m_writer);
        m_loop.ended(Types, m_now + 100 * Ms);
        m_now += 150 * Ms;
        return verdict;
    }

private Q_SLOTS:
    void init()
    {
        m_loop = {};
        m_now = 1'000 * Ms;
        m_writer.clear();
    }

    void aGeneratorThatStartsItself()
    {
        for (int i = 1; i < SaveLoop::Limit; ++i)
            QVERIFY(round() == Verdict::Fine);
        QVERIFY(round() == Verdict::Suspect);
        QCOMPARE(m_writer, Types);
        // Done once more in a quiet moment, and once again, it writes each time: that is no person.
        m_now += 2'000 * Ms;
        m_loop.confirm(File);
        QVERIFY(round() == Verdict::Suspect);
        m_now += 2'000 * Ms;
        m_loop.confirm(File);
        QVERIFY(round() == Verdict::Loop);
        QVERIFY(round() == Verdict::Loop);
        // Saved while nothing runs, it is a file like any other.
        m_now += 2'000 * Ms;
        QVERIFY(m_loop.take(File, m_now, &m_writer) == Verdict::Fine);
        QVERIFY(round() == Verdict::Fine);
    }

    void aQuickHandIsNoLoop()
    {
        for (int i = 1; i < SaveLoop::Limit; ++i)
            QVERIFY(round() == Verdict::Fine);
        // A single save between the runs, and the count begins anew.
        m_now += 1'000 * Ms;
        QVERIFY(m_loop.take(File, m_now, &m_writer) == Verdict::Fine);
        m_now += 10 * Ms;
        for (int i = 1; i < SaveLoop::Limit; ++i)
            QVERIFY(round() == Verdict::Fine);
    }

    // What is taken up once more is a save in a quiet moment, too; it must not clear the file of the suspicion.
    void aServerThatWritesASource()
    {
        for (int i = 1; i < SaveLoop::Limit; ++i)
            QVERIFY(round() == Verdict::Fine);
        for (int trial = 1; trial <= SaveLoop::Trials; ++trial) {
            QVERIFY(round() == Verdict::Suspect);
            m_now += 2'000 * Ms;
            m_loop.retry(File);
            QVERIFY(m_loop.take(File, m_now, &m_writer) == Verdict::Fine);
            m_now += 10 * Ms;
        }
        QVERIFY(round() == Verdict::Loop);
    }

    // A person goes on saving while the work waits for a quiet moment: nothing runs then, so it is no loop.
    void savedWhileTheWorkWaits()
    {
        for (int i = 1; i <= SaveLoop::Limit; ++i)
            (void)round();
        m_now += 500 * Ms;
        QVERIFY(m_loop.take(File, m_now, &m_writer) == Verdict::Fine);
        m_now += 10 * Ms;
        for (int i = 1; i < SaveLoop::Limit; ++i)
            QVERIFY(round() == Verdict::Fine);
    }

    void filesCountForThemselves()
    {
        for (int i = 0; i < 3 * SaveLoop::Limit; ++i) {
            m_loop.began(Types, m_now);
            QVERIFY(m_loop.take(u"src/f%1.ts"_s.arg(i), m_now + Ms, &m_writer) == Verdict::Fine);
            m_loop.ended(Types, m_now + 2 * Ms);
            m_now += 10 * Ms;
        }
    }

    void theWriterIsTheWorkThatRan()
    {
        m_loop.began(u"“format”"_s, m_now);
        m_loop.began(Types, m_now + 5 * Ms);
        m_loop.ended(u"“format”"_s, m_now + 10 * Ms);
        QVERIFY(!m_loop.isQuiet(m_now + 1'000 * Ms));
        (void)m_loop.take(File, m_now + 20 * Ms, &m_writer);
        QCOMPARE(m_writer, Types); // what runs comes before what has just ended
        m_loop.ended(Types, m_now + 30 * Ms);
        (void)m_loop.take(File, m_now + 100 * Ms, &m_writer); // a write is seen a little after it was made
        QCOMPARE(m_writer, Types);
        QVERIFY(!m_loop.isQuiet(m_now + 100 * Ms));
        QVERIFY(m_loop.isQuiet(m_now + 1'000 * Ms));
    }

private:
    SaveLoop m_loop;
    qint64 m_now = 0;
    QString m_writer;
};

QTEST_GUILESS_MAIN(TestSaveLoop)
#include "tst_saveloop.moc"
