// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QWidget>

class QAbstractItemView;

namespace paddock::ui {

/// A search field with an icon; Escape clears it, Down moves to the view that it filters.
class FilterEdit final : public QLineEdit
{
    Q_OBJECT

public:
    explicit FilterEdit(const QString &placeholder, QWidget *parent = nullptr);
    void setView(QWidget *view) { m_view = view; }
    /// Marks the text as one that cannot be used, and says why in the tool tip; empty: fine.
    void setInvalid(const QString &why);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *m_view = nullptr;
};

/// A label in one line that elides and then shows all of its text as the tool tip.
class ElidedLabel final : public QLabel
{
    Q_OBJECT

public:
    explicit ElidedLabel(const QString &text = {}, QWidget *parent = nullptr, Qt::TextElideMode mode = Qt::ElideRight);
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    Qt::TextElideMode m_mode;
};

/// What stands where nothing is yet: an icon, a line, a helping sentence. Shown over a view while its model is empty.
class EmptyState final : public QWidget
{
    Q_OBJECT

public:
    EmptyState(const QString &icon, const QString &title, const QString &text, QWidget *parent = nullptr);
    void setTexts(const QString &title, const QString &text);
    /// Covers the view's viewport as long as its model has no rows.
    void watch(QAbstractItemView *view);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QString m_icon, m_title, m_text;
};

/// The colour of a label's text.
void setInk(QWidget *widget, const QColor &colour);

/// A label in the muted colour of the theme, in the small font.
[[nodiscard]] QLabel *mutedLabel(const QString &text, QWidget *parent);

/// Text that wraps between words, and within one that is longer than a line: names and paths never widen its parent.
/// A double click copies it.
class WrapLabel final : public QWidget
{
    Q_OBJECT

public:
    WrapLabel(const QString &text, const QFont &font, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    void setMargin(int margin);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;

private:
    QString m_text;
    int m_margin = 0;
};

/// A hairline.
class Rule final : public QWidget
{
    Q_OBJECT

public:
    explicit Rule(Qt::Orientation orientation = Qt::Horizontal, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace paddock::ui
