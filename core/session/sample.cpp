// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sample.h"

#include "base/paths.h"
#include "session/truststore.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QString sampleSource()
{
    QStringList places{qEnvironmentVariable("PADDOCK_SAMPLE_DIR"),
                       QCoreApplication::applicationDirPath() + u"/../share/paddock/sample"_s};
#ifdef PADDOCK_SAMPLE_SOURCE
    places.append(QStringLiteral(PADDOCK_SAMPLE_SOURCE));
#endif
    for (const QString &place : places)
        if (!place.isEmpty() && QFileInfo::exists(place + u"/package.json"_s))
            return QDir::cleanPath(place);
    return {};
}

/// Links are copied as links: node_modules holds relative ones.
bool copyTree(const QString &from, const QString &to, bool isTop = true)
{
    if (!QDir().mkpath(to))
        return false;
    const auto entries =
        QDir(from).entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    for (const QFileInfo &entry : entries) {
        const QString target = to + u'/' + entry.fileName();
        if (entry.isSymLink()) {
            if (!QFile::link(entry.readSymLink(), target))
                return false;
        } else if (entry.isDir()) {
            // What a run of the sample leaves behind is not a part of it.
            if (isTop && (entry.fileName() == "data"_L1 || entry.fileName() == ".donkeylabs"_L1))
                continue;
            if (!copyTree(entry.filePath(), target, false))
                return false;
        } else if (!QFile::copy(entry.filePath(), target)) {
            return false;
        } else {
            QFile::setPermissions(target, QFile::permissions(target) | QFile::WriteOwner);
        }
    }
    return true;
}

} // namespace

Result<QString> sampleWorkspace(bool fresh)
{
    const QString target = paths::dataFolder() + u"/corner-shop"_s;
    if (QFileInfo::exists(target + u"/package.json"_s)) {
        if (!fresh) {
            if (auto kept = setTrusted(target, true); !kept)
                return std::unexpected(kept.error());
            return target;
        }
        const QString aside = target + QDateTime::currentDateTime().toString(u"'-'yyyyMMdd-HHmmss"_s);
        if (!QDir().rename(target, aside))
            return fail(u"sample-copy"_s, u"The earlier copy of the sample could not be moved aside."_s,
                        u"Move or remove it by hand."_s, target);
    }
    const QString source = sampleSource();
    if (source.isEmpty())
        return fail(u"no-sample"_s, u"This installation has no sample workspace."_s,
                    u"Set PADDOCK_SAMPLE_DIR to the folder “resources/sample” of the sources."_s);
    // Beside its place first: a copy that was interrupted must not look like a workspace.
    const QString partial = target + u".new"_s;
    QDir(partial).removeRecursively();
    if (!copyTree(source, partial) || !QDir().rename(partial, target)) {
        QDir(partial).removeRecursively();
        return fail(u"sample-copy"_s, u"The sample could not be copied to %1."_s.arg(target),
                    u"Check that there is space and that you may write there, or set XDG_DATA_HOME."_s, target);
    }
    if (auto kept = setTrusted(target, true); !kept)
        return std::unexpected(kept.error());
    return target;
}

} // namespace paddock::session
