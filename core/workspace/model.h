// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/data.h"
#include "workspace/skeleton.h"

#include <QSet>
#include <algorithm>

/// What a workspace declares, found by following its modules the way the runtime loads them, without running any.
namespace paddock::workspace {

using LookedAt = QHash<QString, Looked>; ///< by file

struct Frame;
using FramePtr = std::shared_ptr<const Frame>;

/// What a parameter stands for in one call of its function.
struct Binding
{
    Declaration declaration;
    FramePtr frame; ///< of the caller
};

/// Where names of an expression are looked up: functions from the inside out, then the file.
struct Frame
{
    const SourceFile *file = nullptr;
    FunctionPtr function; ///< null: the file itself
    FramePtr parent;
    std::vector<Binding> bindings;
};

/// An expression together with the place where its names mean something.
struct Ref
{
    ExprPtr expr;
    FramePtr frame;

    [[nodiscard]] bool isValid() const { return expr && frame; }
};

struct PluginDef
{
    QString name; ///< empty: not known without running
    QString file;
    int line = 0;
    Ref object; ///< the argument of define()
    TypeInfo schema;
    TypeInfo config;
    FramePtr frame; ///< where those types are looked up
    bool registered = false;
};

struct RouteDef
{
    QString name;
    QString handler;
    QString file;
    int line = 0;
    QString version;
    QStringList middleware;
    std::vector<Ref> middlewareConfig;
    Ref config;         ///< what is given to typed(), raw() and so on
    QString routerFile; ///< where its router is created
    bool conditional = false;
    bool sharesStack = false; ///< its middleware is whatever its router has in the end
};

/// A call by which the entry gives one plugin or one router to the server, outside of any condition.
struct Registration
{
    const Expr *call = nullptr; ///< of the entry's facts
    QString plugin;             ///< empty: a router
};

struct Model
{
    QString entry;                  ///< empty: none found
    std::vector<PluginDef> plugins; ///< by name
    std::vector<RouteDef> routes;   ///< by name and version
    QSet<QString> loaded;           ///< files that the entry loads, by value imports, the entry itself included
    QList<Diagnostic> notes;
    std::vector<Registration> registrations;
    QHash<QString, QList<int>> pluginsIn; ///< file → indices
    QHash<QString, QList<int>> routesIn;
    QHash<QString, QList<int>> routersIn;               ///< file → lines where routers are made
    QHash<std::pair<QString, QString>, int> routeIndex; ///< name and version → index
    QHash<QString, int> pluginIndex;                    ///< name → index
    std::shared_ptr<const LookedAt> looked = std::make_shared<const LookedAt>();

    /// Both have the same plugins and routes, of the same handlers and middleware, in the same files: one was derived
    /// from the other. (Where they have so by chance, it need not be known.)
    [[nodiscard]] bool sameOutline(const Model &other) const { return outline == other.outline; }
    std::shared_ptr<const int> outline = std::make_shared<const int>(0);

    /// Whether a plugin that is not `registered` is none of the server's for sure.
    [[nodiscard]] bool knowsRegistrations() const
    {
        const auto isUnknown = [](const Diagnostic &note) { return note.code == QLatin1StringView("unknown-plugin"); };
        return std::ranges::any_of(registrations, [](const Registration &one) { return !one.plugin.isEmpty(); }) &&
               std::ranges::none_of(notes, isUnknown);
    }
    [[nodiscard]] bool defines(const QString &file) const
    {
        return pluginsIn.contains(file) || routesIn.contains(file) || routersIn.contains(file);
    }
    [[nodiscard]] const PluginDef *plugin(QStringView name) const;
    [[nodiscard]] const RouteDef *route(QStringView name, QStringView version) const;
};

[[nodiscard]] Model discover(const ProjectData &data);

/// What a name means in a place.
struct Target
{
    const SourceFile *file = nullptr;
    const Declaration *declaration = nullptr;
    FramePtr frame; ///< of the declaration
    const Parameter *parameter = nullptr;
    QString specifier;        ///< of a package outside the workspace
    QString name;             ///< what is imported from there; "*": all of it
    bool wholeModule = false; ///< a namespace import of `file`

    [[nodiscard]] bool isExternal() const { return !specifier.isEmpty(); }
};

/// Names across files. Cheap to make.
class Lookup final
{
public:
    explicit Lookup(const ProjectData &data, LookedAt *looked = nullptr) : m_data(data), m_looked(looked) {}

    [[nodiscard]] Target name(const QString &name, const FramePtr &frame) const;
    [[nodiscard]] Target exported(const SourceFile &file, const QString &name, int depth = 0) const;
    /// Where `export * from` leads.
    [[nodiscard]] Target moduleBehind(const SourceFile &file, const Export &all) const;
    [[nodiscard]] static FramePtr frameOf(const SourceFile &file);

    /// Follows names, casts, members of objects and calls of defineRoute and the like down to a value; of a choice, its
    /// first part.
    [[nodiscard]] Ref settle(Ref ref, int depth = 0, bool upToChoice = false) const;
    /// The same, but a call of a function of the workspace stays the call that it is.
    [[nodiscard]] Ref settleToCall(const Ref &ref) const;
    /// A property of an object, through spreads and constants.
    [[nodiscard]] Ref property(const Ref &object, QStringView name, int depth = 0) const;
    /// A text that is known without running.
    [[nodiscard]] std::optional<QString> text(const Ref &ref, int depth = 0) const;
    /// All names of an object's properties; `complete` turns false where some are not known.
    [[nodiscard]] QStringList keys(const Ref &object, bool *complete = nullptr, int depth = 0) const;
    /// The module that an expression stands for: a namespace, await import("…"), require("…").
    [[nodiscard]] Target moduleOf(const ExprPtr &expr, const FramePtr &frame) const;
    /// The frame of one call: its parameters stand for the arguments.
    [[nodiscard]] FramePtr frameOfCall(const Ref &function, const std::vector<Ref> &arguments, int depth = 0) const;
    /// Whether the name is the framework's own `what`, such as createRouter.
    [[nodiscard]] bool isFramework(const ExprPtr &callee, const FramePtr &frame, QStringView what) const;
    /// Records that a function's body, or a property's value was looked into.
    void look(const void *what, const FramePtr &frame) const
    {
        if (m_looked && frame && frame->file)
            (*m_looked)[frame->file->path].insert(what);
    }

private:
    const ProjectData &m_data;
    LookedAt *m_looked; ///< may be null
};

} // namespace paddock::workspace
