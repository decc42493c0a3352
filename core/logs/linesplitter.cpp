// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/linesplitter.h"

namespace paddock::logs {

using namespace Qt::StringLiterals;

// Not QStringDecoder: where a chunk ends within a sequence that then turns out to be invalid, it swallows the valid
// character after it (seen with Qt 6.8).
QString Utf8Decoder::decode(QByteArrayView bytes)
{
    QByteArray whole;
    if (!m_rest.isEmpty()) {
        whole = std::exchange(m_rest, {}) + bytes.toByteArray();
        bytes = whole;
    }
    qsizetype keep = 0;
    for (qsizetype back = 1; back <= std::min<qsizetype>(3, bytes.size()); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if (byte < 0x80)
            break;
        if (byte >= 0xc0) {
            const qsizetype length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
            keep = back < length ? back : 0;
            break;
        }
    }
    m_rest = bytes.last(keep).toByteArray();
    return QString::fromUtf8(bytes.chopped(keep));
}

QString Utf8Decoder::finish()
{
    return std::exchange(m_rest, {}).isEmpty() ? QString() : QString(QChar::ReplacementCharacter);
}

LineSplitter::LineSplitter(qsizetype cap) : m_cap(cap) {}

QList<StyledLine> LineSplitter::feed(QByteArrayView bytes)
{
    const QString text = m_decoder.decode(bytes);
    m_parser.feed(text, *this);
    return std::exchange(m_done, {});
}

QList<StyledLine> LineSplitter::finish()
{
    const QString rest = m_decoder.finish();
    if (!rest.isEmpty())
        m_parser.feed(rest, *this);
    if (!m_line.text.isEmpty())
        endLine();
    m_parser.reset();
    m_returned = false;
    return std::exchange(m_done, {});
}

QList<StyledLine> LineSplitter::takePartial()
{
    if (!m_line.text.isEmpty())
        endLine();
    return std::exchange(m_done, {});
}

void LineSplitter::text(QStringView run, const Style &style)
{
    if (m_returned)
        clearLine();
    qsizetype room = std::max<qsizetype>(0, m_cap - m_line.text.size());
    if (run.size() > room) {
        if (room > 0 && run[room - 1].isHighSurrogate())
            --room;
        m_line.cut += run.size() - room;
        run = run.first(room);
    }
    if (run.isEmpty())
        return;
    const int start = int(m_line.text.size());
    m_line.text.append(run);
    if (style == Style{})
        return;
    if (!m_line.spans.isEmpty()) {
        Span &last = m_line.spans.last();
        if (last.start + last.length == start && last.foreground == style.foreground &&
            last.background == style.background && last.bold == style.bold) {
            last.length += int(run.size());
            return;
        }
    }
    m_line.spans.append({start, int(run.size()), style.foreground, style.background, style.bold});
}

void LineSplitter::control(char16_t character)
{
    switch (character) {
    case u'\n': endLine(); break;
    case u'\r': m_returned = true; break;
    case u'K': // after a carriage return the line is erased anyway; elsewhere there is nothing to the right
        break;
    case u'\b': {
        if (m_returned || m_line.text.isEmpty())
            break;
        const bool pair = m_line.text.size() > 1 && m_line.text.back().isLowSurrogate() &&
                          m_line.text[m_line.text.size() - 2].isHighSurrogate();
        m_line.text.chop(pair ? 2 : 1);
        const int size = int(m_line.text.size());
        while (!m_line.spans.isEmpty() && m_line.spans.last().start >= size)
            m_line.spans.removeLast();
        if (!m_line.spans.isEmpty())
            m_line.spans.last().length = std::min(m_line.spans.last().length, size - m_line.spans.last().start);
        break;
    }
    default: break;
    }
}

void LineSplitter::endLine()
{
    if (m_line.cut > 0)
        m_line.text.append(u" … [%1 more characters of this line are left out]"_s.arg(m_line.cut));
    m_done.append(std::exchange(m_line, {}));
    m_returned = false;
}

void LineSplitter::clearLine()
{
    m_line = {};
    m_returned = false;
}

} // namespace paddock::logs
