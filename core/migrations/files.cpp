// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/files.h"

#include "syntax/ast.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSet>
#include <array>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

// The framework looks into these in this order and takes the first that exists.
constexpr std::array places = {"src/server/plugins"_L1, "src/plugins"_L1, "plugins"_L1};
constexpr std::array corePlaces = {"src/core/migrations"_L1, "dist/core/migrations"_L1};

void readFolder(const QString &folder, const QString &plugin, QList<MigrationFile> &files)
{
    for (const QString &name : QDir(folder).entryList(QDir::Files, QDir::Name)) {
        if (!name.endsWith(".ts"_L1) || name.endsWith(".d.ts"_L1) || name.contains(".test."_L1))
            continue;
        QFile file(folder + u'/' + name);
        if (!file.open(QIODevice::ReadOnly))
            continue; // as if it were not there; `tree` tells of unreadable files
        const QByteArray hash = QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex();
        files.append({plugin, name, file.fileName(), hash});
    }
}

} // namespace

QList<MigrationFile> migrationFiles(const QString &root)
{
    QList<MigrationFile> files;
    for (const auto place : corePlaces) {
        const QDir folder(root + u"/node_modules/@donkeylabs/server/"_s + place);
        if (!folder.exists())
            continue;
        for (const QString &service : folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
            readFolder(folder.filePath(service), u"@core/"_s + service, files);
        break;
    }
    QMap<QString, QString> folders; // plugin → the first that exists
    for (const auto place : places) {
        const QDir folder(root + u'/' + place);
        for (const QString &plugin : folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
            if (!folders.contains(plugin) && QFileInfo(folder.filePath(plugin + u"/migrations"_s)).isDir())
                folders.insert(plugin, folder.filePath(plugin + u"/migrations"_s));
    }
    for (auto it = folders.begin(); it != folders.end(); ++it)
        readFolder(*it, it.key(), files);
    return files;
}

QString migrationFolder(const QString &root, const QString &plugin)
{
    QString home;
    for (const auto place : places) {
        const QString folder = root + u'/' + place + u'/' + plugin;
        if (QFileInfo(folder + u"/migrations"_s).isDir())
            return folder + u"/migrations"_s;
        if (home.isEmpty() && QFileInfo(folder).isDir())
            home = folder + u"/migrations"_s;
    }
    return home;
}

bool isSameCode(const QByteArray &before, const QByteArray &after)
{
    if (before == after)
        return true;
    syntax::Parser parser;
    const auto hash = [&](const QByteArray &text) -> std::optional<quint64> {
        const auto tree = parser.parse(text, syntax::Language::TypeScript);
        if (!tree)
            return {};
        const syntax::Ast ast(*tree);
        return ast.hasError() ? std::nullopt : std::optional(ast.hash(0));
    };
    const auto one = hash(before);
    return one && one == hash(after);
}

} // namespace paddock::migrations
