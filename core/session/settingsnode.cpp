// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/settingsnode.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.hpp>

#include <QJsonArray>
#include <QJsonObject>

namespace paddock::session {

namespace {

QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

SettingsNode convert(const toml::node &node)
{
    SettingsNode result;
    result.line = int(node.source().begin.line);
    if (const auto *text = node.as_string()) {
        result.type = SettingsNode::Type::Text;
        result.text = textOf(text->get());
    } else if (const auto *whole = node.as_integer()) {
        result.type = SettingsNode::Type::Number;
        result.number = double(whole->get());
    } else if (const auto *number = node.as_floating_point()) {
        result.type = SettingsNode::Type::Number;
        result.number = number->get();
    } else if (const auto *flag = node.as_boolean()) {
        result.type = SettingsNode::Type::Flag;
        result.number = flag->get() ? 1 : 0;
    } else if (const auto *array = node.as_array()) {
        result.type = SettingsNode::Type::List;
        for (const toml::node &one : *array)
            result.list.append(convert(one));
    } else if (const auto *table = node.as_table()) {
        result.type = SettingsNode::Type::Table;
        for (const auto &[key, value] : *table) {
            SettingsNode child = convert(value);
            child.line = int(key.source().begin.line); // where it is named, also for what spans lines
            result.table.append({textOf(key.str()), std::move(child)});
        }
    }
    return result;
}

} // namespace

std::expected<SettingsNode, SettingsSyntaxError> nodeFromToml(const QByteArray &text)
{
    const toml::parse_result parsed = toml::parse(std::string_view(text.constData(), size_t(text.size())));
    if (!parsed)
        return std::unexpected(
            SettingsSyntaxError{textOf(parsed.error().description()), int(parsed.error().source().begin.line)});
    return convert(parsed.table());
}

SettingsNode nodeFromJson(const QJsonValue &value, int line)
{
    SettingsNode result;
    result.line = line;
    switch (value.type()) {
    case QJsonValue::String:
        result.type = SettingsNode::Type::Text;
        result.text = value.toString();
        break;
    case QJsonValue::Double:
        result.type = SettingsNode::Type::Number;
        result.number = value.toDouble();
        break;
    case QJsonValue::Bool:
        result.type = SettingsNode::Type::Flag;
        result.number = value.toBool() ? 1 : 0;
        break;
    case QJsonValue::Array:
        result.type = SettingsNode::Type::List;
        for (const QJsonValue &one : value.toArray())
            result.list.append(nodeFromJson(one, line));
        break;
    case QJsonValue::Object: {
        result.type = SettingsNode::Type::Table;
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            result.table.append({it.key(), nodeFromJson(it.value(), line)});
        break;
    }
    default: break;
    }
    return result;
}

} // namespace paddock::session
