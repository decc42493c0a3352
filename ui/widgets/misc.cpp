// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/misc.h"

#include "theme/icons.h"
#include "theme/theme.h"
#include "widgets/paint.h"
#include "widgets/plaintips.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <cmath>

using namespace Qt::StringLiterals;

namespace paddock::ui {

FilterEdit::FilterEdit(const QString &placeholder, QWidget *parent) : QLineEdit(parent)
{
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    setClearButtonEnabled(true);
    addAction(icons::get(u"search"_s, QColor()), QLineEdit::LeadingPosition);
}

void FilterEdit::setInvalid(const QString &why)
{
    setToolTip(why);
    setProperty("invalid", !why.isEmpty());
    update();
}

void FilterEdit::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !text().isEmpty())
        return clear();
    if ((event->key() == Qt::Key_Down || event->key() == Qt::Key_Escape) && m_view)
        return m_view->setFocus(Qt::TabFocusReason);
    QLineEdit::keyPressEvent(event);
}

ElidedLabel::ElidedLabel(const QString &text, QWidget *parent, Qt::TextElideMode mode)
    : QLabel(text, parent), m_mode(mode)
{
    setTextFormat(Qt::PlainText);
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 4, QLabel::minimumSizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(contentsRect(), int(alignment() | Qt::AlignVCenter) | Qt::TextSingleLine,
                     fontMetrics().elidedText(text(), m_mode, contentsRect().width()));
}

bool ElidedLabel::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        if (fontMetrics().horizontalAdvance(text()) > contentsRect().width())
            QToolTip::showText(static_cast<QHelpEvent *>(event)->globalPos(), plainTip(text()), this);
        return true;
    }
    return QLabel::event(event);
}

EmptyState::EmptyState(const QString &icon, const QString &title, const QString &text, QWidget *parent)
    : QWidget(parent), m_icon(icon), m_title(title), m_text(text)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void EmptyState::setTexts(const QString &title, const QString &text)
{
    m_title = title;
    m_text = text;
    update();
}

void EmptyState::watch(QAbstractItemView *view)
{
    setParent(view->viewport());
    view->viewport()->installEventFilter(this);
    QAbstractItemModel *model = view->model();
    const auto refresh = [this, model] { setVisible(model->rowCount() == 0); };
    connect(model, &QAbstractItemModel::rowsInserted, this, refresh);
    connect(model, &QAbstractItemModel::rowsRemoved, this, refresh);
    connect(model, &QAbstractItemModel::modelReset, this, refresh);
    setGeometry(view->viewport()->rect());
    refresh();
}

bool EmptyState::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        setGeometry(static_cast<QWidget *>(watched)->rect());
    return QWidget::eventFilter(watched, event);
}

void EmptyState::paintEvent(QPaintEvent *)
{
    const Tokens &t = Theme::tokens();
    QPainter painter(this);
    const int column = qMin(width() - 32, 380);
    const QRect wide(0, 0, column, 400);
    const int titleHeight = QFontMetrics(Theme::strongFont()).height();
    const int textHeight =
        m_text.isEmpty() ? 0 : QFontMetrics(Theme::uiFont()).boundingRect(wide, Qt::TextWordWrap, m_text).height();
    const bool hasIcon = height() > 130;
    int y = qMax(8, (height() - ((hasIcon ? 36 : 0) + titleHeight + 4 + textHeight)) / 2);
    const int x = (width() - column) / 2;
    if (hasIcon) {
        paint::icon(&painter, QRectF(x, y, column, 24), m_icon, t.faint, 24);
        y += 36;
    }
    paint::text(&painter, QRectF(x, y, column, titleHeight), m_title, Theme::strongFont(), t.text, Qt::AlignHCenter);
    painter.setFont(Theme::uiFont());
    painter.setPen(t.muted);
    painter.drawText(QRect(x, y + titleHeight + 4, column, textHeight + 4), Qt::AlignHCenter | Qt::TextWordWrap,
                     m_text);
}

void setInk(QWidget *widget, const QColor &colour)
{
    QPalette palette = widget->palette();
    palette.setColor(QPalette::WindowText, colour);
    palette.setColor(QPalette::Text, colour); // on a ground of QPalette::Base labels use this one
    widget->setPalette(palette);
}

QLabel *mutedLabel(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setFont(Theme::smallFont());
    const auto colour = [label] { setInk(label, Theme::tokens().muted); };
    colour();
    QObject::connect(Theme::instance(), &Theme::changed, label, colour);
    return label;
}

WrapLabel::WrapLabel(const QString &text, const QFont &font, QWidget *parent) : QWidget(parent), m_text(text)
{
    setFont(font);
    setAccessibleName(text);
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

QSize WrapLabel::sizeHint() const
{
    return {120, heightForWidth(qMax(120, width()))};
}

int WrapLabel::heightForWidth(int width) const
{
    return int(std::ceil(paint::wrapped(m_text, font(), width - 2 * m_margin, 100))) + 2 * m_margin;
}

void WrapLabel::setMargin(int margin)
{
    m_margin = margin;
    updateGeometry();
}

void WrapLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    paint::wrapped(m_text, font(), width() - 2 * m_margin, 100, &painter, QPointF(m_margin, m_margin));
}

void WrapLabel::mouseDoubleClickEvent(QMouseEvent *)
{
    QApplication::clipboard()->setText(m_text);
}

Rule::Rule(Qt::Orientation orientation, QWidget *parent) : QWidget(parent)
{
    if (orientation == Qt::Horizontal)
        setFixedHeight(1);
    else
        setFixedWidth(1);
}

void Rule::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::tokens().border);
}

} // namespace paddock::ui
