// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a difference is made of, and how one moves in it; how it looks is in diffview_paint.cpp.
#include "widgets/diffview.h"

#include "theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QScrollBar>
#include <QtConcurrentRun>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using types::DiffLayout;
using types::DiffRow;
using types::ShownRow;

namespace {

constexpr int Context = 3;

} // namespace

DiffView::DiffView(QWidget *parent) : QAbstractScrollArea(parent), m_marks(2000)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Difference of texts"));
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setMouseTracking(true);
    for (int side = 0; side < 2; ++side)
        connect(&m_highlighting[side], &QFutureWatcher<CodeChunk>::resultReadyAt, this, [this, side](int index) {
            const CodeChunk chunk = m_highlighting[side].resultAt(index);
            auto &spans = m_spans[side];
            if (spans.size() < size_t(chunk.first) + chunk.lines.size())
                spans.resize(size_t(chunk.first) + chunk.lines.size());
            std::ranges::copy(chunk.lines, spans.begin() + chunk.first);
            viewport()->update();
        });
    refreshMetrics();
}

DiffView::~DiffView()
{
    for (auto &watcher : m_highlighting)
        watcher.cancel();
}

void DiffView::setTexts(const QByteArray &before, const QByteArray &after, const QString &fileName)
{
    const quint64 request = ++m_request;
    QtConcurrent::run(&types::diffDocument, before, after)
        .then(this, [this, request, fileName](const Result<types::DiffDocument> &document) {
            if (request != m_request)
                return; // another one is asked for by now
            if (document)
                return take(*document, fileName);
            clear();
            setEmptyTexts(tr("No text"), document.error().message);
        });
}

void DiffView::clear()
{
    ++m_request;
    for (auto &watcher : m_highlighting)
        watcher.cancel();
    m_document = {};
    m_isLoaded = false;
    m_matches.clear();
    relayout(false);
}

void DiffView::take(const types::DiffDocument &document, const QString &fileName)
{
    m_document = document;
    m_isLoaded = true;
    m_open.clear();
    m_marks.clear();
    m_selection.reset();
    m_change = -1;
    qsizetype longest = 0;
    for (const QStringList *lines : {&document.before, &document.after})
        for (const QString &line : *lines)
            longest = std::max(longest, line.size());
    m_longest = int(std::min<qsizetype>(longest, 4000));
    m_digits = std::max(3, int(QString::number(std::max(document.before.size(), document.after.size())).size()));
    highlight(Side::Before, document.before, fileName);
    highlight(Side::After, document.after, fileName);
    relayout(false);
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    if (!m_sought.isEmpty())
        find(m_sought);
    Q_EMIT loaded();
    showChange(0);
}

void DiffView::highlight(Side side, const QStringList &lines, const QString &fileName)
{
    auto &watcher = m_highlighting[int(side)];
    watcher.cancel();
    m_spans[int(side)].clear();
    watcher.setFuture(highlightCode(lines, fileName));
}

int DiffView::highlightedLines() const
{
    return int(m_spans[0].size() + m_spans[1].size());
}

void DiffView::setDiffLayout(DiffLayout layout)
{
    if (layout == std::exchange(m_layout, layout))
        return;
    m_selection.reset();
    relayout(true);
}

void DiffView::setFolded(bool folded)
{
    m_isFolded = folded;
    m_open.clear();
    relayout(true);
}

void DiffView::setEmptyTexts(const QString &title, const QString &text)
{
    m_emptyTitle = title;
    m_emptyText = text;
    viewport()->update();
}

void DiffView::relayout(bool keepTop)
{
    const int top = verticalScrollBar()->value();
    const int topRow = keepTop && top < m_shown.size() ? m_shown[top].row : 0;
    m_shown = types::shownRows(m_document, m_layout, m_isFolded ? Context : -1, m_open);
    m_indexBefore.assign(m_document.rows.size(), -1);
    m_indexAfter.assign(m_document.rows.size(), -1);
    for (int i = 0; i < int(m_shown.size()); ++i) {
        const ShownRow &one = m_shown[i];
        if (one.hidden > 0)
            continue;
        if (one.side != ShownRow::Side::After)
            m_indexBefore[one.row] = i;
        if (one.side != ShownRow::Side::Before)
            m_indexAfter[one.row] = i;
    }
    refreshRange();
    if (keepTop && !m_shown.isEmpty()) {
        const auto it = std::ranges::find_if(m_shown, [&](const ShownRow &one) { return one.row >= topRow; });
        verticalScrollBar()->setValue(int(it - m_shown.begin()));
    }
    viewport()->update();
}

void DiffView::refreshMetrics()
{
    const QFontMetricsF metrics(Theme::smallMonoFont());
    m_rowHeight = int(std::ceil(metrics.height())) + 3;
    m_charWidth = metrics.horizontalAdvance(u'0');
    refreshRange();
}

int DiffView::visibleRows() const
{
    return qMax(1, viewport()->height() / m_rowHeight);
}

void DiffView::refreshRange()
{
    verticalScrollBar()->setPageStep(visibleRows());
    verticalScrollBar()->setRange(0, qMax(0, int(m_shown.size()) - visibleRows()));
    const int width = int(std::ceil(m_charWidth * (m_longest + 2)));
    const int seen = pane(Side::After).text.width();
    horizontalScrollBar()->setPageStep(seen);
    horizontalScrollBar()->setSingleStep(int(m_charWidth) * 4);
    horizontalScrollBar()->setRange(0, qMax(0, width - seen));
}

void DiffView::resizeEvent(QResizeEvent *)
{
    refreshRange();
}

void DiffView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange)
        refreshMetrics();
    QAbstractScrollArea::changeEvent(event);
}

DiffView::Pane DiffView::pane(Side side) const
{
    const int sign = int(std::ceil(m_charWidth * 2));
    const int numbers = int(std::ceil(m_charWidth * m_digits)) + 14;
    const QRect all = viewport()->rect();
    if (m_layout == DiffLayout::Unified) {
        const int left = side == Side::Before ? 0 : numbers;
        return {QRect(2 * numbers + sign, 0, qMax(0, all.width() - 2 * numbers - sign), all.height()),
                QRect(left, 0, numbers, all.height())};
    }
    const int half = all.width() / 2;
    const int left = side == Side::Before ? 0 : half + 1;
    const int width = side == Side::Before ? half : all.width() - half - 1;
    return {QRect(left + numbers + sign, 0, qMax(0, width - numbers - sign), all.height()),
            QRect(left, 0, numbers, all.height())};
}

DiffView::Side DiffView::sideAt(int x) const
{
    return m_layout == DiffLayout::SideBySide && x < viewport()->width() / 2 ? Side::Before : Side::After;
}

int DiffView::lineOf(int shownRow, Side side) const
{
    const ShownRow &shown = m_shown[shownRow];
    if (shown.hidden > 0)
        return -1;
    const DiffRow &row = m_document.rows[shown.row];
    if (shown.side == ShownRow::Side::Before && side == Side::After)
        return -1;
    if (shown.side == ShownRow::Side::After && side == Side::Before)
        return -1;
    return side == Side::Before ? row.before : row.after;
}

const QString &DiffView::textOf(Side side, int line) const
{
    return side == Side::Before ? m_document.before[line] : m_document.after[line];
}

const types::InlineMarks &DiffView::marksOf(int documentRow) const
{
    if (const types::InlineMarks *known = m_marks.object(documentRow))
        return *known;
    const DiffRow &row = m_document.rows[documentRow];
    auto *marks = new types::InlineMarks(types::diffWords(m_document.before[row.before], m_document.after[row.after]));
    m_marks.insert(documentRow, marks);
    return *marks;
}

int DiffView::rowAtY(int y) const
{
    const int row = verticalScrollBar()->value() + (y < 0 ? -1 : y / m_rowHeight);
    return qBound(0, row, qMax(0, int(m_shown.size()) - 1));
}

int DiffView::shownIndexOf(int documentRow, Side side) const
{
    const QList<int> &first = side == Side::Before ? m_indexBefore : m_indexAfter;
    const QList<int> &second = side == Side::Before ? m_indexAfter : m_indexBefore;
    const int index = first.value(documentRow, -1);
    return index >= 0 ? index : second.value(documentRow, -1);
}

void DiffView::reveal(int documentRow, Side side)
{
    if (documentRow < 0 || documentRow >= m_document.rows.size())
        return;
    int index = shownIndexOf(documentRow, side);
    if (index < 0) {
        const auto fold = std::ranges::find_if(m_shown, [&](const ShownRow &one) {
            return one.hidden > 0 && one.row <= documentRow && documentRow < one.row + one.hidden;
        });
        if (fold == m_shown.end())
            return;
        openFold(int(fold - m_shown.begin()));
        index = shownIndexOf(documentRow, side);
    }
    QScrollBar *bar = verticalScrollBar();
    if (index < bar->value() + 1 || index >= bar->value() + visibleRows() - 1)
        bar->setValue(index - visibleRows() / 3);
    viewport()->update();
}

void DiffView::openFold(int shownRow)
{
    m_open.insert(m_shown[shownRow].row);
    relayout(true);
}

void DiffView::showChange(int index)
{
    const int count = int(m_document.changes.size());
    if (count == 0)
        return;
    m_change = qBound(0, index, count - 1);
    reveal(m_document.changes[m_change], Side::Before);
    Q_EMIT changeMoved(m_change, count);
}

void DiffView::find(const QString &text)
{
    m_sought = text;
    const quint64 search = ++m_search;
    QtConcurrent::run(&types::findText, m_document, text)
        .then(this, [this, search](const QList<types::TextMatch> &matches) {
            if (search != m_search)
                return;
            m_matches = matches;
            m_match = -1;
            viewport()->update();
            if (matches.isEmpty())
                Q_EMIT matchesChanged(-1, 0);
            else
                nextMatch(0);
        });
}

/// `step` 0: the first one from what is seen on.
void DiffView::nextMatch(int step)
{
    const int count = int(m_matches.size());
    if (count == 0)
        return;
    if (step == 0 || m_match < 0) {
        const int top = verticalScrollBar()->value();
        const int row = top < m_shown.size() ? m_shown[top].row : 0;
        const auto it = std::ranges::find_if(m_matches, [&](const types::TextMatch &one) { return one.row >= row; });
        m_match = it == m_matches.end() ? 0 : int(it - m_matches.begin());
        if (step < 0)
            m_match = (m_match + count - 1) % count;
    } else {
        m_match = (m_match + step + count) % count;
    }
    const types::TextMatch &match = m_matches[m_match];
    reveal(match.row, match.isAfter ? Side::After : Side::Before);
    Q_EMIT matchesChanged(m_match, count);
}

DiffView::Place DiffView::placeAt(const QPoint &position, Side side) const
{
    const int row = rowAtY(position.y());
    const int line = lineOf(row, side);
    if (line < 0)
        return {row, 0};
    const double x = position.x() - pane(side).text.left() + horizontalScrollBar()->value();
    return {row, qBound(0, int(std::lround(x / m_charWidth)), int(textOf(side, line).size()))};
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
    QScrollBar *bar = verticalScrollBar();
    if (event->pos().y() < 0)
        bar->setValue(bar->value() - 1);
    else if (event->pos().y() > viewport()->height())
        bar->setValue(bar->value() + 1);
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

void DiffView::copy() const
{
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void DiffView::selectAll()
{
    if (m_shown.isEmpty())
        return;
    const Side side = m_selection ? m_selection->side : Side::After;
    const int last = int(m_shown.size()) - 1;
    const int line = lineOf(last, side);
    m_selection = Selection{side, {0, 0}, {last, line < 0 ? 0 : int(textOf(side, line).size())}};
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
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

bool DiffView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Copy) || key->matches(QKeySequence::SelectAll)) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void DiffView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), this, &DiffView::copy)->setEnabled(!selectedText().isEmpty());
    menu->addAction(tr("Select all"), this, &DiffView::selectAll);
    menu->addSeparator();
    menu->addAction(m_isFolded ? tr("Show all lines") : tr("Fold equal lines"), this,
                    [this] { setFolded(!m_isFolded); });
    menu->popup(event->globalPos());
}

} // namespace paddock::ui
