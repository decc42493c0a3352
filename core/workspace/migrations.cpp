// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/migrations.h"

#include <array>
#include <map>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {
// The framework looks into these in this order and takes the first that exists.
constexpr std::array folders = {"src/server/plugins/"_L1, "src/plugins/"_L1, "plugins/"_L1};
} // namespace

std::optional<std::pair<QString, QString>> asMigration(QStringView path)
{
    if (!(path.endsWith(".ts"_L1) || path.endsWith(".js"_L1)) || path.endsWith(".d.ts"_L1) ||
        path.contains(".test."_L1))
        return {};
    for (const auto folder : folders) {
        if (!path.startsWith(folder))
            continue;
        const QList<QStringView> parts = path.sliced(folder.size()).split(u'/');
        if (parts.size() == 3 && parts[1] == "migrations"_L1)
            return std::pair{parts[0].toString(), parts[2].toString()};
    }
    return {};
}

QHash<QString, QList<Migration>> allMigrations(const ProjectData &data)
{
    QHash<QString, std::map<size_t, QMap<QString, QString>>> found; // plugin → folder → name → path
    data.files.forEach([&](const SourceFile &file) {
        if (!file.path.contains("/migrations/"_L1))
            return;
        const auto migration = asMigration(file.path);
        for (size_t i = 0; migration && i < folders.size(); ++i) {
            if (file.path.startsWith(folders[i])) {
                found[migration->first][i].insert(migration->second, file.path);
                return;
            }
        }
    });
    QHash<QString, QList<Migration>> result;
    for (auto plugin = found.cbegin(); plugin != found.cend(); ++plugin) {
        const auto &first = plugin->begin()->second;
        for (auto it = first.cbegin(); it != first.cend(); ++it)
            result[plugin.key()].append({.plugin = plugin.key(), .name = it.key(), .file = *it});
    }
    return result;
}

QList<Migration> migrationsOf(const ProjectData &data, const QString &plugin)
{
    return allMigrations(data).value(plugin);
}

} // namespace paddock::workspace
