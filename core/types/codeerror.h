// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>

namespace paddock::types {

/// What a compiler finds wrong with a workspace: in its code, or in its own configuration.
struct CodeError
{
    QString file; ///< relative to the root
    int line = 0; ///< from 1
    QString message;
    friend bool operator==(const CodeError &, const CodeError &) = default;
};

/// Whether a workspace type-checks.
struct TypeCheck
{
    int errors = 0;                 ///< of code
    QList<CodeError> first;         ///< of those, some
    QList<CodeError> configuration; ///< what of tsconfig.json cannot be used; the rest of it is
    [[nodiscard]] bool isClean() const { return errors == 0 && configuration.isEmpty(); }
    friend bool operator==(const TypeCheck &, const TypeCheck &) = default;
};

/// From the child's answer to `check`.
[[nodiscard]] TypeCheck typeCheck(const QJsonObject &answer);

} // namespace paddock::types
