// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/grammar.h"

#include "syntax/hash.h"

#include <QHash>
#include <tree_sitter/api.h>

namespace paddock::syntax {

namespace {

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
    static const QHash<QByteArrayView, Mark> marks = {{";", Mark::Semicolon},
                                                      {",", Mark::Comma},
                                                      {"|", Mark::Pipe},
                                                      {"&", Mark::Ampersand},
                                                      {"(", Mark::OpeningParenthesis},
                                                      {")", Mark::ClosingParenthesis},
                                                      {"[", Mark::Opener},
                                                      {"{", Mark::Opener},
                                                      {"<", Mark::Opener},
                                                      {"]", Mark::Closer},
                                                      {"}", Mark::Closer},
                                                      {">", Mark::Closer}};
    std::vector<Symbol> symbols(ts_language_symbol_count(language));
    for (size_t i = 0; i < symbols.size(); ++i) {
        const auto id = static_cast<TSSymbol>(i);
        const QByteArrayView name = ts_language_symbol_name(language, id);
        const bool named = ts_language_symbol_type(language, id) == TSSymbolTypeRegular;
        symbols[i].kind = named ? kinds.value(name, Kind::Other) : Kind::Token;
        symbols[i].mark = named ? Mark::Other : marks.value(name, Mark::Other);
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

} // namespace

const Grammar &grammarOf(const TSTree *tree, Language language)
{
    const auto make = [tree] {
        const TSLanguage *l = ts_tree_language(tree);
        return Grammar{symbolsOf(l), fieldsOf(l), ts_language_symbol_for_name(l, "string", 6, true)};
    };
    if (language == Language::Tsx) {
        static const Grammar tsx = make();
        return tsx;
    }
    static const Grammar typeScript = make();
    return typeScript;
}

} // namespace paddock::syntax
