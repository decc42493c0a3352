// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/change.h"

#include <QJsonArray>
#include <array>

namespace paddock::change {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array kinds = {
    std::pair{Kind::NoEffect, "no-effect"_L1},
    std::pair{Kind::Generated, "generated"_L1},
    std::pair{Kind::RouteHandler, "route-handler"_L1},
    std::pair{Kind::RouteSchema, "route-schema"_L1},
    std::pair{Kind::RouteStructure, "route-structure"_L1},
    std::pair{Kind::PluginMethod, "plugin-method"_L1},
    std::pair{Kind::PluginSignature, "plugin-signature"_L1},
    std::pair{Kind::PluginStructure, "plugin-structure"_L1},
    std::pair{Kind::Migration, "migration"_L1},
    std::pair{Kind::MigrationDrift, "migration-drift"_L1},
    std::pair{Kind::SharedModule, "shared-module"_L1},
    std::pair{Kind::Config, "config"_L1},
    std::pair{Kind::Broken, "broken"_L1},
};

} // namespace

QLatin1StringView toString(Kind kind)
{
    for (const auto &[known, text] : kinds) {
        if (known == kind)
            return text;
    }
    Q_UNREACHABLE();
}

std::optional<Kind> kindFromString(QStringView text)
{
    for (const auto &[kind, known] : kinds) {
        if (known == text)
            return kind;
    }
    return {};
}

QLatin1StringView toString(Row row)
{
    switch (row) {
    case Row::RouteHandlers: return "route-handlers"_L1;
    case Row::RouteSchemas: return "route-schemas"_L1;
    case Row::PluginMethods: return "plugin-methods"_L1;
    case Row::PluginStructure: return "plugin-structure"_L1;
    case Row::Database: return "database"_L1;
    }
    Q_UNREACHABLE();
}

QLatin1StringView toString(Action action)
{
    switch (action) {
    case Action::Install: return "install"_L1;
    case Action::Migrate: return "migrate"_L1;
    case Action::Swap: return "swap"_L1;
    case Action::Restart: return "restart"_L1;
    case Action::TypeGen: return "typegen"_L1;
    case Action::Ask: return "ask"_L1;
    case Action::Hold: return "hold"_L1;
    }
    Q_UNREACHABLE();
}

QLatin1StringView toString(Subject::Type type)
{
    switch (type) {
    case Subject::Type::Plugin: return "plugin"_L1;
    case Subject::Type::Route: return "route"_L1;
    case Subject::Type::Migration: return "migration"_L1;
    case Subject::Type::Module: return "module"_L1;
    case Subject::Type::Config: return "config"_L1;
    }
    Q_UNREACHABLE();
}

QJsonObject toJson(const Change &change)
{
    QJsonArray actions, details;
    for (const Action action : change.actions)
        actions.append(toString(action));
    for (const Detail &detail : change.details)
        details.append(QJsonObject{{"what"_L1, detail.what}, {"name"_L1, detail.name}});
    const QJsonObject subject{{"type"_L1, toString(change.subject.type)}, {"name"_L1, change.subject.name}};
    return {{"kind"_L1, toString(change.kind)},
            {"subject"_L1, subject},
            {"files"_L1, QJsonArray::fromStringList(change.files)},
            {"row"_L1, change.row ? QJsonValue(toString(*change.row)) : QJsonValue()},
            {"actions"_L1, actions},
            {"reason"_L1, change.reason},
            {"keepHot"_L1, change.keepHot.isEmpty() ? QJsonValue() : QJsonValue(change.keepHot)},
            {"details"_L1, details}};
}

} // namespace paddock::change
