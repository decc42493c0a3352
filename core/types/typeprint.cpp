// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is done with types once they are read: printing, comparing by meaning, names, substitution.
#include "types/typetree.h"

#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;
using Kind = Type::Kind;

namespace {

bool isWordStart(QChar c)
{
    return c.isLetter() || c == u'_' || c == u'$' || c == u'#';
}

bool isWord(QChar c)
{
    return isWordStart(c) || c.isDigit();
}

} // namespace

bool isUnderstood(const Type &type)
{
    const auto all = [](const auto &list, const auto &typeOf) {
        return std::ranges::all_of(list, [&](const auto &one) { return isUnderstood(typeOf(one)); });
    };
    return !type.is(Kind::Other) && all(type.items, [](const Type &t) -> const Type & { return t; }) &&
           all(type.members, [](const Member &m) -> const Type & { return m.type; }) &&
           all(type.elements, [](const Element &e) -> const Type & { return e.type; }) &&
           std::ranges::all_of(type.signatures, [&](const Signature &s) {
               return isUnderstood(s.result) &&
                      all(s.parameters, [](const Element &e) -> const Type & { return e.type; });
           });
}

namespace {

QString propertyName(const QString &name)
{
    if (name.startsWith(u'['))
        return name;
    const bool plain = !name.isEmpty() && (isWordStart(name[0]) || name[0].isDigit()) &&
                       std::ranges::all_of(name, [](QChar c) { return isWord(c); });
    return plain ? name : u'"' + name + u'"';
}

/// `sorted`: see canonical().
class Writer final
{
public:
    explicit Writer(bool sorted) : m_sorted(sorted) {}

    QString type(const Type &t)
    {
        switch (t.kind) {
        case Kind::Other:
        case Kind::Primitive:
        case Kind::Literal: return t.text;
        case Kind::Reference: return t.text + (t.items.empty() ? QString() : u'<' + list(t.items, u", ") + u'>');
        case Kind::Object: return object(t);
        case Kind::Function: return t.signatures.size() == 1 ? signature(t.signatures.front(), u" => ") : object(t);
        case Kind::Array: {
            const Type &of = t.items.front();
            const bool wrap = of.is(Kind::Union) || of.is(Kind::Intersection) || of.is(Kind::Function) ||
                              of.is(Kind::Other) || of.isReadonly;
            return (t.isReadonly ? u"readonly "_s : QString()) + (wrap ? u'(' + type(of) + u')' : type(of)) + u"[]"_s;
        }
        case Kind::Tuple: return (t.isReadonly ? u"readonly ["_s : u"["_s) + elements(t.elements) + u']';
        case Kind::Union: return list(t.items, u" | ", true);
        case Kind::Intersection: return list(t.items, u" & ", true);
        }
        Q_UNREACHABLE();
    }

    QString signature(const Signature &s, QStringView arrow)
    {
        QString text = s.constructs ? u"new "_s : QString();
        const qsizetype named = m_parameters.size();
        if (!s.typeParameters.empty()) {
            QStringList parts;
            for (const TypeParameter &p : s.typeParameters) {
                parts << p.name + (p.constraint ? u" extends "_s + type(*p.constraint) : QString()) +
                             (p.standard ? u" = "_s + type(*p.standard) : QString());
                m_parameters << p.name;
            }
            text += u'<' + parts.join(u", "_s) + u'>';
        }
        text += u'(' + elements(s.parameters, true) + u')' + arrow + type(s.result);
        m_parameters.resize(named);
        return text;
    }

private:
    QString list(const std::vector<Type> &types, QStringView separator, bool combined = false)
    {
        QStringList parts;
        for (const Type &t : types) {
            const bool wrap = combined && (t.is(Kind::Function) || t.is(Kind::Union) || t.is(Kind::Intersection) ||
                                           (t.is(Kind::Other) && t.text.contains(u' ')));
            parts << (wrap ? u'(' + type(t) + u')' : type(t));
        }
        if (m_sorted && combined)
            parts.sort();
        return parts.join(separator);
    }

    QString elements(const std::vector<Element> &of, bool parameters = false)
    {
        QStringList parts;
        for (const Element &e : of) {
            const QString rest = e.rest ? u"..."_s : QString();
            const QString mark = e.optional ? u"?"_s : QString();
            if (m_sorted)
                parts << rest + type(e.type) + mark;
            else if (parameters || !e.name.isEmpty())
                parts << rest + e.name + mark + u": "_s + type(e.type);
            else
                parts << rest + type(e.type) + mark;
        }
        return parts.join(u", "_s);
    }

    QString object(const Type &t)
    {
        QStringList parts;
        for (const Signature &s : t.signatures)
            parts << signature(s, u": ");
        QStringList named;
        for (const Member &m : t.members) {
            const QString head = (m.isReadonly ? u"readonly "_s : QString()) +
                                 (m.isIndex ? u"[x: "_s + m.name.sliced(1) : propertyName(m.name)) +
                                 (m.optional ? u"?"_s : QString());
            named << head + u": "_s + type(m.type);
        }
        if (m_sorted)
            named.sort();
        parts += named;
        return parts.isEmpty() ? u"{}"_s : u"{ "_s + parts.join(u"; "_s) + u"; }"_s;
    }

    bool m_sorted;
    QStringList m_parameters;
};

void visit(const Type &type, QStringList &own, QStringList &into)
{
    if (type.is(Kind::Reference) && !own.contains(type.text) && !into.contains(type.text))
        into << type.text;
    if (type.is(Kind::Other)) { // every word of it may be a name
        qsizetype at = 0;
        while (at < type.text.size()) {
            if (!isWordStart(type.text[at])) {
                ++at;
                continue;
            }
            const qsizetype from = at;
            while (at < type.text.size() && isWord(type.text[at]))
                ++at;
            const QString name = type.text.sliced(from, at - from);
            if (!own.contains(name) && !into.contains(name))
                into << name;
        }
    }
    for (const Type &t : type.items)
        visit(t, own, into);
    for (const Member &m : type.members)
        visit(m.type, own, into);
    for (const Element &e : type.elements)
        visit(e.type, own, into);
    for (const Signature &s : type.signatures) {
        const qsizetype before = own.size();
        for (const TypeParameter &p : s.typeParameters)
            own << p.name;
        for (const TypeParameter &p : s.typeParameters) {
            if (p.constraint)
                visit(*p.constraint, own, into);
            if (p.standard)
                visit(*p.standard, own, into);
        }
        for (const Element &e : s.parameters)
            visit(e.type, own, into);
        visit(s.result, own, into);
        own.resize(before);
    }
}

} // namespace

QString printed(const Type &type)
{
    return Writer(false).type(type);
}

QString printed(const Signature &signature)
{
    return Writer(false).signature(signature, u" => ");
}

QString canonical(const Type &type)
{
    return Writer(true).type(type);
}

QStringList mentionedNames(const Type &type)
{
    QStringList own, names;
    visit(type, own, names);
    return names;
}

Type substituted(const Type &type, const QStringList &names, const std::vector<Type> &by)
{
    if (names.isEmpty())
        return type;
    if (type.is(Kind::Reference) && type.items.empty())
        if (const qsizetype at = names.indexOf(type.text); at >= 0)
            return size_t(at) < by.size() ? by[size_t(at)] : type;
    Type result = type;
    for (Type &t : result.items)
        t = substituted(t, names, by);
    for (Member &m : result.members)
        m.type = substituted(m.type, names, by);
    for (Element &e : result.elements)
        e.type = substituted(e.type, names, by);
    for (Signature &s : result.signatures) {
        for (TypeParameter &p : s.typeParameters) {
            if (p.constraint)
                p.constraint = substituted(*p.constraint, names, by);
            if (p.standard)
                p.standard = substituted(*p.standard, names, by);
        }
        for (Element &e : s.parameters)
            e.type = substituted(e.type, names, by);
        s.result = substituted(s.result, names, by);
    }
    return result;
}

} // namespace paddock::types
