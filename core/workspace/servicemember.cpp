// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One member of a service: what it is called like, and what it has of its own.
#include "syntax/hash.h"
#include "workspace/shape.h"

#include <QRegularExpression>
#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;

namespace {

constexpr int maxNesting = 3;

/// The literals of an expression behind `as const`: they are its type.
quint64 literalsOf(const ExprPtr &e, int depth = 0)
{
    if (!e || depth > ServiceReader::maxDepth)
        return 0;
    if (e->is(EK::String) || e->is(EK::Number) || e->is(EK::Boolean))
        return e->hash;
    quint64 hash = 1;
    for (const Property &p : e->properties())
        hash = syntax::combine(hash, literalsOf(p.value, depth + 1));
    for (const ExprPtr &child : e->children)
        hash = syntax::combine(hash, e->is(EK::Array) ? literalsOf(child, depth + 1) : 0);
    return hash;
}

} // namespace

/// What can be set is part of the shape: alone, or together with its getter.
void ServiceReader::addSetter(std::vector<ServiceMember> &members, const QString &name, const FunctionPtr &setter,
                              const FramePtr &frame, int line)
{
    if (!setter)
        return;
    const QString type = setter->parameters.empty() ? QString() : setter->parameters.front().type.text;
    const auto getter = std::ranges::find(members, name, &ServiceMember::name);
    if (getter != members.end()) {
        getter->hash = syntax::combine(getter->hash, syntax::combine(setter->signatureHash, 6));
        return;
    }
    members.push_back({.name = name,
                       .signature = type.isEmpty() ? name : name + u": "_s + type,
                       .file = frame->file->path,
                       .line = line,
                       .isMethod = false,
                       .hash = syntax::combine(setter->signatureHash, 6),
                       .types = setter->signatureTypes,
                       .frame = frame,
                       .body = setter->bodyHash});
}

/// A part of the service that has members of its own: an object, an instance, what a factory makes.
bool ServiceReader::describeNested(ServiceMember &member, const Ref &value, int depth)
{
    if (m_nesting >= maxNesting || m_nestedLeft <= 0) // an object may hold itself, and twice
        return false;
    std::vector<ServiceMember> inner;
    const qsizetype notes = m_notes.size();
    --m_nestedLeft;
    ++m_nesting;
    const bool known = members(value, inner, depth + 1);
    --m_nesting;
    m_notes.resize(notes);
    if (!known || inner.empty())
        return false;
    std::ranges::sort(inner, {}, &ServiceMember::name);
    member.hash = 105;
    QStringList names, inferred;
    for (const ServiceMember &m : inner) {
        member.hash = syntax::combine(member.hash, syntax::hashOf(m.name.toUtf8()));
        member.hash = syntax::combine(member.hash, m.hash);
        member.hash = syntax::combine(member.hash, typeClosure(m_data, m.types, m.frame));
        member.body = syntax::combine(member.body, m.body);
        names.append(m.name);
        inferred.append(m.name + u':' + (m.inferred.isEmpty() ? u"?"_s : m.inferred));
    }
    member.signature += u": { "_s + names.join(u", "_s) + u" }"_s;
    static const QRegularExpression odd(u"[^\\w$,:?{}\\[\\]]"_s);
    if (const QString text = u'{' + inferred.join(u',') + u'}'; !text.contains(odd))
        member.inferred = text;
    return true;
}

std::optional<ServiceMember> ServiceReader::memberOf(const Ref &object, const QString &name, int depth)
{
    if (depth > maxDepth)
        return {};
    std::vector<ServiceMember> all;
    const qsizetype notes = m_notes.size();
    members(object, all, depth + 1);
    m_notes.resize(notes);
    const auto found = std::ranges::find(all, name, &ServiceMember::name);
    return found == all.end() ? std::nullopt : std::optional(*found);
}

ServiceMember ServiceReader::describe(const QString &name, const Ref &value, int line, bool getter, int depth)
{
    ServiceMember m{.name = name,
                    .signature = name,
                    .file = value.frame ? value.frame->file->path : QString(),
                    .line = line,
                    .isMethod = false,
                    .frame = value.frame};
    if (!value.isValid() || depth > maxDepth)
        return m;
    const Expr &e = *value.expr;
    const auto take = [&](const ServiceMember &other) {
        m.signature = other.signature.startsWith(other.name) ? name + other.signature.sliced(other.name.size()) : name;
        m.isMethod = other.isMethod;
        m.hash = other.hash;
        m.body = other.body;
        m.types = other.types;
        m.frame = other.frame;
        m.inferred = other.inferred;
    };
    switch (e.kind) {
    case EK::Function: {
        const Function &f = *e.function();
        m.isMethod = !getter;
        m.body = f.bodyHash;
        m.signature = name;
        if (!getter)
            m.signature += f.signature;
        else if (f.returnType.isGiven())
            m.signature += u": "_s + f.returnType.text;
        m.hash = syntax::combine(f.signatureHash, getter ? 3 : 4);
        m.types = f.signatureTypes;
        if (!f.returnType.isGiven())
            m.inferred = inferredReturn(m_data, value);
        return m;
    }
    case EK::Name: {
        const Target target = m_lookup.name(e.text, value.frame);
        if (target.wholeModule && describeNested(m, value, depth))
            return m;
        if (target.declaration && target.declaration->type.isGiven()) {
            m.signature = name + u": "_s + target.declaration->type.text;
            m.hash = target.declaration->type.hash;
            m.types = target.declaration->type.names;
            m.frame = target.frame;
            m.isMethod = target.declaration->type.text.contains("=>"_L1);
            return m;
        }
        if (target.declaration && target.declaration->value && target.declaration->value != value.expr)
            take(describe(name, {target.declaration->value, target.frame}, line, false, depth + 1));
        return m;
    }
    case EK::Call: // svc.create.bind(svc)
        if (e.children[0] && e.children[0]->is(EK::Member, u"bind")) {
            take(describe(name, {e.children[0]->children[0], value.frame}, line, false, depth + 1));
            return m;
        }
        // debounce((id: string) => …): most likely what goes in comes out
        for (size_t i = 1; i < e.children.size(); ++i) {
            if (e.children[i] && e.children[i]->is(EK::Function)) {
                take(describe(name, {e.children[i], value.frame}, line, false, depth + 1));
                return m;
            }
        }
        describeNested(m, value, depth);
        return m;
    case EK::New:
        if (describeNested(m, value, depth))
            return m;
        m.types = e.type().names;
        m.hash = syntax::combine(static_cast<quint64>(e.kind) + 100, e.type().hash);
        return m;
    case EK::Object:
        if (describeNested(m, value, depth))
            return m;
        break;
    case EK::Member:
        if (const auto found = memberOf({e.children[0], value.frame}, e.text, depth + 1)) {
            take(*found);
        } else {
            const Ref settled = m_lookup.settle(value);
            if (settled.isValid() && settled.expr != value.expr)
                take(describe(name, settled, line, false, depth + 1));
        }
        return m;
    case EK::Cast:
        if (e.type().isGiven() && e.type().text != "const"_L1) {
            m.signature = name + u": "_s + e.type().text;
            m.hash = e.type().hash;
            m.types = e.type().names;
            m.isMethod = e.type().text.contains("=>"_L1);
            return m;
        }
        take(describe(name, {e.children[0], value.frame}, line, getter, depth + 1));
        if (e.type().text == "const"_L1)
            m.hash = syntax::combine(m.hash, literalsOf(e.children[0]));
        return m;
    case EK::Satisfies:
    case EK::Await: take(describe(name, {e.children[0], value.frame}, line, getter, depth + 1)); return m;
    case EK::String: m.signature = name + u": string"_s; break;
    case EK::Number: m.signature = name + u": number"_s; break;
    case EK::Boolean: m.signature = name + u": boolean"_s; break;
    default: break;
    }
    m.hash = static_cast<quint64>(e.kind) + 100;
    return m;
}
} // namespace paddock::workspace
