// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

namespace paddock::ui {
class MainWindow;
}

/// Walks through the views once the server of the open workspace runs, writes a picture of each to `folder`, light and
/// dark, and leaves the window. The exit status is 1 if the server did not come up in a minute.
[[nodiscard]] std::unique_ptr<QObject> takeScreenshots(paddock::ui::MainWindow *window, const QString &folder);
