// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/portprobe.h"

#include <QProcess>
#include <QTcpServer>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::process;

class TestPortProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void free();
    void heldByUs_data();
    void heldByUs();
    void heldByAnother();
};

void TestPortProbe::free()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const int port = server.serverPort();
    QVERIFY(!probePort(port).isFree);
    server.close();
    const PortUse use = probePort(port);
    QVERIFY(use.isFree);
    QVERIFY(use.holders.isEmpty());
    QVERIFY(probePort(-1).isFree);
}

void TestPortProbe::heldByUs_data()
{
    QTest::addColumn<QHostAddress>("address");
    QTest::addColumn<QString>("shown");
    QTest::newRow("IPv4") << QHostAddress(QHostAddress::LocalHost) << u"127.0.0.1"_s;
    QTest::newRow("IPv4, any") << QHostAddress(QHostAddress::AnyIPv4) << u"0.0.0.0"_s;
    QTest::newRow("IPv6") << QHostAddress(QHostAddress::LocalHostIPv6) << u"::1"_s;
    QTest::newRow("any") << QHostAddress(QHostAddress::Any) << u"::"_s;
}

void TestPortProbe::heldByUs()
{
    QFETCH(QHostAddress, address);
    QFETCH(QString, shown);
    QTcpServer server;
    if (!server.listen(address))
        QSKIP("This address family is not available here: NOT TESTED.");
    const PortUse use = probePort(server.serverPort());
    QVERIFY(!use.isFree);
    QCOMPARE(use.holders.size(), 1);
    QCOMPARE(use.holders.first().pid, QCoreApplication::applicationPid());
    QVERIFY(use.holders.first().command.contains("tst_portprobe"_L1));
    QCOMPARE(use.holders.first().address, shown);
    QVERIFY(listeningPorts(QCoreApplication::applicationPid()).contains(server.serverPort()));
}

void TestPortProbe::heldByAnother()
{
    QProcess other;
    other.start(QCoreApplication::applicationDirPath() + "/hostile"_L1, {u"listen"_s, u"0"_s});
    QVERIFY(other.waitForReadyRead());
    const QList<QByteArray> said = other.readAllStandardOutput().trimmed().split(' ');
    QFuture<PortUse> future = probePortAsync(said.value(2).toInt());
    QTRY_VERIFY(future.isFinished());
    const PortUse use = future.result();
    QCOMPARE(use.holders.size(), 1);
    QCOMPARE(use.holders.first().pid, other.processId());
    QVERIFY(use.holders.first().command.endsWith("hostile listen 0"_L1));
    other.kill();
    QVERIFY(other.waitForFinished());
    QVERIFY(probePort(use.port).isFree);
}

QTEST_GUILESS_MAIN(TestPortProbe)
#include "tst_portprobe.moc"
