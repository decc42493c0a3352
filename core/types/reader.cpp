// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/reader.h"

#include "types/typetree.h"

namespace paddock::types {

using namespace Qt::StringLiterals;
using Kind = Type::Kind;

namespace {

class Composer final
{
public:
    Composer(const Sources &sources, const Result<QJsonObject> &answer) : m_sources(sources), m_answer(answer) {}

    Snapshot compose(const std::optional<QJsonArray> &contracts)
    {
        m_snapshot.generated = hashesOf(m_sources.root, m_sources.generatedFiles);
        if (m_answer) {
            m_snapshot.compiler = m_answer->value("compiler"_L1).toString();
            takeDefinitions();
            takeEvents(m_answer->value("events"_L1).toString());
        }
        takePlugins();
        if (contracts)
            takeContracts(*contracts);
        else
            takeGeneratedRoutes();
        return std::move(m_snapshot);
    }

private:
    void add(const QString &id, const QString &type, const QString &place = {})
    {
        const Place at = m_sources.places.value(place.isEmpty() ? id : place);
        m_snapshot.symbols.insert(id, {.type = type, .file = at.file, .line = at.line});
    }

    /// One symbol for each property; index signatures say nothing of a certain name.
    void addMembers(const Type &type, const QString &prefix, const QString &fallbackPlace = {})
    {
        for (const Member &member : type.members) {
            if (member.isIndex)
                continue;
            QString text = printed(member.type);
            if (member.optional)
                text = u"(%1) | undefined"_s.arg(text);
            const QString id = prefix + QString(member.name).replace(u' ', u'_');
            add(id, text, m_sources.places.contains(id) ? id : fallbackPlace);
        }
    }

    void takeDefinitions()
    {
        const QJsonObject all = m_answer->value("definitions"_L1).toObject();
        for (auto it = all.begin(); it != all.end(); ++it) {
            QStringList parameters;
            for (const QJsonValue &parameter : it.value()["parameters"_L1].toArray())
                parameters << parameter.toString();
            m_snapshot.definitions.insert(it.key(), {parameters, printed(parseType(it.value()["text"_L1].toString()))});
        }
    }

    void takePlugins()
    {
        if (!m_answer) {
            m_snapshot.unknown.insert(u"plugins"_s, m_answer.error().message);
            for (const auto &kind : {u"events"_s, u"errors"_s, u"tables"_s})
                m_snapshot.unknown.insert(kind, m_answer.error().message);
            return;
        }
        QHash<QString, QJsonObject> found;
        for (const QJsonValue &plugin : m_answer->value("plugins"_L1).toArray())
            found.insert(plugin["name"_L1].toString(), plugin.toObject());
        for (const PluginSource &plugin : m_sources.plugins) {
            const QString id = u"plugin "_s + plugin.name;
            const QJsonObject read = found.value(plugin.name);
            const QString service = read.value("service"_L1).toString();
            if (plugin.exportName.isEmpty()) {
                m_snapshot.unknown.insert(id, u"%1 does not export it"_s.arg(plugin.file));
                continue;
            }
            if (service.isEmpty() || service == "any"_L1) {
                m_snapshot.unknown.insert(id, u"the compiler cannot make sense of %1"_s.arg(plugin.file));
                continue;
            }
            const Type type = parseType(service);
            if (type.is(Kind::Object))
                addMembers(type, id + u'.', id);
            else if (!type.is(Kind::Primitive, u"void") && !type.is(Kind::Primitive, u"never"))
                add(id + u".*"_s, printed(type), id);
            addMembers(parseType(read.value("events"_L1).toString()), u"event "_s, id);
            addMembers(parseType(read.value("errors"_L1).toString()), u"error "_s, id);
            for (const Member &table : parseType(read.value("schema"_L1).toString()).members) {
                const auto definition = m_snapshot.definitions.constFind(table.type.text);
                const Type columns =
                    definition == m_snapshot.definitions.constEnd() ? table.type : parseType(definition->type);
                addMembers(columns, u"table %1."_s.arg(table.name), id);
            }
        }
    }

    void takeEvents(const QString &text)
    {
        if (!text.isEmpty())
            addMembers(parseType(text), u"event "_s);
    }

    void addRoute(const QString &name, const QString &part, const QString &type)
    {
        if (!type.isEmpty())
            add(u"route %1 %2"_s.arg(name, part), printed(parseType(type)), u"route "_s + name);
    }

    void addExact(const QString &name, const QString &part, const QString &type)
    {
        const QString id = u"route %1 %2"_s.arg(name, part);
        const auto symbol = m_snapshot.symbols.constFind(id);
        if (type.isEmpty() || symbol == m_snapshot.symbols.constEnd())
            return;
        const Type exact = parseType(type);
        if (canonical(exact) != canonical(parseType(symbol->type)))
            m_snapshot.exact.insert(id, printed(exact));
    }

    /// A text, or events by their names.
    static QString contractText(const QJsonValue &type)
    {
        if (!type.isObject())
            return type.toString();
        QStringList events;
        const QJsonObject byName = type.toObject();
        for (auto it = byName.begin(); it != byName.end(); ++it)
            events << u"\"%1\": %2"_s.arg(it.key(), it.value().toString(u"unknown"_s));
        return u"{ %1 }"_s.arg(events.join(u"; "_s));
    }

    void addHandler(const QString &name, const QString &handler)
    {
        add(u"route %1 handler"_s.arg(name), u'"' + handler + u'"', u"route "_s + name);
    }

    void takeContracts(const QJsonArray &contracts)
    {
        for (const QJsonValue &route : contracts) {
            const QJsonValue version = route["version"_L1];
            const QString number = version.isDouble() ? QString::number(version.toInt()) : version.toString();
            const QString name = route["name"_L1].toString() + (number.isEmpty() ? QString() : u'@' + number);
            addHandler(name, route["handler"_L1].toString(u"typed"_s));
            const QJsonValue exact = route["exact"_L1];
            m_snapshot.isExact |= exact.isObject();
            for (const auto &part : {u"input"_s, u"output"_s, u"events"_s}) {
                addRoute(name, part, contractText(route[part]));
                addExact(name, part, contractText(exact[part]));
            }
        }
    }

    /// Generated names are made of a route's: "shop.products.list" is Shop.Products.List, with or without its first
    /// parts and its version.
    void takeGeneratedRoutes()
    {
        const auto pascal = [](const QString &word) {
            QString result;
            bool upper = true;
            for (const QChar c : word) {
                if (c == u'-' || c == u'_') {
                    upper = true;
                } else {
                    result += upper ? c.toUpper() : c;
                    upper = false;
                }
            }
            return result;
        };
        const QJsonObject generated = m_answer ? m_answer->value("routes"_L1).toObject() : QJsonObject();
        for (const RouteSource &route : m_sources.routes) {
            addHandler(route.name, route.handler);
            QStringList words = route.name.section(u'@', 0, 0).split(u'.');
            for (QString &word : words)
                word = pascal(word);
            const QString version = route.name.section(u'@', 1).section(u'.', 0, 0);
            bool any = false;
            for (; !words.isEmpty() && !any; words.removeFirst()) {
                const QString plain = words.join(u'.');
                for (const QString &base : {version.isEmpty() ? plain : plain + u'V' + version, plain}) {
                    for (const auto &[part, alias] :
                         {std::pair(u"input"_s, u".Input"_s), std::pair(u"output"_s, u".Output"_s),
                          std::pair(u"events"_s, u".Events"_s)}) {
                        const QString type = generated.value(base + alias).toString();
                        addRoute(route.name, part, type);
                        any |= !type.isEmpty();
                    }
                    if (any)
                        break;
                }
            }
            if (!any)
                m_snapshot.unknown.insert(u"route "_s + route.name,
                                          m_answer ? u"type generation wrote nothing of it, and no server runs"_s
                                                   : m_answer.error().message);
        }
    }

    const Sources &m_sources;
    const Result<QJsonObject> &m_answer;
    Snapshot m_snapshot;
};

} // namespace

QJsonObject snapshotRequest(const Sources &sources, const std::optional<QStringList> &changed)
{
    QJsonArray plugins;
    for (const PluginSource &plugin : sources.plugins)
        if (!plugin.exportName.isEmpty())
            plugins.append(QJsonObject{{u"name"_s, plugin.name},
                                       {u"file"_s, plugin.file},
                                       {u"export"_s, plugin.exportName},
                                       {u"parts"_s, QJsonArray::fromStringList(plugin.parts)}});
    QJsonObject generated;
    if (!sources.routesFile.isEmpty())
        generated.insert(u"routes"_s, sources.routesFile);
    if (!sources.eventsFile.isEmpty())
        generated.insert(u"events"_s, sources.eventsFile);
    return {{u"plugins"_s, plugins},
            {u"generated"_s, generated},
            {u"changed"_s, changed ? QJsonValue(QJsonArray::fromStringList(*changed)) : QJsonValue(u"all"_s)}};
}

Snapshot composeSnapshot(const Sources &sources, const Result<QJsonObject> &answer,
                         const std::optional<QJsonArray> &contracts)
{
    return Composer(sources, answer).compose(contracts);
}

QFuture<Snapshot> readSnapshot(CompilerChild &child, const Sources &sources, const std::optional<QStringList> &changed,
                               const std::optional<QJsonArray> &contracts)
{
    return child.request(u"snapshot"_s, snapshotRequest(sources, changed))
        .result.then(&child, [sources, contracts](const Result<QJsonObject> &answer) {
            return composeSnapshot(sources, answer, contracts);
        });
}

} // namespace paddock::types
