// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/example.h"

namespace paddock::types {

using namespace Qt::StringLiterals;
using Kind = Type::Kind;

namespace {

constexpr int Deepest = 3;

QString primitiveSample(const QString &name)
{
    if (name == "string"_L1)
        return u"\"…\""_s;
    if (name == "number"_L1)
        return u"1"_s;
    if (name == "boolean"_L1)
        return u"true"_s;
    if (name == "bigint"_L1)
        return u"1n"_s;
    if (name == "null"_L1 || name == "undefined"_L1)
        return name;
    if (name == "object"_L1 || name == "any"_L1 || name == "unknown"_L1)
        return u"{}"_s;
    return u"undefined"_s;
}

} // namespace

QString sampleOf(const Type &type, const Snapshot &terms, int depth)
{
    if (depth > Deepest)
        return u"…"_s;
    switch (type.kind) {
    case Kind::Other: return u"…"_s;
    case Kind::Primitive: return primitiveSample(type.text);
    case Kind::Literal: return type.text;
    case Kind::Reference: {
        const auto it = terms.definitions.constFind(type.text);
        if (it == terms.definitions.constEnd())
            return type.text == "Date"_L1 ? u"new Date()"_s : u"…"_s;
        return sampleOf(substituted(parseType(it->type), it->parameters, type.items), terms, depth + 1);
    }
    case Kind::Object: {
        QStringList parts;
        for (const Member &member : type.members)
            if (!member.optional && !member.isIndex)
                parts << (member.name.contains(u'.') || member.name.contains(u'-') ? u'"' + member.name + u'"'
                                                                                   : member.name) +
                             u": "_s + sampleOf(member.type, terms, depth + 1);
        return parts.isEmpty() ? u"{}"_s : u"{ "_s + parts.join(u", "_s) + u" }"_s;
    }
    case Kind::Function: return u"() => "_s + sampleOf(type.signatures.front().result, terms, depth + 1);
    case Kind::Array: return u'[' + sampleOf(type.items.front(), terms, depth + 1) + u']';
    case Kind::Tuple: {
        QStringList parts;
        for (const Element &element : type.elements)
            if (!element.optional && !element.rest)
                parts << sampleOf(element.type, terms, depth + 1);
        return u'[' + parts.join(u", "_s) + u']';
    }
    case Kind::Union: return sampleOf(type.items.front(), terms, depth + 1);
    case Kind::Intersection: return u"…"_s;
    }
    Q_UNREACHABLE();
}

QString sampleArguments(const Signature &signature, const Snapshot &terms)
{
    QStringList parts;
    for (const Element &parameter : signature.parameters)
        if (!parameter.optional && !parameter.rest)
            parts << sampleOf(parameter.type, terms);
    return parts.join(u", "_s);
}

Access accessOf(const QString &symbol, const Type &type, const Snapshot &terms)
{
    const QString kind = symbol.section(u' ', 0, 0);
    const QString name = symbol.section(u' ', 1, 1);
    if (kind == "route"_L1) {
        const QString callee = u"api."_s + name.section(u'@', 0, 0);
        const QString part = symbol.section(u' ', 2);
        if (part == "input"_L1)
            return {.callee = callee, .result = u"input"_s};
        if (part == "events"_L1)
            return {.callee = callee, .result = u"events"_s, .setup = u"const { events } = "_s + callee + u"(…);"_s};
        const auto input = terms.symbols.constFind(u"route "_s + name + u" input"_s);
        const QString given = input == terms.symbols.constEnd() ? QString() : sampleOf(parseType(input->type), terms);
        return {.callee = callee, .result = u"output"_s, .setup = u"const output = await %1(%2);"_s.arg(callee, given)};
    }
    if (kind == "event"_L1)
        return {.callee = u"ctx.core.events.on"_s,
                .result = u"event"_s,
                .setup = u"// in ctx.core.events.on(\"%1\", (event) => …)"_s.arg(name)};
    if (kind == "error"_L1)
        return {.callee = u"ctx.errors."_s + name, .result = u"error"_s};
    if (kind == "table"_L1)
        return {.callee = u"row."_s + name.section(u'.', 1),
                .result = u"row."_s + name.section(u'.', 1),
                .setup = u"const row = await ctx.db.selectFrom(\"%1\").selectAll().executeTakeFirstOrThrow();"_s.arg(
                    name.section(u'.', 0, 0))};
    const QString callee = u"ctx.plugins."_s + name;
    if (!type.is(Kind::Function))
        return {.callee = callee, .result = callee};
    const Signature &first = type.signatures.front();
    const bool async = first.result.is(Kind::Reference, u"Promise");
    return {.callee = callee,
            .result = u"result"_s,
            .setup = u"const result = %1%2(%3);"_s.arg(async ? u"await "_s : QString(), callee,
                                                       sampleArguments(first, terms))};
}

} // namespace paddock::types
