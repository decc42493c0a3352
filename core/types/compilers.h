// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace paddock::types {

/// A TypeScript that could read a workspace's types.
struct Compiler
{
    enum class Kind {
        Native,
        Classic
    }; ///< TypeScript 7, through its API; or 5.4 and later, through its language service
    Kind kind = Kind::Native;
    QString folder; ///< of the package
    QString version;
    friend bool operator==(const Compiler &, const Compiler &) = default;
};

/// Those to try, in order: PADDOCK_TYPESCRIPT ("none": only what the workspace has), the one beside the program, the
/// one of the build, and the workspace's own where `trusted`, since it is code of the workspace that would run.
/// `tooOld`: why the workspace's own is no help, where there is one.
[[nodiscard]] QList<Compiler> findCompilers(const QString &root, bool trusted, QString *tooOld = nullptr);

/// The same for a check of the whole workspace: its own compiler first, since that is the one that it is built with.
[[nodiscard]] QList<Compiler> findCheckers(const QString &root, bool trusted);

} // namespace paddock::types
