// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Functions: overloads, type parameters, parameters, results.
#include "types/typewalk.h"

#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;
using Kind = Type::Kind;

void TypeWalk::compareFunctions(const Type &before, const Type &after, const Place &at)
{
    std::vector<Signature> gone = before.signatures;
    std::vector<Signature> come = after.signatures;
    const auto textOf = [](const Signature &signature) {
        Type type;
        type.kind = Kind::Function;
        type.signatures = {signature};
        return canonical(type);
    };
    if (gone.size() == 1 && come.size() == 1)
        return compareSignatures(gone.front(), come.front(), at);
    QStringList keptBefore, keptAfter;
    for (const Signature &signature : before.signatures)
        keptBefore << textOf(signature);
    for (const Signature &signature : after.signatures)
        keptAfter << textOf(signature);
    keptBefore.removeIf([&](const QString &text) { return !keptAfter.contains(text); });
    keptAfter.removeIf([&](const QString &text) { return !keptBefore.contains(text); });
    for (const Signature &signature : before.signatures) // the same text may hold names that mean something else now
        for (const Signature &other : after.signatures)
            if (textOf(signature) == textOf(other))
                compareSignatures(signature, other, at);
    if (keptBefore != keptAfter)
        found(u"overload-reordered"_s, at, printed(before), printed(after));
    std::erase_if(gone, [&](const Signature &signature) { return keptBefore.contains(textOf(signature)); });
    std::erase_if(come, [&](const Signature &signature) { return keptAfter.contains(textOf(signature)); });
    if (gone.size() == 1 && come.size() == 1)
        return compareSignatures(gone.front(), come.front(), at);
    for (const Signature &signature : gone)
        found(u"overload-removed"_s, at, printed(signature), {},
              u"%1(%2)"_s.arg(at.access, sampleArguments(signature, m_before)));
    for (const Signature &signature : come)
        found(u"overload-added"_s, at, {}, printed(signature));
}

void TypeWalk::compareSignatures(const Signature &before, const Signature &after, const Place &at)
{
    // The names of type parameters mean nothing: those of before are used on both sides.
    Signature renamed = after;
    const size_t common = std::min(before.typeParameters.size(), after.typeParameters.size());
    QStringList names;
    std::vector<Type> by;
    for (size_t i = 0; i < common; ++i) {
        if (before.typeParameters[i].name == after.typeParameters[i].name)
            continue;
        names << after.typeParameters[i].name;
        Type type;
        type.kind = Kind::Reference;
        type.text = before.typeParameters[i].name;
        by.push_back(type);
    }
    if (!names.isEmpty()) {
        Type wrapped;
        wrapped.kind = Kind::Function;
        wrapped.signatures = {after};
        renamed = substituted(wrapped, names, by).signatures.front();
        for (size_t i = 0; i < common; ++i)
            renamed.typeParameters[i].name = before.typeParameters[i].name;
    }
    const qsizetype scope = m_parameters.size();
    for (const TypeParameter &parameter : before.typeParameters)
        m_parameters << parameter.name;
    for (size_t i = common; i < renamed.typeParameters.size(); ++i)
        m_parameters << renamed.typeParameters[i].name;
    compareTypeParameters(before, renamed, at);
    compareParameters(before, renamed, at);
    Place result = at;
    result.stem = at.flow == Flow::Out ? u"return-type"_s : u"input-type"_s;
    result.path += u"()"_s;
    result.access = at.path.isEmpty() ? m_access.result : u"%1(%2)"_s.arg(at.access, sampleArguments(before, m_before));
    compareResults(before.result, renamed.result, result);
    m_parameters.resize(scope);
}

void TypeWalk::compareResults(const Type &before, const Type &after, const Place &at)
{
    if (before.is(Kind::Primitive, u"void") && at.flow == Flow::Out && !after.isAny() &&
        !after.is(Kind::Reference, u"Promise") && !after.is(Kind::Primitive, u"void"))
        return found(u"return-type-narrowed"_s, at, printed(before), printed(after)); // nobody used what was void
    const bool asyncBefore = before.is(Kind::Reference, u"Promise") && before.items.size() == 1;
    const bool asyncAfter = after.is(Kind::Reference, u"Promise") && after.items.size() == 1;
    if (asyncBefore == asyncAfter || at.flow == Flow::In || before.isAny() || after.isAny() || before.is(Kind::Union) ||
        after.is(Kind::Union))
        return compare(before, after, at);
    if (asyncAfter)
        found(u"became-async"_s, at, printed(before), printed(after), use(at, u"%1 // a promise"_s.arg(at.access)));
    else
        found(u"no-longer-async"_s, at, printed(before), printed(after),
              u"%1(%2).then(…)"_s.arg(m_access.callee, m_whole.is(Kind::Function)
                                                           ? sampleArguments(m_whole.signatures.front(), m_before)
                                                           : QString()));
    compare(asyncBefore ? before.items.front() : before, asyncAfter ? after.items.front() : after, at);
}

void TypeWalk::compareTypeParameters(const Signature &before, const Signature &after, const Place &at)
{
    const auto &b = before.typeParameters;
    const auto &a = after.typeParameters;
    for (size_t i = b.size(); i < a.size(); ++i)
        found(a[i].standard ? u"type-parameter-with-default-added"_s : u"type-parameter-added"_s, at, {}, a[i].name);
    for (size_t i = a.size(); i < b.size(); ++i)
        found(u"type-parameter-removed"_s, at, b[i].name, {}, u"%1<…>(…)"_s.arg(at.access));
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        Type unknown;
        unknown.kind = Kind::Primitive;
        unknown.text = u"unknown"_s;
        const Type own = b[i].constraint.value_or(unknown);
        const Type now = a[i].constraint.value_or(unknown);
        if (isSame(own, now))
            continue;
        Place inside = at;
        inside.flow = Flow::In;
        inside.stem = u"type-parameter-constraint"_s;
        inside.path += u"<%1>"_s.arg(b[i].name);
        undecided(own, now, inside);
    }
}

void TypeWalk::compareParameters(const Signature &before, const Signature &after, const Place &at)
{
    const bool callback = at.flow == Flow::In; // a function that the caller gives: its arguments come out
    const auto &b = before.parameters;
    const auto &a = after.parameters;
    const QString call = u"%1(%2)"_s.arg(at.access, sampleArguments(before, m_before));
    const auto placeOf = [&](const Element &parameter) {
        Place inside = at;
        inside.flow = callback ? Flow::Out : Flow::In;
        inside.stem = callback ? u"type"_s : u"parameter-type"_s;
        inside.path += u"(%1)"_s.arg(parameter.name);
        inside.access = callback ? parameter.name : call;
        return inside;
    };
    for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        if (i >= b.size()) {
            const Place inside = placeOf(a[i]);
            const QString text = a[i].name + u": "_s + printed(a[i].type);
            if (a[i].rest)
                found(u"rest-parameter-added"_s, inside, {}, text);
            else if (callback)
                found(u"callback-parameter-added"_s, inside, {}, text);
            else if (a[i].optional)
                found(u"parameter-optional-added"_s, inside, {}, text);
            else
                found(u"parameter-required-added"_s, inside, {}, text, call + u" // without "_s + a[i].name);
            continue;
        }
        const Place inside = placeOf(b[i]);
        if (i >= a.size()) {
            const QString text = b[i].name + u": "_s + printed(b[i].type);
            found(b[i].rest  ? u"rest-parameter-removed"_s
                  : callback ? u"callback-parameter-removed"_s
                             : u"parameter-removed"_s,
                  inside, text, {}, u"%1 // with %2"_s.arg(call, b[i].name));
            continue;
        }
        if (a[i].rest != b[i].rest) {
            const QString textB = printed(b[i].type);
            const QString textA = printed(a[i].type);
            found(a[i].rest ? u"rest-parameter-added"_s : u"rest-parameter-removed"_s, inside, textB, textA, call);
            continue;
        }
        if (b[i].optional && !a[i].optional)
            found(callback ? u"callback-parameter-now-required"_s : u"parameter-now-required"_s, inside,
                  printed(b[i].type), printed(a[i].type), call + u" // without "_s + b[i].name);
        if (!b[i].optional && a[i].optional)
            found(callback ? u"callback-parameter-now-optional"_s : u"parameter-now-optional"_s, inside,
                  printed(b[i].type), printed(a[i].type), inside.access + u".toString()"_s);
        compare(b[i].type, a[i].type, inside);
    }
}

} // namespace paddock::types
