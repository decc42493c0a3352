// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/factscache.h"

#include "base/memory.h"
#include "base/paths.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QThreadPool>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype FilesWorthIt = 500;
constexpr qsizetype WorkspacesKept = 20;

QString folder()
{
    return paths::cacheFolder() + u"/facts"_s;
}

} // namespace

QString factsCacheFile(const QString &workspaceRoot)
{
    return folder() + u'/' + paths::workspaceId(workspaceRoot);
}

void keepFactsForNextStart(const workspace::ProjectState &state, const QString &workspaceRoot)
{
    if (state.size() < FilesWorthIt)
        return;
    QThreadPool::globalInstance()->start([state, file = factsCacheFile(workspaceRoot)] {
        workspace::writeCache(state, file);
        releaseFreeMemory();                                                        // the facts are read from there now
        const QStringList kept = QDir(folder()).entryList(QDir::Files, QDir::Time); // the latest first
        for (qsizetype i = WorkspacesKept; i < kept.size(); ++i)
            QFile::remove(folder() + u'/' + kept[i]);
    });
}

} // namespace paddock::session
