// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logfiltermodel.h"
#include "widgets/codearea.h"

#include <QTimer>

namespace paddock::ui {

/// Log lines, painted straight from the model: the cost of a repaint is that of the visible rows, whatever the log
/// holds. Text is only ever drawn as plain text. While it follows, the newest line stays in view; otherwise the top
/// line stays where it is, whatever comes or goes around it.
class LogView final : public CodeArea
{
    Q_OBJECT

public:
    explicit LogView(models::LogFilterModel *model, QWidget *parent = nullptr);

    [[nodiscard]] bool isFollowing() const { return m_isFollowing; }
    void setFollowing(bool following);
    void setMarked(const QString &text); ///< where it occurs it is marked; empty: nothing
    [[nodiscard]] bool hasSelection() const override { return m_anchor >= 0; }
    [[nodiscard]] QString selectedText() const override;
    void selectAll() override;
    void setOwnersShown(bool shown) { m_showsOwners = shown; } ///< who wrote a line; off where it is clear

Q_SIGNALS:
    void followingChanged(bool following);
    void locationActivated(const QString &file, int line); ///< a double click on "file:line" in a line

protected:
    void paintEvent(QPaintEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] int topOffset() const; ///< px above the first whole row: the last one sits on the lower edge
    [[nodiscard]] int rowAtY(int y) const;
    void select(qint64 anchor, qint64 current);
    void moveCurrent(int rows, bool extend);
    void refreshRange() override;
    void paintRow(QPainter &painter, const QRect &rect, qint64 sequence, bool selected);

    models::LogFilterModel *m_model;
    QTimer m_refresh; ///< a flood repaints at the rate of the screen at most
    QString m_marked;
    qint64 m_top = 0;     ///< sequence of the first visible line
    qint64 m_anchor = -1; ///< selection, as sequences; −1: none
    qint64 m_current = -1;
    int m_widest = 0; ///< px, of the lines painted so far
    bool m_isFollowing = true;
    bool m_showsOwners = true;
    bool m_isAdjusting = false; ///< the range changes; not the user
};

} // namespace paddock::ui
