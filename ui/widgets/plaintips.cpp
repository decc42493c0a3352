// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plaintips.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QToolTip>

namespace paddock::ui {

using namespace Qt::StringLiterals;

QString plainTip(const QString &text)
{
    if (text.isEmpty())
        return {};
    return u"<p style='white-space:pre-wrap'>"_s + text.toHtmlEscaped().replace(u'\n', "<br>"_L1) + u"</p>"_s;
}

bool PlainTips::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::ToolTip || !watched->isWidgetType())
        return QObject::eventFilter(watched, event);
    auto *widget = static_cast<QWidget *>(watched);
    const auto *help = static_cast<QHelpEvent *>(event);
    const auto *view = qobject_cast<QAbstractItemView *>(widget->parentWidget());
    if (view && view->viewport() == widget) {
        const QModelIndex index = view->indexAt(help->pos());
        const QString text = index.data(Qt::ToolTipRole).toString();
        if (text.isEmpty())
            return false; // the delegate may have more to say
        QToolTip::showText(help->globalPos(), plainTip(text), widget, view->visualRect(index));
        return true;
    }
    if (widget->toolTip().isEmpty())
        return false;
    QToolTip::showText(help->globalPos(), plainTip(widget->toolTip()), widget);
    return true;
}

} // namespace paddock::ui
