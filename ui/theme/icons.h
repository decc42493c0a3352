// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>

namespace paddock::ui::icons {

/// A line icon from resources/icons by name ("play"), in the theme's text colour (muted when disabled), sharp at any
/// scale and up to date when the theme changes. `colour`: a fixed colour instead.
[[nodiscard]] QIcon get(const QString &name, const QColor &colour = {});

/// The icon as a pixmap of `size` device-independent pixels; cached.
[[nodiscard]] QPixmap pixmap(const QString &name, const QColor &colour, int size, qreal devicePixelRatio);

/// The name of the icon for a row of the tree (models::NodeKind as int).
[[nodiscard]] QString nameOf(int nodeKind);

} // namespace paddock::ui::icons
