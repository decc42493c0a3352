// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/docktitle.h"

#include "theme/icons.h"
#include "theme/theme.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace paddock::ui {

DockTitle::DockTitle(QDockWidget *dock) : QWidget(dock)
{
    auto *label = new QLabel(dock->windowTitle(), this);
    label->setFont(Theme::strongFont());
    label->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto *close = new QToolButton(this);
    close->setIcon(icons::get(u"close"_s));
    close->setAutoRaise(true);
    close->setToolTip(tr("Hide; View brings it back"));
    close->setAccessibleName(tr("Hide %1").arg(dock->windowTitle()));
    close->setFocusPolicy(Qt::NoFocus);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 6, 4);
    row->addWidget(label, 1);
    row->addWidget(close);
    setFixedHeight(36);
    connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
    connect(dock, &QDockWidget::windowTitleChanged, label, &QLabel::setText);
}

void DockTitle::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::tokens().chrome);
}

} // namespace paddock::ui
