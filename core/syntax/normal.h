// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

/// Texts of tokens as they count: what formatters rewrite is the same.
namespace paddock::syntax {

[[nodiscard]] bool isIdentifier(QByteArrayView text);
/// The inner text of a string literal, with quotes unescaped: 'it\'s' and "it's" are the same.
[[nodiscard]] QByteArray stringContent(QByteArrayView literal);
/// JSX drops white space around line ends; so do we.
[[nodiscard]] QByteArray jsxContent(QByteArrayView text);
/// 1.50 → 1.5, .5 → 0.5, 0XFF → 0xff, as formatters do.
[[nodiscard]] QByteArray numberContent(QByteArrayView text);

} // namespace paddock::syntax
