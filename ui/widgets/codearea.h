// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QFont>

class QMenu;
class QPainter;

namespace paddock::ui {

/// Lines of fixed pitch, one a row, that are painted as they come into sight; selected, copied, and scrolled by row and
/// by pixel. What the lines are is up to who derives from it.
class CodeArea : public QAbstractScrollArea
{
    Q_OBJECT

public:
    [[nodiscard]] virtual bool hasSelection() const = 0;
    [[nodiscard]] virtual QString selectedText() const = 0;
    virtual void selectAll() = 0;
    void copy() const;
    /// What is said where there is no line.
    void setEmptyTexts(const QString &title, const QString &text);

protected:
    /// `lineFont` is asked for again whenever fonts or themes change. Constructors end with refreshMetrics().
    CodeArea(QFont (*lineFont)(), const QString &accessibleName, QWidget *parent);

    virtual void refreshRange() = 0;  ///< of the scroll bars; also when the size of a row changes
    virtual void extendMenu(QMenu &); ///< of the right button
    void refreshMetrics();
    [[nodiscard]] int visibleRows() const;
    [[nodiscard]] int rowHeight() const { return m_rowHeight; }
    [[nodiscard]] qreal charWidth() const { return m_charWidth; }
    void refreshAcross(int width, int seen); ///< px: the horizontal range
    void scrollTowards(int y);               ///< while a selection is dragged past an edge
    void paintEmpty(QPainter &painter, const QString &title = {}) const;

    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool event(QEvent *event) override;

    QString m_emptyTitle, m_emptyText;

private:
    QFont (*m_font)();
    int m_rowHeight = 18;
    qreal m_charWidth = 8;
};

} // namespace paddock::ui
