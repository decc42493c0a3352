// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/snapshot.h"

#include <QMap>

/// A snapshot as TypeScript to read: what callers see, file by file, laid out so that a difference of lines is a
/// difference of meaning.
namespace paddock::types {

/// By name: "plugins/users.ts", "routes/shop.ts", "events.ts", "errors.ts", "tables.ts", "types.ts". Only those that
/// hold something.
[[nodiscard]] QMap<QString, QString> apiTexts(const Snapshot &snapshot);

/// A type on several lines where it is too long for one: object types are opened.
[[nodiscard]] QString laidOut(const QString &type);

} // namespace paddock::types
