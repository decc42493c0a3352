// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/shape.h"

#include "syntax/hash.h"

#include <QSet>
#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;

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
        if (settled.expr->is(EK::Function))
            membersOfFunction(settled, shape.members, 0);
        else if (const Ref method = staticMethod(settled); method.isValid()) // service: Users.create
            membersOfFunction(method, shape.members, 0);
        else if (!settled.expr->is(EK::Nullish))
            unknown(settled);
    }
    shape.notes = std::move(m_notes);
    return shape;
}

/// Users.create, where Users is a class of the workspace.
Ref ServiceReader::staticMethod(const Ref &member) const
{
    if (!member.isValid() || !member.expr->is(EK::Member))
        return {};
    const Ref on = m_lookup.settle({member.expr->children[0], member.frame});
    if (!on.isValid() || !on.expr->is(EK::Class))
        return {};
    for (const ClassMember &m : on.expr->classFacts()->members) {
        if (m.name == member.expr->text && m.isStatic && m.function)
            return {exprOf(m.function, m.line), on.frame};
    }
    return {};
}

/// What statements of the function add to one of its locals: service.list = …, Object.assign(service, …).
bool ServiceReader::membersOfSteps(const QString &local, const Exprs &statements, const FramePtr &frame,
                                   std::vector<ServiceMember> &into, int depth)
{
    bool any = false;
    const auto isLocal = [&](const ExprPtr &e) { return e && e->is(EK::Name, local); };
    for (const ExprPtr &statement : statements) {
        if (!statement || depth > maxDepth)
            continue;
        const Expr &e = *statement;
        if (e.is(EK::Guarded)) {
            any |= membersOfSteps(local, e.children, frame, into, depth + 1);
        } else if (e.is(EK::Assign) && e.children[0] && !e.children[0]->children.empty() &&
                   isLocal(e.children[0]->children[0])) {
            const Expr &left = *e.children[0];
            const QString name = left.is(EK::Member) ? left.text
                                 : left.is(EK::Index) && left.children.size() > 1
                                     ? m_lookup.text({left.children[1], frame}).value_or(QString())
                                     : QString();
            if (name.isEmpty()) {
                unknown({statement, frame});
            } else {
                std::erase_if(into, [&](const ServiceMember &known) { return known.name == name; });
                into.push_back(describe(name, {e.children[1], frame}, e.line, false, depth + 1));
            }
            any = true;
        } else if (e.is(EK::Call) && e.children[0] && e.children[0]->is(EK::Member, u"assign") &&
                   e.children.size() > 2 && isLocal(e.children[1])) {
            for (size_t i = 2; i < e.children.size(); ++i)
                members({e.children[i], frame}, into, depth + 1);
            any = true;
        }
    }
    return any;
}

void ServiceReader::unknown(const Ref &ref)
{
    const Diagnostic d{u"info"_s, u"service-not-static"_s,
                       ref.frame && ref.frame->file ? ref.frame->file->path : QString(), ref.expr ? ref.expr->line : 0,
                       u"Part of this service is known only when it runs."_s};
    if (!m_notes.contains(d))
        m_notes.append(d);
}

void ServiceReader::merge(std::vector<ServiceMember> &into, ServiceMember member)
{
    const auto known = std::ranges::find(into, member.name, &ServiceMember::name);
    if (known == into.end())
        into.push_back(std::move(member));
    else if (known->hash == 0 || known->signature == known->name)
        *known = std::move(member);
}

void ServiceReader::mergeAll(std::vector<ServiceMember> &into, std::vector<ServiceMember> own)
{
    if (into.empty()) {
        into = std::move(own);
        return;
    }
    for (ServiceMember &m : own)
        merge(into, std::move(m));
}

bool ServiceReader::membersOfFunction(const Ref &function, std::vector<ServiceMember> &into, int depth)
{
    if (!function.isValid() || !function.expr->is(EK::Function) || depth > maxDepth)
        return false;
    const FunctionPtr &f = function.expr->function();
    const FramePtr inner = std::make_shared<const Frame>(Frame{function.frame->file, f, function.frame});
    std::vector<ServiceMember> written;
    bool all = true;
    if (f->returnType.isGiven()) {
        std::vector<ServiceMember> typed;
        if (membersOfAnnotation(f->returnType, function.frame, typed, depth)) {
            // The annotation is what others see; the lines are those of the code.
            const qsizetype notes = m_notes.size();
            for (const ExprPtr &value : f->body->returns)
                members({value, inner}, written, depth + 1);
            m_notes.resize(notes);
            for (ServiceMember &m : typed) {
                const auto body = std::ranges::find(written, m.name, &ServiceMember::name);
                if (body != written.end()) {
                    m.file = body->file;
                    m.body = body->body;
                    m.line = body->line;
                }
                merge(into, std::move(m));
            }
            return true;
        }
    }
    for (const ExprPtr &value : f->body->returns) {
        if (value->is(EK::Nullish))
            continue;
        all &= members({value, inner}, written, depth + 1);
    }
    mergeAll(into, std::move(written));
    return all;
}

bool ServiceReader::members(const Ref &ref, std::vector<ServiceMember> &into, int depth)
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
        if (e.type().isGiven() && e.type().text != "any"_L1 && e.type().text != "const"_L1 &&
            membersOfAnnotation(e.type(), ref.frame, into, depth))
            return true;
        if (e.type().text.startsWith(u'{') && e.children[0] && e.children[0]->is(EK::Object) &&
            e.children[0]->properties().empty()) { // {} as { list(): string[] }
            unknown(ref);
            return false;
        }
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
        if (target.wholeModule)
            return membersOfModule(*target.file, into, depth + 1);
        const TypeInfo *annotation = target.declaration ? &target.declaration->type
                                     : target.parameter ? &target.parameter->type
                                                        : nullptr;
        if (annotation && annotation->isGiven() && membersOfAnnotation(*annotation, target.frame, into, depth))
            return true;
        if (target.declaration && target.declaration->value && target.declaration->kind != Declaration::Kind::Class) {
            const qsizetype notes = m_notes.size();
            std::vector<ServiceMember> own;
            bool all = members({target.declaration->value, target.frame}, own, depth + 1);
            if (target.frame && target.frame->function &&
                membersOfSteps(e.text, target.frame->function->body->statements, target.frame, own, depth + 1) &&
                !all) {
                m_notes.resize(notes); // const service = {} as Users: the steps say what is in it
                all = true;
            }
            mergeAll(into, std::move(own));
            return all;
        }
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
        if (const Ref method = staticMethod({callee, ref.frame}); method.isValid()) // Users.create(ctx)
            return membersOfFunction(method, into, depth + 1);
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

/// The methods and accessors that an instance has of its class; of anything else, none.
QSet<QString> ServiceReader::onPrototype(const Ref &instance) const
{
    QSet<QString> names;
    const Ref made = m_lookup.settle(instance);
    if (!made.isValid() || !made.expr->is(EK::New))
        return names;
    Ref at = m_lookup.settle({made.expr->children[0], made.frame});
    for (int depth = 0; depth < maxDepth && at.isValid() && at.expr->is(EK::Class); ++depth) {
        for (const ClassMember &m : at.expr->classFacts()->members) {
            if (!m.isStatic && m.kind != ClassMember::Kind::Field && m.kind != ClassMember::Kind::Constructor)
                names.insert(m.name);
        }
        at = m_lookup.settle({at.expr->classFacts()->base, at.frame});
    }
    return names;
}

bool ServiceReader::membersOfObject(const Ref &object, std::vector<ServiceMember> &into, int depth)
{
    bool all = true;
    QSet<QString> names; // of those written here
    bool othersToo = false;
    std::vector<ServiceMember> own; // in an object the last one wins; between several returns the first
    for (const Property &p : object.expr->properties()) {
        QString name = p.name;
        if (p.kind == Property::Kind::Spread) {
            std::vector<ServiceMember> part;
            all &= members({p.value, object.frame}, part, depth + 1);
            const QSet<QString> methods = onPrototype({p.value, object.frame}); // a spread takes what is its own
            std::erase_if(part, [&methods](const ServiceMember &m) { return methods.contains(m.name); });
            own.insert(own.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
            othersToo = true;
            continue;
        }
        if (p.kind == Property::Kind::Computed)
            name = m_lookup.text({p.key, object.frame}).value_or(QString());
        if (name.isEmpty()) {
            unknown({p.value, object.frame});
            all = false;
        } else if (p.kind == Property::Kind::Setter) {
            addSetter(own, name, p.value->function(), object.frame, p.line);
            othersToo = true;
        } else {
            ServiceMember m = describe(name, {p.value, object.frame}, p.line, p.kind == Property::Kind::Getter, depth);
            if (othersToo || names.contains(name))
                std::erase_if(own, [&](const ServiceMember &known) { return known.name == name; });
            names.insert(name);
            own.push_back(std::move(m));
        }
    }
    mergeAll(into, std::move(own));
    return all;
}

/// What a module exports, where it is a service itself: import * as api from "./api".
bool ServiceReader::membersOfModule(const SourceFile &file, std::vector<ServiceMember> &into, int depth)
{
    if (depth > maxDepth)
        return false;
    bool all = true;
    for (const Export &e : file.facts->exports) {
        if (e.typeOnly || e.name == "default"_L1)
            continue;
        const Target target = e.name == "*"_L1 ? m_lookup.moduleBehind(file, e) : m_lookup.exported(file, e.name);
        if (e.name == "*"_L1) {
            all &= target.wholeModule && membersOfModule(*target.file, into, depth + 1);
        } else if (target.declaration && target.declaration->value) {
            const int line = target.declaration->line;
            ServiceMember m = describe(e.name, {target.declaration->value, target.frame}, line, false, depth);
            m.file = target.file->path;
            merge(into, std::move(m));
        } else if (!target.declaration || !target.declaration->isTypeOnly()) {
            all = false;
        }
    }
    return all;
}

bool ServiceReader::membersOfInstance(const Ref &classRef, std::vector<ServiceMember> &into, int depth)
{
    if (depth > maxDepth)
        return false;
    const ClassFacts &facts = *classRef.expr->classFacts();
    std::vector<ServiceMember> own;
    for (const ClassMember &m : facts.members) {
        if (m.kind == ClassMember::Kind::Constructor) {
            for (const Parameter &p : m.function->parameters) {
                if (p.isProperty && !p.name.isEmpty())
                    merge(own, {.name = p.name,
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
        if (m.isStatic || m.isPrivate || m.name.isEmpty())
            continue;
        if (m.kind == ClassMember::Kind::Setter) {
            addSetter(own, m.name, m.function, classRef.frame, m.line);
            continue;
        }
        ServiceMember member;
        if (m.function) {
            member = describe(m.name, {exprOf(m.function, m.line), classRef.frame}, m.line,
                              m.kind == ClassMember::Kind::Getter, depth);
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
        if (m.isOptional) {
            member.signature.insert(m.name.size(), u'?');
            member.hash = syntax::combine(member.hash, 6);
        }
        const auto setter = std::ranges::find(own, m.name, &ServiceMember::name);
        if (m.kind == ClassMember::Kind::Getter && setter != own.end()) { // the setter was written first
            member.hash = syntax::combine(member.hash, setter->hash);
            *setter = std::move(member);
        } else {
            merge(own, std::move(member));
        }
    }
    mergeAll(into, std::move(own));
    if (!facts.base)
        return true;
    const Ref base = m_lookup.settle({facts.base, classRef.frame});
    if (base.isValid() && base.expr->is(EK::Class))
        return membersOfInstance(base, into, depth + 1);
    unknown({facts.base, classRef.frame});
    return false;
}
} // namespace paddock::workspace
