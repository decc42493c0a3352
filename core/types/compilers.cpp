// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/compilers.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QVersionNumber>
#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

QString versionOf(const QString &folder)
{
    QFile file(folder + u"/package.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object().value("version"_L1).toString();
}

} // namespace

QList<Compiler> findCompilers(const QString &root, bool trusted, QString *tooOld)
{
    QList<Compiler> found;
    const auto add = [&](const QString &folder) {
        const QString version = versionOf(folder);
        const auto number = QVersionNumber::fromString(version);
        if (version.isEmpty())
            return;
        if (number.majorVersion() >= 7)
            found.append({Compiler::Kind::Native, QDir(folder).canonicalPath(), version});
        else if (number >= QVersionNumber(5, 4))
            found.append({Compiler::Kind::Classic, QDir(folder).canonicalPath(), version});
        else if (tooOld)
            *tooOld = u"TypeScript %1 is too old to compare types; 5.4 or later can."_s.arg(version);
    };
    const QString given = qEnvironmentVariable("PADDOCK_TYPESCRIPT");
    if (!given.isEmpty() && given != "none"_L1)
        add(given);
    if (given.isEmpty()) {
        add(QCoreApplication::applicationDirPath() + u"/../share/paddock/typescript"_s);
        add(QStringLiteral(PADDOCK_NPM_DIR) + u"/node_modules/typescript"_s);
    }
    if (trusted)
        add(root + u"/node_modules/typescript"_s);
    return found;
}

QList<Compiler> findCheckers(const QString &root, bool trusted)
{
    QList<Compiler> found = findCompilers(root, trusted);
    const QString own = QDir(root + u"/node_modules/typescript"_s).canonicalPath();
    std::ranges::stable_partition(found, [&](const Compiler &one) { return one.folder == own; });
    return found;
}

} // namespace paddock::types
