// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/snapshotstore.h"

/// What a user compares, by name, and the files that differ.
namespace paddock::types {

/// "s12", a baseline's name, or a file. Errors: "no-snapshot", "bad-snapshot".
[[nodiscard]] Result<Snapshot> namedSnapshot(const QString &workspaceRoot, const QString &name);

struct ComparedFile
{
    QString name; ///< relative to the root; of the API's own texts: as apiTexts() calls it
    bool isGenerated = false;
    QByteArray before; ///< empty: it was not there
    QByteArray after;
    int added = 0; ///< lines
    int removed = 0;
    friend bool operator==(const ComparedFile &, const ComparedFile &) = default;
};

/// Those that differ: the API as TypeScript first, then what type generation wrote, as far as it is kept. A side whose
/// generated files are not known at all (a baseline does not hold them) differs in none. Takes its time.
[[nodiscard]] QList<ComparedFile> comparedFiles(const QString &workspaceRoot, const Snapshot &before,
                                                const Snapshot &after);

} // namespace paddock::types
