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
    explicit Uses(Memory *memory = std::pmr::get_default_resource()) : values(memory), types(memory) {}
    std::pmr::vector<int> values;
    std::pmr::vector<int> types;
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
    explicit NameNumbers(Memory *memory) : m_slots(memory) {}
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
        std::pmr::vector<Slot> before(std::max<size_t>(m_slots.size() * 2, 64), m_slots.get_allocator());
        before.swap(m_slots);
        for (const Slot &slot : before) {
            if (slot.number >= 0)
                at(slot.hash) = slot;
        }
    }
    std::pmr::vector<Slot> m_slots; ///< a power of two, at most half of them taken
    size_t m_count = 0;
};

/// What the next reading of a file takes over from this one.
struct LowerMemo
{
    explicit LowerMemo(Memory *memory = std::pmr::get_default_resource()) : units(memory), ids(memory), names(memory) {}
    std::pmr::vector<FunctionUnit> units; ///< by start, outer ones first
    NameNumbers ids;
    std::pmr::vector<QString> names;
};

/// What the text of a string literal stands for, without its quotes.
[[nodiscard]] QString unescaped(QByteArrayView text);

/// Beyond this the text is no hand-written program; recursion must end somewhere.
inline constexpr int maxExprDepth = 120;

/// Turns a syntax tree into facts. One for each file.
class Lowerer final
{
public:
    /// With a memory, facts and memo are gone when it is.
    explicit Lowerer(const syntax::Ast &ast, Memory *memory = std::pmr::get_default_resource());
    /// With the same result, quicker: functions outside of the difference are taken from the reading before.
    Lowerer(const syntax::Ast &ast, const syntax::Difference &difference, const LowerMemo &previous);
    /// Words of the text that stand for others, as types are shown: import_zod for import("zod").
    void showInstead(std::vector<std::pair<QByteArray, QByteArray>> words) { m_shown = std::move(words); }
    [[nodiscard]] FileFacts run();
    [[nodiscard]] LowerMemo takeMemo(); ///< after run()

private:
    using Index = syntax::Ast::Index;
    struct Body ///< what a function's statements add up to
    {
        Exprs *returns;
        std::vector<Declaration> *locals;
        Exprs *statements;
    };

    // lower.cpp: modules
    void statement(Index node, bool exported);
    void import(Index node);
    void exportStatement(Index node);
    void addExport(const QString &name, const QString &local, bool typeOnly);
    bool commonJsExport(Index node);
    void dynamicImports();
    void dropUnusedImports();

    // lowerdeclaration.cpp: declarations
    void declareVariables(Index node, std::vector<Declaration> &into);
    void declare(Index node, std::vector<Declaration> &into);
    ExprPtr enumValue(Index body);
    void typeMembers(Index body, Declaration &into);
    void aliasOf(Index type, Declaration &into);

    // lowerexpr.cpp: expressions
    [[nodiscard]] Expr blank(Expr::Kind kind, Index node) const
    {
        return {.kind = kind, .line = m_ast.line(node), .hash = m_ast.hash(node), .children = Exprs(m_memory)};
    }
    template <class T>
    [[nodiscard]] std::shared_ptr<const T> made(T value) const
    {
        return std::allocate_shared<T>(std::pmr::polymorphic_allocator<>(m_memory), std::move(value));
    }
    ExprPtr expr(Index node);
    ExprPtr call(Index node, Expr e);
    ExprPtr object(Index node, Expr e);
    ExprPtr other(Index node, Expr e);

    // lowerfunction.cpp: functions, classes
    size_t unitOf(Index node);
    bool reuse(Index node);
    ExprPtr functionExpr(Index node);
    FunctionPtr function(Index node);
    [[nodiscard]] FunctionPtr withOverloads(const Function &body, const std::vector<FunctionPtr> &overloads);
    void block(Index node, const Body &body);
    void bodyStatement(Index node, const Body &body);
    [[nodiscard]] bool callsByName(Index statement) const;
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
    void append(const std::pmr::vector<int> &ids, QStringList &into);
    void collect(Index node, QStringList &names, QStringList &types);
    void collectTypes(Index node, QStringList &types);
    TypeInfo typeOf(Index annotation);
    QString oneLine(quint32 start, quint32 end); ///< source without comments, white space collapsed
    QString stringValue(Index node);
    QString keyOf(Index node); ///< of a property; empty: computed

    const syntax::Ast &m_ast;
    Memory *m_memory;
    FileFacts m_facts;
    LowerMemo m_memo;
    const LowerMemo *m_previous = nullptr;
    syntax::Difference m_difference;
    std::pmr::vector<int> m_nodeIds; ///< by node; 0: nothing yet; n > 0: the name n - 1; n < 0: the unit -n - 1
    std::pmr::vector<quint32> m_valueRounds, m_typeRounds; ///< by name: the last usesOf() that met it
    quint32 m_round = 0;
    Uses m_uses;                    ///< those of the last collect(); kept for its room, and so is
    std::pmr::vector<int> m_listed; ///< those that append() made a list of last, and
    QStringList m_list;             ///< that list: the next one is often the same
    std::pmr::string m_line;        ///< the last oneLine()
    std::vector<Index> m_overloads; ///< signatures of a function whose body comes next
    std::vector<std::pair<QByteArray, QByteArray>> m_shown;
    int m_depth = 0; ///< of expressions
    int m_functionDepth = 0;
};

} // namespace paddock::workspace
