// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/starterror.h"

#include <QRegularExpression>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

/// Bun colours its error messages even into a pipe when told to; a message for people has no control sequences.
QString plain(const QByteArray &bytes)
{
    static const QRegularExpression sequences(u"\x1b\\[[0-9;?]*[A-Za-z]"_s);
    return QString::fromUtf8(bytes).remove(sequences).remove(u'\r');
}

} // namespace

Error startError(const process::ExitReason &reason, const QByteArray &bytes, const QJsonObject &lastError,
                 const QString &root)
{
    if (reason.how == process::ExitReason::How::FailedToStart)
        return reason.error;
    const QString tail = plain(bytes).trimmed();
    static const QRegularExpression portTaken(
        u"(?:EADDRINUSE|address already in use|port (\\d+) in use|Is port (\\d+) in use)"_s,
        QRegularExpression::CaseInsensitiveOption);
    if (const auto match = portTaken.match(tail); match.hasMatch()) {
        static const QRegularExpression number(u"port:?\\s*(\\d{2,5})|:(\\d{2,5})\\b"_s,
                                               QRegularExpression::CaseInsensitiveOption);
        const auto found = number.match(tail);
        const QString port = found.captured(1).isEmpty() ? found.captured(2) : found.captured(1);
        return {.code = u"port-taken"_s,
                .message = port.isEmpty() ? u"The server's port is taken."_s : u"Port %1 is taken."_s.arg(port),
                .detail = port,
                .remedy = u"Stop whoever holds it, or choose another port with PORT=…"_s};
    }
    Error error{.code = u"server-ended"_s,
                .message = u"The server ended: %1."_s.arg(reason.text()),
                .detail = tail.right(4000),
                .remedy = u"Correct the code and save; the next save starts the server again."_s};
    if (const QString message = lastError.value("message"_L1).toString(); !message.isEmpty())
        error.message = u"The server ended: %1"_s.arg(message);
    else {
        static const QRegularExpression wording(u"^(?:\\w*[Ee]rror|panic)\\b.*$"_s,
                                                QRegularExpression::MultilineOption);
        if (const auto match = wording.match(tail); match.hasMatch())
            error.message = u"The server ended: %1"_s.arg(match.captured(0).left(500));
    }
    static const QRegularExpression readOnly(u"\\bEROFS\\b|SQLITE_READONLY|read-?only (?:file system|database)"_s,
                                             QRegularExpression::CaseInsensitiveOption);
    if (readOnly.match(tail).hasMatch()) {
        error.code = u"read-only"_s;
        error.remedy = u"The server writes to a disk that cannot be written: copy the workspace to one that can, or "
                       "point the server's data elsewhere."_s;
    }
    if (const QString file = lastError.value("file"_L1).toString(); !file.isEmpty()) {
        error.where = file + u':' + QString::number(lastError.value("line"_L1).toInt());
    } else {
        // "at /shop/src/x.ts:12:5" of an import error, "at name (/shop/src/x.ts:12:5)" of a stack
        const QRegularExpression place(u"("_s + QRegularExpression::escape(root) + u"/[^\\s:()]+):(\\d+)"_s);
        auto it = place.globalMatch(tail);
        while (it.hasNext()) {
            const auto match = it.next();
            if (match.captured(1).contains("/node_modules/"_L1))
                continue;
            error.where = match.captured(1) + u':' + match.captured(2);
            break;
        }
    }
    return error;
}

} // namespace paddock::session
