// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/lint.h"

#include "migrations/exported.h"
#include "syntax/ast.h"

#include <QRegularExpression>
#include <QSet>
#include <algorithm>

namespace paddock::migrations {

using namespace Qt::StringLiterals;
using syntax::Ast;
using syntax::Field;
using syntax::Kind;

QLatin1StringView toString(Severity severity)
{
    static constexpr QLatin1StringView names[] = {"info"_L1, "warning"_L1, "destructive"_L1, "error"_L1};
    return names[int(severity)];
}

namespace {

/// One call of a chain: `.addColumn("stock", "integer", …)`.
struct Link
{
    QString name;
    Ast::Index call = -1;
    QList<Ast::Index> arguments;
};

class Linter
{
public:
    Linter(const Ast &ast, Direction direction) : m_ast(ast), m_direction(direction) {}

    QList<Finding> run()
    {
        const Ast::Index up = exportedFunction(m_ast, u"up"_s);
        const Ast::Index down = exportedFunction(m_ast, u"down"_s);
        if (m_direction == Direction::Up) {
            if (up < 0)
                add(u"no-up"_s, Severity::Warning, 0,
                    u"The file has no “up”: it will be recorded as applied, and nothing done."_s,
                    u"Export an async function “up(db)”."_s);
            else if (!acts(up))
                add(u"empty-up"_s, Severity::Warning, up, u"“up” does nothing yet."_s,
                    u"Write it before it is recorded as applied."_s);
            judgeDown(down);
        }
        m_skipped = m_direction == Direction::Up ? down : up;
        visit(0);
        std::ranges::stable_sort(m_findings, {}, &Finding::line);
        return m_findings;
    }

private:
    void add(const QString &rule, Severity severity, Ast::Index at, const QString &message, const QString &remedy,
             const QString &table = {}, const QString &column = {})
    {
        m_findings.append({rule, severity, at > 0 ? m_ast.line(at) : 0, message, remedy, table, column});
    }

    [[nodiscard]] bool acts(Ast::Index function) const
    {
        for (Ast::Index i = function; i < m_ast[function].next; ++i)
            if (m_ast.kind(i) == Kind::call_expression || m_ast.kind(i) == Kind::throw_statement)
                return true;
        return false;
    }

    void judgeDown(Ast::Index down)
    {
        const QString remedy = u"Write a “down” that undoes “up”; without one only a backup leads back."_s;
        if (down < 0) {
            add(u"irreversible-down"_s, Severity::Warning, 0, u"The file has no “down”."_s, remedy);
            return;
        }
        for (Ast::Index i = down; i < m_ast[down].next; ++i) {
            if (m_ast.kind(i) == Kind::throw_statement) {
                add(u"irreversible-down"_s, Severity::Warning, i, u"“down” refuses to work."_s, remedy);
                return;
            }
        }
        if (!acts(down))
            add(u"irreversible-down"_s, Severity::Warning, down, u"“down” does nothing."_s, remedy);
    }

    void visit(Ast::Index node)
    {
        if (node == m_skipped && node >= 0)
            return;
        if (m_ast.kind(node) == Kind::call_expression) {
            visitCall(node);
            return;
        }
        for (Ast::Index child = m_ast.firstChild(node); child >= 0; child = m_ast.nextSibling(node, child))
            visit(child);
    }

    void visitCall(Ast::Index call)
    {
        QList<Link> chain;
        Ast::Index at = call;
        while (at >= 0) {
            if (m_ast.kind(at) == Kind::await_expression || m_ast.kind(at) == Kind::parenthesized_expression) {
                at = m_ast.firstNamed(at);
                continue;
            }
            if (m_ast.kind(at) == Kind::member_expression) {
                at = m_ast.child(at, Field::Object);
                continue;
            }
            if (m_ast.kind(at) != Kind::call_expression)
                break;
            const Ast::Index callee = m_ast.child(at, Field::Function);
            Ast::Index arguments = m_ast.child(at, Field::Arguments);
            Link link{.call = at};
            if (m_ast.kind(callee) == Kind::member_expression)
                link.name = m_ast.text(m_ast.child(callee, Field::Property));
            else if (m_ast.kind(callee) == Kind::identifier)
                link.name = m_ast.text(callee);
            if (arguments < 0)
                arguments = m_ast.child(at, Kind::template_string);
            if (m_ast.kind(arguments) == Kind::template_string) {
                link.arguments << arguments;
            } else if (arguments >= 0) {
                for (Ast::Index i = m_ast.firstChild(arguments); i >= 0; i = m_ast.nextSibling(arguments, i))
                    if (m_ast.kind(i) != Kind::Token)
                        link.arguments << i;
            }
            chain.prepend(link);
            if (m_ast.kind(callee) != Kind::member_expression)
                break;
            at = callee;
        }
        judge(chain);
        for (const Link &link : chain)
            for (const Ast::Index argument : link.arguments)
                visit(argument);
    }

    /// The value of a string literal or a template without substitutions; empty: computed.
    QString text(Ast::Index node) const
    {
        QString raw = m_ast.text(node);
        if (m_ast.kind(node) == Kind::string || m_ast.kind(node) == Kind::template_string)
            return raw.sliced(1, raw.size() - 2);
        return {};
    }
    QString argument(const Link &link, int index) const
    {
        return index < link.arguments.size() ? text(link.arguments[index]) : QString();
    }
    static QString shown(const QString &name) { return name.isEmpty() ? u"(computed)"_s : name; }

    void judge(const QList<Link> &chain)
    {
        QString table;
        bool hasWhere = false;
        for (const Link &link : chain)
            hasWhere |= link.name.startsWith("where"_L1);
        for (qsizetype i = 0; i < chain.size(); ++i) {
            const Link &link = chain[i];
            const bool altering =
                std::ranges::any_of(chain.first(i), [](const Link &l) { return l.name == "alterTable"_L1; });
            if (link.name == "createTable"_L1) {
                m_created.insert(argument(link, 0));
                return; // whatever follows is about a table that is still empty
            }
            if (link.name == "alterTable"_L1 || link.name == "updateTable"_L1 || link.name == "deleteFrom"_L1)
                table = argument(link, 0);
            if (link.name == "sql"_L1 || (link.name == "raw"_L1 && i > 0 && chain[i - 1].name == "sql"_L1) ||
                (link.name == "raw"_L1 && m_ast.text(m_ast.child(link.call, Field::Function)).startsWith("sql"_L1))) {
                judgeSql(link);
                continue;
            }
            if (altering && m_created.contains(table))
                continue;
            judgeLink(link, table, altering, hasWhere);
        }
    }

    void judgeLink(const Link &link, const QString &table, bool altering, bool hasWhere)
    {
        const QString first = argument(link, 0);
        if (link.name == "dropTable"_L1) {
            if (!m_created.contains(first))
                add(u"drop-table"_s, Severity::Destructive, link.call,
                    u"Drops the table %1 with all its rows."_s.arg(shown(first)),
                    u"Rename it first and drop it in a later release, once nothing reads it."_s, first);
        } else if (link.name == "dropSchema"_L1) {
            add(u"drop-schema"_s, Severity::Destructive, link.call,
                u"Drops the schema %1 with all it holds."_s.arg(shown(first)),
                u"Drop its tables one by one, each after a look at what it holds."_s);
        } else if (link.name == "dropView"_L1 || link.name == "dropIndex"_L1) {
            add(u"drop-index"_s, Severity::Info, link.call, u"Drops %1; it can be made again."_s.arg(shown(first)),
                u"Check that no query relies on it."_s);
        } else if (altering && link.name == "dropColumn"_L1) {
            add(u"drop-column"_s, Severity::Destructive, link.call,
                u"Drops the column %1.%2 with all its values."_s.arg(shown(table), shown(first)),
                u"Stop using it first, and drop it in a later release."_s, table, first);
        } else if (altering && link.name == "dropConstraint"_L1) {
            add(u"drop-constraint"_s, Severity::Warning, link.call,
                u"Drops the constraint %1 of %2: what it kept out may come in."_s.arg(shown(first), shown(table)),
                u"Check that the code keeps the promise instead."_s, table);
        } else if (altering && link.name == "renameTo"_L1) {
            add(u"rename-table"_s, Severity::Warning, link.call,
                u"Renames the table %1 to %2: code that runs meanwhile does not find it."_s.arg(shown(table),
                                                                                                shown(first)),
                u"Make the new one, copy, and drop the old one in a later release."_s, table);
        } else if (altering && link.name == "renameColumn"_L1) {
            add(u"rename-column"_s, Severity::Warning, link.call,
                u"Renames the column %1.%2 to %3: code that runs meanwhile does not find it."_s.arg(
                    shown(table), shown(first), shown(argument(link, 1))),
                u"Add the new column, copy, and drop the old one in a later release."_s, table, first);
        } else if (altering && link.name == "addColumn"_L1) {
            const QString options = link.arguments.size() > 2 ? m_ast.text(link.arguments[2]) : QString();
            if (options.contains("notNull("_L1) && !options.contains("defaultTo("_L1) &&
                !options.contains("generatedAlways"_L1))
                add(u"not-null-without-default"_s, Severity::Error, link.call,
                    u"Adds %1.%2 as NOT NULL without a default: it fails as soon as the table has a row."_s.arg(
                        shown(table), shown(first)),
                    u"Give it .defaultTo(…), or add it as nullable, fill it, and set NOT NULL then."_s, table, first);
        } else if (altering && link.name == "modifyColumn"_L1) {
            judgeType(link, table, first, argument(link, 1));
        } else if (altering && link.name == "alterColumn"_L1) {
            judgeAlterColumn(link, table, first);
        } else if (altering && link.name == "addUniqueConstraint"_L1) {
            add(u"unique-on-existing"_s, Severity::Warning, link.call,
                u"Makes columns of %1 unique: it fails where rows repeat already."_s.arg(shown(table)),
                u"Look for repeated rows first."_s, table);
        } else if (link.name == "deleteFrom"_L1) {
            add(hasWhere ? u"delete-rows"_s : u"delete-all-rows"_s, Severity::Destructive, link.call,
                (hasWhere ? u"Deletes rows of %1."_s : u"Deletes every row of %1."_s).arg(shown(first)),
                u"Keep what is deleted in a table of its own first."_s, first);
        } else if (link.name == "updateTable"_L1 && !hasWhere) {
            add(u"update-all-rows"_s, Severity::Warning, link.call,
                u"Changes every row of %1; earlier values are lost."_s.arg(shown(first)),
                u"Limit it with .where(…) if not all of them are meant."_s, first);
        }
    }

    void judgeAlterColumn(const Link &link, const QString &table, const QString &column)
    {
        const QString change = link.arguments.size() > 1 ? m_ast.text(link.arguments[1]) : QString();
        static const QRegularExpression type(uR"re(setDataType\(\s*(?:sql)?[`"']([^`"']+)[`"'])re"_s);
        if (change.contains("setNotNull("_L1))
            add(u"set-not-null"_s, Severity::Warning, link.call,
                u"Sets NOT NULL on %1.%2: it fails where a row has none."_s.arg(shown(table), shown(column)),
                u"Fill the empty ones before, in the same migration."_s, table, column);
        if (change.contains("setDataType("_L1))
            judgeType(link, table, column, type.match(change).captured(1));
    }

    void judgeType(const Link &link, const QString &table, const QString &column, const QString &type)
    {
        static const QSet<QString> wide{u"text"_s,    u"bigint"_s, u"double precision"_s,
                                        u"numeric"_s, u"json"_s,   u"jsonb"_s};
        if (wide.contains(type.toLower()))
            add(u"type-change"_s, Severity::Warning, link.call,
                u"Changes the type of %1.%2 to %3: the whole table is written anew."_s.arg(shown(table), shown(column),
                                                                                           type),
                u"Rehearse it, and mind how long it takes."_s, table, column);
        else
            add(u"type-narrowing"_s, Severity::Destructive, link.call,
                u"Changes the type of %1.%2 to %3: values that do not fit fail or are cut."_s.arg(
                    shown(table), shown(column), shown(type)),
                u"Add a column of the new type, copy what fits, and look at the rest."_s, table, column);
    }

    void judgeSql(const Link &link)
    {
        if (link.arguments.isEmpty())
            return;
        const QString sql = text(link.arguments.first()).simplified();
        if (sql.isEmpty() || !sql.contains(u' '))
            return; // a value, or a name
        static const QString name = uR"re((?:if\s+exists\s+)?[`"\[]?([\w.]+))re"_s;
        static const auto expression = [](const QString &pattern) {
            return QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption);
        };
        static const auto dropTable = expression(u"\\bdrop\\s+table\\s+"_s + name);
        static const auto truncate = expression(u"\\btruncate\\s+(?:table\\s+)?"_s + name);
        static const auto dropColumn =
            expression(u"\\balter\\s+table\\s+"_s + name + u".*?\\bdrop\\s+(?:column\\s+)?"_s + name);
        static const auto deleteFrom = expression(u"\\bdelete\\s+from\\s+"_s + name);
        static const auto update = expression(u"\\bupdate\\s+"_s + name + u"[`\"\\]]?\\s+set\\b"_s);
        static const auto statement = expression(
            uR"re(\b(create|alter|insert|replace|drop|update|delete|truncate|grant|revoke|pragma|vacuum)\s)re"_s);
        const bool hasWhere = sql.contains(" where "_L1, Qt::CaseInsensitive);
        const QString remedy = u"Prefer Kysely's schema builder: it says what it does on every engine."_s;
        if (const auto m = dropTable.match(sql); m.hasMatch() && !m_created.contains(m.captured(1)))
            add(u"drop-table"_s, Severity::Destructive, link.call,
                u"Drops the table %1 with all its rows (raw SQL)."_s.arg(m.captured(1)), remedy, m.captured(1));
        else if (const auto t = truncate.match(sql); t.hasMatch())
            add(u"delete-all-rows"_s, Severity::Destructive, link.call,
                u"Deletes every row of %1 (raw SQL)."_s.arg(t.captured(1)), remedy, t.captured(1));
        else if (const auto c = dropColumn.match(sql);
                 c.hasMatch() && c.captured(2).compare("constraint"_L1, Qt::CaseInsensitive) != 0 &&
                 c.captured(2).compare("default"_L1, Qt::CaseInsensitive) != 0 &&
                 c.captured(2).compare("not"_L1, Qt::CaseInsensitive) != 0)
            add(u"drop-column"_s, Severity::Destructive, link.call,
                u"Drops the column %1.%2 with all its values (raw SQL)."_s.arg(c.captured(1), c.captured(2)), remedy,
                c.captured(1), c.captured(2));
        else if (const auto d = deleteFrom.match(sql); d.hasMatch())
            add(hasWhere ? u"delete-rows"_s : u"delete-all-rows"_s, Severity::Destructive, link.call,
                (hasWhere ? u"Deletes rows of %1 (raw SQL)."_s : u"Deletes every row of %1 (raw SQL)."_s)
                    .arg(d.captured(1)),
                remedy, d.captured(1));
        else if (const auto u = update.match(sql); u.hasMatch() && !hasWhere)
            add(u"update-all-rows"_s, Severity::Warning, link.call,
                u"Changes every row of %1 (raw SQL); earlier values are lost."_s.arg(u.captured(1)), remedy,
                u.captured(1));
        else if (statement.match(sql).hasMatch())
            add(u"raw-sql"_s, Severity::Info, link.call,
                u"Raw SQL, whose effect is not examined: %1"_s.arg(sql.left(80)), remedy);
    }

    const Ast &m_ast;
    Direction m_direction;
    Ast::Index m_skipped = -1;
    QSet<QString> m_created;
    QList<Finding> m_findings;
};

} // namespace

Ast::Index exportedFunction(const Ast &ast, const QString &name)
{
    for (Ast::Index i = 0; i < ast.size(); ++i) {
        const Kind kind = ast.kind(i);
        if (kind != Kind::function_declaration && kind != Kind::variable_declarator &&
            kind != Kind::method_definition && kind != Kind::pair)
            continue;
        const Ast::Index id = ast.child(i, kind == Kind::pair ? Field::Key : Field::Name);
        if (id >= 0 && ast.text(id) == name)
            return i;
    }
    return -1;
}

QList<Finding> lint(const QByteArray &source, Direction direction)
{
    syntax::Parser parser;
    const auto tree = parser.parse(source, syntax::Language::TypeScript);
    if (!tree)
        return {{u"syntax"_s, Severity::Error, 0, u"The file is no program."_s, u"Correct it."_s}};
    const Ast ast(*tree);
    if (ast.hasError())
        return {{u"syntax"_s, Severity::Error, ast.errorLine(), u"The file does not parse."_s, u"Correct it."_s}};
    return Linter(ast, direction).run();
}

QJsonObject toJson(const Finding &finding)
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); };
    return {{u"rule"_s, finding.rule},
            {u"severity"_s, toString(finding.severity)},
            {u"line"_s, finding.line},
            {u"message"_s, finding.message},
            {u"remedy"_s, finding.remedy},
            {u"table"_s, orNull(finding.table)},
            {u"column"_s, orNull(finding.column)},
            {u"rows"_s, finding.rows < 0 ? QJsonValue() : QJsonValue(finding.rows)}};
}

} // namespace paddock::migrations
