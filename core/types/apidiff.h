// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/rules.h"
#include "types/snapshot.h"

#include <QJsonObject>
#include <QList>
#include <QString>
#include <optional>

/// What changed for callers between two snapshots. Functions over values, in two passes, because a compiler answers
/// later: planDiff() walks both sides and collects what only a compiler can decide; finishDiff() takes its answers.
namespace paddock::types {

/// What a finding rests on.
enum class DecidedBy : quint8 {
    Structure, ///< the shapes of both sides, which leave nothing to ask
    Compiler,  ///< its assignability
    Text,      ///< unlike texts, for want of a compiler
};
[[nodiscard]] QLatin1StringView toString(DecidedBy by);

struct Finding
{
    QString symbol;
    QString rule; ///< of the table in rules.cpp
    Severity severity = Severity::Safe;
    QString path;   ///< inside the symbol's type: "return.user.email"; empty: all of it
    QString before; ///< type texts; empty: was, or is, not there
    QString after;
    QString message; ///< one sentence
    QString example; ///< the smallest code that would break; empty: none would
    DecidedBy decidedBy = DecidedBy::Structure;
    QString fingerprint; ///< stable as long as the difference is the same
    QString file;        ///< of the symbol, as it is after; may be empty
    int line = 0;
    bool approved = false;
    friend bool operator==(const Finding &, const Finding &) = default;
};

/// One pair of types for the compiler.
struct Question
{
    QString before; ///< as printed, in the terms of the own side's definitions
    QString after;
    QStringList parameters; ///< names of type parameters that both mention
    friend bool operator==(const Question &, const Question &) = default;
};

/// Whether a value of the one may be used where the other is expected.
struct Verdict
{
    bool beforeToAfter = false;
    bool afterToBefore = false;
};

struct DiffPlan
{
    struct Open ///< a finding whose rule depends on an answer
    {
        qsizetype finding = 0;
        qsizetype question = 0;
        QString stem; ///< of the rule: "return-type" becomes "return-type-widened"
    };
    struct Whole ///< a changed symbol
    {
        QString symbol;
        qsizetype question = 0;
        bool input = false;
    };
    QList<Finding> findings;
    QList<Question> questions;
    QList<Open> open;
    QList<Whole> whole;
};

[[nodiscard]] DiffPlan planDiff(const Snapshot &before, const Snapshot &after);
/// `answers` is as long as the plan's questions, each none where the compiler could not make sense of it; or empty: no
/// compiler. The most severe first, then by symbol.
[[nodiscard]] QList<Finding> finishDiff(const DiffPlan &plan, const Snapshot &after,
                                        const QList<std::optional<Verdict>> &answers);

struct Counts
{
    int breaking = 0;
    int dangerous = 0;
    int safe = 0;
    friend bool operator==(const Counts &, const Counts &) = default;
};
/// Without those that are approved.
[[nodiscard]] Counts countsOf(const QList<Finding> &findings);
[[nodiscard]] QJsonObject toJson(const Finding &finding);

} // namespace paddock::types
