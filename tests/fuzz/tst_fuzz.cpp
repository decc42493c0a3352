// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "exercise.h"
#include "mutate.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

/// Ten seconds of mutated programs, with any compiler. PADDOCK_FUZZ_SECONDS makes it longer; the seed is printed.
class TestFuzz : public QObject
{
    Q_OBJECT

private:
    QList<QByteArray> m_seeds;

private Q_SLOTS:
    void initTestCase()
    {
        m_seeds = seedPrograms();
        QVERIFY(m_seeds.size() > 10);
    }

    void seeds()
    {
        for (const QByteArray &seed : std::as_const(m_seeds))
            exercise(seed);
    }

    void mutations()
    {
        const int seconds = qEnvironmentVariableIntValue("PADDOCK_FUZZ_SECONDS");
        const quint32 seed = qEnvironmentVariableIsSet("PADDOCK_FUZZ_SEED")
                                 ? qEnvironmentVariable("PADDOCK_FUZZ_SEED").toUInt()
                                 : QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const QDeadlineTimer deadline(1000 * (seconds > 0 ? seconds : 10));
        int count = 0;
        qint64 slowest = 0;
        while (!deadline.hasExpired()) {
            const QByteArray text = mutatedProgram(m_seeds[random.bounded(m_seeds.size())], m_seeds, random);
            QElapsedTimer timer;
            timer.start();
            exercise(text);
            slowest = std::max(slowest, timer.elapsed());
            ++count;
        }
        qInfo("%d programs, the slowest took %lld ms", count, slowest);
        QVERIFY(count > 0);
    }
};

int main(int argc, char **argv)
{
    // The runner's own limit of five minutes for a function would end a long run.
    if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT"))
        qputenv("QTEST_FUNCTION_TIMEOUT", "86400000");
    QCoreApplication app(argc, argv);
    TestFuzz test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_fuzz.moc"
