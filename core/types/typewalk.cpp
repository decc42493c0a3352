// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/typewalk.h"

#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;
using Kind = Type::Kind;

namespace {

constexpr int Deepest = 40;

bool isNullish(const Type &type)
{
    return type.is(Kind::Primitive, u"null") || type.is(Kind::Primitive, u"undefined");
}

/// Whether the primitive's values include the literal.
bool covers(const Type &primitive, const Type &literal)
{
    if (!primitive.is(Kind::Primitive) || !literal.is(Kind::Literal) || literal.text.isEmpty())
        return false;
    const QChar c = literal.text[0];
    if (primitive.text == "string"_L1)
        return c == u'"' || c == u'\'' || c == u'`';
    if (primitive.text == "number"_L1)
        return (c.isDigit() || c == u'-' || c == u'.') && !literal.text.endsWith(u'n');
    if (primitive.text == "bigint"_L1)
        return literal.text.endsWith(u'n') && (c.isDigit() || c == u'-');
    return primitive.text == "boolean"_L1 && (literal.text == "true"_L1 || literal.text == "false"_L1);
}

/// The property that tells cases of a union apart: one literal, such as kind: "circle".
QString tagOf(const Type &type)
{
    for (const Member &member : type.members)
        if (!member.optional && member.type.is(Kind::Literal))
            return member.name + u'=' + member.type.text;
    return {};
}

const Member *memberNamed(const Type &type, const QString &name)
{
    const auto it = std::ranges::find(type.members, name, &Member::name);
    return it == type.members.end() ? nullptr : &*it;
}

/// Generic types of the library whose arguments only come out of them, or go in where they themselves do.
bool isContainer(const QString &name)
{
    static const QSet<QString> names{u"Promise"_s,     u"Set"_s,           u"ReadonlySet"_s,    u"Map"_s,
                                     u"ReadonlyMap"_s, u"Iterable"_s,      u"Iterator"_s,       u"IterableIterator"_s,
                                     u"Generator"_s,   u"AsyncIterable"_s, u"AsyncGenerator"_s, u"ReadableStream"_s,
                                     u"Awaited"_s,     u"Record"_s,        u"AsyncIterator"_s};
    return names.contains(name);
}

} // namespace

void TypeWalk::symbol(const QString &id, const Type &before, const Type &after)
{
    m_symbol = id;
    m_whole = before;
    m_access = accessOf(id, before, m_before);
    m_visited.clear();
    const bool input = directionOf(id) == Direction::Accepts;
    if (id.endsWith(" handler"_L1)) {
        if (printed(before) != printed(after))
            found(u"handler-changed"_s, {}, printed(before), printed(after), m_access.callee + u"(…)"_s);
        return;
    }
    compare(before, after,
            {.flow = input ? Flow::In : Flow::Out,
             .stem = input ? u"input-type"_s : u"type"_s,
             .access = before.is(Kind::Function) ? m_access.callee : m_access.result});
}

bool TypeWalk::isSame(const Type &before, const Type &after) const
{
    if (canonical(before) != canonical(after))
        return false;
    return std::ranges::none_of(mentionedNames(before),
                                [this](const QString &name) { return m_changed.contains(name); });
}

std::optional<Type> TypeWalk::opened(const Type &type, const Snapshot &side) const
{
    if (!type.is(Kind::Reference))
        return std::nullopt;
    const auto it = side.definitions.constFind(type.text);
    if (it == side.definitions.constEnd())
        return std::nullopt;
    return substituted(parseType(it->type), it->parameters, type.items);
}

/// The cases of a union, or the type itself; names of unions opened, boolean as its two values.
std::vector<Type> TypeWalk::cases(const Type &type, const Snapshot &side) const
{
    std::vector<Type> result;
    const auto add = [this, &result, &side](const auto &self, const Type &one, int depth) -> void {
        if (one.is(Kind::Union)) {
            for (const Type &part : one.items)
                self(self, part, depth);
            return;
        }
        if (const auto inner = this->opened(one, side); inner && inner->is(Kind::Union) && depth < 8) {
            self(self, *inner, depth + 1);
            return;
        }
        if (one.is(Kind::Primitive, u"boolean")) {
            for (const auto &value : {u"true"_s, u"false"_s}) {
                Type literal;
                literal.kind = Kind::Literal;
                literal.text = value;
                result.push_back(literal);
            }
            return;
        }
        result.push_back(one);
    };
    add(add, type, 0);
    return result;
}

void TypeWalk::compare(Type before, Type after, const Place &at)
{
    if (m_depth > Deepest || isSame(before, after))
        return;
    ++m_depth;
    const auto leave = [this] { --m_depth; };
    if (before.isAny() || after.isAny()) {
        if (!before.isAny())
            found(at.flow == Flow::Out ? u"became-any"_s : u"input-became-any"_s, at, printed(before), printed(after));
        else if (!after.isAny())
            found(at.flow == Flow::Out ? u"no-longer-any"_s : u"input-no-longer-any"_s, at, printed(before),
                  printed(after), use(at, u"%1.anything"_s.arg(at.access)));
        return leave();
    }
    if (before.is(Kind::Reference) && after.is(Kind::Reference) && compareReferences(before, after, at))
        return leave();
    const auto wholeBefore = opened(before, m_before);
    const auto wholeAfter = opened(after, m_after);
    const auto isUnion = [](const Type &type, const std::optional<Type> &inside) {
        return type.is(Kind::Union) || type.is(Kind::Primitive, u"boolean") || type.is(Kind::Literal) ||
               (inside && inside->is(Kind::Union));
    };
    if (isUnion(before, wholeBefore) || isUnion(after, wholeAfter)) {
        compareUnions(before, after, at);
        return leave();
    }
    const Type &b = wholeBefore ? *wholeBefore : before;
    const Type &a = wholeAfter ? *wholeAfter : after;
    if (b.is(Kind::Reference) && a.is(Kind::Reference) && (wholeBefore || wholeAfter)) {
        compare(b, a, at); // a name for a name
    } else if (b.is(Kind::Object) && a.is(Kind::Object) && b.signatures.empty() && a.signatures.empty()) {
        compareObjects(b, a, at);
    } else if (b.is(Kind::Function) && a.is(Kind::Function)) {
        compareFunctions(b, a, at);
    } else if (b.is(Kind::Array) && a.is(Kind::Array) && b.isReadonly == a.isReadonly) {
        Place inside = at;
        inside.stem = at.flow == Flow::Out ? u"element-type"_s : u"input-type"_s;
        inside.path += u"[]"_s;
        inside.access += u"[0]"_s;
        compare(b.items.front(), a.items.front(), inside);
    } else if (b.is(Kind::Tuple) && a.is(Kind::Tuple) && b.isReadonly == a.isReadonly) {
        compareTuples(b, a, at);
    } else {
        undecided(before, after, at);
    }
    leave();
}

/// True: dealt with.
bool TypeWalk::compareReferences(const Type &before, const Type &after, const Place &at)
{
    if (before.text != after.text || before.items.size() != after.items.size())
        return false;
    if (m_before.definitions.contains(before.text) && m_after.definitions.contains(after.text)) {
        const QString key = canonical(before) + u'\n' + canonical(after) + (at.flow == Flow::Out ? u'>' : u'<');
        if (m_visited.contains(key))
            return true;
        m_visited.insert(key);
        return false;
    }
    if (!isContainer(before.text))
        return false;
    if (before.text == "Promise"_L1) {
        compare(before.items.front(), after.items.front(), at);
        return true;
    }
    for (size_t i = 0; i < before.items.size(); ++i) {
        if (isSame(before.items[i], after.items[i]))
            continue;
        if (i + 1 < before.items.size() && before.items.size() == 2) {
            undecided(before, after, at); // keys go in as well as out
            return true;
        }
        Place inside = at;
        inside.stem = at.flow == Flow::Out ? u"element-type"_s : u"input-type"_s;
        inside.path += u"<%1>"_s.arg(before.text);
        compare(before.items[i], after.items[i], inside);
    }
    return true;
}

void TypeWalk::compareUnions(const Type &before, const Type &after, const Place &at)
{
    std::vector<Type> gone = cases(before, m_before);
    std::vector<Type> come = cases(after, m_after);
    // What is on both sides goes; if its names mean something else now, they are looked into.
    for (size_t i = 0; i < gone.size();) {
        const auto same = std::ranges::find_if(
            come, [text = canonical(gone[i])](const Type &other) { return canonical(other) == text; });
        if (same == come.end()) {
            ++i;
            continue;
        }
        compare(gone[i], *same, at);
        come.erase(same);
        gone.erase(gone.begin() + qsizetype(i));
    }
    const auto takeNull = [](std::vector<Type> &from) { return std::erase_if(from, isNullish) > 0; };
    const bool nullBefore = takeNull(gone);
    const bool nullAfter = takeNull(come);
    const QString b = printed(before);
    const QString a = printed(after);
    const bool out = at.flow == Flow::Out;
    if (nullBefore && !nullAfter)
        found(out ? u"no-longer-nullable"_s : u"input-rejects-null"_s, at, b, a, use(at, u"null"_s));
    if (nullAfter && !nullBefore)
        found(out ? u"became-nullable"_s : u"input-accepts-null"_s, at, b, a, use(at, at.access + u".toString()"_s));
    // Cases that are told apart by a tag are the same case, changed.
    for (size_t i = 0; i < gone.size();) {
        const QString tag = gone[i].is(Kind::Object) ? tagOf(gone[i]) : QString();
        const auto same = std::ranges::find_if(
            come, [&](const Type &other) { return !tag.isEmpty() && other.is(Kind::Object) && tagOf(other) == tag; });
        if (same == come.end()) {
            ++i;
            continue;
        }
        compareObjects(gone[i], *same, at);
        come.erase(same);
        gone.erase(gone.begin() + qsizetype(i));
    }
    if (gone.empty() && come.empty())
        return;
    const auto everyCovered = [](const std::vector<Type> &literals, const std::vector<Type> &by) {
        return !literals.empty() && !by.empty() && std::ranges::all_of(literals, [&](const Type &literal) {
            return std::ranges::any_of(by, [&](const Type &primitive) { return covers(primitive, literal); });
        });
    };
    const QString prefix = out ? QString() : u"input-"_s;
    if (gone.empty())
        found(prefix + u"union-widened"_s, at, b, a,
              use(at, u"switch (%1) { /* no case for %2 */ }"_s.arg(at.access, printed(come.front()))));
    else if (come.empty())
        found(prefix + u"union-narrowed"_s, at, b, a,
              use(at, out ? u"%1 === %2"_s.arg(at.access, sampleOf(gone.front(), m_before))
                          : sampleOf(gone.front(), m_before)));
    else if (everyCovered(gone, come))
        found(prefix + u"literal-widened"_s, at, b, a, use(at, u"const kept: %1 = %2;"_s.arg(b, at.access)));
    else if (everyCovered(come, gone))
        found(prefix + u"literal-narrowed"_s, at, b, a, use(at, sampleOf(gone.front(), m_before)));
    else if (gone.size() == 1 && come.size() == 1 && !gone.front().is(Kind::Literal) && !come.front().is(Kind::Literal))
        compare(gone.front(), come.front(), at);
    else
        undecided(before, after, at);
}

void TypeWalk::compareObjects(const Type &before, const Type &after, const Place &at)
{
    const bool out = at.flow == Flow::Out;
    for (const Member &member : before.members) {
        const Member *now = memberNamed(after, member.name);
        if (now) {
            compareMember(member, *now, at);
            continue;
        }
        Place inside = at;
        inside.path += member.isIndex ? member.name : u'.' + member.name;
        const QString text = printed(member.type);
        if (member.isIndex && out)
            found(u"index-signature-removed"_s, inside, text, {}, use(at, at.access + u"[\"…\"] // gone"_s));
        else if (member.isIndex)
            found(u"input-property-removed"_s, inside, text, {},
                  use(at, u"{ …: %1 }"_s.arg(sampleOf(member.type, m_before))));
        else if (out)
            found(u"property-removed"_s, inside, text, {}, use(at, u"%1.%2 // gone"_s.arg(at.access, member.name)));
        else
            found(u"input-property-removed"_s, inside, text, {},
                  use(at, u"{ …, %1: %2 }"_s.arg(member.name, sampleOf(member.type, m_before))));
    }
    for (const Member &member : after.members) {
        if (memberNamed(before, member.name))
            continue;
        Place inside = at;
        inside.path += member.isIndex ? member.name : u'.' + member.name;
        const QString text = printed(member.type);
        if (member.isIndex)
            found(out ? u"index-signature-added"_s : u"input-property-optional-added"_s, inside, {}, text);
        else if (out)
            found(u"property-added"_s, inside, {}, text);
        else if (member.optional)
            found(u"input-property-optional-added"_s, inside, {}, text);
        else
            found(u"input-property-required-added"_s, inside, {}, text,
                  use(at, sampleOf(before, m_before) + u" // without "_s + member.name));
    }
}

void TypeWalk::compareMember(const Member &before, const Member &after, const Place &at)
{
    const bool out = at.flow == Flow::Out;
    Place inside = at;
    inside.path += before.isIndex ? before.name : u'.' + before.name;
    inside.access += before.isIndex ? u"[\"…\"]"_s : u'.' + before.name;
    inside.stem = out ? u"property-type"_s : u"input-type"_s;
    const QString b = printed(before.type);
    const QString a = printed(after.type);
    if (!before.optional && after.optional)
        found(out ? u"property-now-optional"_s : u"input-property-now-optional"_s, inside, b, a + u" | undefined"_s,
              use(at, inside.access + u".toString()"_s));
    if (before.optional && !after.optional)
        found(out ? u"property-now-required"_s : u"input-property-now-required"_s, inside, b + u" | undefined"_s, a,
              use(at, u"{ … } // without "_s + before.name));
    if (out && !before.isReadonly && after.isReadonly)
        found(u"readonly-added"_s, inside, b, u"readonly "_s + a, use(at, inside.access + u" = …;"_s));
    if (out && before.isReadonly && !after.isReadonly)
        found(u"readonly-removed"_s, inside, u"readonly "_s + b, a);
    compare(before.type, after.type, inside);
}

void TypeWalk::compareTuples(const Type &before, const Type &after, const Place &at)
{
    if (before.elements.size() != after.elements.size() ||
        !std::ranges::equal(
            before.elements, after.elements, {}, [](const Element &e) { return std::pair(e.optional, e.rest); },
            [](const Element &e) { return std::pair(e.optional, e.rest); })) {
        if (at.flow == Flow::In || before.elements.size() == after.elements.size())
            return undecided(before, after, at);
        found(u"tuple-length-changed"_s, at, printed(before), printed(after),
              use(at, u"const { length }: { length: %1 } = %2;"_s.arg(before.elements.size()).arg(at.access)));
        return;
    }
    for (size_t i = 0; i < before.elements.size(); ++i) {
        Place inside = at;
        inside.stem = at.flow == Flow::Out ? u"element-type"_s : u"input-type"_s;
        inside.path += u"[%1]"_s.arg(i);
        inside.access += u"[%1]"_s.arg(i);
        compare(before.elements[i].type, after.elements[i].type, inside);
    }
}

QString TypeWalk::use(const Place &at, const QString &code) const
{
    if (at.flow == Flow::Out)
        return m_access.setup.isEmpty() || !at.access.startsWith(m_access.result) ? code
                                                                                  : m_access.setup + u'\n' + code;
    // What goes in is shown as the call that gives it; what is left out, as the whole call that did.
    if (const qsizetype remark = code.indexOf(u" // "_s); remark >= 0 && !m_access.callee.isEmpty()) {
        const QString given = m_whole.is(Kind::Function) ? sampleArguments(m_whole.signatures.front(), m_before)
                                                         : sampleOf(m_whole, m_before);
        return u"%1(%2);"_s.arg(m_access.callee, given) + code.sliced(remark);
    }
    const bool call = code.contains(u'(') || m_access.callee.isEmpty();
    return call ? code : u"%1(%2)"_s.arg(m_access.callee, code);
}

void TypeWalk::found(const QString &rule, const Place &at, const QString &before, const QString &after,
                     const QString &code)
{
    const Rule *known = ruleNamed(rule);
    Q_ASSERT_X(known, "TypeWalk::found", qPrintable(rule));
    Finding finding{.symbol = m_symbol,
                    .rule = rule,
                    .severity = known->severity,
                    .path = at.path.startsWith(u'.') ? at.path.sliced(1) : at.path,
                    .before = before,
                    .after = after};
    if (finding.severity != Severity::Safe)
        finding.example = code;
    m_plan.findings.append(finding);
}

/// What structure cannot decide; until a compiler says better, it is taken to be another type.
void TypeWalk::undecided(const Type &before, const Type &after, const Place &at)
{
    const QString b = printed(before);
    const QString a = printed(after);
    const bool in = at.flow == Flow::In;
    found(at.stem + u"-changed"_s, at, b, a,
          in ? use(at, sampleOf(before, m_before)) : use(at, u"const kept: %1 = %2;"_s.arg(b, at.access)));
    m_plan.findings.last().decidedBy = DecidedBy::Text;
    m_plan.open.append({.finding = m_plan.findings.size() - 1, .question = m_plan.questions.size(), .stem = at.stem});
    m_plan.questions.append({.before = b, .after = a, .parameters = m_parameters});
}

} // namespace paddock::types
