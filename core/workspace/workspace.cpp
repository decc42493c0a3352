// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/workspace.h"

#include <QJsonArray>
#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonObject toJson(const Plugin &p)
{
    QJsonArray methods;
    for (const Method &m : p.methods)
        methods.append(
            QJsonObject{{"name"_L1, m.name}, {"signature"_L1, m.signature}, {"file"_L1, m.file}, {"line"_L1, m.line}});
    return {{"name"_L1, p.name},
            {"version"_L1, orNull(p.version)},
            {"file"_L1, p.file},
            {"line"_L1, p.line},
            {"dependencies"_L1, QJsonArray::fromStringList(p.dependencies)},
            {"methods"_L1, methods},
            {"handlers"_L1, QJsonArray::fromStringList(p.handlers)},
            {"middleware"_L1, QJsonArray::fromStringList(p.middleware)},
            {"events"_L1, QJsonArray::fromStringList(p.events)},
            {"errors"_L1, QJsonArray::fromStringList(p.errors)},
            {"hasInit"_L1, p.hasInit},
            {"configType"_L1, orNull(p.configType)},
            {"schemaType"_L1, orNull(p.schemaType)},
            {"migrations"_L1, QJsonArray::fromStringList(p.migrations)}};
}

QJsonObject toJson(const Route &r)
{
    return {{"name"_L1, r.name},
            {"handler"_L1, r.handler},
            {"file"_L1, r.file},
            {"line"_L1, r.line},
            {"hasInput"_L1, r.hasInput},
            {"hasOutput"_L1, r.hasOutput},
            {"middleware"_L1, QJsonArray::fromStringList(r.middleware)},
            {"version"_L1, orNull(r.version)}};
}

QJsonObject toJson(const Migration &m)
{
    return {{"plugin"_L1, m.plugin},
            {"name"_L1, m.name},
            {"file"_L1, orNull(m.file)},
            {"state"_L1, m.state},
            {"appliedAt"_L1, orNull(m.appliedAt)}};
}

QJsonObject toJson(const Diagnostic &d)
{
    return {{"severity"_L1, d.severity},
            {"code"_L1, d.code},
            {"file"_L1, orNull(d.file)},
            {"line"_L1, std::max(1, d.line)}, // of the whole file: where it begins
            {"message"_L1, d.message}};
}

template <class T>
QJsonArray toArray(const QList<T> &items)
{
    QJsonArray result;
    for (const T &item : items)
        result.append(toJson(item));
    return result;
}

} // namespace

QJsonObject toJson(const Workspace &w)
{
    const QJsonObject framework{{"name"_L1, orNull(w.frameworkName)}, {"version"_L1, orNull(w.frameworkVersion)}};
    return {{"workspace"_L1,
             QJsonObject{
                 {"root"_L1, w.root}, {"name"_L1, w.name}, {"entry"_L1, orNull(w.entry)}, {"framework"_L1, framework}}},
            {"plugins"_L1, toArray(w.plugins)},
            {"routes"_L1, toArray(w.routes)},
            {"migrations"_L1, toArray(w.migrations)},
            {"diagnostics"_L1, toArray(w.diagnostics)}};
}

} // namespace paddock::workspace
