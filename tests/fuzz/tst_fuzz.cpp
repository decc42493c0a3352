// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "exercise.h"

#include <QDeadlineTimer>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;

/// Ten seconds of mutated programs, with any compiler. PADDOCK_FUZZ_SECONDS makes it longer; the seed is printed.
class TestFuzz : public QObject
{
    Q_OBJECT

private:
    QList<QByteArray> m_seeds;

    QByteArray mutated(QRandomGenerator &random) const
    {
        QByteArray text = m_seeds[random.bounded(m_seeds.size())];
        const int rounds = 1 + random.bounded(4);
        for (int i = 0; i < rounds && !text.isEmpty(); ++i) {
            const qsizetype at = random.bounded(text.size());
            const qsizetype length = std::min<qsizetype>(text.size() - at, 1 + random.bounded(60));
            const QByteArray &other = m_seeds[random.bounded(m_seeds.size())];
            static const QList<QByteArray> tokens{"{",
                                                  "}",
                                                  "(",
                                                  ")",
                                                  "=>",
                                                  "`${",
                                                  "'",
                                                  "\"",
                                                  "/*",
                                                  "//",
                                                  "...",
                                                  "?.",
                                                  "createPlugin.define(",
                                                  "export ",
                                                  "import(",
                                                  "<",
                                                  ">",
                                                  "\\",
                                                  ";",
                                                  "\xff",
                                                  "\0",
                                                  "\n",
                                                  "as const",
                                                  ".route(\"x\")",
                                                  ".typed({",
                                                  "async "};
            switch (random.bounded(8)) {
            case 0: text.remove(at, length); break;
            case 1: text.insert(at, tokens[random.bounded(tokens.size())]); break;
            case 2: text[at] = static_cast<char>(random.bounded(256)); break;
            case 3: text.insert(at, text.mid(at, length)); break;
            case 4: text.insert(at, other.mid(random.bounded(std::max<qsizetype>(1, other.size())), 200)); break;
            case 5: text.truncate(at); break;
            case 6:
                text.insert(at, QByteArray("([{<`"[random.bounded(5)] + QByteArray()).repeated(random.bounded(300)));
                break;
            case 7: text.replace(text.mid(at, 3), tokens[random.bounded(tokens.size())]); break;
            }
            text.truncate(60000);
        }
        return text;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QDirIterator it(QStringLiteral(PADDOCK_SOURCE_DIR "/tests/fixtures/workspaces"), {u"*.ts"_s, u"*.json"_s},
                        QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            m_seeds.append(file.readAll());
        }
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
            const QByteArray text = mutated(random);
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
