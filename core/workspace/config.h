// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "workspace/facts.h"
#include "workspace/workspace.h"

#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QStringList>
#include <utility>

namespace paddock::workspace {

/// What package.json, donkeylabs.config.* and tsconfig.json say.
struct Config
{
    QString name;
    QString frameworkName;
    QString frameworkVersion;
    QStringList plugins; ///< patterns, as written, without a leading "./"
    QString outDir;      ///< of generated files
    QString clientOutput;
    QString entry;          ///< as configured; may be empty
    QStringList entryHints; ///< files that scripts of package.json run, and other fields that name one
    QList<std::pair<QString, QStringList>> paths; ///< of tsconfig.json, targets relative to the root
    QStringList baseDirs;                         ///< where bare specifiers may lead, relative to the root
    QHash<QString, QString> imports;              ///< "#name" of package.json
    bool hasConfigFile = false;

    friend bool operator==(const Config &, const Config &) = default;
};

inline constexpr QLatin1StringView frameworkPackage{"@donkeylabs/server"};

/// Reads them. Errors: no-workspace, unreadable, bad-package-json. Lesser faults become diagnostics.
[[nodiscard]] Result<Config> readConfig(const QString &root, QList<Diagnostic> &notes);

/// JSON as tsconfig.json has it: comments and trailing commas allowed.
[[nodiscard]] QJsonObject parseLenientJson(const QByteArray &text, QString *error = nullptr, int *line = nullptr);

/// donkeylabs.config.*, package.json, lock files, tsconfig*, bunfig.toml, .env*: by file name alone.
[[nodiscard]] bool isConfigFile(QStringView path);
[[nodiscard]] bool isLockFile(QStringView path);
[[nodiscard]] bool isEnvFile(QStringView path);
/// Whether files below this folder are never looked at.
[[nodiscard]] bool isIgnoredFolder(QStringView path, const Config &config);
/// *.test.ts, __tests__ and the like: not part of a server.
[[nodiscard]] bool isTestFile(QStringView path);

} // namespace paddock::workspace
