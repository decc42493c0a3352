// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QList>
#include <QString>
#include <expected>
#include <utility>

namespace paddock::session {

/// A value of a settings file with its line, whichever language it was written in.
struct SettingsNode
{
    enum class Type { Text, Number, Flag, List, Table, Other };
    Type type = Type::Other;
    QString text;
    double number = 0;
    QList<SettingsNode> list;
    QList<std::pair<QString, SettingsNode>> table; ///< in the order of the file, where that is known
    int line = 0;
};

struct SettingsSyntaxError
{
    QString message;
    int line = 0;
};

[[nodiscard]] std::expected<SettingsNode, SettingsSyntaxError> nodeFromToml(const QByteArray &text);
[[nodiscard]] SettingsNode nodeFromJson(const QJsonValue &value, int line);

} // namespace paddock::session
