// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/ansi.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace paddock::logs {

/// Turns one byte stream's UTF-8 into text. A character may be split anywhere over calls; invalid bytes become U+FFFD.
class Utf8Decoder final
{
public:
    [[nodiscard]] QString decode(QByteArrayView bytes);
    /// U+FFFD if the stream ended inside a character, else nothing.
    [[nodiscard]] QString finish();

private:
    QByteArray m_rest; ///< the beginning of a character whose end is still to come
};

struct StyledLine
{
    QString text;
    QList<Span> spans;
    qint64 cut = 0; ///< characters dropped because the line was longer than the cap; the text ends with a marker then
    friend bool operator==(const StyledLine &, const StyledLine &) = default;
};

/// Bytes of one stream → lines of plain text with colour spans. Carriage returns start a line over (progress displays
/// keep their last state), backspaces take a character back, "\r\n" is one line end.
class LineSplitter final : private AnsiParser::Sink
{
public:
    explicit LineSplitter(qsizetype cap = 1 << 20);

    [[nodiscard]] QList<StyledLine> feed(QByteArrayView bytes);
    /// The stream ended: what is left, if anything.
    [[nodiscard]] QList<StyledLine> finish();
    /// What has come of an unfinished line, as a line; colours and decoding go on.
    [[nodiscard]] QList<StyledLine> takePartial();
    [[nodiscard]] bool hasPartial() const { return !m_line.text.isEmpty(); }

private:
    void text(QStringView run, const Style &style) override;
    void control(char16_t character) override;
    void endLine();
    void clearLine();

    qsizetype m_cap;
    Utf8Decoder m_decoder;
    AnsiParser m_parser;
    StyledLine m_line;
    bool m_returned = false; ///< a carriage return came; the next text starts the line over
    QList<StyledLine> m_done;
};

} // namespace paddock::logs
