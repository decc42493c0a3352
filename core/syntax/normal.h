// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

/// Texts of tokens as they count: what formatters rewrite is the same. `room` is for what is not in the text as it is.
namespace paddock::syntax {

[[nodiscard]] bool isIdentifier(QByteArrayView text);
/// The inner text of a string literal, with quotes unescaped: 'it\'s' and "it's" are the same.
[[nodiscard]] QByteArrayView stringContent(QByteArrayView literal, QByteArray &room);
/// JSX drops white space around line ends; so do we.
[[nodiscard]] QByteArray jsxContent(QByteArrayView text);
/// 1.50 → 1.5, .5 → 0.5, 0XFF → 0xff, as formatters do.
[[nodiscard]] QByteArrayView numberContent(QByteArrayView text, QByteArray &room);

} // namespace paddock::syntax
