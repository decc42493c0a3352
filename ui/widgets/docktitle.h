// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QDockWidget;

namespace paddock::ui {

/// The title of a dock at the side: its name and a button that closes it. Dragging it moves the dock.
class DockTitle final : public QWidget
{
    Q_OBJECT

public:
    explicit DockTitle(QDockWidget *dock);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace paddock::ui
