// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

/// Workspaces as large as one likes, for benchmarks.
namespace bench {

/// Ends the program where it cannot.
void write(const QString &path, const QByteArray &bytes);

/// A plugin with so many methods, six lines each; `marker` is a number in one of them.
[[nodiscard]] QByteArray plugin(int number, int methods, int marker);

/// Plugins with a helper module each, routers of ten routes, an entry that loads all of them, and plain modules up to
/// `files` sources in all.
void makeWorkspace(const QString &root, int plugins, int routes, int files);

} // namespace bench
