// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>

namespace paddock::agent {

/// The largest message in either direction.
inline constexpr qsizetype MaxMessageBytes = 16 * 1024 * 1024;

/// One JSON object a line, as bytes.
[[nodiscard]] QByteArray encode(const QJsonObject &message);

/// Of one line. Error: "bad-message" (not a JSON object).
[[nodiscard]] Result<QJsonObject> decode(const QByteArray &line);

/// Cuts a byte stream into messages. Feed it whatever arrives; it keeps what is incomplete.
class Decoder final
{
public:
    /// The messages completed by these bytes. Errors: "message-too-large", "bad-message" (not a JSON object); the
    /// stream cannot be trusted after either.
    [[nodiscard]] Result<QList<QJsonObject>> feed(const QByteArray &bytes);
    /// The same without reading them: lines that are not empty. Error: "message-too-large".
    [[nodiscard]] Result<QList<QByteArray>> cut(const QByteArray &bytes);

private:
    QByteArray m_rest;
};

} // namespace paddock::agent
