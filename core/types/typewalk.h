// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/apidiff.h"
#include "types/example.h"
#include "types/typetree.h"

#include <QSet>

namespace paddock::types {

/// Walks one symbol's type before and after, side by side; part of planDiff().
class TypeWalk final
{
public:
    /// `changed`: definitions that mean something else now, by name.
    TypeWalk(const Snapshot &before, const Snapshot &after, const QSet<QString> &changed, DiffPlan &plan)
        : m_before(before), m_after(after), m_changed(changed), m_plan(plan)
    {}

    void symbol(const QString &id, const Type &before, const Type &after);

private:
    enum class Flow { Out, In };
    struct Place
    {
        Flow flow = Flow::Out;
        QString stem;   ///< of the rule for a part that just differs: "return-type"
        QString path;   ///< inside the symbol's type
        QString access; ///< how the example reads it; or, for what goes in, the way to its callee
        bool settled = true; ///< an optional part: undefined counts as its absence
    };

    void compare(Type before, Type after, const Place &at);
    void compareUnions(const Type &before, const Type &after, const Place &at);
    void compareObjects(const Type &before, const Type &after, const Place &at);
    void compareMember(const Member &before, const Member &after, const Place &at);
    void compareFunctions(const Type &before, const Type &after, const Place &at);
    void compareSignatures(const Signature &before, const Signature &after, const Place &at);
    void compareParameters(const Signature &before, const Signature &after, const Place &at);
    void compareTypeParameters(const Signature &before, const Signature &after, const Place &at);
    void compareResults(const Type &before, const Type &after, const Place &at);
    void compareTuples(const Type &before, const Type &after, const Place &at);
    bool compareReferences(const Type &before, const Type &after, const Place &at);

    [[nodiscard]] bool isSame(const Type &before, const Type &after) const;
    [[nodiscard]] std::optional<Type> opened(const Type &type, const Snapshot &side) const;
    [[nodiscard]] std::vector<Type> cases(const Type &type, const Snapshot &side) const;
    void found(const QString &rule, const Place &at, const QString &before, const QString &after,
               const QString &code = {});
    void undecided(const Type &before, const Type &after, const Place &at);
    [[nodiscard]] QString use(const Place &at, const QString &code) const;

    const Snapshot &m_before;
    const Snapshot &m_after;
    const QSet<QString> &m_changed;
    DiffPlan &m_plan;
    QString m_symbol;
    Access m_access;
    Type m_whole; ///< the symbol's type before
    QStringList m_parameters; ///< type parameters in scope
    QSet<QString> m_visited;
    int m_depth = 0;
};

} // namespace paddock::types
