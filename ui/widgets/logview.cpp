// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/logview.h"

#include "theme/theme.h"
#include "widgets/codepaint.h"
#include "widgets/paint.h"

#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

constexpr int Margin = 12;
constexpr qsizetype ShownCharacters = 4000; // of a line; the whole line can be copied
constexpr int PluginColumns = 12;
constexpr qint64 CopiedLines = 200'000;

QColor sgrColour(int code, bool dark)
{
    static constexpr QRgb light[16] = {0x1a1e26, 0xb42328, 0x17703d, 0x855200, 0x185f97, 0x86329c, 0x0f6b74, 0x535c6b,
                                       0x636c7b, 0xb42328, 0x17703d, 0x855200, 0x185f97, 0x86329c, 0x0f6b74, 0x1a1e26};
    static constexpr QRgb night[16] = {0x8d96a5, 0xf58386, 0x5fcb92, 0xe3b25a, 0x74b9f2, 0xd49af0, 0x5cc8d3, 0xcfd4dc,
                                       0x8d96a5, 0xf58386, 0x5fcb92, 0xe3b25a, 0x74b9f2, 0xd49af0, 0x5cc8d3, 0xe6e9ee};
    if (code >= 0x1000000)
        return QColor(QRgb(code & 0xffffff));
    return QColor(dark ? night[code & 15] : light[code & 15]);
}

QColor levelColour(logs::Level level)
{
    const Tokens &t = Theme::tokens();
    switch (level) {
    case logs::Level::Error: return t.error;
    case logs::Level::Warn: return t.warn;
    case logs::Level::Info: return t.info;
    case logs::Level::Debug: break;
    }
    return t.faint;
}

QString levelName(logs::Level level)
{
    switch (level) {
    case logs::Level::Error: return u"ERROR"_s;
    case logs::Level::Warn: return u"WARN"_s;
    case logs::Level::Info: return u"INFO"_s;
    case logs::Level::Debug: break;
    }
    return u"DEBUG"_s;
}

} // namespace

LogView::LogView(models::LogFilterModel *model, QWidget *parent)
    : CodeArea(&Theme::monoFont, tr("Log lines"), parent), m_model(model)
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(16);
    connect(&m_refresh, &QTimer::timeout, this, &LogView::refreshRange);
    const auto later = [this] {
        if (!m_refresh.isActive())
            m_refresh.start();
    };
    connect(model, &QAbstractItemModel::rowsInserted, this, later);
    connect(model, &QAbstractItemModel::rowsRemoved, this, later);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        m_widest = 0;
        refreshRange();
    });
    refreshMetrics();
}

void LogView::setFollowing(bool following)
{
    if (following != m_isFollowing) {
        m_isFollowing = following;
        Q_EMIT followingChanged(following);
    }
    if (following)
        refreshRange();
}

void LogView::setMarked(const QString &text)
{
    m_marked = text;
    viewport()->update();
}

int LogView::rowAtY(int y) const
{
    const int offset = topOffset();
    const int row = verticalScrollBar()->value() + (y < offset ? -1 : (y - offset) / rowHeight());
    return qBound(0, row, qMax(0, m_model->rowCount() - 1));
}

int LogView::topOffset() const
{
    const QScrollBar *bar = verticalScrollBar();
    const bool atEnd = bar->maximum() > 0 && bar->value() == bar->maximum();
    return atEnd ? viewport()->height() - visibleRows() * rowHeight() : 0;
}

void LogView::refreshRange()
{
    m_isAdjusting = true;
    const int rows = m_model->rowCount();
    if (rows == 0)
        m_widest = 0;
    QScrollBar *bar = verticalScrollBar();
    bar->setPageStep(visibleRows());
    bar->setRange(0, qMax(0, rows - visibleRows()));
    bar->setValue(m_isFollowing ? bar->maximum() : m_model->rowAt(m_top));
    if (rows > 0)
        m_top = m_model->sequence(qMin(bar->value(), rows - 1));
    refreshAcross(m_widest, viewport()->width());
    m_isAdjusting = false;
    viewport()->update();
}

void LogView::scrollContentsBy(int, int)
{
    if (!m_isAdjusting && m_model->rowCount() > 0) {
        m_top = m_model->sequence(qMin(verticalScrollBar()->value(), m_model->rowCount() - 1));
        const bool atEnd = verticalScrollBar()->value() == verticalScrollBar()->maximum();
        if (atEnd != m_isFollowing) {
            m_isFollowing = atEnd;
            Q_EMIT followingChanged(atEnd);
        }
    }
    viewport()->update();
}

void LogView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const Tokens &t = Theme::tokens();
    painter.fillRect(viewport()->rect(), t.surface);
    const int rows = m_model->rowCount();
    if (rows == 0)
        return paintEmpty(painter);
    const qint64 from = qMin(m_anchor, m_current);
    const qint64 to = qMax(m_anchor, m_current);
    const int first = verticalScrollBar()->value();
    const int widestBefore = m_widest;
    // At the end the last line sits on the lower edge, and a part of one more shows above.
    const int offset = topOffset();
    const int above = offset > 0 && first > 0 ? 1 : 0;
    for (int row = first - above, y = offset - above * rowHeight(); row < rows && y < viewport()->height();
         ++row, y += rowHeight()) {
        const qint64 sequence = m_model->sequence(row);
        paintRow(painter, QRect(0, y, viewport()->width(), rowHeight()), sequence,
                 m_anchor >= 0 && sequence >= from && sequence <= to);
    }
    if (m_widest > widestBefore)
        m_refresh.start();
}

void LogView::paintRow(QPainter &painter, const QRect &rect, qint64 sequence, bool selected)
{
    const Tokens &t = Theme::tokens();
    const bool dark = Theme::instance()->isDark();
    const logs::LogLine line = m_model->source()->line(sequence);
    if (selected)
        painter.fillRect(rect, hasFocus() ? t.selection : t.selectionInactive);
    else if (line.level == logs::Level::Error)
        painter.fillRect(rect, t.errorSoft);
    if (line.level >= logs::Level::Warn)
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), levelColour(line.level));

    const QFont font = Theme::monoFont();
    const auto columns = [&](int count) { return qRound(charWidth() * count); };
    qreal x = Margin - horizontalScrollBar()->value();
    const auto cell = [&](const QString &text, int width, const QColor &colour) {
        paint::text(&painter, QRectF(x, rect.top(), columns(width), rect.height()), text, font, colour, Qt::AlignLeft,
                    Qt::ElideNone);
        x += columns(width + 1);
    };
    cell(line.at.toLocalTime().toString(u"HH:mm:ss.zzz"), 12, t.faint);
    cell(levelName(line.level), 5, levelColour(line.level));
    if (m_showsOwners) {
        const bool hasPlugin = !line.plugin.isEmpty();
        QString owner = hasPlugin ? line.plugin : line.source;
        if (owner.size() > PluginColumns)
            owner = owner.first(PluginColumns - 1) + u'…';
        cell(owner, PluginColumns, hasPlugin ? t.accent : t.faint);
    }

    QString text = line.text.first(qMin(line.text.size(), ShownCharacters));
    text.replace(u'\t', u' ');
    if (line.text.size() > ShownCharacters)
        text += u" … "_s + tr("(%n more characters)", nullptr, int(line.text.size() - ShownCharacters));
    const QColor base = line.level == logs::Level::Debug ? t.muted : t.text;
    QList<QTextLayout::FormatRange> formats;
    for (const logs::Span &span : line.spans) {
        QTextCharFormat format;
        if (span.foreground >= 0)
            format.setForeground(sgrColour(span.foreground, dark));
        if (span.bold)
            format.setFontWeight(QFont::Bold);
        if (span.background >= 0)
            format.setBackground(sgrColour(span.background, !dark));
        formats.append({span.start, span.length, format});
    }
    for (qsizetype at = m_marked.isEmpty() ? -1 : text.indexOf(m_marked, 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(m_marked, at + m_marked.size(), Qt::CaseInsensitive)) {
        QTextCharFormat format;
        format.setBackground(t.warnSoft);
        format.setForeground(t.warn);
        formats.append({int(at), int(m_marked.size()), format});
    }
    painter.setPen(base);
    const qreal width = paintLaidOut(painter, QRectF(x, rect.top(), 0, rect.height()), text, formats, font);
    m_widest = qMax(m_widest, int(x + horizontalScrollBar()->value() + width) + Margin);
}

void LogView::select(qint64 anchor, qint64 current)
{
    m_anchor = anchor;
    m_current = current;
    viewport()->update();
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_model->rowCount() == 0)
        return;
    const qint64 sequence = m_model->sequence(rowAtY(event->pos().y()));
    select(event->modifiers().testFlag(Qt::ShiftModifier) && m_anchor >= 0 ? m_anchor : sequence, sequence);
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    if (!(event->buttons() & Qt::LeftButton) || m_anchor < 0 || m_model->rowCount() == 0)
        return;
    scrollTowards(event->pos().y());
    const int y = qBound(0, event->pos().y(), viewport()->height() - 1);
    select(m_anchor, m_model->sequence(rowAtY(y)));
}

void LogView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (m_model->rowCount() == 0)
        return;
    static const QRegularExpression location(uR"(((?:/|\.{0,2}/)?[\w@.\-]+(?:/[\w@.\-]+)*\.[cm]?[jt]sx?):(\d+))"_s);
    const QString text = m_model->source()->text(m_model->sequence(rowAtY(event->pos().y())));
    if (const auto match = location.match(text); match.hasMatch())
        Q_EMIT locationActivated(match.captured(1), match.captured(2).toInt());
}

void LogView::moveCurrent(int rows, bool extend)
{
    const int count = m_model->rowCount();
    if (count == 0)
        return;
    const int from = m_current >= 0 ? m_model->rowAt(m_current) : verticalScrollBar()->value();
    const int row = qBound(0, from + rows, count - 1);
    const qint64 sequence = m_model->sequence(row);
    select(extend && m_anchor >= 0 ? m_anchor : sequence, sequence);
    QScrollBar *bar = verticalScrollBar();
    if (row < bar->value())
        bar->setValue(row);
    else if (row >= bar->value() + visibleRows())
        bar->setValue(row - visibleRows() + 1);
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    const bool extend = event->modifiers().testFlag(Qt::ShiftModifier);
    if (event->matches(QKeySequence::Copy))
        return copy();
    if (event->matches(QKeySequence::SelectAll))
        return selectAll();
    switch (event->key()) {
    case Qt::Key_Up: return moveCurrent(-1, extend);
    case Qt::Key_Down: return moveCurrent(1, extend);
    case Qt::Key_PageUp: return moveCurrent(-visibleRows(), extend);
    case Qt::Key_PageDown: return moveCurrent(visibleRows(), extend);
    case Qt::Key_Home: return moveCurrent(-m_model->rowCount(), extend);
    case Qt::Key_End: moveCurrent(m_model->rowCount(), extend); return setFollowing(true);
    case Qt::Key_Escape:
        if (hasSelection())
            return select(-1, -1);
        break;
    default: break;
    }
    CodeArea::keyPressEvent(event);
}

QString LogView::selectedText() const
{
    if (m_anchor < 0)
        return {};
    QString result;
    const int first = m_model->rowAt(qMin(m_anchor, m_current));
    const int end = m_model->rowAt(qMax(m_anchor, m_current) + 1);
    for (int row = first; row < end && row - first < CopiedLines; ++row)
        result += m_model->source()->text(m_model->sequence(row)) + u'\n';
    return result;
}

void LogView::selectAll()
{
    if (const int count = m_model->rowCount(); count > 0)
        select(m_model->sequence(0), m_model->sequence(count - 1));
}

} // namespace paddock::ui
