// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/shape.h"

#include "syntax/hash.h"

#include <QSet>
#include <algorithm>
#include <tuple>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;
using syntax::combine;

namespace {

/// The type of a value as far as literals show it; see inferredReturn().
QString inferred(const Lookup &lookup, const Ref &ref, int depth)
{
    if (depth > 4 || !ref.isValid())
        return u"?"_s;
    const Expr &e = *ref.expr;
    switch (e.kind) {
    case EK::String:
    case EK::Template: return e.is(EK::Template) ? u"?"_s : u"string"_s;
    case EK::Number: return u"number"_s;
    case EK::Boolean: return u"boolean"_s;
    case EK::Object: {
        QMap<QString, QString> fields;
        for (const Property &p : e.properties()) {
            if (p.name.isEmpty() || p.kind == Property::Kind::Spread || p.kind == Property::Kind::Computed)
                return u"?"_s; // what a spread adds is not known
            const bool literal = p.kind == Property::Kind::Value;
            fields.insert(p.name, literal ? inferred(lookup, {p.value, ref.frame}, depth + 1) : u"?"_s);
        }
        QStringList texts;
        for (auto it = fields.cbegin(); it != fields.cend(); ++it)
            texts.append(it.key() + u':' + *it);
        return u'{' + texts.join(u',') + u'}';
    }
    case EK::Array: {
        QStringList items;
        for (const ExprPtr &child : e.children)
            items.append(inferred(lookup, {child, ref.frame}, depth + 1));
        items.removeDuplicates();
        return u'[' + (items.size() == 1 ? items[0] : u"?"_s) + u']';
    }
    case EK::Await:
    case EK::Satisfies: return inferred(lookup, {e.children[0], ref.frame}, depth);
    default: return u"?"_s;
    }
}

/// Follows names from declaration to declaration and adds up hashes, in an order that does not depend on the path.
class Closure final
{
public:
    explicit Closure(const ProjectData &data) : m_lookup(data) {}

    void types(const QStringList &names, const FramePtr &frame)
    {
        for (const QString &name : names)
            visit(name, frame, true);
        drain();
    }
    void value(const Ref &ref)
    {
        expression(ref.expr, ref.frame, 0);
        drain();
    }
    [[nodiscard]] quint64 result() const { return m_sum; }

private:
    struct Pending
    {
        Target target;
        bool asType;
    };

    void visit(const QString &name, const FramePtr &frame, bool asType)
    {
        Target target = m_lookup.name(name, frame);
        if (target.isExternal()) {
            const quint64 outside = combine(qHashText(target.specifier), qHashText(target.name));
            if (!m_outside.contains(outside)) {
                m_outside.insert(outside);
                m_sum += syntax::mix(outside);
            }
            return;
        }
        if (!target.declaration || m_seen.contains(target.declaration))
            return;
        m_seen.insert(target.declaration);
        m_pending.push_back({std::move(target), asType});
    }

    void drain()
    {
        while (!m_pending.empty()) {
            const Pending next = std::move(m_pending.back());
            m_pending.pop_back();
            declaration(*next.target.declaration, next.target.frame, next.asType);
        }
    }

    void declaration(const Declaration &d, const FramePtr &frame, bool asType)
    {
        using DK = Declaration::Kind;
        if (d.kind == DK::Class && asType) { // seen from outside: no bodies
            for (const ClassMember &m : d.value->classFacts()->members) {
                if (m.isPrivate)
                    continue;
                const quint64 shape = m.function ? m.function->signatureHash : m.type.hash;
                m_sum += combine(qHashText(m.name), shape);
                for (const QString &name : m.function ? m.function->signatureTypes : m.type.names)
                    visit(name, frame, true);
            }
            return;
        }
        if (d.kind == DK::Function && asType) { // behind typeof
            m_sum += d.value->function()->signatureHash;
            for (const QString &name : d.value->function()->signatureTypes)
                visit(name, frame, true);
            return;
        }
        if (asType && d.value && isPlugin(*d.value)) // typeof usersPlugin: that plugin's own changes tell
            return;
        if (asType && (d.kind == DK::Constant || d.kind == DK::Variable)) { // typeof limits: not its values
            const bool widened =
                d.kind == DK::Variable || (d.value && (d.value->is(EK::Object) || d.value->is(EK::Array)));
            const QString known = widened ? inferred(m_lookup, {d.value, frame}, 0) : QString();
            if (d.type.isGiven() || (!known.isEmpty() && !known.contains(u'?'))) {
                m_sum += d.type.isGiven() ? syntax::mix(d.type.hash) : qHashText(known);
                for (const QString &name : d.type.names)
                    visit(name, frame, true);
                return;
            }
        }
        m_sum += syntax::mix(d.hash);
        for (const QString &name : d.types)
            visit(name, frame, true);
        if (!asType || !d.isTypeOnly()) {
            for (const QString &name : d.names)
                visit(name, frame, asType);
        }
    }

    void expression(const ExprPtr &e, const FramePtr &frame, int depth)
    {
        if (!e || depth > 200)
            return;
        if (depth == 0)
            m_sum += syntax::mix(e->hash);
        if (e->is(EK::Name))
            visit(e->text, frame, false);
        for (const QString &name : e->names())
            visit(name, frame, false);
        for (const QString &name : e->types())
            visit(name, frame, true);
        for (const QString &name : e->type().names)
            visit(name, frame, true);
        for (const ExprPtr &child : e->children)
            expression(child, frame, depth + 1);
        for (const Property &p : e->properties())
            expression(p.value, frame, depth + 1);
    }

    static bool isPlugin(const Expr &e)
    {
        return e.is(EK::Call) && e.children[0] && e.children[0]->is(EK::Member, u"define");
    }
    static quint64 qHashText(const QString &text) { return syntax::hashOf(text.toUtf8()); }

    Lookup m_lookup;
    QSet<const Declaration *> m_seen;
    QSet<quint64> m_outside;
    std::vector<Pending> m_pending;
    quint64 m_sum = 0x243F6A8885A308D3ULL;
};

/// What others see of a handler or middleware: the types it was made with.
quint64 typedCall(const ProjectData &data, const Lookup &lookup, const Ref &ref)
{
    const Ref settled = lookup.settleToCall(ref);
    if (!settled.isValid())
        return 1;
    if (settled.expr->is(EK::Call) && settled.expr->type().isGiven())
        return combine(settled.expr->type().hash, typeClosure(data, settled.expr->type().names, settled.frame));
    return 1;
}

/// Properties of an object, or of the object that a function returns.
Ref objectOf(const Lookup &lookup, const Ref &ref)
{
    Ref settled = lookup.settle(ref);
    if (settled.isValid() && settled.expr->is(EK::Function) && !settled.expr->function()->body->returns.empty()) {
        const FunctionPtr &f = settled.expr->function();
        settled = lookup.settle(
            {f->body->returns.front(), std::make_shared<const Frame>(Frame{settled.frame->file, f, settled.frame})});
    }
    return settled;
}

void texts(const Lookup &lookup, const Ref &list, QStringList &into, int depth = 0)
{
    const Ref settled = lookup.settle(list);
    if (!settled.isValid() || !settled.expr->is(EK::Array) || depth > 8) {
        into.append(u"?"_s);
        return;
    }
    for (const ExprPtr &item : settled.expr->children) {
        if (item && item->is(EK::Spread))
            texts(lookup, {item->children[0], settled.frame}, into, depth + 1);
        else
            into.append(lookup.text({item, settled.frame}).value_or(u"?"_s));
    }
}

} // namespace

QStringList dependenciesOf(const ProjectData &data, const PluginDef &plugin)
{
    const Lookup lookup(data);
    QStringList result;
    if (const Ref list = lookup.property(plugin.object, u"dependencies"); list.isValid())
        texts(lookup, list, result);
    return result;
}

quint64 typeClosure(const ProjectData &data, const QStringList &names, const FramePtr &frame)
{
    Closure closure(data);
    closure.types(names, frame);
    return closure.result();
}

quint64 valueClosure(const ProjectData &data, const Ref &ref)
{
    if (!ref.isValid())
        return 0;
    Closure closure(data);
    closure.value(ref);
    return closure.result() | 1;
}

PluginShape shapeOf(const ProjectData &data, const PluginDef &plugin)
{
    const Lookup lookup(data);
    PluginShape shape{.name = plugin.name, .file = plugin.file, .line = plugin.line};
    const auto property = [&](QStringView name) { return lookup.property(plugin.object, name); };
    const auto version = lookup.text(property(u"version"));
    shape.version = version.value_or(QString());
    const auto isGiven = [](const Ref &ref) { return ref.isValid() && !ref.expr->is(EK::Nullish); };
    if (!version && isGiven(property(u"version")))
        shape.open.append(u"version"_s);
    shape.dependencies = dependenciesOf(data, plugin);
    shape.dependencies.sort();
    const auto named = [&](QStringView what, QMap<QString, quint64> &into, bool typed) {
        const Ref given = property(what), object = objectOf(lookup, given);
        bool isWhole = object.isValid() && object.expr->is(EK::Object);
        const QStringList keys = object.isValid() ? lookup.keys(object, &isWhole) : QStringList();
        const Ref function = lookup.settle(given);
        if (function.isValid() && function.expr->is(EK::Function))
            isWhole &= function.expr->function()->body->returns.size() == 1;
        if (isGiven(given) && !isWhole)
            shape.open.append(what.toString());
        for (const QString &key : keys) {
            const Ref value = lookup.property(object, key);
            into.insert(key, typed ? typedCall(data, lookup, value) : valueClosure(data, value));
        }
    };
    named(u"handlers", shape.handlers, true);
    named(u"middleware", shape.middleware, true);
    named(u"events", shape.events, false);
    named(u"customErrors", shape.errors, false);
    if (const Ref init = lookup.settle(property(u"init")); init.isValid()) {
        shape.hasInit = true;
        shape.init = init.expr->hash | 1;
    }
    if (plugin.config.isGiven())
        shape.config = combine(plugin.config.hash, typeClosure(data, plugin.config.names, plugin.frame)) | 1;
    if (plugin.schema.isGiven())
        shape.schema = combine(plugin.schema.hash, typeClosure(data, plugin.schema.names, plugin.frame)) | 1;
    std::vector<std::tuple<const Frame *, QStringList, quint64>>
        closures; // methods of one service mention the same few
    const auto closureOf = [&](const ServiceMember &m) {
        for (const auto &[frame, names, hash] : closures) {
            if (frame == m.frame.get() && names == m.types)
                return hash;
        }
        const quint64 hash = typeClosure(data, m.types, m.frame);
        if (closures.size() < 8)
            closures.emplace_back(m.frame.get(), m.types, hash);
        return hash;
    };
    const ServiceShape service = serviceOf(data, plugin);
    for (const ServiceMember &m : service.members) {
        shape.methods.insert(m.name, {.parameters = m.hash,
                                      .closure = closureOf(m),
                                      .inferred = m.inferred,
                                      .body = m.body,
                                      .file = m.file,
                                      .line = m.line});
    }
    return shape;
}

RouteShape shapeOf(const ProjectData &data, const RouteDef &route)
{
    const Lookup lookup(data);
    RouteShape shape;
    const auto property = [&](QStringView name) { return lookup.property(route.config, name); };
    const auto schema = [&](QStringView name) {
        const Ref ref = property(name);
        return ref.isValid() && !ref.expr->is(EK::Nullish) ? valueClosure(data, ref) : 0;
    };
    shape.input = schema(u"input");
    shape.output = schema(u"output");
    shape.events = schema(u"events");
    shape.files = combine(schema(u"files"), schema(u"fileConstraints"));
    shape.hasInput = shape.input != 0;
    shape.hasOutput = shape.output != 0;
    for (size_t i = 0; i < route.middlewareConfig.size(); ++i) {
        shape.middleware =
            combine(shape.middleware, syntax::hashOf(route.middleware[static_cast<qsizetype>(i)].toUtf8()));
        shape.middleware = combine(shape.middleware, valueClosure(data, route.middlewareConfig[i]));
    }
    const Ref handle = property(u"handle");
    shape.handle = handle.isValid() ? handle.expr->hash : 0;
    const Ref config = lookup.settle(route.config);
    if (config.isValid() && config.expr->is(EK::Object)) {
        static const QSet<QString> known{u"input"_s, u"output"_s,          u"events"_s,
                                         u"files"_s, u"fileConstraints"_s, u"handle"_s};
        for (const Property &p : config.expr->properties()) {
            if (!known.contains(p.name) && p.value)
                shape.rest = combine(shape.rest, p.value->hash);
        }
    }
    return shape;
}

// ---------------------------------------------------------------- what literals show of a type

QString inferredReturn(const ProjectData &data, const Ref &function)
{
    if (!function.isValid() || !function.expr->is(EK::Function))
        return u"?"_s;
    const FunctionPtr &f = function.expr->function();
    if (f->body->returns.size() != 1)
        return u"?"_s; // several: a union that literals alone do not show
    const Lookup lookup(data);
    const FramePtr inner = std::make_shared<const Frame>(Frame{function.frame->file, f, function.frame});
    return inferred(lookup, {f->body->returns.front(), inner}, 0);
}

bool inferredFits(QStringView a, QStringView b)
{
    if (a.isEmpty() || b.isEmpty() || a == "?"_L1 || b == "?"_L1 || a == b)
        return true;
    if (a.startsWith(u'[') && b.startsWith(u'['))
        return inferredFits(a.sliced(1).chopped(1), b.sliced(1).chopped(1));
    if (!a.startsWith(u'{') || !b.startsWith(u'{'))
        return false;
    const auto fields = [](QStringView text) {
        QMap<QString, QString> result;
        qsizetype start = 1;
        int depth = 0;
        for (qsizetype i = 1; i < text.size(); ++i) {
            depth += text[i] == u'{' || text[i] == u'[' ? 1 : text[i] == u'}' || text[i] == u']' ? -1 : 0;
            if ((text[i] == u',' && depth == 0) || depth < 0) {
                const QStringView field = text.sliced(start, i - start);
                if (const qsizetype colon = field.indexOf(u':'); colon > 0)
                    result.insert(field.first(colon).toString(), field.sliced(colon + 1).toString());
                start = i + 1;
            }
        }
        return result;
    };
    const auto fa = fields(a), fb = fields(b);
    if (fa.keys() != fb.keys())
        return false;
    for (auto it = fa.cbegin(); it != fa.cend(); ++it) {
        if (!inferredFits(*it, fb[it.key()]))
            return false;
    }
    return true;
}

} // namespace paddock::workspace
