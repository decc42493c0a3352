// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace paddock::migrations {

/// A new migration of what an applied one became: the edited text, with the statements of `up` and `down` that had been
/// applied as comments. Where statements were changed and not only added, nobody but its author can say what is to
/// run: then its first statement throws. `name` is the applied one's.
[[nodiscard]] QByteArray remainderOf(const QByteArray &applied, const QByteArray &edited, const QString &name);

} // namespace paddock::migrations
