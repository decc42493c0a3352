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
constexpr int maxNesting = 3;

/// The literals of an expression behind `as const`: they are its type.
quint64 literalsOf(const ExprPtr &e, int depth = 0)
{
    if (!e || depth > maxDepth)
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

/// The parts of a type that `separator` divides, outside of all brackets and texts.
QStringList splitType(const QString &text, QChar separator)
{
    QStringList parts;
    int depth = 0;
    QChar quote;
    qsizetype start = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (!quote.isNull()) {
            if (c == quote)
                quote = {};
        } else if (c == u'"' || c == u'\'' || c == u'`') {
            quote = c;
        } else if (c == u'<' || c == u'(' || c == u'[' || c == u'{') {
            ++depth;
        } else if ((c == u'>' && (i == 0 || text[i - 1] != u'=')) || c == u')' || c == u']' || c == u'}') {
            --depth;
        } else if (c == separator && depth == 0) {
            parts.append(text.sliced(start, i - start).trimmed());
            start = i + 1;
        }
    }
    parts.append(text.sliced(start).trimmed());
    return parts;
}

} // namespace

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
bool ServiceReader::membersOfSteps(const QString &local, const std::vector<ExprPtr> &statements, const FramePtr &frame,
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

bool ServiceReader::membersOfAnnotation(const TypeInfo &type, const FramePtr &frame, std::vector<ServiceMember> &into,
                                        int depth)
{
    return membersOfText(type.text, frame, into, depth);
}

/// What a type that is written out says: UsersService, Promise<UsersService>, Pick<Users, "get" | "list">, A & B.
bool ServiceReader::membersOfText(const QString &text, const FramePtr &frame, std::vector<ServiceMember> &into,
                                  int depth)
{
    if (depth > maxDepth)
        return false;
    QStringList parts = splitType(text, u'&');
    if (parts.size() > 1) {
        bool all = true;
        for (const QString &part : std::as_const(parts))
            all &= membersOfText(part, frame, into, depth + 1);
        return all;
    }
    static const QRegularExpression generic(uR"(^([A-Za-z_$][\w$]*)\s*(?:<(.*)>)?$)"_s,
                                            QRegularExpression::DotMatchesEverythingOption);
    const auto match = generic.match(text.trimmed());
    if (!match.hasMatch())
        return false;
    const QString name = match.captured(1);
    const QStringList arguments = splitType(match.captured(2), u',');
    if (name == "Promise"_L1 || name == "Awaited"_L1 || name == "Readonly"_L1 || name == "Partial"_L1 ||
        name == "Required"_L1)
        return membersOfText(arguments.value(0), frame, into, depth + 1);
    if ((name == "Pick"_L1 || name == "Omit"_L1) && arguments.size() == 2) {
        QStringList keys;
        for (const QString &key : splitType(arguments[1], u'|')) {
            if (key.size() < 3 || (!key.startsWith(u'"') && !key.startsWith(u'\'')))
                return false; // keys that are computed
            keys.append(key.sliced(1, key.size() - 2));
        }
        std::vector<ServiceMember> all;
        if (!membersOfText(arguments[0], frame, all, depth + 1))
            return false;
        std::erase_if(all, [&](const ServiceMember &m) { return keys.contains(m.name) != (name == "Pick"_L1); });
        mergeAll(into, std::move(all));
        return true;
    }
    if ((name == "ReturnType"_L1 || name == "InstanceType"_L1) && arguments.value(0).startsWith("typeof "_L1)) {
        const QString of = arguments[0].sliced(7).trimmed();
        if (name == "InstanceType"_L1)
            return membersOfType(of, frame, into, depth + 1);
        const Target function = m_lookup.name(of, frame);
        return function.declaration && function.declaration->value &&
               membersOfFunction(m_lookup.settle({function.declaration->value, function.frame}), into, depth + 1);
    }
    return membersOfType(name, frame, into, depth + 1);
}

bool ServiceReader::membersOfType(const QString &name, const FramePtr &frame, std::vector<ServiceMember> &into,
                                  int depth)
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
    std::vector<ServiceMember> own;
    for (const TypeMember &m : d.members) {
        const auto overloaded = std::ranges::find(own, m.name, &ServiceMember::name);
        if (overloaded != own.end()) {
            overloaded->hash = syntax::combine(overloaded->hash, m.hash);
            overloaded->types += m.types;
            continue;
        }
        own.push_back({.name = m.name,
                       .signature = m.signature,
                       .file = target.file->path,
                       .line = m.line,
                       .isMethod = m.isMethod,
                       .hash = m.hash,
                       .types = m.types,
                       .frame = target.frame});
    }
    mergeAll(into, std::move(own));
    bool complete = !d.members.empty();
    for (const QString &base : d.bases)
        complete |= membersOfType(base, target.frame, into, depth + 1);
    if (!complete && d.kind == Declaration::Kind::TypeAlias && !d.type.text.startsWith(u'{'))
        return membersOfText(d.type.text, target.frame, into, depth + 1); // type Reader = Pick<Users, "get">
    return complete;
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

bool ServiceReader::membersOfObject(const Ref &object, std::vector<ServiceMember> &into, int depth)
{
    bool all = true;
    QSet<QString> names; // of those written here
    bool othersToo = false;
    std::vector<ServiceMember> own; // in an object the last one wins; between several returns the first
    for (const Property &p : object.expr->properties()) {
        QString name = p.name;
        if (p.kind == Property::Kind::Spread) {
            all &= members({p.value, object.frame}, own, depth + 1);
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
