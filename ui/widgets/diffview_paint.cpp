// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.h"
#include "widgets/codepaint.h"
#include "widgets/diffview.h"
#include "widgets/paint.h"

#include <QPainter>
#include <QScrollBar>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using types::DiffLayout;
using types::DiffRow;
using types::ShownRow;

namespace {

constexpr qsizetype ShownCharacters = 4000;
constexpr qsizetype LongLine = 400; ///< of these only what is seen is laid out

QColor mixed(const QColor &a, const QColor &b, double share)
{
    const auto part = [&](int x, int y) { return int(x + (y - x) * share); };
    return {part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue())};
}

/// Behind a line that is only on one side, and behind the words of it that changed.
QColor ground(bool removed)
{
    const Tokens &t = Theme::tokens();
    return mixed(t.surface, removed ? t.errorSoft : t.okSoft, 0.75);
}

QColor wordGround(bool removed)
{
    const Tokens &t = Theme::tokens();
    return mixed(t.surface, removed ? t.error : t.ok, Theme::instance()->isDark() ? 0.34 : 0.24);
}

/// What is missing on a side: a quiet pattern, so that it does not look like an empty line.
void paintGap(QPainter &painter, const QRect &rect)
{
    const Tokens &t = Theme::tokens();
    painter.fillRect(rect, t.chrome);
    painter.save();
    painter.setClipRect(rect);
    painter.setPen(QPen(t.border, 1));
    painter.setRenderHint(QPainter::Antialiasing);
    for (int x = rect.left() - rect.height(); x < rect.right(); x += 10)
        painter.drawLine(x, rect.bottom() + 1, x + rect.height(), rect.top());
    painter.restore();
}

} // namespace

void DiffView::paintEvent(QPaintEvent *)
{
    m_painting.start();
    QPainter painter(viewport());
    const Tokens &t = Theme::tokens();
    painter.fillRect(viewport()->rect(), t.surface);
    if (m_shown.isEmpty()) {
        return paintEmpty(painter, m_isLoaded ? tr("Both are empty") : QString());
    }
    for (int row = verticalScrollBar()->value(), y = 0; row < m_shown.size() && y < viewport()->height();
         ++row, y += rowHeight())
        paintRow(painter, row, y);
    if (m_layout == DiffLayout::SideBySide)
        painter.fillRect(QRect(viewport()->width() / 2, 0, 1, viewport()->height()), t.border);
}

void DiffView::paintRow(QPainter &painter, int shownRow, int y)
{
    const ShownRow &shown = m_shown[shownRow];
    if (shown.hidden > 0)
        return paintFold(painter, QRect(0, y, viewport()->width(), rowHeight()), shown);
    if (m_layout == DiffLayout::SideBySide) {
        paintSide(painter, shownRow, Side::Before, y);
        paintSide(painter, shownRow, Side::After, y);
    } else {
        paintSide(painter, shownRow, shown.side == ShownRow::Side::Before ? Side::Before : Side::After, y);
    }
    // Which block one has gone to.
    if (m_change >= 0 && shown.row >= m_document.changes[m_change] && shown.row <= m_changeEnd)
        painter.fillRect(QRect(0, y, 3, rowHeight()), Theme::tokens().accent);
}

void DiffView::paintFold(QPainter &painter, const QRect &rect, const ShownRow &fold)
{
    const Tokens &t = Theme::tokens();
    painter.fillRect(rect, t.chrome);
    painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), t.border);
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), t.border);
    paint::icon(&painter, QRectF(rect.left() + 8, rect.top(), 14, rect.height()), u"more"_s, t.muted, 14);
    paint::text(&painter, QRectF(rect).adjusted(30, 0, -8, 0), tr("%n equal line(s)", nullptr, fold.hidden),
                Theme::smallFont(), t.muted);
}

void DiffView::paintSide(QPainter &painter, int shownRow, Side side, int y)
{
    const Tokens &t = Theme::tokens();
    const bool dark = Theme::instance()->isDark();
    const ShownRow &shown = m_shown[shownRow];
    const DiffRow &row = m_document.rows[shown.row];
    const int line = lineOf(shownRow, side);
    const Pane where = pane(side);
    const QRect textRect(where.text.left(), y, where.text.width(), rowHeight());
    const bool unified = m_layout == DiffLayout::Unified;
    const QRect whole(unified ? 0 : where.numbers.left(), y,
                      where.text.right() + 1 - (unified ? 0 : where.numbers.left()), rowHeight());
    if (line < 0)
        return paintGap(painter, whole);
    const bool changed = row.kind != DiffRow::Kind::Equal;
    const bool removed = side == Side::Before;
    if (changed)
        painter.fillRect(whole, ground(removed));

    const QFont font = Theme::smallMonoFont();
    const auto number = [&](Side one) {
        const int at = unified && !changed ? (one == Side::Before ? row.before : row.after) : (one == side ? line : -1);
        const QRect &column = pane(one).numbers;
        if (at >= 0)
            paint::text(&painter, QRectF(column.left() + 6, y, column.width() - 12, rowHeight()),
                        QString::number(at + 1), font, changed ? t.muted : t.faint, Qt::AlignRight);
    };
    number(side);
    if (unified && !changed)
        number(Side::Before);
    if (changed) // for those who do not see the colours
        paint::text(&painter, QRectF(textRect.left() - 2 * charWidth(), y, 2 * charWidth(), rowHeight()),
                    removed ? u"−"_s : u"+"_s, font, removed ? t.error : t.ok);

    const QString &full = textOf(side, line);
    qsizetype from = 0;
    qsizetype length = std::min(full.size(), ShownCharacters);
    if (length > LongLine) { // a place is a number of characters
        from = std::clamp<qsizetype>(qsizetype(horizontalScrollBar()->value() / charWidth()) - 4, 0, length);
        length = std::min(length - from, qsizetype(textRect.width() / charWidth()) + 8);
    }
    const QString text = full.sliced(from, length);
    QList<CodeInk> inks;
    const auto add = [&](qsizetype start, qsizetype count, const QColor &ink, const QColor &back = {}) {
        const qsizetype first = std::max<qsizetype>(start - from, 0);
        const qsizetype end = std::min(start - from + count, length);
        if (first < end)
            inks.append({int(first), int(end - first), ink, back});
    };
    const auto mark = [&](int start, int count, const QColor &back, const QColor &ink = {}) {
        add(start, count, ink, back);
    };
    if (const auto spans = m_spans[int(side)].of(line); !spans.empty()) {
        const CodeColours &colours = codeColours();
        for (const CodeSpan &span : spans) {
            const QRgb colour = dark ? colours.dark[span.style] : colours.light[span.style];
            if (colour != 0)
                add(span.start, span.length, QColor(colour));
        }
    }
    if (row.kind == DiffRow::Kind::Changed)
        if (const types::InlineMarks *marks = marksOf(shown.row))
            for (const types::TextRange &range : removed ? marks->before : marks->after)
                mark(range.start, range.length, wordGround(removed));
    for (const types::TextMatch &match :
         std::ranges::equal_range(std::as_const(m_matches), shown.row, {}, &types::TextMatch::row)) {
        const bool isCurrent = m_match >= 0 && &match == &m_matches.at(m_match);
        const bool here = row.kind == DiffRow::Kind::Equal || match.isAfter == (side == Side::After);
        if (here)
            mark(match.start, match.length, isCurrent ? t.warn : t.warnSoft, isCurrent ? t.surface : t.warn);
    }
    if (m_selection && !m_selection->isEmpty() && m_selection->side == side) {
        const auto [first, last] = std::minmax(m_selection->anchor, m_selection->current);
        if (shownRow >= first.row && shownRow <= last.row) {
            const int start = shownRow == first.row ? first.column : 0;
            const int end = shownRow == last.row ? last.column : int(full.size());
            mark(start, std::max(0, end - start), hasFocus() ? t.selection : t.selectionInactive);
        }
    }
    painter.save();
    painter.setClipRect(textRect);
    const qreal left = textRect.left() - horizontalScrollBar()->value() + double(from) * charWidth();
    paintCode(painter, QRectF(left, y, double(length) * charWidth(), rowHeight()), text, inks, font, charWidth(),
              t.text);
    painter.restore();
}

} // namespace paddock::ui
