// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keys do in a difference.
#include "widgets/diffview.h"

#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using types::DiffLayout;
using types::ShownRow;

DiffView::Place DiffView::placeAt(const QPoint &position, Side side) const
{
    const int row = rowAtY(position.y());
    const int line = lineOf(row, side);
    if (line < 0)
        return {row, 0};
    const double x = position.x() - pane(side).text.left() + horizontalScrollBar()->value();
    return {row, qBound(0, int(std::lround(x / charWidth())), int(textOf(side, line).size()))};
}

void DiffView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_shown.isEmpty())
        return;
    const int row = rowAtY(event->pos().y());
    if (m_shown[row].hidden > 0)
        return openFold(row);
    Side side = sideAt(event->pos().x());
    // In one column a line that was removed is only on the side before.
    if (m_layout == DiffLayout::Unified && m_shown[row].side == ShownRow::Side::Before)
        side = Side::Before;
    const Place place = placeAt(event->pos(), side);
    const bool extends = event->modifiers().testFlag(Qt::ShiftModifier) && m_selection && m_selection->side == side;
    m_selection = Selection{side, extends ? m_selection->anchor : place, place};
    viewport()->update();
}

void DiffView::mouseMoveEvent(QMouseEvent *event)
{
    const bool onFold = !m_shown.isEmpty() && m_shown[rowAtY(event->pos().y())].hidden > 0;
    viewport()->setCursor(onFold ? Qt::PointingHandCursor : Qt::IBeamCursor);
    if (!(event->buttons() & Qt::LeftButton) || !m_selection || m_shown.isEmpty())
        return;
    scrollTowards(event->pos().y());
    m_selection->current = placeAt(event->pos(), m_selection->side);
    viewport()->update();
}

void DiffView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (!m_selection || event->button() != Qt::LeftButton)
        return;
    const int row = m_selection->current.row;
    const int line = lineOf(row, m_selection->side);
    if (line < 0)
        return;
    const QString &text = textOf(m_selection->side, line);
    const auto isWord = [&](int at) {
        return at >= 0 && at < text.size() && (text[at].isLetterOrNumber() || text[at] == u'_' || text[at] == u'$');
    };
    int from = m_selection->current.column;
    int to = from;
    while (isWord(from - 1))
        --from;
    while (isWord(to))
        ++to;
    m_selection->anchor = {row, from};
    m_selection->current = {row, to};
    viewport()->update();
}

QString DiffView::selectedText() const
{
    if (!m_selection || m_selection->isEmpty())
        return {};
    const auto [first, last] = std::minmax(m_selection->anchor, m_selection->current);
    QStringList lines;
    for (int row = first.row; row <= last.row && row < m_shown.size(); ++row) {
        const ShownRow &shown = m_shown[row];
        for (int hidden = 0; hidden < shown.hidden; ++hidden) // what is folded is selected as well
            lines << textOf(m_selection->side, m_selection->side == Side::Before
                                                   ? m_document.rows[shown.row + hidden].before
                                                   : m_document.rows[shown.row + hidden].after);
        const int line = lineOf(row, m_selection->side);
        if (line < 0)
            continue;
        QString text = textOf(m_selection->side, line);
        if (row == last.row)
            text = text.first(std::min<qsizetype>(text.size(), last.column));
        if (row == first.row)
            text = text.sliced(std::min<qsizetype>(text.size(), first.column));
        lines << text;
    }
    return lines.join(u'\n');
}

void DiffView::selectAll()
{
    if (m_shown.isEmpty())
        return;
    const Side side = m_selection ? m_selection->side : Side::After;
    const int last = int(m_shown.size()) - 1;
    const int line = lineOf(last, side);
    m_selection = Selection{side, {0, 0}, {last, line < 0 ? 1 : int(textOf(side, line).size())}};
    viewport()->update();
}

void DiffView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy))
        return copy();
    if (event->matches(QKeySequence::SelectAll))
        return selectAll();
    QScrollBar *bar = verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_Up: bar->setValue(bar->value() - 1); return;
    case Qt::Key_Down: bar->setValue(bar->value() + 1); return;
    case Qt::Key_PageUp: bar->setValue(bar->value() - visibleRows()); return;
    case Qt::Key_PageDown: bar->setValue(bar->value() + visibleRows()); return;
    case Qt::Key_Home: bar->setValue(0); return;
    case Qt::Key_End: bar->setValue(bar->maximum()); return;
    case Qt::Key_N: return event->modifiers().testFlag(Qt::ShiftModifier) ? previousChange() : nextChange();
    case Qt::Key_P: return previousChange();
    case Qt::Key_Return:
    case Qt::Key_Enter: {
        // The first fold that is seen; the mouse can open any.
        for (int row = bar->value(); row < m_shown.size() && row < bar->value() + visibleRows(); ++row)
            if (m_shown[row].hidden > 0)
                return openFold(row);
        return;
    }
    default: CodeArea::keyPressEvent(event);
    }
}

void DiffView::extendMenu(QMenu &menu)
{
    menu.addSeparator();
    menu.addAction(m_isFolded ? tr("Show all lines") : tr("Fold equal lines"), this,
                   [this] { setFolded(!m_isFolded); });
}

} // namespace paddock::ui
