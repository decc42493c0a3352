// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QRectF>
#include <QString>
#include <QTextLayout>

class QFont;
class QPainter;

/// Lines of code on a grid: a place is a number of characters.
namespace paddock::ui {

struct CodeInk
{
    int start = 0;
    int length = 0;
    QColor ink;    ///< invalid: as the line's
    QColor ground; ///< invalid: none
};

/// Paints a line, which begins at the rectangle's left. Later inks lie above earlier ones. `font` is one of fixed
/// pitch, `advance` its width. Latin text costs a lookup for each character; other scripts are laid out as elsewhere.
void paintCode(QPainter &painter, const QRectF &line, const QString &text, const QList<CodeInk> &inks,
               const QFont &font, qreal advance, const QColor &ink);

/// Paints a line that Qt lays out, whatever it is written in, centred in the rectangle's height; `tab`: distance of its
/// stops, 0: the usual one. The result is its width.
qreal paintLaidOut(QPainter &painter, const QRectF &line, const QString &text,
                   const QList<QTextLayout::FormatRange> &formats, const QFont &font, qreal tab = 0);

} // namespace paddock::ui
