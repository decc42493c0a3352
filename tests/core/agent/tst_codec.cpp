// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/codec.h"

#include <QTest>

using namespace paddock;
using namespace Qt::StringLiterals;

class TestCodec final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splits_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("messages");
        QTest::addColumn<QString>("error");
        QTest::newRow("one") << QByteArray("{\"a\":1}\n") << 1 << QString();
        QTest::newRow("two in one read") << QByteArray("{\"a\":1}\n{\"b\":2}\n") << 2 << QString();
        QTest::newRow("incomplete") << QByteArray("{\"a\":1") << 0 << QString();
        QTest::newRow("empty lines") << QByteArray("\n\r\n{\"a\":1}\n\n") << 1 << QString();
        QTest::newRow("not JSON") << QByteArray("hello\n") << 0 << u"bad-message"_s;
        QTest::newRow("not an object") << QByteArray("[1]\n") << 0 << u"bad-message"_s;
        QTest::newRow("escaped newline") << QByteArray("{\"a\":\"x\\ny\"}\n") << 1 << QString();
    }

    void splits()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, messages);
        QFETCH(QString, error);
        // Whole, and byte by byte: where the reads fall must not matter.
        agent::Decoder whole;
        const auto result = whole.feed(bytes);
        QCOMPARE(result.has_value(), error.isEmpty());
        if (!result) {
            QCOMPARE(result.error().code, error);
            return;
        }
        QCOMPARE(result->size(), messages);
        agent::Decoder slow;
        QList<QJsonObject> collected;
        for (const char byte : bytes)
            collected += slow.feed(QByteArray(1, byte)).value();
        QCOMPARE(collected, *result);
    }

    void roundTrip()
    {
        const QJsonObject message{{u"text"_s, u"line\nbreak \u00e4\u20ac"_s}, {u"n"_s, 42}};
        const QByteArray bytes = agent::encode(message);
        QCOMPARE(bytes.count('\n'), 1);
        agent::Decoder decoder;
        QCOMPARE(decoder.feed(bytes).value(), QList{message});
    }

    void refusesEndlessLines()
    {
        agent::Decoder decoder;
        const QByteArray chunk(1024 * 1024, 'x');
        Result<QList<QJsonObject>> result;
        for (int i = 0; i < 20 && result; ++i)
            result = decoder.feed(chunk);
        QVERIFY(!result);
        QCOMPARE(result.error().code, u"message-too-large"_s);
    }
};

QTEST_GUILESS_MAIN(TestCodec)
#include "tst_codec.moc"
