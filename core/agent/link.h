// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/codec.h"

#include <QFuture>
#include <QHash>
#include <QJsonObject>
#include <QObject>
#include <QPromise>
#include <chrono>
#include <deque>
#include <memory>

class QIODevice;
class QTimer;

namespace paddock::agent {

/// Typed request and response over any two-way byte stream (a local socket in life, a QBuffer in tests). Both the agent
/// and the control socket speak through it. It owns the device.
class Link final : public QObject
{
    Q_OBJECT

public:
    explicit Link(std::unique_ptr<QIODevice> device, QObject *parent = nullptr);
    ~Link() override;

    /// Sends a request. The future ends with the result, or with an error: the peer's own code, "timeout",
    /// "disconnected".
    QFuture<Result<QJsonObject>> request(const QString &method, const QJsonObject &params = {},
                                         std::chrono::milliseconds timeout = std::chrono::seconds(10));
    /// Sends a message as it is: notifications and responses.
    void send(const QJsonObject &message);
    void sendEncoded(const QByteArray &message); ///< see encode()
    void respond(const QJsonValue &id, const Result<QJsonObject> &result);
    void close();
    [[nodiscard]] bool isOpen() const;

Q_SIGNALS:
    void notified(const QJsonObject &message);  ///< a message without `id`
    void requested(const QJsonObject &message); ///< a message with `id` and `method`
    void closed(const QString &why);

private:
    struct Pending
    {
        QPromise<Result<QJsonObject>> promise;
        QTimer *timer = nullptr;
    };

    void read();
    void takeLines();
    void take(const QJsonObject &message);
    void end(const QString &why);
    void settle(qint64 id, Result<QJsonObject> result);

    std::unique_ptr<QIODevice> m_device;
    Decoder m_decoder;
    QHash<qint64, std::shared_ptr<Pending>> m_pending;
    qint64 m_lastId = 0;
    std::deque<QByteArray> m_lines; ///< that were not taken yet
    bool m_isDecoding = false;      ///< the first of them, on another thread
    QString m_endsBecause;          ///< after the last of them; empty: it goes on
    bool m_ended = false;
};

/// An error as the wire carries it, and back.
[[nodiscard]] QJsonObject toJson(const Error &error);
[[nodiscard]] Error errorFromJson(const QJsonObject &object);

} // namespace paddock::agent
