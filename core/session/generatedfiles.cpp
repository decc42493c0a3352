// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/generatedfiles.h"

#include "base/paths.h"
#include "workspace/data.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype HashesKept = 2000;
constexpr qsizetype FilesLookedAt = 5000;

QString storePath(const QString &root)
{
    return paths::stateFolder() + u"/generated/"_s + paths::workspaceId(root) + u".json"_s;
}

} // namespace

void GeneratedFiles::load(const QString &root)
{
    QFile file(storePath(root));
    if (!file.open(QIODevice::ReadOnly))
        return;
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    for (const QJsonValue &path : json.value("files"_L1).toArray())
        m_files.insert(path.toString());
    for (const QJsonValue &hash : json.value("hashes"_L1).toArray())
        m_hashes.append(QByteArray::fromHex(hash.toString().toLatin1()));
}

void GeneratedFiles::save(const QString &root) const
{
    QJsonArray files, hashes;
    for (const QString &path : m_files)
        files.append(path);
    for (const QByteArray &hash : m_hashes)
        hashes.append(QString::fromLatin1(hash.toHex()));
    QDir().mkpath(paths::stateFolder() + u"/generated"_s);
    QSaveFile file(storePath(root));
    // Lost, it is learnt again with the next run.
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QJsonDocument(QJsonObject{{u"files"_s, files}, {u"hashes"_s, hashes}}).toJson());
        file.commit();
    }
}

GeneratedFiles::Snapshot GeneratedFiles::snapshot(const workspace::ProjectState &state)
{
    Snapshot result;
    const workspace::ProjectData &data = state.data();
    const QString root = state.root();
    const auto add = [&](const QString &path) {
        if (const auto stamp = workspace::FileStamp::of(root + u'/' + path); stamp && result.size() < FilesLookedAt)
            result.insert(path, *stamp);
    };
    if (!data.config.outDir.isEmpty()) {
        QDirIterator it(root + u'/' + data.config.outDir, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (it.hasNext() && result.size() < FilesLookedAt)
            add(it.next().sliced(root.size() + 1));
    }
    if (!data.config.clientOutput.isEmpty())
        add(data.config.clientOutput);
    data.files.forEach([&](const workspace::SourceFile &file) {
        if (file.facts->isGenerated)
            add(file.path);
    });
    return result;
}

void GeneratedFiles::learn(const QString &root, const Snapshot &before, const Snapshot &after)
{
    for (auto it = after.begin(); it != after.end(); ++it) {
        const auto old = before.constFind(it.key());
        if (old != before.end() && *old == *it)
            continue;
        QFile file(root + u'/' + it.key());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        m_files.insert(it.key());
        const QByteArray hash = workspace::contentHashOf(file.readAll());
        m_hashes.removeAll(hash);
        m_hashes.append(hash);
    }
    if (m_hashes.size() > HashesKept)
        m_hashes.remove(0, m_hashes.size() - HashesKept);
}

void GeneratedFiles::tell(change::Facts &facts) const
{
    facts.generatedHashes.unite(QSet<QByteArray>(m_hashes.begin(), m_hashes.end()));
    if (!m_files.isEmpty())
        facts.generatedFiles = m_files;
}

} // namespace paddock::session
