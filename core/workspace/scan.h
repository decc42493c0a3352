// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/data.h"
#include "workspace/project.h"

namespace paddock::workspace {

/// Fills `data.files` with everything below its root, parsed on several threads.
[[nodiscard]] Result<> scan(ProjectData &data, const ReadOptions &options);

/// The relevant files below a folder ("" is the root), relative to the root, sorted. Follows symbolic links once each.
[[nodiscard]] QStringList filesBelow(const ProjectData &data, const QString &folder);

/// Null: there is no such file (any more).
[[nodiscard]] SourceFilePtr readFile(const QString &root, const QString &path, syntax::Parser &parser,
                                     const SourceFile *previous, bool keepReading, ReadRoom *room = nullptr);

/// Files that are imported but are no sources (data, texts) belong to the workspace as well.
/// `specifiers` are those of the file.
void addOpaqueImports(ProjectData &data, const SourceFile &file, const QStringList &specifiers);

/// Resolves all imports again; true: some lead elsewhere now.
bool resolveEverything(ProjectData &data);

} // namespace paddock::workspace
