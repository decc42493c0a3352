// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

/// Feeds arbitrary bytes to everything that reads files of a workspace: as a module, as an edit of it, as
/// configuration. Returns something computed from the outcome. Aborts where a promise is broken.
quint64 exercise(const QByteArray &bytes);
