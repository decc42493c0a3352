// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/apidiff.h"
#include "types/compilerchild.h"
#include "types/usesearch.h"

#include <QFuture>
#include <QPointer>
#include <QPromise>

namespace paddock::types {

struct ImpactOptions
{
    CompilerChild *reader = nullptr;  ///< finds uses; null: only names in texts are found
    CompilerChild *checker = nullptr; ///< the workspace's own compiler, where it has one; null: nothing is checked
    workspace::ProjectState state;    ///< as the files are now
};

/// Finds where changed symbols are used in the workspace as it is now, then checks those files and marks the uses that
/// no longer compile. It runs beside everything else, and can be cancelled at any time.
class ImpactSearch final : public QObject
{
    Q_OBJECT

public:
    explicit ImpactSearch(ImpactOptions options, QObject *parent = nullptr);
    ~ImpactSearch() override;

    /// Once. Errors: "cancelled". A compiler that fails leaves uses unmarked, and `problem()` says why.
    QFuture<Result<QList<Impact>>> start(const QList<ChangedSymbol> &symbols);
    void cancel();
    [[nodiscard]] const std::optional<Error> &problem() const { return m_problem; }

Q_SIGNALS:
    void found(const QList<paddock::types::Impact> &impacts); ///< the uses, before they are checked
    void progressed(int done, int total);                     ///< of the files that are checked

private:
    void ask();
    void check();
    void finish(const Result<QList<Impact>> &result);

    ImpactOptions m_options;
    UsePlan m_plan;
    QList<Impact> m_found;
    qsizetype m_at = 0;   ///< of the plan's queries
    qint64 m_request = 0; ///< that runs; 0: none
    QPointer<CompilerChild> m_asked;
    std::optional<Error> m_problem;
    QPromise<Result<QList<Impact>>> m_promise;
    bool m_isOver = false;
};

} // namespace paddock::types
