// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/ansi.h"

namespace paddock::logs {

namespace {

bool isControl(char16_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

/// Values 0–255 of the 256-colour palette: the first 16 stay palette indices, the rest become their usual RGB.
int paletteColour(int index)
{
    if (index < 0 || index > 255)
        return -1;
    if (index < 16)
        return index;
    const auto rgb = [](int r, int g, int b) { return 0x1000000 | r << 16 | g << 8 | b; };
    if (index >= 232) {
        const int grey = 8 + 10 * (index - 232);
        return rgb(grey, grey, grey);
    }
    const auto level = [](int step) { return step == 0 ? 0 : 55 + 40 * step; };
    index -= 16;
    return rgb(level(index / 36), level(index / 6 % 6), level(index % 6));
}

} // namespace

void AnsiParser::reset()
{
    *this = AnsiParser();
}

void AnsiParser::feed(QStringView chunk, Sink &sink)
{
    for (qsizetype i = 0; i < chunk.size(); ++i) {
        const char16_t c = chunk[i].unicode();
        if (m_state == State::Ground) {
            qsizetype end = i;
            while (end < chunk.size() && (!isControl(chunk[end].unicode()) || chunk[end] == u'\t'))
                ++end;
            if (end > i) {
                sink.text(chunk.sliced(i, end - i), m_style);
                i = end - 1;
                continue;
            }
        } else if (c == u'\n' || c == 0x18 || c == 0x1a || ++m_length > maxSequence) {
            m_state = State::Ground; // given up (or cancelled, as CAN and SUB do)
        }
        switch (m_state) {
        case State::Ground:
            if (c == u'\n' || c == u'\r' || c == u'\b')
                sink.control(c);
            else if (c == 0x2028 || c == 0x2029)
                sink.text(u" ", m_style);
            else if (c == 0x1b)
                m_state = State::Escape;
            else if (c == 0x9b)
                m_state = State::Csi;
            else if (c == 0x90 || c == 0x98 || c == 0x9d || c == 0x9e || c == 0x9f)
                m_state = State::String;
            m_parameters.clear();
            m_length = 0;
            break;
        case State::Escape:
            if (c == u'[')
                m_state = State::Csi;
            else if (c == u']' || c == u'P' || c == u'X' || c == u'^' || c == u'_')
                m_state = State::String;
            else if (c >= 0x20 && c <= 0x2f)
                m_state = State::EscapeSkip;
            else if (c != 0x1b)
                m_state = State::Ground;
            break;
        case State::EscapeSkip:
            if (c == 0x1b)
                m_state = State::Escape;
            else if (c >= 0x30)
                m_state = State::Ground;
            break;
        case State::Csi:
            if (c == 0x1b) {
                m_state = State::Escape;
                m_parameters.clear();
            } else if (c >= 0x40 && c <= 0x7e) {
                endCsi(c, sink);
                m_state = State::Ground;
            } else if (c >= 0x20 && c < 0x40) {
                m_parameters.append(QChar(c));
            } else if (c >= 0x7f) { // no part of any sequence: what follows is text again
                m_state = State::Ground;
                --i;
            }
            break;
        case State::String:
            if (c == 0x07 || c == 0x9c)
                m_state = State::Ground;
            else if (c == 0x1b)
                m_state = State::StringEscape;
            break;
        case State::StringEscape:
            if (c == u'\\' || c == 0x07 || c == 0x9c) {
                m_state = State::Ground;
            } else { // not the end after all: another sequence begins
                m_state = State::Escape;
                m_parameters.clear();
                --i;
            }
            break;
        }
    }
}

void AnsiParser::endCsi(char16_t final, Sink &sink)
{
    if (final == u'm' && !m_parameters.startsWith(u'?') && !m_parameters.startsWith(u'>'))
        applySgr();
    else if (final == u'K')
        sink.control(u'K');
}

void AnsiParser::applySgr()
{
    QList<int> numbers;
    for (const QStringView part : QStringView(m_parameters).split(u';')) {
        // "38:2::r:g:b" and "4:3" are one parameter with parts; the empty one is a colour space.
        const auto parts = part.split(u':', part.startsWith(u"38:") || part.startsWith(u"48:") ? Qt::SkipEmptyParts
                                                                                               : Qt::KeepEmptyParts);
        const bool colour = parts.size() > 1 && (parts[0] == u"38" || parts[0] == u"48");
        for (qsizetype i = 0; i < (colour ? parts.size() : 1); ++i)
            numbers.append(parts.isEmpty() || parts[i].isEmpty() ? 0 : parts[i].toInt());
    }
    for (qsizetype i = 0; i < numbers.size(); ++i) {
        const int n = numbers[i];
        if (n == 0) {
            m_style = {};
        } else if (n == 1) {
            m_style.bold = true;
        } else if (n == 22) {
            m_style.bold = false;
        } else if (n >= 30 && n <= 37) {
            m_style.foreground = n - 30;
        } else if (n >= 90 && n <= 97) {
            m_style.foreground = n - 90 + 8;
        } else if (n == 39) {
            m_style.foreground = -1;
        } else if (n >= 40 && n <= 47) {
            m_style.background = n - 40;
        } else if (n >= 100 && n <= 107) {
            m_style.background = n - 100 + 8;
        } else if (n == 49) {
            m_style.background = -1;
        } else if (n == 38 || n == 48) {
            int &target = n == 38 ? m_style.foreground : m_style.background;
            if (i + 2 < numbers.size() && numbers[i + 1] == 5) {
                target = paletteColour(numbers[i + 2]);
                i += 2;
            } else if (i + 4 < numbers.size() && numbers[i + 1] == 2) {
                target =
                    0x1000000 | (numbers[i + 2] & 255) << 16 | (numbers[i + 3] & 255) << 8 | (numbers[i + 4] & 255);
                i += 4;
            } else {
                break; // cut off: nothing after it can be trusted
            }
        }
    }
}

} // namespace paddock::logs
