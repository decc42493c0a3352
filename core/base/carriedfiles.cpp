// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/carriedfiles.h"

#include "base/paths.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QMap>
#include <QSaveFile>

namespace paddock {

using namespace Qt::StringLiterals;

namespace {

QMap<QString, QByteArray> carriedFiles(const QString &resource)
{
    QMap<QString, QByteArray> files;
    const QDir root(resource);
    QDirIterator it(root.path(), QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        if (file.open(QIODevice::ReadOnly))
            files.insert(root.relativeFilePath(file.fileName()), file.readAll());
    }
    return files;
}

bool holds(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.readAll() == content;
}

} // namespace

Result<QString> layOutCarriedFiles(const QString &resource, const QString &name)
{
    const QMap<QString, QByteArray> files = carriedFiles(resource);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (auto it = files.begin(); it != files.end(); ++it) {
        hash.addData(it.key().toUtf8());
        hash.addData(it.value());
    }
    const QString folder =
        paths::cacheFolder() + u'/' + name + u'-' + QString::fromLatin1(hash.result().toHex().first(12));
    for (auto it = files.begin(); it != files.end(); ++it) {
        const QString path = folder + u'/' + it.key();
        // Compared, not just looked for: a half-written file of a killed process must not stay.
        if (holds(path, it.value()))
            continue;
        QDir().mkpath(QFileInfo(path).path());
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(it.value()) != it.value().size() || !file.commit())
            return fail(name + u"-files"_s, u"Cannot write to the cache folder: "_s + file.errorString(),
                        u"Free some space there, or set XDG_CACHE_HOME to a folder that you may write to."_s, path);
    }
    return folder;
}

} // namespace paddock
