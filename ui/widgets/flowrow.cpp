// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/flowrow.h"

namespace paddock::ui {

namespace {
constexpr int Gap = 8;
} // namespace

FlowRow::FlowRow(QWidget *parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void FlowRow::add(QWidget *widget)
{
    widget->setParent(this);
    m_widgets.append(widget);
    updateGeometry();
}

int FlowRow::place(int width, bool move) const
{
    int x = 0, y = 0, height = 0;
    for (QWidget *widget : m_widgets) {
        const QSize size = widget->sizeHint();
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += height + Gap;
            height = 0;
        }
        if (move)
            widget->setGeometry(x, y, qMin(size.width(), width), size.height());
        x += size.width() + Gap;
        height = qMax(height, size.height());
    }
    return y + height;
}

QSize FlowRow::sizeHint() const
{
    int width = 0;
    for (const QWidget *widget : m_widgets)
        width += widget->sizeHint().width() + Gap;
    return {qMax(0, width - Gap), heightForWidth(qMax(1, width))};
}

QSize FlowRow::minimumSizeHint() const
{
    int width = 0, height = 0;
    for (const QWidget *widget : m_widgets) {
        width = qMax(width, widget->sizeHint().width());
        height = qMax(height, widget->sizeHint().height());
    }
    return {width, height};
}

void FlowRow::resizeEvent(QResizeEvent *)
{
    place(width(), true);
}

} // namespace paddock::ui
