// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/entry.h"

#include <QJsonArray>
#include <QSet>
#include <algorithm>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;
using EK = Expr::Kind;

namespace {

struct GivenPlugin
{
    QString name;
    bool hasConfig = false;
    quint64 configHash = 0;
    std::optional<QJsonValue> config; ///< none: it has to be computed
};

/// An entry in two parts: what it gives to the server, and all else that it does.
struct EntryParts
{
    std::vector<GivenPlugin> plugins;
    std::vector<RouterUse> routers;
    QStringList rest;      ///< in order; equal where the code is
    QSet<QString> imports; ///< that the rest could use
};

class EntryReader final
{
public:
    explicit EntryReader(const ProjectData &data) : m_lookup(data), m_file(data.files.find(data.model().entry))
    {
        for (const Registration &one : data.model().registrations)
            m_calls.insert(one.call, one.plugin);
    }

    std::optional<EntryParts> read()
    {
        if (!m_file || !m_file->facts.head().isSource)
            return {};
        const FileFacts &facts = *m_file->facts;
        for (const Step &step : facts.steps) {
            if (step.declaration < 0) {
                if (const QString text = chain(step.expr, false); !text.isEmpty())
                    m_parts.rest.append(text);
                continue;
            }
            const Declaration &d = facts.declarations[static_cast<size_t>(step.declaration)];
            if (d.isTypeOnly())
                continue;
            const QString made = d.value && isMadeHere(d.value) ? chain(d.value, true) : QString::number(d.hash);
            m_parts.rest.append(d.name + u'=' + made);
        }
        m_parts.rest.append(u"blocks "_s + QString::number(facts.blocksHash));
        for (const Export &e : facts.exports) {
            if (!e.typeOnly)
                m_parts.rest.append(u"export "_s + e.name + u' ' + e.local + u' ' + e.specifier);
        }
        for (const Import &import : facts.imports) {
            if (import.typeOnly)
                continue;
            if (import.names.empty())
                m_parts.imports.insert(u"effects of "_s + import.specifier);
            for (const ImportName &name : import.names) {
                if (!name.typeOnly && !m_given.contains(name.local))
                    m_parts.imports.insert(import.specifier + u' ' + name.imported + u' ' + name.local);
            }
        }
        return m_isKnown ? std::optional(m_parts) : std::nullopt;
    }

private:
    /// `new AppServer(…)`, perhaps with calls behind it.
    [[nodiscard]] static bool isMadeHere(ExprPtr e)
    {
        while (e && e->is(EK::Call) && e->children[0] && e->children[0]->is(EK::Member))
            e = e->children[0]->children[0];
        return e && e->is(EK::New);
    }

    /// A chain of calls in words that are equal where the code is, without what it gives to the server; empty where
    /// that was all of it.
    QString chain(const ExprPtr &whole, bool keepRoot)
    {
        QStringList words;
        bool given = false;
        ExprPtr e = whole;
        for (;;) {
            if (e && e->is(EK::Await)) {
                words.prepend(u"await"_s);
                e = e->children[0];
            } else if (e && e->is(EK::Call) && e->children[0] && e->children[0]->is(EK::Member)) {
                if (const auto it = m_calls.constFind(e.get()); it != m_calls.cend()) {
                    give(*e, *it);
                    given = true;
                } else {
                    QString call = e->children[0]->text + (e->conditional ? u"?("_s : u"("_s);
                    for (size_t i = 1; i < e->children.size(); ++i)
                        call += QString::number(e->children[i] ? e->children[i]->hash : 0) + u',';
                    words.prepend(call);
                }
                e = e->children[0]->children[0];
            } else {
                break;
            }
        }
        if (given && !keepRoot && words.isEmpty() && e && e->is(EK::Name))
            return {};
        words.prepend(QString::number(e ? e->hash : 0));
        return words.join(u' ');
    }

    [[nodiscard]] static ExprPtr withoutCasts(ExprPtr e)
    {
        while (e && (e->is(EK::Cast) || e->is(EK::Satisfies)))
            e = e->children[0];
        return e;
    }

    void give(const Expr &call, const QString &plugin)
    {
        ExprPtr argument = withoutCasts(call.children[1]);
        if (plugin.isEmpty()) {
            const auto use = argument && argument->is(EK::Name) ? imported(argument->text) : std::nullopt;
            m_isKnown &= use.has_value();
            if (use) {
                m_given.insert(argument->text);
                m_parts.routers.insert(m_parts.routers.begin(), *use);
            }
            return;
        }
        GivenPlugin one{.name = plugin};
        if (argument && argument->is(EK::Call)) {
            one.hasConfig = argument->children.size() == 2;
            m_isKnown &= argument->children.size() <= 2;
            if (one.hasConfig && argument->children[1]) {
                one.configHash = argument->children[1]->hash;
                one.config = valueOf({argument->children[1], Lookup::frameOf(*m_file)});
            }
            argument = argument->children[0];
        }
        m_isKnown &= argument && argument->is(EK::Name);
        if (argument)
            m_given.insert(argument->text);
        m_parts.plugins.insert(m_parts.plugins.begin(), one);
    }

    [[nodiscard]] std::optional<RouterUse> imported(const QString &local) const
    {
        const FileFacts &facts = *m_file->facts;
        for (size_t i = 0; i < facts.imports.size(); ++i) {
            for (const ImportName &name : facts.imports[i].names) {
                if (name.local == local && name.imported != "*"_L1 && m_file->edges[i].found())
                    return RouterUse{m_file->edges[i].target, name.imported};
            }
        }
        return {};
    }

    /// What an expression of literals and constants comes to.
    [[nodiscard]] std::optional<QJsonValue> valueOf(const Ref &ref, int depth = 0) const
    {
        const ExprPtr e = ref.expr;
        if (!e || depth > 16)
            return {};
        const auto inside = [&](const ExprPtr &part) { return valueOf({part, ref.frame}, depth + 1); };
        switch (e->kind) {
        case EK::Name: {
            const Target target = m_lookup.name(e->text, ref.frame);
            const Declaration *constant = target.declaration;
            if (!constant || constant->kind != Declaration::Kind::Constant || !constant->value)
                return {};
            return valueOf({constant->value, target.frame}, depth + 1);
        }
        case EK::String: return QJsonValue(e->text);
        case EK::Boolean: return QJsonValue(e->text == "true"_L1);
        case EK::Number: {
            bool isNumber = false;
            const double number = QString(e->text).remove(u'_').toDouble(&isNumber);
            return isNumber ? std::optional<QJsonValue>(number) : std::nullopt;
        }
        case EK::Cast:
        case EK::Satisfies: return inside(e->children[0]);
        case EK::Array: {
            QJsonArray array;
            for (const ExprPtr &child : e->children) {
                const auto value = inside(child);
                if (!value)
                    return {};
                array.append(*value);
            }
            return QJsonValue(array);
        }
        case EK::Object: {
            QJsonObject object;
            for (const Property &property : e->properties()) {
                const bool isPlain =
                    property.kind == Property::Kind::Value || property.kind == Property::Kind::Shorthand;
                const auto value = isPlain && !property.name.isEmpty() ? inside(property.value) : std::nullopt;
                if (!value)
                    return {};
                object.insert(property.name, *value);
            }
            return QJsonValue(object);
        }
        default: return {};
        }
    }

    Lookup m_lookup;
    const SourceFile *m_file;
    QHash<const Expr *, QString> m_calls; ///< → plugin; empty: a router
    QSet<QString> m_given;                ///< names that are given to the server
    EntryParts m_parts;
    bool m_isKnown = true;
};

} // namespace

EntryDifference compareEntries(const ProjectData &before, const ProjectData &after)
{
    EntryDifference result;
    const auto a = EntryReader(before).read(), b = EntryReader(after).read();
    if (!a || !b || a->rest != b->rest || a->imports != b->imports)
        return result;
    result.isAll = true;
    const auto named = [](const std::vector<GivenPlugin> &list, const QString &name) {
        return std::ranges::find(list, name, &GivenPlugin::name);
    };
    for (const GivenPlugin &now : b->plugins) {
        const auto old = named(a->plugins, now.name);
        const bool isNew = old == a->plugins.end();
        if (isNew)
            result.registered.append(now.name);
        if (!isNew && old->hasConfig == now.hasConfig && old->configHash == now.configHash)
            continue;
        if (!isNew) {
            result.obstacle = u"It hands another configuration to \"%1\"."_s.arg(now.name);
        } else if (now.hasConfig && !now.config) {
            result.obstacle = u"The configuration of \"%1\" is worked out where it is handed over."_s.arg(now.name);
        } else if (now.hasConfig) {
            result.configs.insert(now.name, *now.config);
        }
    }
    for (const GivenPlugin &old : a->plugins) {
        if (named(b->plugins, old.name) == b->plugins.end())
            result.unregistered.append(old.name);
    }
    for (const RouterUse &now : b->routers) {
        if (std::ranges::find(a->routers, now) == a->routers.end())
            result.routers.append(now);
    }
    for (const RouterUse &old : a->routers) {
        if (std::ranges::find(b->routers, old) == b->routers.end())
            result.routers.append({old.file, old.exportName, true});
    }
    result.isAll = result.obstacle.isEmpty();
    return result;
}

} // namespace paddock::change
