// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/focusring.h"

#include "theme/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QEvent>
#include <QPainter>

namespace paddock::ui {

namespace {

class Ring final : public QWidget
{
public:
    explicit Ring(QWidget *around) : QWidget(around)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setGeometry(around->rect());
        around->installEventFilter(this);
        show();
        raise();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(Theme::tokens().accent, 1.5));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Resize)
            setGeometry(parentWidget()->rect());
        return QWidget::eventFilter(watched, event);
    }
};

} // namespace

FocusRing::FocusRing(QWidget *window) : QObject(window), m_window(window)
{
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) { follow(now); });
}

void FocusRing::follow(QWidget *now)
{
    if (m_ring) {
        m_ring->hide();
        m_ring->deleteLater();
        m_ring = nullptr;
    }
    auto *area = qobject_cast<QAbstractScrollArea *>(now);
    if (!area || area->window() != m_window || !m_window->testAttribute(Qt::WA_KeyboardFocusChange) ||
        area->property("boxed").toBool())
        return;
    if (const auto *view = qobject_cast<QAbstractItemView *>(area); !view || !view->currentIndex().isValid())
        m_ring = new Ring(area);
}

} // namespace paddock::ui
