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

Result<QList<QJsonObject>> Decoder::feed(const QByteArray &bytes)
{
    // Only new bytes can hold the end of a line: looking at the rest again would be quadratic for a long message.
    qsizetype searchFrom = m_rest.size();
    m_rest += bytes;
    QList<QJsonObject> messages;
    qsizetype start = 0;
    for (;;) {
        const qsizetype end = m_rest.indexOf('\n', std::max(start, searchFrom));
        if (end < 0)
            break;
        searchFrom = end + 1;
        const QByteArrayView line = QByteArrayView(m_rest).sliced(start, end - start);
        start = end + 1;
        if (line.trimmed().isEmpty())
            continue;
        QJsonParseError error;
        const auto document = QJsonDocument::fromJson(line.toByteArray(), &error);
        if (!document.isObject())
            return fail(u"bad-message"_s, u"A message is not a JSON object: "_s + error.errorString());
        messages.append(document.object());
    }
    m_rest.remove(0, start);
    if (m_rest.size() > MaxMessageBytes)
        return fail(u"message-too-large"_s, u"A message is larger than %1 MiB."_s.arg(MaxMessageBytes >> 20));
    return messages;
}

} // namespace paddock::agent
