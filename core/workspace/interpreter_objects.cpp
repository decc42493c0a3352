// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Objects of classes, and what loops take apart.
#include "workspace/interpreter.h"

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;
using VK = Value::Kind;

namespace {

constexpr int maxBases = 8;

Ref functionOf(const ClassMember &member, const FramePtr &frame)
{
    return {exprOf(member.function, member.line), frame};
}

Value textValue(const QString &text, int line, const FramePtr &frame)
{
    return {.kind = VK::Data,
            .ref = {std::make_shared<const Expr>(Expr{.kind = EK::String, .line = line, .text = text}), frame}};
}

} // namespace

Value Interpreter::instantiate(const Ref &classRef, std::vector<Value> arguments, Scope &scope)
{
    const ClassFacts *facts = classRef.expr->classFacts().get();
    if (m_making.contains(facts) || m_depth > 32)
        return {};
    m_making.insert(facts);
    const Value self{.kind = VK::Instance,
                     .ref = classRef,
                     .instance = std::make_shared<InstanceValue>(InstanceValue{classRef, {}})};
    construct(self, classRef, arguments, scope, 0);
    m_making.remove(facts);
    return self;
}

/// Base class, fields, constructor, in the order in which the runtime does it.
void Interpreter::construct(const Value &self, const Ref &classRef, const std::vector<Value> &arguments, Scope &scope,
                            int depth)
{
    const ClassFacts &facts = *classRef.expr->classFacts();
    if (facts.base && depth < maxBases) {
        const Ref base = m_lookup.settle({facts.base, classRef.frame});
        if (base.isValid() && base.expr->is(EK::Class))
            construct(self, base, arguments, scope, depth + 1);
    }
    Scope fields{classRef.frame, {}, nullptr};
    for (Scope *at = &scope; at; at = at->parent) {
        if (at->frame == classRef.frame)
            fields.parent = at;
    }
    if (const auto module = m_modules.value(classRef.frame->file); !fields.parent && module)
        fields.parent = module.get();
    fields.variables.insert_or_assign(u"this"_s, self);
    for (const ClassMember &member : facts.members) {
        if (member.kind == ClassMember::Kind::Field && member.value && !member.isStatic)
            self.instance->fields.insert(member.name, evaluate(member.value, fields));
    }
    for (const ClassMember &member : facts.members) {
        if (member.kind != ClassMember::Kind::Constructor || !member.function)
            continue;
        const auto &parameters = member.function->parameters;
        for (size_t i = 0; i < parameters.size() && i < arguments.size(); ++i) {
            if (!parameters[i].name.isEmpty()) // constructor(private readonly server: AppServer)
                self.instance->fields.insert(parameters[i].name, arguments[i]);
        }
        invoke(functionOf(member, classRef.frame), arguments, scope, &self);
    }
}

Value Interpreter::methodOf(const Value &self, const QString &name, std::vector<Value> arguments, Scope &scope)
{
    Ref at = self.instance->classRef;
    for (int depth = 0; depth < maxBases && at.isValid() && at.expr->is(EK::Class); ++depth) {
        for (const ClassMember &member : at.expr->classFacts()->members) {
            if (member.name == name && member.function && !member.isStatic)
                return invoke(functionOf(member, at.frame), std::move(arguments), scope, &self);
        }
        if (!at.expr->classFacts()->base)
            break;
        at = m_lookup.settle({at.expr->classFacts()->base, at.frame});
    }
    const Value field = self.instance->fields.value(name); // run = () => …
    return field.ref.isValid() ? invoke(field.ref, std::move(arguments), scope, &self) : Value{};
}

/// The variable or variables of a loop: name, [name, config], { name, config }.
void Interpreter::bindPattern(const QString &pattern, const Value &value, Scope &scope)
{
    const bool list = pattern.startsWith(u'['), object = pattern.startsWith(u'{');
    if (!list && !object) {
        scope.variables.insert_or_assign(pattern, value);
        return;
    }
    const QStringList names = pattern.sliced(1, pattern.size() - 2).split(u',');
    for (qsizetype i = 0; i < names.size(); ++i) {
        const QString name = names[i].trimmed();
        if (list && value.is(VK::Array) && i < static_cast<qsizetype>(value.items.size()))
            scope.variables.insert_or_assign(name, value.items[static_cast<size_t>(i)]);
        const Ref part = object && value.ref.isValid() ? m_lookup.property(value.ref, name) : Ref();
        if (part.isValid())
            scope.variables.insert_or_assign(name, part.frame == scope.frame ? evaluate(part.expr, scope)
                                                                             : Value{.kind = VK::Data, .ref = part});
    }
}

/// Object.keys(…), Object.values(…) and Object.entries(…) of an object that is written out.
Value Interpreter::entriesOf(const Value &object, const QString &what, Scope &scope)
{
    Value result{.kind = VK::Array};
    const Ref settled = m_lookup.settle(object.ref);
    const auto add = [&](const QString &key, int line, const auto &evaluated) {
        if (what == "keys"_L1) {
            result.items.push_back(textValue(key, line, scope.frame));
        } else if (what == "values"_L1) {
            result.items.push_back(evaluated());
        } else {
            Value pair{.kind = VK::Array};
            pair.items.push_back(textValue(key, line, scope.frame));
            pair.items.push_back(evaluated());
            result.items.push_back(std::move(pair));
        }
    };
    if (object.is(VK::Module)) {
        for (const Export &e : object.module->facts->exports) {
            if (e.typeOnly)
                continue;
            if (e.name != "*"_L1) {
                add(e.name, 0, [&] { return exported(*object.module, e.name); });
            } else if (const Target behind = m_lookup.moduleBehind(*object.module, e);
                       behind.wholeModule && m_depth < 32) {
                ++m_depth;
                const Value inner = entriesOf({.kind = VK::Module, .module = behind.file}, what, scope);
                --m_depth;
                result.items.insert(result.items.end(), inner.items.begin(), inner.items.end());
            }
        }
        return result;
    }
    if (!settled.isValid() || !settled.expr->is(EK::Object))
        return {};
    const auto module = m_modules.value(settled.frame->file);
    const bool local = settled.frame == scope.frame || !module;
    for (const Property &p : settled.expr->properties()) {
        if (!p.name.isEmpty())
            add(p.name, p.line, [&] {
                m_lookup.look(p.value.get(), settled.frame);
                Value value = propertyValue(p.value, local ? scope : *module);
                if (!value.ref.isValid() || value.is(VK::Unknown))
                    value.ref = {p.value, settled.frame};
                return value;
            });
    }
    return result;
}

} // namespace paddock::workspace
