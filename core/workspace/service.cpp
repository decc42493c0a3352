// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/shape.h"

#include "syntax/hash.h"

#include <QRegularExpression>
#include <QSet>
#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;

namespace {
constexpr int maxDepth = 24;
}

ServiceShape serviceOf(const ProjectData &data, const PluginDef &plugin)
{
    return ServiceReader(data).read(plugin);
}

ServiceShape ServiceReader::read(const PluginDef &plugin)
{
    ServiceShape shape;
    m_notes.clear();
    const Ref service = m_lookup.property(plugin.object, u"service");
    if (!service.isValid()) {
        m_notes.append({u"warning"_s, u"service-unknown"_s, plugin.file, plugin.line,
                        u"Where the service of \"%1\" is made is known only when it runs."_s.arg(plugin.name)});
    } else {
        const Ref settled = m_lookup.settle(service);
        if (settled.expr->is(EK::Function)) {
            ServiceMembers members;
            membersOfFunction(settled, members, 0);
            shape.members = members.take();
        } else if (!settled.expr->is(EK::Nullish)) {
            unknown(settled);
        }
    }
    shape.notes = std::move(m_notes);
    return shape;
}

void ServiceReader::unknown(const Ref &ref)
{
    const Diagnostic d{u"info"_s, u"service-not-static"_s,
                       ref.frame && ref.frame->file ? ref.frame->file->path : QString(), ref.expr ? ref.expr->line : 0,
                       u"Part of this service is known only when it runs."_s};
    if (!m_notes.contains(d))
        m_notes.append(d);
}

void ServiceMembers::merge(ServiceMember member)
{
    if (const auto known = m_index.constFind(member.name); known != m_index.cend()) {
        ServiceMember &other = m_list[*known];
        if (other.hash == 0 || other.signature == other.name)
            other = std::move(member);
        return;
    }
    m_index.insert(member.name, m_list.size());
    m_list.push_back(std::move(member));
}

void ServiceMembers::replace(ServiceMember member)
{
    if (const auto known = m_index.constFind(member.name); known != m_index.cend()) {
        const size_t gone = *known;
        m_list.erase(m_list.begin() + static_cast<std::ptrdiff_t>(gone));
        for (size_t &at : m_index)
            at -= at > gone ? 1 : 0;
    }
    m_index.insert(member.name, m_list.size());
    m_list.push_back(std::move(member));
}

bool ServiceReader::membersOfAnnotation(const TypeInfo &type, const FramePtr &frame, ServiceMembers &into, int depth)
{
    // Promise<UsersService>, UsersService, Readonly<UsersService>: the one name that matters
    static const QRegularExpression wrapped(
        uR"(^(?:(?:Promise|Awaited|Readonly)<\s*)*([A-Za-z_$][\w$]*)\s*(?:<.*>)?\s*>*$)"_s);
    const auto match = wrapped.match(type.text);
    return match.hasMatch() && membersOfType(match.captured(1), frame, into, depth + 1);
}

bool ServiceReader::membersOfType(const QString &name, const FramePtr &frame, ServiceMembers &into, int depth)
{
    if (depth > maxDepth)
        return false;
    const Target target = m_lookup.name(name, frame);
    if (!target.declaration)
        return false;
    const Declaration &d = *target.declaration;
    if (d.kind == Declaration::Kind::Class && d.value)
        return membersOfInstance({d.value, target.frame}, into, depth + 1);
    if (!d.isTypeOnly())
        return false;
    if (!d.returnTypeOf.isEmpty()) {
        const Target function = m_lookup.name(d.returnTypeOf, target.frame);
        return function.declaration && function.declaration->value &&
               membersOfFunction(m_lookup.settle({function.declaration->value, function.frame}), into, depth + 1);
    }
    for (const TypeMember &m : d.members) {
        into.merge({.name = m.name,
                    .signature = m.signature,
                    .file = target.file->path,
                    .line = m.line,
                    .isMethod = m.isMethod,
                    .hash = m.hash,
                    .types = m.types,
                    .frame = target.frame});
    }
    bool complete = !d.members.empty();
    for (const QString &base : d.bases)
        complete |= membersOfType(base, target.frame, into, depth + 1);
    return complete;
}

bool ServiceReader::membersOfFunction(const Ref &function, ServiceMembers &into, int depth)
{
    if (!function.isValid() || !function.expr->is(EK::Function) || depth > maxDepth)
        return false;
    const FunctionPtr &f = function.expr->function;
    const FramePtr inner = std::make_shared<const Frame>(Frame{function.frame->file, f, function.frame});
    ServiceMembers written;
    bool all = true;
    if (f->returnType.isGiven()) {
        ServiceMembers typed;
        if (membersOfAnnotation(f->returnType, function.frame, typed, depth)) {
            // The annotation is what others see; the lines are those of the code.
            const qsizetype notes = m_notes.size();
            for (const ExprPtr &value : f->returns)
                members({value, inner}, written, depth + 1);
            m_notes.resize(notes);
            for (ServiceMember &m : typed.take()) {
                if (const ServiceMember *body = written.find(m.name)) {
                    m.file = body->file;
                    m.body = body->body;
                    m.line = body->line;
                }
                into.merge(std::move(m));
            }
            return true;
        }
    }
    for (const ExprPtr &value : f->returns) {
        if (value->is(EK::Nullish))
            continue;
        all &= members({value, inner}, written, depth + 1);
    }
    for (ServiceMember &m : written.take())
        into.merge(std::move(m));
    return all;
}

bool ServiceReader::members(const Ref &ref, ServiceMembers &into, int depth)
{
    if (!ref.isValid() || depth > maxDepth)
        return false;
    const Expr &e = *ref.expr;
    const auto inner = [&](const ExprPtr &child) { return members({child, ref.frame}, into, depth + 1); };
    switch (e.kind) {
    case EK::Object: return membersOfObject(ref, into, depth);
    case EK::Satisfies:
    case EK::Await: return inner(e.children[0]);
    case EK::Cast:
        if (e.type.isGiven() && e.type.text != "any"_L1 && e.type.text != "const"_L1 &&
            membersOfAnnotation(e.type, ref.frame, into, depth))
            return true;
        return inner(e.children[0]);
    case EK::Choice: {
        bool all = true;
        for (const ExprPtr &child : e.children)
            all &= child->is(EK::Nullish) || inner(child);
        return all;
    }
    case EK::New: {
        const Ref target = m_lookup.settle({e.children[0], ref.frame});
        if (target.isValid() && target.expr->is(EK::Class))
            return membersOfInstance(target, into, depth);
        unknown(ref);
        return false;
    }
    case EK::Name: {
        const Target target = m_lookup.name(e.text, ref.frame);
        const TypeInfo *annotation = target.declaration ? &target.declaration->type
                                     : target.parameter ? &target.parameter->type
                                                        : nullptr;
        if (annotation && annotation->isGiven() && membersOfAnnotation(*annotation, target.frame, into, depth))
            return true;
        if (target.declaration && target.declaration->value && target.declaration->kind != Declaration::Kind::Class)
            return members({target.declaration->value, target.frame}, into, depth + 1);
        unknown(ref);
        return false;
    }
    case EK::Call: {
        const ExprPtr &callee = e.children[0];
        if (callee && callee->is(EK::Member) && e.children.size() > 1 &&
            (callee->text == "freeze"_L1 || callee->text == "seal"_L1 || callee->text == "resolve"_L1 ||
             callee->text == "assign"_L1)) {
            bool all = true;
            for (size_t i = 1; i < e.children.size(); ++i)
                all &= inner(e.children[i]);
            return all;
        }
        const Ref function = m_lookup.settle({callee, ref.frame});
        if (membersOfFunction(function, into, depth + 1))
            return true;
        if (callee && callee->is(EK::Member)) { // Users.create(ctx): a static method
            const Ref on = m_lookup.settle({callee->children[0], ref.frame});
            if (on.isValid() && on.expr->is(EK::Class)) {
                for (const ClassMember &m : on.expr->classFacts->members) {
                    if (m.name == callee->text && m.isStatic && m.function)
                        return membersOfFunction({std::make_shared<const Expr>(Expr{
                                                      .kind = EK::Function, .line = m.line, .function = m.function}),
                                                  on.frame},
                                                 into, depth + 1);
                }
            }
        }
        if (!function.isValid() || !function.expr->is(EK::Function))
            unknown(ref);
        return false;
    }
    case EK::Nullish: return true;
    default: {
        const Ref settled = m_lookup.settle(ref);
        if (settled.isValid() && settled.expr != ref.expr)
            return members(settled, into, depth + 1);
        unknown(ref);
        return false;
    }
    }
}

bool ServiceReader::membersOfObject(const Ref &object, ServiceMembers &into, int depth)
{
    bool all = true;
    ServiceMembers own; // in an object the last one wins; between several returns the first
    for (const Property &p : object.expr->properties) {
        QString name = p.name;
        if (p.kind == Property::Kind::Spread) {
            all &= members({p.value, object.frame}, own, depth + 1);
            continue;
        }
        if (p.kind == Property::Kind::Computed)
            name = m_lookup.text({p.key, object.frame}).value_or(QString());
        if (name.isEmpty()) {
            unknown({p.value, object.frame});
            all = false;
        } else if (p.kind != Property::Kind::Setter) {
            ServiceMember m = describe(name, {p.value, object.frame}, p.line, p.kind == Property::Kind::Getter, depth);
            own.replace(std::move(m));
        }
    }
    for (ServiceMember &m : own.take())
        into.merge(std::move(m));
    return all;
}

bool ServiceReader::membersOfInstance(const Ref &classRef, ServiceMembers &into, int depth)
{
    if (depth > maxDepth)
        return false;
    const ClassFacts &facts = *classRef.expr->classFacts;
    for (const ClassMember &m : facts.members) {
        if (m.kind == ClassMember::Kind::Constructor) {
            for (const Parameter &p : m.function->parameters) {
                if (p.isProperty && !p.name.isEmpty())
                    into.merge({.name = p.name,
                                .signature = p.name + (p.type.isGiven() ? u": "_s + p.type.text : QString()),
                                .file = classRef.frame->file->path,
                                .line = m.line,
                                .isMethod = false,
                                .hash = syntax::combine(p.type.hash, 5),
                                .types = p.type.names,
                                .frame = classRef.frame});
            }
            continue;
        }
        if (m.isStatic || m.isPrivate || m.name.isEmpty() || m.kind == ClassMember::Kind::Setter)
            continue;
        ServiceMember member;
        if (m.function) {
            const auto e =
                std::make_shared<const Expr>(Expr{.kind = EK::Function, .line = m.line, .function = m.function});
            member = describe(m.name, {e, classRef.frame}, m.line, m.kind == ClassMember::Kind::Getter, depth);
        } else if (m.type.isGiven()) {
            member = {.name = m.name,
                      .signature = m.name + u": "_s + m.type.text,
                      .file = classRef.frame->file->path,
                      .line = m.line,
                      .isMethod = false,
                      .hash = m.type.hash,
                      .types = m.type.names,
                      .frame = classRef.frame};
        } else {
            member = describe(m.name, {m.value, classRef.frame}, m.line, false, depth);
        }
        into.merge(std::move(member));
    }
    if (!facts.base)
        return true;
    const Ref base = m_lookup.settle({facts.base, classRef.frame});
    if (base.isValid() && base.expr->is(EK::Class))
        return membersOfInstance(base, into, depth + 1);
    unknown({facts.base, classRef.frame});
    return false;
}

std::optional<ServiceMember> ServiceReader::memberOf(const Ref &object, const QString &name, int depth)
{
    if (depth > maxDepth)
        return {};
    ServiceMembers all;
    const qsizetype notes = m_notes.size();
    members(object, all, depth + 1);
    m_notes.resize(notes);
    const ServiceMember *found = all.find(name);
    return found ? std::optional(*found) : std::nullopt;
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
        const Function &f = *e.function;
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
                break;
            }
        }
        return m;
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
        if (e.type.isGiven() && e.type.text != "const"_L1) {
            m.signature = name + u": "_s + e.type.text;
            m.hash = e.type.hash;
            m.types = e.type.names;
            m.isMethod = e.type.text.contains("=>"_L1);
            return m;
        }
        [[fallthrough]];
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
