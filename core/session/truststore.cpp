// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/truststore.h"

#include "base/paths.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>
#include <QSaveFile>
#include <QSet>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QString storePath()
{
    return paths::stateFolder() + u"/trusted.json"_s;
}

QString canonical(const QString &root)
{
    const QString path = QFileInfo(root).canonicalFilePath();
    return path.isEmpty() ? QDir::cleanPath(root) : path;
}

QStringList readStore()
{
    QFile file(storePath());
    QStringList roots;
    if (file.open(QIODevice::ReadOnly))
        for (const QJsonValue &root : QJsonDocument::fromJson(file.readAll()).object().value("roots"_L1).toArray())
            roots.append(root.toString());
    return roots;
}

} // namespace

bool isTrusted(const QString &root)
{
    return readStore().contains(canonical(root));
}

Result<> setTrusted(const QString &root, bool trusted)
{
    QDir().mkpath(paths::stateFolder());
    QLockFile lock(storePath() + u".lock"_s); // two programs may decide at once
    lock.tryLock(2000);
    QStringList roots = readStore();
    roots.removeAll(canonical(root));
    if (trusted)
        roots.append(canonical(root));
    QSaveFile file(storePath());
    const QByteArray text = QJsonDocument(QJsonObject{{u"roots"_s, QJsonArray::fromStringList(roots)}}).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return fail(u"trust-store"_s, u"The decision could not be kept: "_s + file.errorString(),
                    u"Check that the state folder can be written."_s, storePath());
    return {};
}

} // namespace paddock::session
