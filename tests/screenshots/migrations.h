// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>

namespace paddock::ui {
class MainWindow;
}

/// The Migrations view on a workspace of its own: long names, every state, what would be lost, an edited one, a
/// database that cannot be reached. The window has no workspace open before and after.
void shootMigrations(paddock::ui::MainWindow &window, const std::function<void(QWidget *, const QString &)> &shoot);
