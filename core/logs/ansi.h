// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/logline.h"

#include <QList>
#include <QStringView>

namespace paddock::logs {

/// Colours and weight as SGR sequences set them; numbers as in Span.
struct Style
{
    int foreground = -1;
    int background = -1;
    bool bold = false;
    friend bool operator==(const Style &, const Style &) = default;
};

/// Takes control sequences out of a terminal's output. Stateful: a sequence may be split anywhere over calls. SGR
/// colours and bold become a Style; every other sequence (CSI, OSC, DCS, APC, PM, SOS, two-character escapes) and every
/// control character except the four below disappears. A sequence that does not end is given up at the next line feed
/// or after `maxSequence` characters, so that it can swallow nothing for long.
class AnsiParser final
{
public:
    static constexpr int maxSequence = 4096;

    class Sink
    {
    public:
        virtual ~Sink() = default;
        virtual void text(QStringView run, const Style &style) = 0; ///< no control characters but tab
        virtual void control(char16_t character) = 0;               ///< '\n', '\r', '\b', or 'K' for erase-line
    };

    void feed(QStringView chunk, Sink &sink);
    void reset();
    [[nodiscard]] const Style &style() const { return m_style; }

private:
    enum class State { Ground, Escape, EscapeSkip, Csi, String, StringEscape };
    void applySgr();
    void endCsi(char16_t final, Sink &sink);

    State m_state = State::Ground;
    Style m_style;
    QString m_parameters;
    int m_length = 0; ///< of the sequence so far
};

} // namespace paddock::logs
