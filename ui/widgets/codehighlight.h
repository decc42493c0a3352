// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFuture>
#include <QStringList>
#include <array>
#include <memory>
#include <span>
#include <vector>

/// Highlighting of code away from the GUI thread, by KSyntaxHighlighting.
namespace paddock::ui {

/// A piece of a line; `style` is an index into CodeColours.
struct CodeSpan
{
    int start = 0;
    int length = 0;
    quint8 style = 0;
};

/// What the styles look like, in either theme.
struct CodeColours
{
    static constexpr size_t StyleCount = 40;
    std::array<QRgb, StyleCount> light{}; ///< 0: as plain text
    std::array<QRgb, StyleCount> dark{};
    std::array<bool, StyleCount> bold{};
};

/// Some lines of a text; flat, so that it costs nothing to hand over.
struct CodeChunk
{
    int text = 0;  ///< which of the texts that were given
    int first = 0; ///< line
    std::vector<CodeSpan> spans;
    std::vector<int> ends; ///< for each line, where its spans end
};
using CodeChunkPointer = std::shared_ptr<const CodeChunk>;

/// What is highlighted of one text so far, in order.
class CodeSpans
{
public:
    void clear();
    void append(const CodeChunkPointer &chunk);
    [[nodiscard]] int lines() const { return m_lines; }
    /// Empty, too, for a line that has not been highlighted.
    [[nodiscard]] std::span<const CodeSpan> of(int line) const;

private:
    std::vector<CodeChunkPointer> m_chunks;
    int m_lines = 0;
};

/// Highlights texts as a file of this name would be: in chunks, each in order, the texts in turn; each chunk is a
/// result of the future. Cancelling the future ends it. A kind of file that nobody knows has no chunks. One thread does
/// this, so that the window's keeps a core on any machine.
[[nodiscard]] QFuture<CodeChunkPointer> highlightCode(const QList<QStringList> &texts, const QString &fileName);
/// Known once the first chunk is there.
[[nodiscard]] const CodeColours &codeColours();

} // namespace paddock::ui
