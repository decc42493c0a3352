// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/model.h"

#include <QMap>

/// What of a plugin or a route others can see, reduced to texts and hashes that can be compared between two states.
namespace paddock::workspace {

struct ServiceMember
{
    QString name;
    QString signature; ///< one line
    QString file;
    int line = 0;
    bool isMethod = true;
    quint64 hash = 0;  ///< of its own signature
    QStringList types; ///< that the signature mentions
    FramePtr frame;    ///< where those are looked up
    quint64 body = 0;  ///< of its normalised body
    QString inferred;  ///< what it returns, where that is not annotated: see inferredReturn()
};

struct ServiceShape
{
    std::vector<ServiceMember> members; ///< in the order of the source
    QList<Diagnostic> notes;            ///< where something is known only when it runs
};

struct MethodShape
{
    quint64 parameters = 0;
    quint64 closure = 0; ///< of the types that it mentions
    QString inferred;
    quint64 body = 0;
    QString file;
    int line = 0;
};

struct PluginShape
{
    QString name;
    QString version;
    QString file;
    int line = 0;
    QStringList dependencies; ///< sorted
    QMap<QString, quint64> handlers;
    QMap<QString, quint64> middleware;
    QMap<QString, quint64> events;
    QMap<QString, quint64> errors;
    QMap<QString, MethodShape> methods;
    quint64 config = 0; ///< 0: none
    quint64 schema = 0;
    quint64 init = 0;
    bool hasInit = false;
    QStringList open; ///< properties of which not all is known without running
};

struct RouteShape
{
    quint64 input = 0; ///< 0: none
    quint64 output = 0;
    quint64 events = 0;
    quint64 files = 0;
    quint64 middleware = 0; ///< names and configuration, in order
    quint64 handle = 0;     ///< normalised text of the handler as written in the route
    quint64 rest = 0;       ///< other properties of the route
    bool hasInput = false;
    bool hasOutput = false;
};

/// The names in the order of the source; "?" for one that is known only when it runs.
[[nodiscard]] QStringList dependenciesOf(const ProjectData &data, const PluginDef &plugin);
[[nodiscard]] ServiceShape serviceOf(const ProjectData &data, const PluginDef &plugin);
[[nodiscard]] PluginShape shapeOf(const ProjectData &data, const PluginDef &plugin);
[[nodiscard]] RouteShape shapeOf(const ProjectData &data, const RouteDef &route);

/// A hash of all types that these names stand for, through other types and files. Bodies do not count.
[[nodiscard]] quint64 typeClosure(const ProjectData &data, const QStringList &names, const FramePtr &frame);
/// A hash of an expression and of everything that it uses by name, through constants, functions and files.
[[nodiscard]] quint64 valueClosure(const ProjectData &data, const Ref &ref);

/// The type of what a function returns as far as literals show it: "{id:string,total:?}"; "?" is not known.
[[nodiscard]] QString inferredReturn(const ProjectData &data, const Ref &function);
/// Whether two such types may be the same one; "?" fits everything.
[[nodiscard]] bool inferredFits(QStringView a, QStringView b);

/// The members of an object, an instance, or what a function returns; part of serviceOf().
class ServiceReader final
{
public:
    static constexpr int maxDepth = 24; ///< of the workspace's own calls, types and values

    explicit ServiceReader(const ProjectData &data) : m_data(data), m_lookup(data) {}

    [[nodiscard]] ServiceShape read(const PluginDef &plugin);
    /// False: not known.
    bool members(const Ref &ref, std::vector<ServiceMember> &into, int depth = 0);
    bool membersOfType(const QString &name, const FramePtr &frame, std::vector<ServiceMember> &into, int depth = 0);

private:
    bool membersOfAnnotation(const TypeInfo &type, const FramePtr &frame, std::vector<ServiceMember> &into, int depth);
    bool membersOfText(const QString &text, const FramePtr &frame, std::vector<ServiceMember> &into, int depth);
    bool membersOfSteps(const QString &local, const Exprs &statements, const FramePtr &frame,
                        std::vector<ServiceMember> &into, int depth);
    [[nodiscard]] Ref staticMethod(const Ref &member) const;
    bool membersOfFunction(const Ref &function, std::vector<ServiceMember> &into, int depth);
    [[nodiscard]] QSet<QString> onPrototype(const Ref &instance) const;
    bool membersOfObject(const Ref &object, std::vector<ServiceMember> &into, int depth);
    bool membersOfModule(const SourceFile &file, std::vector<ServiceMember> &into, int depth);
    bool membersOfInstance(const Ref &classRef, std::vector<ServiceMember> &into, int depth);
    ServiceMember describe(const QString &name, const Ref &value, int line, bool getter, int depth);
    bool describeNested(ServiceMember &member, const Ref &value, int depth);
    static void addSetter(std::vector<ServiceMember> &members, const QString &name, const FunctionPtr &setter,
                          const FramePtr &frame, int line);
    std::optional<ServiceMember> memberOf(const Ref &object, const QString &name, int depth);
    void unknown(const Ref &ref);
    static void merge(std::vector<ServiceMember> &into, ServiceMember member);
    static void mergeAll(std::vector<ServiceMember> &into, std::vector<ServiceMember> own); ///< each name once

    const ProjectData &m_data;
    Lookup m_lookup;
    QList<Diagnostic> m_notes;
    int m_nesting = 0;
    int m_nestedLeft = 2000; ///< parts with members of their own that are still looked at
};

} // namespace paddock::workspace
