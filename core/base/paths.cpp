// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <sys/stat.h>
#include <unistd.h>

namespace paddock::paths {

using namespace Qt::StringLiterals;

namespace {

QString fromEnvironment(const char *variable, const QString &fallbackBelowHome)
{
    const QString base = qEnvironmentVariable(variable);
    return (base.startsWith(u'/') ? base : QDir::homePath() + u'/' + fallbackBelowHome) + u"/paddock"_s;
}

/// Makes the folder, or accepts it if it is a real folder of ours that nobody else can enter.
Result<> makePrivate(const QString &folder)
{
    const QByteArray path = folder.toLocal8Bit();
    if (::mkdir(path.constData(), 0700) != 0 && errno != EEXIST)
        return fail(u"runtime-folder"_s, u"Cannot make the folder for the control socket: "_s + qt_error_string(errno),
                    u"Set XDG_RUNTIME_DIR to a folder that you may write to."_s, folder);
    struct stat info{};
    if (::lstat(path.constData(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != ::geteuid())
        return fail(u"runtime-folder"_s, u"The folder for the control socket belongs to somebody else."_s,
                    u"Remove it, or set XDG_RUNTIME_DIR to a folder of your own."_s, folder);
    if ((info.st_mode & 0077) != 0 && ::chmod(path.constData(), 0700) != 0)
        return fail(u"runtime-folder"_s, u"Others can enter the folder for the control socket."_s,
                    u"Run: chmod 700 "_s + folder, folder);
    return {};
}

} // namespace

QString stateFolder()
{
    return fromEnvironment("XDG_STATE_HOME", u".local/state"_s);
}

QString cacheFolder()
{
    return fromEnvironment("XDG_CACHE_HOME", u".cache"_s);
}

QString dataFolder()
{
    return fromEnvironment("XDG_DATA_HOME", u".local/share"_s);
}

QString workspaceId(const QString &workspaceRoot)
{
    const QString canonical = QFileInfo(workspaceRoot).canonicalFilePath();
    const QByteArray path = (canonical.isEmpty() ? QDir::cleanPath(workspaceRoot) : canonical).toUtf8();
    return QString::fromLatin1(QCryptographicHash::hash(path, QCryptographicHash::Sha256).toHex().first(16));
}

Result<QString> socketFolder(const QString &workspaceRoot)
{
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    const QString base = !runtime.isEmpty() && QFileInfo(runtime).isDir()
                             ? QString(runtime + u"/paddock"_s)
                             : QString(QDir::tempPath() + u"/paddock-"_s + QString::number(::geteuid()));
    const QString folder = base + u'/' + workspaceId(workspaceRoot);
    for (const QString &part : {base, folder})
        if (auto made = makePrivate(part); !made)
            return std::unexpected(made.error());
    return folder;
}

} // namespace paddock::paths
