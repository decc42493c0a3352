// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/diffdocument.h"
#include "types/textdiff.h"
#include "widgets/codearea.h"
#include "widgets/codehighlight.h"

#include <QCache>
#include <QElapsedTimer>
#include <QFutureWatcher>
#include <optional>

namespace paddock::ui {

/// Two texts compared, side by side or in one column. Comparing, highlighting and searching happen elsewhere; the cost
/// of a repaint is that of what is seen, however long texts and lines are. Equal parts are folded; text is drawn as
/// plain text.
class DiffView final : public CodeArea
{
    Q_OBJECT

public:
    explicit DiffView(QWidget *parent = nullptr);
    ~DiffView() override;

    /// `fileName` decides how it is highlighted. What was shown stays until the new difference is there.
    void setTexts(const QByteArray &before, const QByteArray &after, const QString &fileName);
    void clear();
    void setDiffLayout(types::DiffLayout layout);
    [[nodiscard]] types::DiffLayout diffLayout() const { return m_layout; }
    void setFolded(bool folded);
    /// How many equal lines stay around each change; 3 unless set.
    void setContext(int lines) { m_context = lines; }
    [[nodiscard]] bool isFolded() const { return m_isFolded; }

    void showChange(int index); ///< of the document's blocks; clamped
    void nextChange() { showChange(m_change + 1); }
    void previousChange() { showChange(m_change - 1); }
    /// Finds in both texts; empty: nothing is marked.
    void find(const QString &text);
    void nextMatch(int step = 1);
    void selectAll() override;
    [[nodiscard]] bool hasSelection() const override { return m_selection && !m_selection->isEmpty(); }
    [[nodiscard]] QString selectedText() const override;
    [[nodiscard]] const types::DiffDocument &document() const { return m_document; }
    [[nodiscard]] const QList<types::ShownRow> &shown() const { return m_shown; }
    /// How many lines have been highlighted, on both sides.
    [[nodiscard]] int highlightedLines() const;
    /// Of the widget, where so many rows are to be seen.
    [[nodiscard]] int heightOf(int rows) const;
    /// Of the widget, so that both texts are to be seen beside each other without scrolling.
    [[nodiscard]] int widthForTwo() const;

Q_SIGNALS:
    void loaded();
    void changeMoved(int index, int count);    ///< index from 0
    void matchesChanged(int index, int count); ///< index from 0; -1: none yet

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void extendMenu(QMenu &menu) override;

private:
    enum class Side { Before, After };
    /// A place in the text that is shown: a row of m_shown, on one side, and a character of its line.
    struct Place
    {
        int row = 0;
        int column = 0;
        friend auto operator<=>(const Place &, const Place &) = default;
    };
    struct Pane ///< where one side is on the screen
    {
        QRect text;
        QRect numbers;
    };
    struct Selection
    {
        Side side = Side::After;
        Place anchor;
        Place current;
        [[nodiscard]] bool isEmpty() const { return anchor == current; }
    };

    struct Loaded;
    void take(const Loaded &loaded, const QString &fileName);
    void setDocument(const types::DiffDocument &document);
    void relayout(bool keepTop);
    void refreshRange() override;
    void openFold(int shownRow);
    void reveal(int documentRow, Side side);
    void revealWord(int documentRow);
    [[nodiscard]] int shownIndexOf(int documentRow, Side side) const;
    [[nodiscard]] int rowAtY(int y) const;
    [[nodiscard]] Pane pane(Side side) const;
    [[nodiscard]] Side sideAt(int x) const;
    [[nodiscard]] int lineOf(int shownRow, Side side) const; ///< index into the side's lines; -1: none there
    [[nodiscard]] const QString &textOf(Side side, int line) const;
    [[nodiscard]] Place placeAt(const QPoint &position, Side side) const;
    [[nodiscard]] const types::InlineMarks *marksOf(int documentRow); ///< none: at the next repaint
    void paintRow(QPainter &painter, int shownRow, int y);
    void paintFold(QPainter &painter, const QRect &rect, const types::ShownRow &fold);
    void paintSide(QPainter &painter, int shownRow, Side side, int y);

    types::DiffDocument m_document;
    QList<types::ShownRow> m_shown;
    QList<int> m_indexBefore; ///< document row → index in m_shown
    QList<int> m_indexAfter;
    QSet<int> m_open;
    types::DiffLayout m_layout = types::DiffLayout::SideBySide;
    bool m_isFolded = true;
    int m_context = 3;
    bool m_isLoaded = false;
    int m_change = -1;
    int m_changeEnd = -1; ///< the last row of that block
    QString m_sought;
    QList<types::TextMatch> m_matches; ///< by row
    int m_match = -1;
    std::optional<Selection> m_selection;
    CodeSpans m_spans[2];
    QFutureWatcher<CodeChunkPointer> m_highlighting;
    QCache<int, types::InlineMarks> m_marks; ///< by document row
    QElapsedTimer m_painting;                ///< since the repaint began
    quint64 m_request = 0;
    quint64 m_search = 0;
    int m_digits = 3;
    int m_longest = 0; ///< characters of the longest line
};

} // namespace paddock::ui
