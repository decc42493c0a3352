// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/link.h"
#include "agent/listener.h"

#include <QFile>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TestLink final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_listener = std::make_unique<agent::Listener>(m_folder->filePath(u"a.sock"_s), agent::newToken());
        QVERIFY(m_listener->listen());
        connect(m_listener.get(), &agent::Listener::connected, this,
                [this](agent::Link *link, const QJsonObject &hello) {
                    m_server.reset(link);
                    m_hello = hello;
                });
    }

    void cleanup()
    {
        m_server.reset();
        m_listener.reset();
    }

    void admitsTheTokenOnly()
    {
        QSignalSpy refused(m_listener.get(), &agent::Listener::refused);
        const auto stranger = connectWith(u"wrong"_s);
        QSignalSpy closed(stranger.get(), &agent::Link::closed);
        QTRY_COMPARE(closed.size(), 1);
        QCOMPARE(refused.size(), 1);
        QVERIFY(!m_server);

        const auto friendly = connectWith(m_listener->token());
        QTRY_VERIFY(m_server);
        QCOMPARE(m_hello.value("event"_L1).toString(), u"hello"_s);
    }

    void socketIsPrivate()
    {
        const auto rights = QFile::permissions(m_listener->path());
        QVERIFY(!(rights & (QFile::ReadOther | QFile::WriteOther | QFile::ReadGroup | QFile::WriteGroup)));
    }

    void answersRequests()
    {
        const auto peer = connectWith(m_listener->token());
        QTRY_VERIFY(m_server);
        connect(peer.get(), &agent::Link::requested, peer.get(), [&](const QJsonObject &message) {
            const QString method = message.value("method"_L1).toString();
            if (method == "echo"_L1)
                peer->respond(message.value("id"_L1), message.value("params"_L1).toObject());
            else if (method == "fail"_L1)
                peer->respond(message.value("id"_L1), fail(u"broken"_s, u"It broke."_s));
        });
        auto echo = m_server->request(u"echo"_s, {{u"x"_s, 1}});
        auto failing = m_server->request(u"fail"_s);
        auto silent = m_server->request(u"silence"_s, {}, 50ms);
        QTRY_VERIFY(echo.isFinished() && failing.isFinished() && silent.isFinished());
        QCOMPARE(echo.result().value(), (QJsonObject{{u"x"_s, 1}}));
        QCOMPARE(failing.result().error().code, u"broken"_s);
        QCOMPARE(silent.result().error().code, u"timeout"_s);
    }

    void eventsMayHaveIdsOfTheirOwn()
    {
        const auto peer = connectWith(m_listener->token());
        QTRY_VERIFY(m_server);
        QSignalSpy notified(m_server.get(), &agent::Link::notified);
        connect(peer.get(), &agent::Link::requested, peer.get(), [&](const QJsonObject &message) {
            const QJsonValue id = message.value("id"_L1);
            peer->send({{u"event"_s, u"job"_s}, {u"id"_s, id}}); // the same number, by chance
            peer->respond(id, QJsonObject{{u"answer"_s, true}});
        });
        auto answer = m_server->request(u"run"_s);
        QTRY_VERIFY(answer.isFinished());
        QVERIFY(answer.result().value().value("answer"_L1).toBool());
        QCOMPARE(notified.size(), 1);
    }

    void endsPendingRequestsWhenThePeerGoes()
    {
        auto peer = connectWith(m_listener->token());
        QTRY_VERIFY(m_server);
        auto pending = m_server->request(u"never"_s);
        peer.reset();
        QTRY_VERIFY(pending.isFinished());
        QCOMPARE(pending.result().error().code, u"disconnected"_s);
        QVERIFY(!m_server->isOpen());
        QCOMPARE(m_server->request(u"late"_s).result().error().code, u"disconnected"_s);
    }

    void takesOverAStaleSocketButNotALivingOne()
    {
        agent::Listener second(m_listener->path(), agent::newToken());
        QCOMPARE(second.listen().error().code, u"socket-taken"_s);
        const QString stale = m_folder->filePath(u"stale.sock"_s);
        {
            QFile file(stale);
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        agent::Listener third(stale, agent::newToken());
        QVERIFY(third.listen());
    }

private:
    std::unique_ptr<agent::Link> connectWith(const QString &token) const
    {
        auto socket = std::make_unique<QLocalSocket>();
        socket->connectToServer(m_listener->path());
        if (!socket->waitForConnected(1000))
            return {};
        auto link = std::make_unique<agent::Link>(std::move(socket));
        link->send({{u"event"_s, u"hello"_s}, {u"token"_s, token}});
        return link;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<agent::Listener> m_listener;
    std::unique_ptr<agent::Link> m_server;
    QJsonObject m_hello;
};

QTEST_GUILESS_MAIN(TestLink)
#include "tst_link.moc"
