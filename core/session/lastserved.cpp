// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/lastserved.h"

#include "base/paths.h"

#include <QDataStream>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QTemporaryDir>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr quint32 Magic = 0x50444b53; // "PDKS"
constexpr quint32 Version = 1;

bool isSecret(const QString &path)
{
    return QFileInfo(path).fileName().startsWith(".env"_L1);
}

/// What a file held whose text was not kept: what it holds now if that is the same, else something that differs.
QByteArray standIn(const QString &file, const QByteArray &hash)
{
    QFile now(file);
    const QByteArray text = now.open(QIODevice::ReadOnly) ? now.readAll() : QByteArray();
    return workspace::contentHashOf(text) == hash ? text : QByteArray("# " + hash.toHex() + '\n');
}

bool put(const QString &file, const QByteArray &text)
{
    QDir().mkpath(QFileInfo(file).path());
    QFile out(file);
    return out.open(QIODevice::WriteOnly) && out.write(text) == text.size();
}

} // namespace

QString lastServedFile(const QString &workspaceRoot)
{
    return paths::stateFolder() + u"/served/"_s + paths::workspaceId(workspaceRoot);
}

void writeLastServed(const workspace::ProjectState &state, const SourceKeeper &sources, const QString &file)
{
    QByteArray body;
    QDataStream out(&body, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_6);
    for (const QString &path : state.files()) {
        const QByteArray hash = state.contentHash(path);
        const auto text = isSecret(path) ? std::nullopt : sources.text(hash);
        out << path << hash << text.has_value() << text.value_or(QByteArray());
    }
    QDir().mkpath(QFileInfo(file).path());
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly)) // then the next `--once` takes everything as pending
        return;
    target.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    QDataStream whole(&target);
    whole.setVersion(QDataStream::Qt_6_6);
    whole << Magic << Version << qCompress(body, 1) << workspace::contentHashOf(body);
    target.commit();
}

Result<workspace::ProjectState> readLastServed(const QString &workspaceRoot, const QString &file)
{
    const auto none = fail(u"no-last-session"_s, u"What the last session served is not known."_s, {}, file);
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly))
        return none;
    QDataStream whole(&source);
    whole.setVersion(QDataStream::Qt_6_6);
    quint32 magic = 0, version = 0;
    QByteArray packed, hash;
    whole >> magic >> version;
    if (magic != Magic || version != Version)
        return none;
    whole >> packed >> hash;
    const QByteArray body = qUncompress(packed);
    const QTemporaryDir folder;
    if (whole.status() != QDataStream::Ok || workspace::contentHashOf(body) != hash || !folder.isValid())
        return none;
    QDataStream in(body);
    in.setVersion(QDataStream::Qt_6_6);
    while (!in.atEnd()) {
        QString path;
        QByteArray fileHash, text;
        bool isKept = false;
        in >> path >> fileHash >> isKept >> text;
        if (in.status() != QDataStream::Ok || QDir::cleanPath(path).startsWith(".."_L1))
            return none;
        if (!isKept)
            text = standIn(workspaceRoot + u'/' + path, fileHash);
        if (!put(folder.filePath(path), text))
            return none;
    }
    auto state = workspace::readProject(folder.path());
    if (!state)
        return none;
    return state;
}

} // namespace paddock::session
