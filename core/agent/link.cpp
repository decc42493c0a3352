// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/link.h"

#include <QIODevice>
#include <QLocalSocket>
#include <QTimer>
#include <QtConcurrentRun>

namespace paddock::agent {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype ReadAtOnce = 64 << 10;

} // namespace

Link::Link(std::unique_ptr<QIODevice> device, QObject *parent) : QObject(parent), m_device(std::move(device))
{
    connect(m_device.get(), &QIODevice::readyRead, this, &Link::read);
    if (auto *socket = qobject_cast<QLocalSocket *>(m_device.get()))
        connect(socket, &QLocalSocket::disconnected, this, [this] {
            read();
            m_endsBecause = u"the other side closed the connection"_s;
            takeLines();
        });
    // Bytes that came before anybody listened.
    if (m_device->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &Link::read, Qt::QueuedConnection);
}

Link::~Link()
{
    m_device->disconnect(this);
    end(u"the connection was given up"_s);
}

QFuture<Result<QJsonObject>> Link::request(const QString &method, const QJsonObject &params,
                                           std::chrono::milliseconds timeout)
{
    auto pending = std::make_shared<Pending>();
    pending->promise.start();
    auto future = pending->promise.future();
    if (m_ended) {
        pending->promise.addResult(fail(u"disconnected"_s, u"There is no connection."_s));
        pending->promise.finish();
        return future;
    }
    const qint64 id = ++m_lastId;
    pending->timer = new QTimer(this);
    pending->timer->setSingleShot(true);
    connect(pending->timer, &QTimer::timeout, this,
            [this, id, method] { settle(id, fail(u"timeout"_s, u"No answer to “%1” in time."_s.arg(method))); });
    pending->timer->start(timeout);
    m_pending.insert(id, std::move(pending));
    send({{u"id"_s, id}, {u"method"_s, method}, {u"params"_s, params}});
    return future;
}

void Link::send(const QJsonObject &message)
{
    sendEncoded(encode(message));
}

void Link::sendEncoded(const QByteArray &message)
{
    if (m_ended)
        return;
    m_device->write(message);
    if (auto *socket = qobject_cast<QLocalSocket *>(m_device.get()))
        socket->flush(); // a swap is waiting for it: do not leave it to the next turn of the loop
}

void Link::respond(const QJsonValue &id, const Result<QJsonObject> &result)
{
    if (result)
        send({{u"id"_s, id}, {u"result"_s, *result}});
    else
        send({{u"id"_s, id}, {u"error"_s, toJson(result.error())}});
}

void Link::close()
{
    end(u"closed"_s);
}

bool Link::isOpen() const
{
    return !m_ended;
}

void Link::read()
{
    if (m_ended)
        return;
    const auto lines = m_decoder.cut(m_device->readAll());
    if (!lines)
        return end(lines.error().message);
    m_lines.insert(m_lines.end(), lines->begin(), lines->end());
    takeLines();
}

/// In order. Long ones are read on another thread: this one may show a window.
void Link::takeLines()
{
    while (!m_ended && !m_isDecoding && !m_lines.empty()) {
        const QByteArray line = std::exchange(m_lines.front(), {});
        m_lines.pop_front();
        const auto takeOrEnd = [this](const Result<QJsonObject> &message) {
            if (message)
                take(*message);
            else
                end(message.error().message);
        };
        if (line.size() <= ReadAtOnce) {
            takeOrEnd(decode(line));
            continue;
        }
        m_isDecoding = true;
        QtConcurrent::run(&decode, line).then(this, [this, takeOrEnd](const Result<QJsonObject> &message) {
            m_isDecoding = false;
            if (m_ended)
                return;
            takeOrEnd(message);
            takeLines();
        });
    }
    if (!m_ended && !m_isDecoding && !m_endsBecause.isEmpty())
        end(m_endsBecause);
}

void Link::take(const QJsonObject &message)
{
    const QJsonValue id = message.value("id"_L1);
    if (message.contains("method"_L1) && !id.isUndefined())
        Q_EMIT requested(message);
    else if (!id.isDouble() || message.contains("event"_L1)) // (what an event tells of may have an id of its own)
        Q_EMIT notified(message);
    else if (message.contains("error"_L1))
        settle(id.toInteger(), std::unexpected(errorFromJson(message.value("error"_L1).toObject())));
    else
        settle(id.toInteger(), message.value("result"_L1).toObject());
}

void Link::end(const QString &why)
{
    if (m_ended)
        return;
    m_ended = true;
    m_device->close();
    const auto pending = std::exchange(m_pending, {});
    for (const auto &one : pending) {
        delete one->timer;
        one->promise.addResult(fail(u"disconnected"_s, u"The connection ended: %1."_s.arg(why)));
        one->promise.finish();
    }
    Q_EMIT closed(why);
}

void Link::settle(qint64 id, Result<QJsonObject> result)
{
    const auto pending = m_pending.take(id);
    if (!pending)
        return; // it came after its time-out
    pending->timer->deleteLater();
    pending->promise.addResult(std::move(result));
    pending->promise.finish();
}

QJsonObject toJson(const Error &error)
{
    QJsonObject object{{u"code"_s, error.code}, {u"message"_s, error.message}};
    if (!error.detail.isEmpty())
        object.insert("detail"_L1, error.detail);
    if (!error.where.isEmpty())
        object.insert("where"_L1, error.where);
    if (!error.remedy.isEmpty())
        object.insert("remedy"_L1, error.remedy);
    return object;
}

Error errorFromJson(const QJsonObject &object)
{
    Error error{object.value("code"_L1).toString(u"failed"_s), object.value("message"_L1).toString(),
                object.value("detail"_L1).toString(object.value("stack"_L1).toString()),
                object.value("where"_L1).toString(), object.value("remedy"_L1).toString()};
    if (const QString file = object.value("file"_L1).toString(); error.where.isEmpty() && !file.isEmpty()) {
        const int line = object.value("line"_L1).toInt();
        error.where = line > 0 ? file + u':' + QString::number(line) : file;
    }
    return error;
}

} // namespace paddock::agent
