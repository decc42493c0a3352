// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/classifier.h"
#include "change/entry.h"
#include "change/impact.h"
#include "workspace/shape.h"

#include <QMap>

namespace paddock::change {

[[nodiscard]] inline QStringList sorted(const QSet<QString> &set)
{
    QStringList list(set.begin(), set.end());
    list.sort();
    return list;
}

/// Adds to a sorted list what is not in it.
inline void include(QStringList &list, const QString &item)
{
    if (list.contains(item))
        return;
    list.append(item);
    list.sort();
}

/// One comparison of two states. What each file does is first gathered by subject; the kind comes from comparing the
/// subject's shapes.
class Classifier final
{
public:
    Classifier(const workspace::ProjectData &before, const workspace::ProjectData &after, const Facts &facts);
    [[nodiscard]] QList<Change> run();

private:
    struct Group ///< what changed of one plugin or route
    {
        QStringList files;
        QString file; ///< of the deciding edit
        int line = 0;
    };
    struct Shared ///< a module that several use, or the entry
    {
        QString path;
        Reach reach;
    };

    // classifier.cpp: everything but modules
    QStringList sortOut(const QStringList &changed, QStringList &migrations);
    bool isGenerated(const QString &path) const;
    void configFile(const QString &path);
    void entryOrConfig(const QString &path);
    void noEffect(const QString &path);
    void migrationFiles(const QStringList &paths);
    bool isApplied(const QString &plugin, const QString &name, bool known) const;
    void withoutForeign();
    std::shared_ptr<const workspace::ProjectData> asBefore(const QStringList &paths,
                                                           const workspace::ProjectData &basis) const;
    Subject ownerOf(const QString &path, const workspace::ProjectData &data) const;
    Change &add(Kind kind, Subject subject, const QStringList &files, const QList<Action> &actions,
                const QString &reason);
    const workspace::SourceFile *changedFile(const QString &path) const;

    // subjects.cpp: modules
    void source(const QString &path);
    std::optional<QSet<QString>> changedNames(const QString &path) const;
    int changedLine(const QString &path) const;
    Reach reachOf(const QString &path, const std::optional<QSet<QString>> &names, bool precise) const;

    // plugins.cpp
    void pluginChanges();
    QList<Detail> structureOf(const workspace::PluginShape &a, const workspace::PluginShape &b) const;
    QList<Detail> signaturesOf(const workspace::PluginShape &a, const workspace::PluginShape &b) const;
    void pluginChange(const QString &name, const Group &group);

    // registrations.cpp: what the entry gives to the server
    bool registrationsOnly(const QString &path);
    void registrationChanges();
    Change &pluginChangeFor(const QString &plugin);

    // barrels.cpp
    [[nodiscard]] std::pair<QString, QString> definitionOf(const RouterUse &use) const;
    void withoutSameRouters();
    [[nodiscard]] bool isBarrel(const QString &path) const;
    void loadBarrels(Change &change, const RouterUse &use) const;
    void barrelChanges();

    // readbytypegen.cpp
    void readByTypeGeneration();

    // routes.cpp
    void routeChanges();
    void routeChange(const RouteKey &key, const Group &group);
    [[nodiscard]] QMap<QString, QStringList> foldedRouteModules() const;

    // lost.cpp: files without which the server could not start
    void lostFiles();
    [[nodiscard]] QString lostImport(const QString &path) const;

    // subjects.cpp: what both need
    void sharedChanges();
    void routeModule(const QString &path, QSet<RouteKey> routes);
    QList<Detail> typeDetails(const Reach &reach) const;
    bool schemaChanged(const RouteKey &key) const;
    bool signatureChanged(const QString &plugin) const;
    bool signatureFollows(const QString &plugin, const QString &path) const;
    void plan(Change &change, const QStringList &plugins, const QSet<RouteKey> &routes) const;
    const workspace::RouteDef *route(const RouteKey &key) const; ///< now, else as it was
    static void join(Group &group, const QString &path, int line);

    const Facts &m_facts;
    const workspace::ProjectData &m_before;
    const workspace::ProjectData &m_real;  ///< as given
    const workspace::ProjectData *m_after; ///< with broken and generated files as they were
    std::shared_ptr<const workspace::ProjectData> m_substitute;
    QStringList m_broken;
    QStringList m_generated;
    QStringList m_barrels; ///< changed, without an effect of their own
    QStringList m_lost;    ///< files that no longer export what the entry imports
    QList<Change> m_changes;
    QMap<QString, Group> m_plugins;
    QMap<RouteKey, Group> m_routes;
    QMap<QString, QSet<RouteKey>> m_routeModules; ///< module that several routes of one router use → those routes
    QList<Shared> m_shared;
    QStringList m_sources; ///< changed modules
    QString m_entry;       ///< the entry, where it changed in no more than `m_given`
    EntryDifference m_given;
};

} // namespace paddock::change
