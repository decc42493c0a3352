// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/typetree.h"

#include <QSet>
#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;
using Kind = Type::Kind;

namespace {

Type make(Kind kind, const QString &text = {})
{
    Type type;
    type.kind = kind;
    type.text = text;
    return type;
}

bool isWordStart(QChar c)
{
    return c.isLetter() || c == u'_' || c == u'$' || c == u'#';
}

bool isWord(QChar c)
{
    return isWordStart(c) || c.isDigit();
}

/// Recursive descent over the text. A failure anywhere makes the whole type an Other, so that nothing is misread.
class TypeParser final
{
public:
    explicit TypeParser(const QString &text) : m_text(text) {}

    std::optional<Type> all()
    {
        const Type result = type();
        space();
        if (m_failed || m_at < m_text.size())
            return std::nullopt;
        return result;
    }

private:
    // ------------------------------------------------------------------ tokens
    void space()
    {
        while (m_at < m_text.size() && m_text[m_at].isSpace())
            ++m_at;
    }
    QChar peek()
    {
        space();
        return m_at < m_text.size() ? m_text[m_at] : QChar();
    }
    bool take(QStringView token)
    {
        space();
        if (!QStringView(m_text).sliced(m_at).startsWith(token))
            return false;
        // a word must end where it ends
        if (isWord(token.back()) && m_at + token.size() < m_text.size() && isWord(m_text[m_at + token.size()]))
            return false;
        m_at += token.size();
        return true;
    }
    void expect(QStringView token)
    {
        if (!take(token))
            m_failed = true;
    }
    QString word()
    {
        space();
        const qsizetype from = m_at;
        if (m_at < m_text.size() && isWordStart(m_text[m_at]))
            while (m_at < m_text.size() && isWord(m_text[m_at]))
                ++m_at;
        if (from == m_at)
            m_failed = true;
        return m_text.sliced(from, m_at - from);
    }
    QString quoted()
    {
        space();
        const qsizetype from = m_at;
        const QChar quote = m_text[m_at++];
        while (m_at < m_text.size() && m_text[m_at] != quote)
            m_at += m_text[m_at] == u'\\' ? 2 : 1;
        if (m_at >= m_text.size())
            m_failed = true;
        else
            ++m_at;
        return m_text.sliced(from, std::min(m_at, m_text.size()) - from);
    }
    /// From an opening bracket past its closing one, without looking inside.
    qsizetype past(qsizetype at) const
    {
        int depth = 0;
        for (; at < m_text.size(); ++at) {
            const QChar c = m_text[at];
            if (c == u'"' || c == u'\'' || c == u'`') {
                for (++at; at < m_text.size() && m_text[at] != c; ++at)
                    if (m_text[at] == u'\\')
                        ++at;
            } else if (c == u'(' || c == u'[' || c == u'{') {
                ++depth;
            } else if (c == u')' || c == u']' || c == u'}') {
                if (--depth == 0)
                    return at + 1;
            }
        }
        return m_text.size();
    }
    bool isFunctionAhead()
    {
        if (peek() == u'<')
            return true;
        if (peek() != u'(')
            return false;
        qsizetype at = past(m_at);
        while (at < m_text.size() && m_text[at].isSpace())
            ++at;
        return QStringView(m_text).sliced(at).startsWith(u"=>");
    }

    // ------------------------------------------------------------------ types
    Type type()
    {
        if (m_failed || ++m_depth > 200) {
            m_failed = true;
            return {};
        }
        space();
        const qsizetype from = m_at;
        Type result;
        bool constructs = take(u"abstract") && (space(), true);
        constructs = take(u"new") || constructs;
        if (constructs || isFunctionAhead()) {
            result = make(Kind::Function);
            result.signatures.push_back(signature(u"=>"));
            result.signatures.back().constructs = constructs;
        } else {
            result = unionType();
            if (take(u"extends")) { // a conditional type stays as it is
                type();
                expect(u"?");
                type();
                expect(u":");
                type();
                result = make(Kind::Other, m_text.sliced(from, m_at - from).trimmed());
            } else if (take(u"is")) { // a type predicate
                type();
                result = make(Kind::Other, m_text.sliced(from, m_at - from).trimmed());
            }
        }
        --m_depth;
        return result;
    }

    Type several(Kind kind, QStringView separator, Type (TypeParser::*part)())
    {
        take(separator);
        Type first = (this->*part)();
        if (!take(separator))
            return first;
        Type result = make(kind);
        result.items.push_back(std::move(first));
        do
            result.items.push_back((this->*part)());
        while (!m_failed && take(separator));
        return result;
    }
    Type unionType() { return several(Kind::Union, u"|", &TypeParser::intersection); }
    Type intersection() { return several(Kind::Intersection, u"&", &TypeParser::prefixed); }

    Type prefixed()
    {
        space();
        const qsizetype from = m_at;
        if (take(u"readonly")) {
            Type inner = prefixed();
            if (!inner.is(Kind::Array) && !inner.is(Kind::Tuple))
                m_failed = true;
            inner.isReadonly = true;
            return inner;
        }
        for (const QStringView operation : {u"keyof", u"unique", u"infer", u"asserts"}) {
            if (take(operation)) {
                prefixed();
                return make(Kind::Other, m_text.sliced(from, m_at - from).trimmed());
            }
        }
        return suffixed();
    }

    Type suffixed()
    {
        space();
        const qsizetype from = m_at;
        Type result = primary();
        while (!m_failed && peek() == u'[') {
            ++m_at;
            if (take(u"]")) {
                Type array = make(Kind::Array);
                array.items.push_back(std::move(result));
                result = std::move(array);
            } else { // an indexed access
                type();
                expect(u"]");
                result = make(Kind::Other, m_text.sliced(from, m_at - from).trimmed());
            }
        }
        return result;
    }

    Type primary()
    {
        const QChar c = peek();
        if (c == u'(') {
            ++m_at;
            Type inner = type();
            expect(u")");
            return inner;
        }
        if (c == u'{')
            return object();
        if (c == u'[')
            return tuple();
        if (c == u'"' || c == u'\'' || c == u'`')
            return make(Kind::Literal, quoted());
        if (c.isDigit() || c == u'-' || c == u'.') {
            const qsizetype from = m_at++;
            while (m_at < m_text.size() && (isWord(m_text[m_at]) || m_text[m_at] == u'.'))
                ++m_at;
            return make(Kind::Literal, m_text.sliced(from, m_at - from));
        }
        return named();
    }

    Type named()
    {
        static const QSet<QString> primitives{
            u"string"_s, u"number"_s, u"boolean"_s, u"bigint"_s, u"symbol"_s,    u"any"_s,  u"unknown"_s,
            u"never"_s,  u"void"_s,   u"null"_s,    u"object"_s, u"undefined"_s, u"this"_s,
        };
        space();
        const qsizetype from = m_at;
        const bool isTypeof = take(u"typeof");
        QString name;
        if (take(u"import")) {
            const qsizetype open = m_at;
            if (peek() != u'(')
                m_failed = true;
            else
                m_at = past(m_at);
            name = u"import"_s + m_text.sliced(open, m_at - open);
        } else {
            name = word();
        }
        while (!m_failed && m_at < m_text.size() && m_text[m_at] == u'.') {
            ++m_at;
            name += u'.' + word();
        }
        if (isTypeof) {
            if (m_at < m_text.size() && m_text[m_at] == u'<')
                arguments();
            return make(Kind::Other, m_text.sliced(from, m_at - from));
        }
        if (primitives.contains(name))
            return make(Kind::Primitive, name);
        if (name == "true"_L1 || name == "false"_L1)
            return make(Kind::Literal, name);
        Type result = make(Kind::Reference, name);
        if (m_at < m_text.size() && m_text[m_at] == u'<')
            result.items = arguments();
        if ((name == "Array"_L1 || name == "ReadonlyArray"_L1) && result.items.size() == 1) {
            result.kind = Kind::Array;
            result.isReadonly = name == "ReadonlyArray"_L1;
            result.text.clear();
        }
        return result;
    }

    std::vector<Type> arguments()
    {
        std::vector<Type> result;
        expect(u"<");
        do
            result.push_back(type());
        while (!m_failed && take(u","));
        expect(u">");
        return result;
    }

    Type tuple()
    {
        Type result = make(Kind::Tuple);
        expect(u"[");
        while (!m_failed && peek() != u']') {
            Element element;
            element.rest = take(u"...");
            // "name: T" and "name?: T" against a type that begins with a name
            const qsizetype from = m_at;
            if (isWordStart(peek())) {
                element.name = word();
                const bool optional = take(u"?");
                if (take(u":")) {
                    element.optional = optional;
                } else {
                    element.name.clear();
                    m_at = from;
                }
            }
            element.type = type();
            if (take(u"?"))
                element.optional = true;
            result.elements.push_back(std::move(element));
            if (!take(u","))
                break;
        }
        expect(u"]");
        return result;
    }

    Signature signature(QStringView arrow)
    {
        Signature result;
        if (take(u"<")) {
            do {
                TypeParameter parameter;
                take(u"const");
                parameter.name = word();
                if (take(u"extends"))
                    parameter.constraint = type();
                if (take(u"="))
                    parameter.standard = type();
                result.typeParameters.push_back(std::move(parameter));
            } while (!m_failed && take(u","));
            expect(u">");
        }
        expect(u"(");
        while (!m_failed && peek() != u')') {
            Element parameter;
            parameter.rest = take(u"...");
            if (peek() == u'{' || peek() == u'[') { // destructured: its shape is in its type
                const qsizetype from = m_at;
                m_at = past(m_at);
                parameter.name = m_text.sliced(from, m_at - from);
            } else {
                parameter.name = word();
            }
            parameter.optional = take(u"?");
            expect(u":");
            parameter.type = type();
            result.parameters.push_back(std::move(parameter));
            if (!take(u","))
                break;
        }
        expect(u")");
        if (take(arrow))
            result.result = type();
        else if (arrow == u":")
            result.result = make(Kind::Primitive, u"any"_s);
        else
            m_failed = true;
        return result;
    }

    Type object()
    {
        Type result = make(Kind::Object);
        expect(u"{");
        while (!m_failed && peek() != u'}') {
            member(result);
            if (!take(u";") && !take(u","))
                break;
        }
        expect(u"}");
        if (result.members.empty() && !result.signatures.empty())
            result.kind = Kind::Function;
        return result;
    }

    void member(Type &object)
    {
        const qsizetype start = m_at;
        bool constructs = take(u"new");
        if (constructs && peek() != u'(' && peek() != u'<') { // a property of that name
            constructs = false;
            m_at = start;
        }
        if (constructs || peek() == u'(' || peek() == u'<') {
            object.signatures.push_back(signature(u":"));
            object.signatures.back().constructs = constructs;
            return;
        }
        Member member;
        const qsizetype from = m_at;
        if (take(u"readonly")) {
            member.isReadonly = true;
            const QChar next = peek();
            if (next == u':' || next == u'?' || next == u'(' || next == u';') { // a property of that name
                member.isReadonly = false;
                m_at = from;
            }
        }
        for (const QStringView accessor : {u"get", u"set"}) {
            const qsizetype before = m_at;
            if (take(accessor)) {
                const QChar next = peek();
                if (!isWordStart(next) && next != u'"' && next != u'[')
                    m_at = before;
            }
        }
        const QChar c = peek();
        if (c == u'[') {
            key(member);
        } else if (c == u'"' || c == u'\'') {
            const QString text = quoted();
            member.name = text.sliced(1, std::max<qsizetype>(0, text.size() - 2));
        } else if (c.isDigit()) {
            while (m_at < m_text.size() && isWord(m_text[m_at]))
                member.name += m_text[m_at++];
        } else {
            member.name = word();
        }
        member.optional = take(u"?");
        const QChar next = peek();
        if (next == u'(' || next == u'<') {
            member.type = make(Kind::Function);
            member.type.signatures.push_back(signature(u":"));
            for (Member &other : object.members)
                if (other.name == member.name && other.type.is(Kind::Function)) { // an overload of a method
                    other.type.signatures.push_back(member.type.signatures.front());
                    return;
                }
        } else {
            expect(u":");
            member.type = type();
        }
        object.members.push_back(std::move(member));
    }

    /// "[key: string]" or "[Symbol.iterator]"; a mapped type is not understood.
    void key(Member &member)
    {
        const qsizetype from = m_at;
        expect(u"[");
        const QString name = word();
        if (take(u":")) {
            member.isIndex = true;
            member.name = u'[' + printed(type()) + u']';
            expect(u"]");
            return;
        }
        if (name.isEmpty() || take(u"in"))
            m_failed = true;
        m_at = past(from);
        member.name = m_text.sliced(from, m_at - from);
    }

    const QString &m_text;
    qsizetype m_at = 0;
    int m_depth = 0;
    bool m_failed = false;
};

} // namespace

Type parseType(const QString &text)
{
    if (std::optional<Type> type = TypeParser(text).all())
        return *std::move(type);
    return make(Kind::Other, text.simplified());
}

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
        case Kind::Function:
            return t.signatures.size() == 1 ? signature(t.signatures.front(), u" => ") : object(t);
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
