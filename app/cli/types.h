// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "await.h"
#include "printer.h"
#include "types/codeerror.h"
#include "types/compilerchild.h"
#include "types/snapshot.h"

#include <memory>

namespace paddock::cli {

/// What the commands below `types` share: a workspace, and a compiler that is started when it is needed.
class TypesWork final
{
public:
    [[nodiscard]] static Result<std::unique_ptr<TypesWork>> open(const QString &root);

    /// As the files are now; routes from the running server, if there is one.
    [[nodiscard]] Result<types::Snapshot> current();
    /// Whether the workspace type-checks, by the compiler that reads it; nothing where there is none.
    [[nodiscard]] types::TypeCheck check();
    [[nodiscard]] types::CompilerChild *child() { return m_child.get(); }
    /// With the workspace's own compiler, where it has one.
    [[nodiscard]] std::unique_ptr<types::CompilerChild> checker() const;
    [[nodiscard]] const QString &root() const { return m_root; }

private:
    explicit TypesWork(QString root) : m_root(std::move(root)) {}

    QString m_root;
    types::ChildOptions m_options;
    std::unique_ptr<types::CompilerChild> m_child; ///< null: there is no bun
};

int runTypesDiff(const Invocation &invocation, const Printer &out, const QString &root);
int runTypesApprove(const Invocation &invocation, const Printer &out, const QString &root);
int runTypesSnapshots(const Invocation &invocation, const Printer &out, const QString &root);
/// What cannot be known, and why: for people, and as JSON.
void showDoubts(const Printer &out, const types::Snapshot &snapshot, const types::TypeCheck &check);
void addDoubts(QJsonObject &json, const types::Snapshot &snapshot, const types::TypeCheck &check);
int runTypesGen(const Printer &out, const QString &root);

} // namespace paddock::cli
