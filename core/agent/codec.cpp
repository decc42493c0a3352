// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/codec.h"

#include <QJsonDocument>

namespace paddock::agent {

using namespace Qt::StringLiterals;

QByteArray encode(const QJsonObject &message)
{
    return QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n';
}

Result<QJsonObject> decode(const QByteArray &line)
{
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(line, &error);
    if (!document.isObject())
        return fail(u"bad-message"_s, u"A message is not a JSON object: "_s + error.errorString());
    return document.object();
}

Result<QList<QJsonObject>> Decoder::feed(const QByteArray &bytes)
{
    const auto lines = cut(bytes);
    if (!lines)
        return std::unexpected(lines.error());
    QList<QJsonObject> messages;
    for (const QByteArray &line : *lines) {
        auto message = decode(line);
        if (!message)
            return std::unexpected(message.error());
        messages.append(*std::move(message));
    }
    return messages;
}

Result<QList<QByteArray>> Decoder::cut(const QByteArray &bytes)
{
    // Only new bytes can hold the end of a line: looking at the rest again would be quadratic for a long message.
    qsizetype searchFrom = m_rest.size();
    m_rest += bytes;
    QList<QByteArray> lines;
    qsizetype start = 0;
    for (qsizetype end = 0; (end = m_rest.indexOf('\n', std::max(start, searchFrom))) >= 0; start = end + 1)
        if (const QByteArray line = m_rest.sliced(start, end - start); !line.trimmed().isEmpty())
            lines.append(line);
    m_rest.remove(0, start);
    if (m_rest.size() > MaxMessageBytes)
        return fail(u"message-too-large"_s, u"A message is larger than %1 MiB."_s.arg(MaxMessageBytes >> 20));
    return lines;
}

} // namespace paddock::agent
