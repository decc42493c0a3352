// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a difference is made of, and how one moves in it; how it looks is in diffview_paint.cpp, what
// mouse and keys do in diffview_input.cpp.
#include "widgets/diffview.h"

#include "theme/theme.h"

#include <QScrollBar>
#include <QThreadPool>
#include <QtConcurrentRun>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using types::DiffLayout;
using types::DiffRow;
using types::ShownRow;

namespace {

constexpr qint64 MarkingMs = 6; ///< of a repaint

} // namespace

DiffView::DiffView(QWidget *parent) : CodeArea(&Theme::smallMonoFont, tr("Difference of texts"), parent), m_marks(2000)
{
    viewport()->setMouseTracking(true);
    connect(&m_highlighting, &QFutureWatcher<CodeChunkPointer>::resultReadyAt, this, [this](int index) {
        const CodeChunkPointer chunk = m_highlighting.resultAt(index);
        m_spans[chunk->text].append(chunk);
        viewport()->update();
    });
    refreshMetrics();
}

DiffView::~DiffView()
{
    m_highlighting.cancel();
}

/// All that takes its time with a long text.
struct DiffView::Loaded
{
    types::DiffDocument document;
    qsizetype longest = 0; ///< line
};

void DiffView::setTexts(const QByteArray &before, const QByteArray &after, const QString &fileName)
{
    const quint64 request = ++m_request;
    QtConcurrent::run([before, after]() -> Result<Loaded> {
        auto document = types::diffDocument(before, after);
        if (!document)
            return std::unexpected(document.error());
        Loaded loaded{*std::move(document)};
        for (const QStringList *lines : {&loaded.document.before, &loaded.document.after})
            for (const QString &line : *lines)
                loaded.longest = std::max(loaded.longest, line.size());
        return loaded;
    }).then(this, [this, request, fileName](const Result<Loaded> &loaded) {
        if (request != m_request)
            return; // another one is asked for by now
        if (loaded)
            return take(*loaded, fileName);
        clear();
        setEmptyTexts(tr("No text"), loaded.error().message);
    });
}

void DiffView::clear()
{
    ++m_request;
    m_highlighting.cancel();
    setDocument({});
    m_isLoaded = false;
    m_matches.clear();
    relayout(false);
}

void DiffView::setDocument(const types::DiffDocument &document)
{
    // Letting go of a hundred thousand lines takes as long as a frame, so another thread does it.
    if (m_document.rows.size() > 1000)
        QThreadPool::globalInstance()->start([old = std::exchange(m_document, {})] { Q_UNUSED(old) });
    m_document = document;
    m_open.clear();
    m_marks.clear();
    m_selection.reset();
    m_change = -1;
    m_changeEnd = -1;
    for (CodeSpans &spans : m_spans)
        spans.clear();
}

void DiffView::take(const Loaded &loaded, const QString &fileName)
{
    const types::DiffDocument &document = loaded.document;
    setDocument(document);
    m_isLoaded = true;
    m_longest = int(std::min<qsizetype>(loaded.longest, 4000));
    m_digits = std::max(3, int(QString::number(std::max(document.before.size(), document.after.size())).size()));
    m_highlighting.cancel();
    m_highlighting.setFuture(highlightCode({document.before, document.after}, fileName));
    relayout(false);
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    if (!m_sought.isEmpty())
        find(m_sought);
    Q_EMIT DiffView::loaded();
    showChange(0);
}

int DiffView::highlightedLines() const
{
    return m_spans[0].lines() + m_spans[1].lines();
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

void DiffView::relayout(bool keepTop)
{
    const int top = verticalScrollBar()->value();
    const int topRow = keepTop && top < m_shown.size() ? m_shown[top].row : 0;
    m_shown = types::shownRows(m_document, m_layout, m_isFolded ? m_context : -1, m_open);
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

int DiffView::heightOf(int rows) const
{
    return rows * rowHeight() + 2 * frameWidth() + horizontalScrollBar()->sizeHint().height();
}

int DiffView::widthForTwo() const
{
    const int sign = int(std::ceil(charWidth() * 2));
    const int numbers = int(std::ceil(charWidth() * m_digits)) + 14;
    return 2 * (numbers + sign + int(std::ceil(charWidth() * (m_longest + 2)))) + 1 + 2 * frameWidth();
}

void DiffView::refreshRange()
{
    verticalScrollBar()->setPageStep(visibleRows());
    verticalScrollBar()->setRange(0, qMax(0, int(m_shown.size()) - visibleRows()));
    refreshAcross(int(std::ceil(charWidth() * (m_longest + 2))), pane(Side::After).text.width());
}

DiffView::Pane DiffView::pane(Side side) const
{
    const int sign = int(std::ceil(charWidth() * 2));
    const int numbers = int(std::ceil(charWidth() * m_digits)) + 14;
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

/// Words are compared as they come into sight, and of very long lines only so many in one repaint.
const types::InlineMarks *DiffView::marksOf(int documentRow)
{
    if (const types::InlineMarks *known = m_marks.object(documentRow))
        return known;
    if (m_painting.elapsed() > MarkingMs) {
        viewport()->update();
        return nullptr;
    }
    const DiffRow &row = m_document.rows[documentRow];
    auto *marks = new types::InlineMarks(types::diffWords(m_document.before[row.before], m_document.after[row.after]));
    m_marks.insert(documentRow, marks);
    return marks;
}

int DiffView::rowAtY(int y) const
{
    const int row = verticalScrollBar()->value() + (y < 0 ? -1 : y / rowHeight());
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

/// What changed of a long line may stand beyond the right edge.
void DiffView::revealWord(int documentRow)
{
    constexpr qsizetype TooLong = 4000; // to be compared in between
    const DiffRow &row = m_document.rows[documentRow];
    if (row.before < 0 || row.after < 0 || m_document.before[row.before].size() > TooLong ||
        m_document.after[row.after].size() > TooLong)
        return horizontalScrollBar()->setValue(0);
    const types::InlineMarks marks = types::diffWords(m_document.before[row.before], m_document.after[row.after]);
    int end = 0;
    for (const auto &ranges : {marks.before, marks.after})
        if (!ranges.isEmpty())
            end = std::max(end, ranges.first().start + ranges.first().length);
    const int beyond = int(charWidth() * (end + 2)) - pane(Side::After).text.width();
    if (beyond <= 0)
        return horizontalScrollBar()->setValue(0);
    // Whole characters, and no further than need be: what stands before it says where one is.
    horizontalScrollBar()->setValue(int(std::ceil(std::ceil(beyond / charWidth() + 4) * charWidth())));
}

void DiffView::showChange(int index)
{
    const int count = int(m_document.changes.size());
    if (count == 0)
        return;
    m_change = qBound(0, index, count - 1);
    m_changeEnd = m_document.changes[m_change];
    while (m_changeEnd + 1 < m_document.rows.size() && m_document.rows[m_changeEnd + 1].kind != DiffRow::Kind::Equal)
        ++m_changeEnd;
    reveal(m_document.changes[m_change], Side::Before);
    revealWord(m_document.changes[m_change]);
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

} // namespace paddock::ui
