// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/typesdesk.h"

#include "types/approvals.h"
#include "types/snapshotstore.h"

#include <QFile>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::session;

namespace {

types::Snapshot shop(const QString &result)
{
    types::Snapshot snapshot;
    snapshot.symbols.insert(
        u"plugin pricing.quote"_s,
        {.type = u"(items: string[]) => %1"_s.arg(result), .file = u"src/pricing.ts"_s, .line = 12});
    return snapshot;
}

template <class T>
T settled(const QFuture<T> &future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 30'000))
        qFatal("a future did not finish");
    return future.result();
}

} // namespace

/// Without a compiler: what a desk does by itself. With one, tests of whole sessions do.
class TstTypesDesk final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_data = std::make_unique<QTemporaryDir>();
        m_root = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", m_data->path().toLocal8Bit());
        m_desk = std::make_unique<TypesDesk>(m_root->path());
    }

    void nothingIsKnownAtFirst()
    {
        QVERIFY(!m_desk->status().hasSnapshot);
        QCOMPARE(settled(m_desk->compare(u"s1"_s, u"now"_s)).error().code, u"no-snapshot"_s);
        QCOMPARE(settled(m_desk->compareChange(1)).error().code, u"no-comparison"_s);
        QCOMPARE(settled(m_desk->saveBaseline(u"main"_s)).error().code, u"no-snapshot"_s);
        QVERIFY(settled(m_desk->choices()).snapshots.isEmpty());
    }

    void comparesBySnapshotAndBaseline()
    {
        take(u"{ total: number; saved: number; }"_s);
        QCOMPARE(settled(m_desk->saveBaseline(u"main"_s)).value(), m_root->filePath(u".paddock/types/main.types"_s));
        QCOMPARE(settled(m_desk->saveBaseline(u"not/a name"_s)).error().code, u"bad-name"_s);
        QSignalSpy changed(m_desk.get(), &TypesDesk::statusChanged);
        take(u"{ total: number; }"_s);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(m_desk->status().first, u"s1"_s);
        QCOMPARE(m_desk->status().previous, u"s1"_s);
        QCOMPARE(m_desk->status().latest, u"s2"_s);
        const TypesChoices choices = settled(m_desk->choices());
        QCOMPARE(choices.snapshots.size(), 2);
        QCOMPARE(choices.baselines, QStringList{u"main"_s});
        for (const QString &from : {u"s1"_s, u"main"_s})
            for (const QString &to : {u"s2"_s, u"now"_s}) {
                const auto comparison = settled(m_desk->compare(from, to));
                QVERIFY(comparison);
                QCOMPARE(comparison->findings.size(), 1);
                const types::Finding &finding = comparison->findings.first();
                QCOMPARE(finding.rule, u"property-removed"_s);
                QCOMPARE(finding.file, u"src/pricing.ts"_s); // from the latest, though the text does not say it
                QCOMPARE(finding.line, 12);
                QCOMPARE(comparison->files.size(), 1);
                QCOMPARE(comparison->files.first().name, u"plugins/pricing.ts"_s);
            }
        QVERIFY(settled(m_desk->compare(u"s2"_s, u"now"_s))->findings.isEmpty());
        QCOMPARE(settled(m_desk->compare(u"s7"_s, u"now"_s)).error().code, u"no-snapshot"_s);
    }

    void aChangeKeepsItsOwnFindings()
    {
        take(u"{ total: number; saved: number; }"_s);
        take(u"{ total: number; }"_s);
        const auto all = settled(m_desk->compare(u"s1"_s, u"s2"_s))->findings;
        QSignalSpy told(m_desk.get(), &TypesDesk::compared);
        m_desk->setChange(4, all, u"s1"_s, u"s2"_s);
        m_desk->setChange(5, {}, u"s1"_s, u"s2"_s);
        QCOMPARE(told.size(), 2);
        const auto fourth = settled(m_desk->compareChange(4));
        QCOMPARE(fourth->findings, all);
        QCOMPARE(fourth->files.size(), 1);
        QVERIFY(settled(m_desk->compareChange(5))->findings.isEmpty());
        // The store may have let go of the texts.
        m_desk->setChange(6, all, u"s8"_s, u"s9"_s);
        QCOMPARE(settled(m_desk->compareChange(6))->findings, all);
        QVERIFY(settled(m_desk->compareChange(6))->files.isEmpty());
    }

    void approvalsAreKeptInAFile()
    {
        take(u"{ total: number; saved: number; }"_s);
        take(u"{ total: number; }"_s);
        const auto findings = settled(m_desk->compare(u"s1"_s, u"now"_s))->findings;
        QSignalSpy changed(m_desk.get(), &TypesDesk::approvalsChanged);
        QVERIFY(settled(m_desk->approve(findings, true)));
        QVERIFY(settled(m_desk->approve(findings, true))); // once is enough
        QCOMPARE(changed.size(), 2);
        QCOMPARE(types::readApprovals(m_root->path())->size(), 1);
        QVERIFY(settled(m_desk->compare(u"s1"_s, u"now"_s))->findings.first().approved);
        QVERIFY(settled(m_desk->approve(findings, false)));
        QVERIFY(!settled(m_desk->compare(u"s1"_s, u"now"_s))->findings.first().approved);
        QFile file(types::approvalsFile(m_root->path()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("<<<<<<<");
        file.close();
        QCOMPARE(settled(m_desk->approve(findings, true)).error().code, u"bad-approvals"_s);
    }

    /// A second search takes the place of the first; cancelling ends one.
    void searchesForUsesEnd()
    {
        const QList<types::Finding> findings{{.symbol = u"event order.placed"_s, .rule = u"property-removed"_s}};
        // A search that nothing holds up may be over before it can be cancelled.
        QThreadPool *pool = QThreadPool::globalInstance();
        const int threads = pool->maxThreadCount();
        pool->setMaxThreadCount(1);
        QSemaphore gate;
        const auto hold = [&] { pool->start([&gate] { gate.acquire(); }); };
        hold();
        const auto first = m_desk->findImpact(findings);
        const auto second = m_desk->findImpact(findings);
        gate.release();
        QCOMPARE(settled(first).error().code, u"cancelled"_s);
        const auto impacts = settled(second);
        QVERIFY(impacts);
        QCOMPARE(impacts->size(), 1);
        QVERIFY(!impacts->first().isChecked); // there is no compiler
        hold();
        const auto third = m_desk->findImpact(findings);
        m_desk->cancelImpact();
        gate.release();
        pool->waitForDone(); // it refers to the gate
        pool->setMaxThreadCount(threads);
        QCOMPARE(settled(third).error().code, u"cancelled"_s);
        QCOMPARE(m_desk->status().activity, TypesStatus::Activity::Idle);
    }

private:
    void take(const QString &result)
    {
        const types::Snapshot snapshot = shop(result);
        const auto entry = types::SnapshotStore(m_root->path()).add(snapshot, u"swapped"_s);
        QVERIFY(entry);
        m_desk->setLatest(snapshot, entry->id);
    }

    std::unique_ptr<QTemporaryDir> m_data;
    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<TypesDesk> m_desk;
};

QTEST_GUILESS_MAIN(TstTypesDesk)
#include "tst_typesdesk.moc"
