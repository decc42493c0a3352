// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

/// A printed TypeScript type as a value: what a compiler prints of a type, not all that could be written. What is not
/// understood stays whole, as its text.
namespace paddock::types {

struct Signature;
struct Member;
struct Element;

struct Type
{
    enum class Kind : quint8 {
        Other,        ///< text: conditional, mapped, indexed and predicate types, and what does not parse
        Primitive,    ///< text: string, number, any, null, …
        Literal,      ///< text as printed: "a", 1, true, -1n, `template`
        Reference,    ///< text: name, with dots; items: type arguments
        Object,       ///< members, and signatures where it can be called
        Function,     ///< signatures: one, or several overloads
        Array,        ///< items[0]; isReadonly
        Tuple,        ///< elements; isReadonly
        Union,        ///< items
        Intersection, ///< items
    };
    Kind kind = Kind::Other;
    bool isReadonly = false;
    QString text;
    std::vector<Type> items;
    std::vector<Member> members;
    std::vector<Signature> signatures;
    std::vector<Element> elements;

    [[nodiscard]] bool is(Kind k) const { return kind == k; }
    [[nodiscard]] bool is(Kind k, QStringView t) const { return kind == k && text == t; }
    [[nodiscard]] bool isAny() const { return is(Kind::Primitive, u"any"); }
};

/// A parameter of a function, or an element of a tuple.
struct Element
{
    QString name; ///< may be empty in a tuple
    bool optional = false;
    bool rest = false;
    Type type;
};

struct TypeParameter
{
    QString name;
    std::optional<Type> constraint;
    std::optional<Type> standard; ///< its default
};

struct Signature
{
    std::vector<TypeParameter> typeParameters;
    std::vector<Element> parameters;
    Type result;
    bool constructs = false; ///< new (…) => …
};

struct Member
{
    QString name; ///< without quotes; of an index signature the type of its key: "[string]"
    bool optional = false;
    bool isReadonly = false;
    bool isIndex = false;
    Type type; ///< methods are functions; those of one name are one member with overloads
};

/// Never fails: what does not parse is one Other.
[[nodiscard]] Type parseType(const QString &text);
/// Whether all of it was understood.
[[nodiscard]] bool isUnderstood(const Type &type);

/// On one line, in the compiler's way; methods as properties of function type, so that their parameters are compared
/// strictly.
[[nodiscard]] QString printed(const Type &type);
[[nodiscard]] QString printed(const Signature &signature);
/// The same without names of parameters and the order of members and of a union: equal for types that mean the same.
[[nodiscard]] QString canonical(const Type &type);
/// Names of all types that it mentions, without those of its own type parameters.
[[nodiscard]] QStringList mentionedNames(const Type &type);
/// With names replaced by types: type parameters by arguments.
[[nodiscard]] Type substituted(const Type &type, const QStringList &names, const std::vector<Type> &by);

} // namespace paddock::types
