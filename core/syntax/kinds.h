// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

/// The node types of the TypeScript grammar that Paddock looks at. The grammars of .ts and .tsx number theirs
/// differently; this is the one numbering that the rest of the code knows. Each name is the grammar's own.
// clang-format off
#define PADDOCK_SYNTAX_KINDS(X) \
    X(abstract_class_declaration) X(abstract_method_signature) X(accessibility_modifier) X(ambient_declaration) \
    X(arguments) X(array) X(array_pattern) X(arrow_function) X(as_expression) X(assignment_expression) \
    X(assignment_pattern) X(augmented_assignment_expression) X(await_expression) X(binary_expression) \
    X(call_expression) X(call_signature) X(catch_clause) X(class_body) X(class_declaration) X(class_heritage) \
    X(class_static_block) X(comment) X(computed_property_name) X(construct_signature) X(do_statement) X(else_clause) \
    X(empty_statement) X(enum_assignment) X(enum_body) X(enum_declaration) X(escape_sequence) X(export_clause) X(export_specifier) \
    X(export_statement) X(expression_statement) X(extends_clause) X(extends_type_clause) X(for_in_statement) \
    X(for_statement) X(formal_parameters) X(function_declaration) X(function_expression) X(function_signature) \
    X(function_type) X(generator_function) X(generator_function_declaration) X(generic_type) X(hash_bang_line) \
    X(html_comment) X(identifier) X(if_statement) X(implements_clause) X(import_alias) X(import_clause) \
    X(import_require_clause) X(import_specifier) X(import_statement) X(index_signature) X(instantiation_expression) \
    X(interface_body) X(interface_declaration) X(internal_module) X(intersection_type) X(jsx_text) \
    X(labeled_statement) X(lexical_declaration) X(lookup_type) X(member_expression) X(method_definition) \
    X(method_signature) X(module) X(named_imports) X(namespace_export) X(namespace_import) \
    X(nested_type_identifier) X(new_expression) X(non_null_expression) X(null) X(number) X(object) \
    X(object_assignment_pattern) X(object_pattern) X(object_type) X(optional_chain) X(optional_parameter) \
    X(override_modifier) X(pair) X(pair_pattern) X(parenthesized_expression) X(parenthesized_type) \
    X(predefined_type) X(private_property_identifier) X(program) X(property_identifier) X(property_signature) \
    X(public_field_definition) X(regex) X(required_parameter) X(rest_pattern) X(return_statement) \
    X(satisfies_expression) X(sequence_expression) X(shorthand_property_identifier) \
    X(shorthand_property_identifier_pattern) X(spread_element) X(statement_block) X(statement_identifier) X(string) \
    X(string_fragment) X(subscript_expression) X(super) X(switch_body) X(switch_case) X(switch_default) \
    X(switch_statement) X(template_string) X(template_substitution) X(ternary_expression) \
    X(throw_statement) X(try_statement) X(finally_clause) X(type_alias_declaration) X(type_annotation) \
    X(type_arguments) X(type_assertion) X(type_identifier) X(type_parameters) X(type_predicate_annotation) \
    X(asserts_annotation) X(type_query) X(unary_expression) X(undefined) X(union_type) X(variable_declaration) \
    X(variable_declarator) X(while_statement) X(with_statement) X(yield_expression)

namespace paddock::syntax {

enum class Kind : quint16 {
    Token, ///< punctuation or a keyword
    Other, ///< a named node that nothing here looks at by name
    Error, ///< text that the grammar could not place, or a token that it had to invent
    True, False, This,
#define X(name) name,
    PADDOCK_SYNTAX_KINDS(X)
#undef X
};

enum class Field : quint8 {
    None, Other, Name, Value, Body, Parameters, Parameter, ReturnType, Type, TypeParameters, TypeArguments, Object,
    Property, Function, Arguments, Constructor, Source, Alias, Key, Left, Right, Declaration, Pattern, Condition,
    Consequence, Alternative, Index, KindWord, Operator, Label,
};

} // namespace paddock::syntax
// clang-format on
