// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/ast.h"
#include "workspace/facts.h"

#include <QHash>
#include <vector>

namespace paddock::workspace {

/// Turns a syntax tree into facts. One for each file.
class Lowerer final
{
public:
    explicit Lowerer(const syntax::Ast &ast);
    [[nodiscard]] FileFacts run();

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
    void declareVariables(Index node, std::vector<Declaration> &into);
    void declare(Index node, std::vector<Declaration> &into);
    ExprPtr enumValue(Index body);
    void typeMembers(Index body, Declaration &into);
    void aliasOf(Index type, Declaration &into);
    void dynamicImports();
    void dropUnusedImports();

    // lowerexpr.cpp: expressions, functions, classes, types
    ExprPtr expr(Index node);
    ExprPtr call(Index node, Expr e);
    ExprPtr object(Index node, Expr e);
    ExprPtr other(Index node, Expr e);
    ExprPtr functionExpr(Index node);
    FunctionPtr function(Index node);
    [[nodiscard]] static FunctionPtr withOverloads(const Function &body, const std::vector<FunctionPtr> &overloads);
    void block(Index node, const Body &body);
    void bodyStatement(Index node, const Body &body);
    std::vector<Parameter> parameters(Index node);
    ClassPtr classOf(Index node);
    ClassMember member(Index node);
    TypeInfo typeOf(Index annotation);
    void collect(Index node, QStringList &names, QStringList &types);
    [[nodiscard]] int nameId(Index node);
    void appendNames(std::vector<int> &ids, QStringList &into) const;
    void bind(Index pattern, const ExprPtr &value, const Declaration &like, std::vector<Declaration> &into);
    void boundNames(Index pattern, QStringList &into);

    QString name(Index node) { return node < 0 ? QString() : m_names[static_cast<size_t>(nameId(node))]; }
    QString intern(QByteArrayView text);
    QString oneLine(quint32 start, quint32 end) const; ///< source without comments, white space collapsed
    QString stringValue(Index node);
    QString keyOf(Index node); ///< of a property; empty: computed

    const syntax::Ast &m_ast;
    FileFacts m_facts;
    QHash<QByteArray, int> m_ids; ///< each name once
    std::vector<QString> m_names;
    std::vector<int> m_nodeIds;             ///< by node; 0: not looked up yet, else id + 1
    std::vector<int> m_valueIds, m_typeIds; ///< of collect()
    std::vector<Index> m_overloads;         ///< signatures of a function whose body comes next
    int m_depth = 0;                        ///< of expressions
    int m_functionDepth = 0;
};

} // namespace paddock::workspace
