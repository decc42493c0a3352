// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/ast.h"
#include "workspace/facts.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace paddock::workspace {

/// What a node uses by name: numbers of names, each once, in the order of their first use.
struct Uses
{
    std::vector<int> values;
    std::vector<int> types;
};

/// A function (method, accessor, arrow) with all below it, as facts.
struct FunctionUnit
{
    quint32 start = 0; ///< bytes
    quint32 end = 0;
    int depth = 0; ///< in how many functions it is
    FunctionPtr function;
    ExprPtr expr; ///< the function as an expression; null where nobody asked for it
    Uses uses;
};

/// Hash of a name → its number. A file has few names, and each of them is asked for again and again.
class NameNumbers final
{
public:
    /// The number of this hash; where it is not known yet, `next` becomes it.
    int numberOf(quint64 hash, int next)
    {
        if ((m_count + 1) * 2 > m_slots.size())
            grow();
        Slot &slot = at(hash);
        if (slot.number < 0) {
            slot = {hash, next};
            ++m_count;
        }
        return slot.number;
    }

private:
    struct Slot
    {
        quint64 hash = 0;
        int number = -1; ///< free
    };
    Slot &at(quint64 hash)
    {
        const size_t mask = m_slots.size() - 1;
        size_t i = hash & mask;
        while (m_slots[i].number >= 0 && m_slots[i].hash != hash)
            i = (i + 1) & mask;
        return m_slots[i];
    }
    void grow()
    {
        const std::vector<Slot> before =
            std::exchange(m_slots, std::vector<Slot>(std::max<size_t>(m_slots.size() * 2, 64)));
        for (const Slot &slot : before) {
            if (slot.number >= 0)
                at(slot.hash) = slot;
        }
    }
    std::vector<Slot> m_slots; ///< a power of two, at most half of them taken
    size_t m_count = 0;
};

/// What the next reading of a file takes over from this one.
struct LowerMemo
{
    std::vector<FunctionUnit> units; ///< by start, outer ones first
    NameNumbers ids;
    std::vector<QString> names;
};

/// Beyond this the text is no hand-written program; recursion must end somewhere.
inline constexpr int maxExprDepth = 120;

/// Turns a syntax tree into facts. One for each file.
class Lowerer final
{
public:
    explicit Lowerer(const syntax::Ast &ast);
    /// With the same result, quicker: functions outside of the difference are taken from the reading before.
    Lowerer(const syntax::Ast &ast, const syntax::Difference &difference, const LowerMemo &previous);
    [[nodiscard]] FileFacts run();
    [[nodiscard]] LowerMemo takeMemo(); ///< after run()

private:
    using Index = syntax::Ast::Index;
    struct Body ///< what a function's statements add up to
    {
        std::vector<ExprPtr> *returns;
        std::vector<Declaration> *locals;
        std::vector<ExprPtr> *statements;
    };

    // lower.cpp: modules
    void statement(Index node, bool exported);
    void import(Index node);
    void exportStatement(Index node);
    void addExport(const QString &name, const QString &local, bool typeOnly);
    bool commonJsExport(Index node);
    void declareVariables(Index node, std::vector<Declaration> &into);
    void declare(Index node, std::vector<Declaration> &into);
    ExprPtr enumValue(Index body);
    void typeMembers(Index body, Declaration &into);
    void aliasOf(Index type, Declaration &into);
    void dynamicImports();
    void dropUnusedImports();

    // lowerexpr.cpp: expressions
    ExprPtr expr(Index node);
    ExprPtr call(Index node, Expr e);
    ExprPtr object(Index node, Expr e);
    ExprPtr other(Index node, Expr e);

    // lowerfunction.cpp: functions, classes
    size_t unitOf(Index node);
    bool reuse(Index node);
    ExprPtr functionExpr(Index node);
    FunctionPtr function(Index node);
    [[nodiscard]] static FunctionPtr withOverloads(const Function &body, const std::vector<FunctionPtr> &overloads);
    void block(Index node, const Body &body);
    void bodyStatement(Index node, const Body &body);
    [[nodiscard]] bool fillsLocal(Index statement, const std::vector<Declaration> &locals);
    std::vector<Parameter> parameters(Index node);
    ClassPtr classOf(Index node);
    ClassMember member(Index node);
    void bind(Index pattern, const ExprPtr &value, const Declaration &like, std::vector<Declaration> &into);
    void boundNames(Index pattern, QStringList &into);

    // lowernames.cpp: names, types and texts
    [[nodiscard]] int idOf(QByteArrayView text);
    [[nodiscard]] int nameId(Index node);
    QString name(Index node) { return node < 0 ? QString() : m_memo.names[static_cast<size_t>(nameId(node))]; }
    QString intern(QByteArrayView text) { return m_memo.names[static_cast<size_t>(idOf(text))]; }
    void usesOf(Index node, Uses &uses);
    void append(const std::vector<int> &ids, QStringList &into) const;
    void collect(Index node, QStringList &names, QStringList &types);
    TypeInfo typeOf(Index annotation);
    QString oneLine(quint32 start, quint32 end); ///< source without comments, white space collapsed
    QString stringValue(Index node);
    QString keyOf(Index node); ///< of a property; empty: computed

    const syntax::Ast &m_ast;
    FileFacts m_facts;
    LowerMemo m_memo;
    const LowerMemo *m_previous = nullptr;
    syntax::Difference m_difference;
    std::vector<int> m_nodeIds; ///< by node; 0: nothing yet; n > 0: the name n - 1; n < 0: the unit -n - 1
    std::vector<quint32> m_valueRounds, m_typeRounds; ///< by name: the last usesOf() that met it
    quint32 m_round = 0;
    Uses m_uses;                    ///< those of the last collect(); kept for its room, and so is
    QByteArray m_line;              ///< the last oneLine()
    std::vector<Index> m_overloads; ///< signatures of a function whose body comes next
    int m_depth = 0;                ///< of expressions
    int m_functionDepth = 0;
};

} // namespace paddock::workspace
