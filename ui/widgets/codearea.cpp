// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/codearea.h"

#include "theme/theme.h"
#include "widgets/paint.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <cmath>

namespace paddock::ui {

CodeArea::CodeArea(QFont (*lineFont)(), const QString &accessibleName, QWidget *parent)
    : QAbstractScrollArea(parent), m_font(lineFont)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(accessibleName);
    viewport()->setCursor(Qt::IBeamCursor);
}

void CodeArea::copy() const
{
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void CodeArea::setEmptyTexts(const QString &title, const QString &text)
{
    m_emptyTitle = title;
    m_emptyText = text;
    viewport()->update();
}

void CodeArea::extendMenu(QMenu &) {}

void CodeArea::refreshMetrics()
{
    const QFontMetricsF metrics(m_font());
    m_rowHeight = int(std::ceil(metrics.height())) + 3;
    m_charWidth = metrics.horizontalAdvance(u'0');
    refreshRange();
}

int CodeArea::visibleRows() const
{
    return qMax(1, viewport()->height() / m_rowHeight);
}

void CodeArea::refreshAcross(int width, int seen)
{
    horizontalScrollBar()->setPageStep(seen);
    horizontalScrollBar()->setSingleStep(int(m_charWidth) * 4);
    horizontalScrollBar()->setRange(0, qMax(0, width - seen));
}

void CodeArea::scrollTowards(int y)
{
    QScrollBar *bar = verticalScrollBar();
    if (y < 0)
        bar->setValue(bar->value() - 1);
    else if (y > viewport()->height())
        bar->setValue(bar->value() + 1);
}

void CodeArea::paintEmpty(QPainter &painter, const QString &title) const
{
    const Tokens &t = Theme::tokens();
    const QRect box = viewport()->rect().adjusted(16, 16, -16, -16);
    const int line = QFontMetrics(Theme::strongFont()).height();
    const QRect heading(box.left(), box.center().y() - line, box.width(), line);
    paint::text(&painter, heading, title.isEmpty() ? m_emptyTitle : title, Theme::strongFont(), t.text,
                Qt::AlignHCenter);
    paint::text(&painter, heading.translated(0, line + 4), m_emptyText, Theme::uiFont(), t.muted, Qt::AlignHCenter);
}

void CodeArea::resizeEvent(QResizeEvent *)
{
    refreshRange();
}

void CodeArea::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange)
        refreshMetrics();
    QAbstractScrollArea::changeEvent(event);
}

void CodeArea::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), QKeySequence::Copy, this, &CodeArea::copy)->setEnabled(hasSelection());
    menu->addAction(tr("Select all"), QKeySequence::SelectAll, this, &CodeArea::selectAll);
    extendMenu(*menu);
    menu->popup(event->globalPos());
}

/// Copying belongs to what has the focus, whatever the window has on these keys.
bool CodeArea::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Copy) || key->matches(QKeySequence::SelectAll)) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

} // namespace paddock::ui
