// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/ast.h"

#include "syntax/hash.h"

#include <QHash>
#include <algorithm>
#include <cstring>
#include <tree_sitter/api.h>

namespace paddock::syntax {

namespace {

constexpr quint64 multiplier = 0x9E3779B97F4A7C15ULL | 1;

struct Symbol
{
    Kind kind = Kind::Other;
    quint64 hash = 0;
};

/// What each symbol number of one grammar stands for.
std::vector<Symbol> symbolsOf(const TSLanguage *language)
{
    static const QHash<QByteArrayView, Kind> kinds = {
#define X(name) {#name, Kind::name},
        PADDOCK_SYNTAX_KINDS(X)
#undef X
            {"true", Kind::True},
        {"false", Kind::False},
        {"this", Kind::This},
        {"class", Kind::class_declaration}};
    std::vector<Symbol> symbols(ts_language_symbol_count(language));
    for (size_t i = 0; i < symbols.size(); ++i) {
        const auto id = static_cast<TSSymbol>(i);
        const QByteArrayView name = ts_language_symbol_name(language, id);
        const bool named = ts_language_symbol_type(language, id) == TSSymbolTypeRegular;
        symbols[i].kind = named ? kinds.value(name, Kind::Other) : Kind::Token;
        symbols[i].hash = hashOf(name, named ? 2 : 1);
    }
    return symbols;
}

std::vector<Field> fieldsOf(const TSLanguage *language)
{
    static const QHash<QByteArrayView, Field> fields = {{"name", Field::Name},
                                                        {"value", Field::Value},
                                                        {"body", Field::Body},
                                                        {"parameters", Field::Parameters},
                                                        {"parameter", Field::Parameter},
                                                        {"return_type", Field::ReturnType},
                                                        {"type", Field::Type},
                                                        {"type_parameters", Field::TypeParameters},
                                                        {"type_arguments", Field::TypeArguments},
                                                        {"object", Field::Object},
                                                        {"property", Field::Property},
                                                        {"function", Field::Function},
                                                        {"arguments", Field::Arguments},
                                                        {"constructor", Field::Constructor},
                                                        {"source", Field::Source},
                                                        {"alias", Field::Alias},
                                                        {"key", Field::Key},
                                                        {"left", Field::Left},
                                                        {"right", Field::Right},
                                                        {"declaration", Field::Declaration},
                                                        {"pattern", Field::Pattern},
                                                        {"condition", Field::Condition},
                                                        {"consequence", Field::Consequence},
                                                        {"alternative", Field::Alternative},
                                                        {"index", Field::Index},
                                                        {"kind", Field::KindWord},
                                                        {"operator", Field::Operator},
                                                        {"label", Field::Label}};
    std::vector<Field> result(ts_language_field_count(language) + 1, Field::None);
    for (size_t i = 1; i < result.size(); ++i)
        result[i] = fields.value(ts_language_field_name_for_id(language, static_cast<TSFieldId>(i)), Field::Other);
    return result;
}

struct Grammar
{
    std::vector<Symbol> symbols;
    std::vector<Field> fields;
};

const Grammar &grammarOf(const TSTree *tree, Language language)
{
    const auto make = [tree] {
        const TSLanguage *l = ts_tree_language(tree);
        return Grammar{symbolsOf(l), fieldsOf(l)};
    };
    if (language == Language::Tsx) {
        static const Grammar tsx = make();
        return tsx;
    }
    static const Grammar typeScript = make();
    return typeScript;
}

bool isIdentifier(QByteArrayView text)
{
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return !text.isEmpty() && letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

/// The inner text of a string literal, with quotes unescaped: 'it\'s' and "it's" are the same.
QByteArray stringContent(QByteArrayView literal)
{
    const QByteArrayView inner = literal.size() >= 2 ? literal.sliced(1, literal.size() - 2) : QByteArrayView();
    if (!inner.contains('\\'))
        return inner.toByteArray();
    QByteArray result;
    for (qsizetype i = 0; i < inner.size(); ++i) {
        if (inner[i] == '\\' && i + 1 < inner.size() && (inner[i + 1] == '\'' || inner[i + 1] == '"'))
            ++i;
        else if (inner[i] == '\\' && i + 1 < inner.size())
            result += inner[i++];
        result += inner[i];
    }
    return result;
}

/// JSX drops white space around line ends; so do we.
QByteArray jsxContent(QByteArrayView text)
{
    if (!text.contains('\n'))
        return text.toByteArray();
    QByteArray result;
    const auto lines = text.toByteArray().split('\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QByteArray line = lines[i];
        while (i > 0 && !line.isEmpty() && std::strchr(" \t\r", line.front()))
            line.remove(0, 1);
        while (i + 1 < lines.size() && !line.isEmpty() && std::strchr(" \t\r", line.back()))
            line.chop(1);
        if (!line.isEmpty())
            result += (result.isEmpty() ? "" : " ") + line;
    }
    return result;
}

/// 1.50 → 1.5, .5 → 0.5, 0XFF → 0xff, as formatters do.
QByteArray numberContent(QByteArrayView text)
{
    QByteArray result = text.toByteArray().toLower();
    const bool decimal = !result.startsWith("0x") && !result.contains('e') && result.contains('.');
    if (decimal) {
        while (result.endsWith('0'))
            result.chop(1);
        if (result.endsWith('.'))
            result.chop(1);
        if (result.startsWith('.'))
            result.prepend('0');
    }
    return result;
}

} // namespace

class Ast::Builder
{
public:
    Builder(Ast &ast, const Tree &tree)
        : m_ast(ast),
          m_grammar(grammarOf(tree.handle(), tree.language())),
          m_cursor(ts_tree_cursor_new(ts_tree_root_node(tree.handle())))
    {}
    ~Builder() { ts_tree_cursor_delete(&m_cursor); }
    Builder(const Builder &) = delete;
    Builder &operator=(const Builder &) = delete;

    void run()
    {
        const size_t guess = static_cast<size_t>(m_ast.m_source.size()) / 3 + 16;
        m_ast.m_nodes.reserve(guess);
        m_ast.m_prefix.reserve(guess);
        m_ast.m_tokens.reserve(guess / 2);
        m_ast.m_prefix.push_back(0);
        for (;;) {
            if (enter() && ts_tree_cursor_goto_first_child(&m_cursor))
                continue;
            while (!ts_tree_cursor_goto_next_sibling(&m_cursor)) {
                if (!ts_tree_cursor_goto_parent(&m_cursor)) {
                    if (!m_open.empty())
                        leave(); // a program without anything in it
                    return;
                }
                leave();
            }
        }
    }

private:
    struct Open
    {
        Index node;
        Kind kind;
        quint64 hash;
        quint32 units = 0;          ///< tokens and subtrees of it in the normalised text so far
        bool optionalChain = false; ///< holds a?.b, where parentheses say where the chain ends
        bool comma = false;         ///< a comma waits for what follows it
        bool hole = false;          ///< that comma follows another one or the opening bracket
        bool separated = true;      ///< the last thing was a comma or the opening bracket
    };

    void emitToken(quint64 hash)
    {
        m_ast.m_prefix.push_back(m_ast.m_prefix.back() * multiplier + hash);
        ++m_open.back().units;
    }
    void emitNode(quint64 hash, quint32 units)
    {
        m_ast.m_prefix.push_back(m_ast.m_prefix.back() * multiplier + mix(hash ^ ((units + 1) * multiplier)));
    }
    [[nodiscard]] quint32 position() const { return static_cast<quint32>(m_ast.m_prefix.size() - 1); }

    Index append(TSNode node, Kind kind)
    {
        // Looking up a field is slow; of tokens only operators and const/let have one that anybody asks for.
        const bool asked =
            kind != Kind::Token || (!m_open.empty() && (m_open.back().kind == Kind::binary_expression ||
                                                        m_open.back().kind == Kind::lexical_declaration));
        const Field field = asked ? m_grammar.fields[ts_tree_cursor_current_field_id(&m_cursor)] : Field::None;
        const auto index = static_cast<Index>(m_ast.m_nodes.size());
        m_ast.m_nodes.push_back({.kind = kind,
                                 .field = field,
                                 .start = ts_node_start_byte(node),
                                 .end = ts_node_end_byte(node),
                                 .line = ts_node_start_point(node).row + 1,
                                 .next = index + 1,
                                 .firstToken = position(),
                                 .lastToken = position()});
        return index;
    }

    void punctuation(QByteArrayView text, quint64 hash);
    void leaf(Index index, Kind kind, QByteArrayView text);
    bool enter();
    void leave();

    Ast &m_ast;
    const Grammar &m_grammar;
    TSTreeCursor m_cursor;
    std::vector<Open> m_open;
};

void Ast::Builder::punctuation(QByteArrayView text, quint64 hash)
{
    Open &open = m_open.back();
    const bool list = open.kind == Kind::object_type || open.kind == Kind::interface_body;
    if (text == ";" && open.kind != Kind::for_statement)
        return;
    if (text == ",") {
        if (list)
            return;
        if (open.comma)
            emitToken(hash);
        open.hole = open.separated;
        open.comma = open.separated = true;
        return;
    }
    if ((text == "|" && open.kind == Kind::union_type && open.units == 0) ||
        (text == "&" && open.kind == Kind::intersection_type && open.units == 0))
        return; // a leading one, as formatters write it on lines of their own
    const bool parenthesis = open.kind == Kind::parenthesized_expression || open.kind == Kind::parenthesized_type;
    if (parenthesis && (text == "(" || text == ")"))
        return;
    const bool closer = text == ")" || text == "]" || text == "}" || text == ">";
    if (open.comma && (!closer || open.hole))
        emitToken(hashOf(",", 1));
    open.comma = false;
    open.separated = text == "(" || text == "[" || text == "{" || text == "<";
    emitToken(hash);
}

void Ast::Builder::leaf(Index index, Kind kind, QByteArrayView text)
{
    Open &open = m_open.back();
    if (open.comma)
        emitToken(hashOf(",", 1));
    open.comma = open.separated = false;
    open.optionalChain |= kind == Kind::optional_chain;
    const Field field = m_ast.m_nodes[static_cast<size_t>(index)].field;
    if (kind == Kind::string) {
        const QByteArray content = stringContent(text);
        const bool key = (field == Field::Key || field == Field::Name) && isIdentifier(content);
        emitToken(key ? hashOf(content, 3) : hashOf(content, 4));
    } else if (kind == Kind::jsx_text) {
        const QByteArray content = jsxContent(text);
        if (!content.isEmpty())
            emitToken(hashOf(content, 5));
    } else if (kind == Kind::number) {
        emitToken(hashOf(numberContent(text), 6));
    } else if (kind == Kind::string_fragment && text.contains('\r')) {
        emitToken(hashOf(text.toByteArray().replace("\r\n", "\n"), 3));
    } else if (open.kind == Kind::arrow_function && field == Field::Parameter) {
        // x => … is (x) => …
        static const quint64 opener = hashOf("(", 1), closer = hashOf(")", 1);
        static const quint64 parameter = hashOf("required_parameter", 2), list = hashOf("formal_parameters", 2);
        emitToken(opener);
        emitToken(hashOf(text, 3));
        emitNode(parameter, 1);
        emitToken(closer);
        emitNode(list, 3);
        open.units -= 2;
    } else {
        emitToken(hashOf(text, 3));
    }
    m_ast.m_nodes[static_cast<size_t>(index)].lastToken = position();
}

/// Looks at the cursor's node; true: its children come next.
bool Ast::Builder::enter()
{
    const TSNode node = ts_tree_cursor_current_node(&m_cursor);
    const TSSymbol symbol = ts_node_symbol(node);
    const bool error = symbol >= m_grammar.symbols.size();
    const Symbol known = error ? Symbol{Kind::Error, 7} : m_grammar.symbols[symbol];
    if (!error &&
        (known.kind == Kind::comment || known.kind == Kind::html_comment || known.kind == Kind::hash_bang_line))
        return false;
    // A string is not looked into: one without its end is an error inside.
    const bool wrong = error || (ts_node_start_byte(node) == ts_node_end_byte(node) && ts_node_is_missing(node)) ||
                       (known.kind == Kind::string && ts_node_has_error(node));
    if (wrong && m_ast.m_errorLine == 0)
        m_ast.m_errorLine = static_cast<int>(ts_node_start_point(node).row) + 1;
    const bool inside = !m_open.empty();
    if (inside && known.kind == Kind::empty_statement && m_open.back().kind != Kind::for_statement)
        return false;
    const Index index = append(node, known.kind);
    const QByteArrayView text = m_ast.bytes(index);
    const bool isLeaf = known.kind == Kind::string || ts_node_child_count(node) == 0;
    if (isLeaf && inside) {
        m_ast.m_tokens.emplace_back(m_ast.m_nodes.back().start, m_ast.m_nodes.back().end);
        if (known.kind == Kind::Token)
            punctuation(text, known.hash);
        else
            leaf(index, known.kind, text);
        m_ast.m_nodes[static_cast<size_t>(index)].lastToken = position();
        return false;
    }
    if (inside) {
        Open &open = m_open.back();
        if (open.comma)
            emitToken(hashOf(",", 1));
        open.comma = open.separated = false;
        m_ast.m_nodes.back().firstToken = position();
    }
    m_open.push_back({.node = index, .kind = known.kind, .hash = known.hash});
    return !isLeaf;
}

void Ast::Builder::leave()
{
    const Open open = m_open.back();
    Node &node = m_ast.m_nodes[static_cast<size_t>(open.node)];
    const bool single = open.units == 1;
    const bool chain = open.optionalChain;
    bool transparent = (node.kind == Kind::parenthesized_expression || node.kind == Kind::parenthesized_type ||
                        node.kind == Kind::union_type || node.kind == Kind::intersection_type) &&
                       single;
    if (transparent && chain && m_open.size() > 1 && node.kind == Kind::parenthesized_expression) {
        const Kind parent = m_open[m_open.size() - 2].kind;
        transparent = parent != Kind::member_expression && parent != Kind::call_expression &&
                      parent != Kind::subscript_expression && parent != Kind::non_null_expression;
    }
    if (!transparent)
        emitNode(open.hash, open.units);
    node.next = static_cast<Index>(m_ast.m_nodes.size());
    node.lastToken = position();
    m_open.pop_back();
    if (!m_open.empty()) {
        ++m_open.back().units;
        const bool carries = node.kind == Kind::member_expression || node.kind == Kind::call_expression ||
                             node.kind == Kind::subscript_expression || node.kind == Kind::non_null_expression;
        m_open.back().optionalChain |= node.kind == Kind::optional_chain || (chain && carries);
    }
}

Ast::Ast(const Tree &tree) : m_source(tree.source())
{
    Builder(*this, tree).run();
}

int Ast::endLine(Index index) const
{
    const QByteArrayView text = bytes(index);
    return line(index) + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

QByteArrayView Ast::bytes(Index index) const
{
    if (index < 0)
        return {};
    const Node &node = (*this)[index];
    return QByteArrayView(m_source).sliced(node.start, node.end - node.start);
}

quint64 Ast::hash(Index index) const
{
    if (index < 0)
        return 0;
    const Node &node = (*this)[index];
    quint64 power = 1, base = multiplier;
    for (quint32 n = node.lastToken - node.firstToken; n > 0; n >>= 1, base *= base) {
        if (n & 1)
            power *= base;
    }
    return mix(m_prefix[node.lastToken] - m_prefix[node.firstToken] * power + (node.lastToken - node.firstToken));
}

Ast::Index Ast::child(Index parent, Field field) const
{
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].field == field)
            return i;
    }
    return -1;
}

Ast::Index Ast::child(Index parent, Kind kind) const
{
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].kind == kind)
            return i;
    }
    return -1;
}

Ast::Index Ast::firstNamed(Index parent) const
{
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].kind != Kind::Token)
            return i;
    }
    return -1;
}

Ast::Index Ast::lastNamed(Index parent) const
{
    Index last = -1;
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].kind != Kind::Token)
            last = i;
    }
    return last;
}

bool Ast::hasToken(Index parent, QByteArrayView text) const
{
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].kind == Kind::Token && bytes(i) == text)
            return true;
    }
    return false;
}

} // namespace paddock::syntax
