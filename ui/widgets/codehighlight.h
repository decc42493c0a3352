// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFuture>
#include <QStringList>
#include <array>
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

struct CodeChunk
{
    int first = 0; ///< line
    std::vector<std::vector<CodeSpan>> lines;
};

/// Highlights in chunks, in order, as a file of this name would be; each is a result of the future. Cancelling the
/// future ends it. A kind of file that nobody knows has no chunks.
[[nodiscard]] QFuture<CodeChunk> highlightCode(const QStringList &lines, const QString &fileName);
/// Known once the first chunk is there.
[[nodiscard]] const CodeColours &codeColours();

} // namespace paddock::ui
