// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "printer.h"

#include "agent/link.h"

#include <QJsonDocument>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <utility>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

void write(FILE *stream, const QByteArray &bytes)
{
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stream);
    std::fputc('\n', stream);
    // Whoever reads a stream wants each line when it happens. Where nobody reads any more (`… | head -1`), this ends as
    // such programs do, but in order: a session takes its server along.
    static bool isAlone = false; // (asked twice it would not wait)
    if (std::fflush(stream) != 0 && errno == EPIPE && stream == stdout && !std::exchange(isAlone, true))
        std::raise(SIGTERM);
}

} // namespace

int exitStatusOf(const Error &error)
{
    static const QHash<QString, int> statuses{
        {u"usage"_s, Usage},
        {u"no-workspace"_s, NoWorkspace},
        {u"unreadable"_s, NoWorkspace},
        {u"bad-package-json"_s, NoWorkspace},
        {u"no-entry"_s, NoWorkspace},
        {u"no-session"_s, NoSession},
        {u"no-agent"_s, NoSession},
        {u"server-stopped"_s, NoSession},
        {u"disconnected"_s, NoSession},
        {u"not-trusted"_s, NotTrusted},
    };
    return statuses.value(error.code, Failed);
}

Printer::Printer(const Invocation &invocation)
    : m_json(invocation.json), m_quiet(invocation.quiet), m_color(invocation.color)
{}

void Printer::json(const QJsonObject &object) const
{
    if (m_json)
        write(stdout, QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void Printer::line(const QString &text) const
{
    if (!m_quiet)
        write(m_json ? stderr : stdout, text.toUtf8());
}

int Printer::error(const Error &error) const
{
    json({{u"error"_s, agent::toJson(error)}});
    QString text = paint(u"error: "_s, Ink::Bad) + safe(error.message);
    if (!error.where.isEmpty() && !error.message.contains(error.where))
        text += u"\n  at "_s + safe(error.where);
    if (!error.remedy.isEmpty())
        text += u"\n  "_s + safe(error.remedy);
    write(stderr, text.toUtf8());
    return exitStatusOf(error);
}

QString Printer::paint(const QString &text, Ink ink) const
{
    if (!m_color)
        return text;
    static const char *const codes[] = {"0", "1", "2", "32", "33", "31"};
    return u"\x1b["_s + QLatin1StringView(codes[int(ink)]) + u'm' + text + u"\x1b[0m"_s;
}

QString Printer::coloured(const QString &text, const QList<logs::Span> &spans) const
{
    if (!m_color)
        return safe(text);
    QString whole;
    qsizetype at = 0;
    for (const logs::Span &span : spans) {
        if (span.start < at || span.start + span.length > text.size())
            continue; // (of another text)
        whole += safe(text.sliced(at, span.start - at));
        QStringList codes;
        if (span.bold)
            codes << u"1"_s;
        if (span.foreground >= 0x1000000)
            codes << u"38;2;%1;%2;%3"_s.arg((span.foreground >> 16) & 255)
                         .arg((span.foreground >> 8) & 255)
                         .arg(span.foreground & 255);
        else if (span.foreground >= 0)
            codes << QString::number(span.foreground < 8 ? 30 + span.foreground : 82 + span.foreground);
        const QString piece = safe(text.sliced(span.start, span.length));
        whole += codes.isEmpty() ? piece : u"\x1b["_s + codes.join(u';') + u'm' + piece + u"\x1b[0m"_s;
        at = span.start + span.length;
    }
    return whole + safe(text.sliced(at));
}

QString Printer::safe(const QString &text)
{
    QString clean = text;
    for (QChar &c : clean)
        if ((c.unicode() < 0x20 && c != u'\t' && c != u'\n') || (c.unicode() >= 0x7f && c.unicode() < 0xa0))
            c = u'�';
    return clean;
}

} // namespace paddock::cli
