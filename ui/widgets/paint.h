// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "words.h"

#include <QRectF>

class QPainter;
class QStyleOptionViewItem;
class QModelIndex;

/// Small pieces that delegates and own-painted widgets are made of.
namespace paddock::ui::paint {

/// A rounded label. chip() draws it so that its right edge is at `right`, centred on `rect` vertically, and returns its
/// left edge; with an icon the icon comes first.
qreal chip(QPainter *painter, const QRectF &rect, qreal right, const QString &text, words::Tone tone,
           const QString &icon = {});
[[nodiscard]] qreal chipWidth(const QString &text, bool hasIcon = false);

/// Text in one line, elided on the right, vertically centred; returns the width that was used.
qreal text(QPainter *painter, const QRectF &rect, const QString &text, const QFont &font, const QColor &colour,
           Qt::Alignment alignment = Qt::AlignLeft, Qt::TextElideMode elide = Qt::ElideRight);

/// Text in at most `lines` lines, broken between words, or within one that is longer than a line (a path); returns its
/// height. Draws it if there is a painter, in its pen's colour.
qreal wrapped(const QString &text, const QFont &font, qreal width, int lines, QPainter *painter = nullptr,
              const QPointF &at = {});

void icon(QPainter *painter, const QRectF &rect, const QString &name, const QColor &colour, int size = 16);

void dot(QPainter *painter, const QPointF &centre, qreal radius, const QColor &colour);

/// Latencies as a line with a dot at the newest; a single value is a dot.
void sparkline(QPainter *painter, const QRectF &rect, const QList<double> &values, const QColor &colour);

/// The ground of a row: selection, hover, and the bar that marks the current row of the view with keyboard focus.
void rowGround(QPainter *painter, const QStyleOptionViewItem &option);

} // namespace paddock::ui::paint
