// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/model.h"

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;

namespace {
constexpr int maxDepth = 24;
constexpr int callCost = 6; ///< of maxDepth
} // namespace

FramePtr Lookup::frameOf(const SourceFile &file)
{
    return std::make_shared<const Frame>(Frame{&file, {}, {}});
}

Target Lookup::name(const QString &name, const FramePtr &frame) const
{
    FramePtr at = frame;
    for (; at && at->function; at = at->parent) {
        for (const Declaration &d : at->function->body->locals) {
            if (d.name == name)
                return {.file = at->file, .declaration = &d, .frame = at};
        }
        for (const Binding &b : at->bindings) {
            if (b.declaration.name == name)
                return {.file = b.frame->file, .declaration = &b.declaration, .frame = b.frame};
        }
        for (const Parameter &p : at->function->parameters) {
            if (p.name == name || p.names.contains(name))
                return {.file = at->file, .frame = at, .parameter = &p};
        }
    }
    if (!at || !at->file)
        return {};
    const SourceFile &file = *at->file;
    if (const Declaration *d = file.facts->declaration(name))
        return {.file = &file, .declaration = d, .frame = at};
    const auto imported = [&](size_t i, const ImportName &n) -> Target {
        const SourceFile *target =
            i < file.edges.size() && file.edges[i].found() ? m_data.files.find(file.edges[i].target) : nullptr;
        if (!target)
            return {.specifier = file.facts->imports[i].specifier, .name = n.imported};
        if (n.imported == "*"_L1)
            return {.file = target, .frame = frameOf(*target), .wholeModule = true};
        return exported(*target, n.imported);
    };
    const auto &imports = file.facts->imports;
    if (const auto &index = file.facts->importIndex; !index.isEmpty()) {
        const auto found = index.constFind(name);
        if (found == index.constEnd())
            return {};
        const auto i = static_cast<size_t>(found->first);
        return imported(i, imports[i].names[static_cast<size_t>(found->second)]);
    }
    for (size_t i = 0; i < imports.size(); ++i) {
        for (const ImportName &n : imports[i].names) {
            if (n.local == name)
                return imported(i, n);
        }
    }
    return {};
}

Target Lookup::exported(const SourceFile &file, const QString &name, int depth) const
{
    if (depth > maxDepth)
        return {};
    const auto follow = [&](const Export &e, const QString &wanted) -> Target {
        const SourceFile *target = m_data.files.find(file.targetOf(e.specifier));
        if (!target)
            return {.specifier = e.specifier, .name = wanted};
        if (wanted == "*"_L1)
            return {.file = target, .frame = frameOf(*target), .wholeModule = true};
        return exported(*target, wanted, depth + 1);
    };
    for (const Export &e : file.facts->exports) {
        if (e.name != name || e.name == "*"_L1)
            continue;
        if (!e.specifier.isEmpty())
            return follow(e, e.local);
        return this->name(e.local, frameOf(file));
    }
    for (const Export &e : file.facts->exports) {
        if (e.name != "*"_L1 || name == "default"_L1)
            continue;
        const Target found = follow(e, name);
        if (found.declaration || found.wholeModule)
            return found;
    }
    return {};
}

Target Lookup::moduleBehind(const SourceFile &file, const Export &all) const
{
    if (const SourceFile *target = m_data.files.find(file.targetOf(all.specifier)))
        return {.file = target, .frame = frameOf(*target), .wholeModule = true};
    return {.specifier = all.specifier, .name = u"*"_s};
}

Target Lookup::moduleOf(const ExprPtr &expr, const FramePtr &frame) const
{
    if (!expr || !frame)
        return {};
    if (expr->is(EK::Await))
        return moduleOf(expr->children[0], frame);
    if (expr->is(EK::Name)) {
        Target target = name(expr->text, frame);
        if (target.wholeModule || (target.isExternal() && target.name == "*"_L1))
            return target;
        return {};
    }
    // import("…"), require("…")
    const bool loads = expr->is(EK::Call) && expr->children.size() == 2 && expr->children[0] && expr->children[1] &&
                       expr->children[1]->is(EK::String) &&
                       (expr->children[0]->is(EK::Name, u"require") ||
                        (expr->children[0]->is(EK::Other) && expr->children[0]->names().isEmpty()));
    if (!loads || !frame->file)
        return {};
    const QString &specifier = expr->children[1]->text;
    if (const SourceFile *target = m_data.files.find(frame->file->targetOf(specifier)))
        return {.file = target, .frame = frameOf(*target), .wholeModule = true};
    return {.specifier = specifier, .name = u"*"_s};
}

FramePtr Lookup::frameOfCall(const Ref &function, const std::vector<Ref> &arguments, int depth) const
{
    auto frame = std::make_shared<Frame>(Frame{function.frame->file, function.expr->function(), function.frame, {}});
    const auto &parameters = function.expr->function()->parameters;
    for (size_t i = 0; i < parameters.size(); ++i) {
        const Ref argument = i < arguments.size() ? arguments[i] : Ref();
        if (i >= arguments.size() && parameters[i].value && !parameters[i].name.isEmpty()) { // its default
            frame->bindings.push_back(
                {{.name = parameters[i].name, .line = parameters[i].value->line, .value = parameters[i].value},
                 function.frame});
            continue;
        }
        if (!argument.isValid() || parameters[i].rest)
            continue;
        if (!parameters[i].name.isEmpty())
            frame->bindings.push_back(
                {{.name = parameters[i].name, .line = argument.expr->line, .value = argument.expr}, argument.frame});
        for (const QString &part : parameters[i].names) { // ({ name, service }) => …
            if (part == parameters[i].name)
                continue;
            if (const Ref value = property(argument, part, depth + 1); value.isValid())
                frame->bindings.push_back({{.name = part, .line = value.expr->line, .value = value.expr}, value.frame});
        }
    }
    return frame;
}

Ref Lookup::settle(Ref ref, int depth, bool upToChoice) const
{
    while (ref.isValid() && depth++ < maxDepth) {
        const Expr &e = *ref.expr;
        switch (e.kind) {
        case EK::Cast:
        case EK::Satisfies:
        case EK::Await: ref.expr = e.children[0]; break;
        case EK::Choice:
            if (upToChoice)
                return ref;
            ref.expr = e.children.front();
            break;
        case EK::Name: {
            const Target target = name(e.text, ref.frame);
            if (!target.declaration || !target.declaration->value)
                return ref;
            ref = {target.declaration->value, target.frame};
            break;
        }
        case EK::Member: {
            const Ref object{e.children[0], ref.frame};
            if (const Target target = moduleOf(object.expr, ref.frame); target.wholeModule) {
                const Target member = exported(*target.file, e.text);
                if (!member.declaration || !member.declaration->value)
                    return ref;
                ref = {member.declaration->value, member.frame};
                break;
            }
            const Ref found = property(object, e.text, depth);
            if (!found.isValid())
                return ref;
            ref = found;
            break;
        }
        case EK::Index: {
            const auto key = e.children.size() > 1 ? text({e.children[1], ref.frame}, depth) : std::nullopt;
            const Ref found = key ? property({e.children[0], ref.frame}, *key, depth) : Ref();
            if (!found.isValid())
                return ref;
            ref = found;
            break;
        }
        case EK::Call: {
            const ExprPtr callee = e.children[0];
            if (!callee)
                return ref;
            if (callee->is(EK::Name) || callee->is(EK::Call) || callee->is(EK::Function)) {
                // What a function of the workspace makes. Calls within calls could take for ever.
                const Ref function =
                    depth + callCost <= maxDepth ? settle({callee, ref.frame}, depth + callCost) : Ref();
                if (function.isValid() && function.expr->is(EK::Function))
                    look(function.expr->function().get(), function.frame);
                if (function.isValid() && function.expr->is(EK::Function) &&
                    function.expr->function()->body->returns.size() == 1) {
                    std::vector<Ref> arguments;
                    for (size_t i = 1; i < e.children.size(); ++i)
                        arguments.push_back({e.children[i], ref.frame});
                    depth += callCost;
                    ref = {function.expr->function()->body->returns.front(), frameOfCall(function, arguments, depth)};
                    break;
                }
            }
            if (e.children.size() < 2)
                return ref;
            const bool passes = isFramework(callee, ref.frame, u"defineRoute") ||
                                isFramework(callee, ref.frame, u"defineEvents") ||
                                (callee->is(EK::Member) && callee->text == "freeze"_L1);
            if (!passes)
                return ref;
            ref.expr = e.children[1];
            break;
        }
        default: return ref;
        }
    }
    return ref;
}

Ref Lookup::settleToCall(const Ref &ref) const
{
    return settle(ref, maxDepth - callCost + 1);
}

Ref Lookup::property(const Ref &object, QStringView name, int depth) const
{
    if (depth > maxDepth)
        return {};
    const Ref settled = settle(object, depth + 1);
    if (!settled.isValid())
        return {};
    if (settled.expr->is(EK::Call) && settled.expr->children.size() > 1 && settled.expr->children[0] &&
        settled.expr->children[0]->is(EK::Member, u"assign")) { // Object.assign(a, b): the last one wins
        for (size_t i = settled.expr->children.size(); i-- > 1;) {
            if (const Ref found = property({settled.expr->children[i], settled.frame}, name, depth + 1);
                found.isValid())
                return found;
        }
        return {};
    }
    if (!settled.expr->is(EK::Object))
        return {};
    const auto &properties = settled.expr->properties();
    for (size_t i = properties.size(); i-- > 0;) {
        const Property &p = properties[i];
        if (p.kind == Property::Kind::Spread) {
            if (const Ref found = property({p.value, settled.frame}, name, depth + 1); found.isValid())
                return found;
        } else if ((p.name == name && p.kind != Property::Kind::Setter) ||
                   (p.kind == Property::Kind::Computed && text({p.key, settled.frame}, depth + 1) == name)) {
            look(p.value.get(), settled.frame);
            return {p.value, settled.frame};
        }
    }
    return {};
}

std::optional<QString> Lookup::text(const Ref &ref, int depth) const
{
    if (depth > maxDepth)
        return {};
    const Ref settled = settle(ref, depth + 1, true);
    if (!settled.isValid())
        return {};
    if (settled.expr->is(EK::Choice)) { // a ? b : c is known where b is c, a ?? b and a || b where a is
        const auto first = text({settled.expr->children.front(), settled.frame}, depth + 1);
        if (settled.expr->text == "?"_L1 && first != text({settled.expr->children.back(), settled.frame}, depth + 1))
            return {};
        return settled.expr->text == "&&"_L1 ? std::nullopt : first;
    }
    if (settled.expr->is(EK::String) || settled.expr->is(EK::Number))
        return settled.expr->text;
    if (settled.expr->is(EK::Template)) {
        QString result;
        for (const ExprPtr &part : settled.expr->children) {
            const auto piece = text({part, settled.frame}, depth + 1);
            if (!piece)
                return {};
            result += *piece;
        }
        return result;
    }
    return {};
}

QStringList Lookup::keys(const Ref &object, bool *complete, int depth) const
{
    const Ref settled = settle(object, depth + 1);
    if (!settled.isValid() || depth > maxDepth || !settled.expr->is(EK::Object)) {
        if (complete)
            *complete = false;
        return {};
    }
    QStringList result;
    for (const Property &p : settled.expr->properties()) {
        if (p.kind == Property::Kind::Spread) {
            result += keys({p.value, settled.frame}, complete, depth + 1);
        } else if (!p.name.isEmpty()) {
            result.append(p.name);
        } else if (const auto key = text({p.key, settled.frame}, depth + 1)) {
            result.append(*key);
        } else if (complete) {
            *complete = false;
        }
    }
    result.removeDuplicates();
    return result;
}

bool Lookup::isFramework(const ExprPtr &callee, const FramePtr &frame, QStringView what) const
{
    if (!callee)
        return false;
    if (callee->is(EK::Member, what)) { // import * as donkeylabs, or loaded while it runs
        const Target target = moduleOf(callee->children[0], frame);
        return target.isExternal() && target.name == "*"_L1;
    }
    if (!callee->is(EK::Name))
        return false;
    const Target target = name(callee->text, frame);
    if (target.isExternal())
        return target.name == what;
    // An alias of the workspace's own: export const createPlugin = framework.createPlugin
    if (target.declaration && target.declaration->value && target.declaration->value != callee) {
        const ExprPtr &value = target.declaration->value;
        return (value->is(EK::Name) || value->is(EK::Member)) &&
               (callee->text == what || value->is(EK::Member, what)) && isFramework(value, target.frame, what);
    }
    return false;
}

} // namespace paddock::workspace
