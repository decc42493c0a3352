// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/migrations.h"

#include <array>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {
// The framework looks into these in this order and takes the first that exists.
constexpr std::array folders = {"src/server/plugins/"_L1, "src/plugins/"_L1, "plugins/"_L1};
}

std::optional<std::pair<QString, QString>> asMigration(QStringView path)
{
    if (!path.endsWith(".ts"_L1) || path.endsWith(".d.ts"_L1) || path.contains(".test."_L1))
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

QList<Migration> migrationsOf(const ProjectData &data, const QString &plugin)
{
    QMap<int, QMap<QString, QString>> found; // folder → name → path
    data.files.forEach([&](const SourceFile &file) {
        const auto migration = asMigration(file.path);
        if (!migration || migration->first != plugin)
            return;
        for (size_t i = 0; i < folders.size(); ++i) {
            if (file.path.startsWith(folders[i])) {
                found[static_cast<int>(i)].insert(migration->second, file.path);
                return;
            }
        }
    });
    QList<Migration> result;
    if (found.isEmpty())
        return result;
    const auto &first = found.first();
    for (auto it = first.cbegin(); it != first.cend(); ++it)
        result.append({.plugin = plugin, .name = it.key(), .file = *it});
    return result;
}

} // namespace paddock::workspace
