// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/snapshotstore.h"

#include "base/paths.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSet>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

QByteArray hashOf(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().first(32);
}

Result<> write(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return fail(u"types-store"_s, u"The snapshot cannot be written: "_s + file.errorString(),
                    u"Check the rights of the folder, and the space on the disk."_s, path);
    return {};
}

QByteArray lineOf(const SnapshotEntry &entry)
{
    return QJsonDocument(QJsonObject{{u"id"_s, entry.id},
                                     {u"at"_s, entry.at.toUTC().toString(Qt::ISODateWithMs)},
                                     {u"change"_s, entry.change},
                                     {u"reason"_s, entry.reason},
                                     {u"content"_s, QString::fromLatin1(entry.content)}})
               .toJson(QJsonDocument::Compact) +
           '\n';
}

} // namespace

SnapshotStore::SnapshotStore(const QString &workspaceRoot, const QString &folder, int kept)
    : m_root(workspaceRoot),
      m_folder(folder.isEmpty() ? paths::dataFolder() + u"/types/"_s + paths::workspaceId(workspaceRoot) : folder),
      m_kept(kept)
{}

QString SnapshotStore::contentPath(const QByteArray &hash) const
{
    return m_folder + u"/content/"_s + QString::fromLatin1(hash);
}

Result<> SnapshotStore::keep(const QByteArray &hash, const QByteArray &bytes) const
{
    return QFile::exists(contentPath(hash)) ? Result<>() : write(contentPath(hash), bytes);
}

QList<SnapshotEntry> SnapshotStore::entries() const
{
    QList<SnapshotEntry> result;
    QFile file(m_folder + u"/index.jsonl"_s);
    if (!file.open(QIODevice::ReadOnly))
        return result;
    while (!file.atEnd()) {
        const QJsonObject line = QJsonDocument::fromJson(file.readLine()).object();
        if (line.isEmpty())
            continue; // a damaged line loses one snapshot, not all
        result.append({line.value("id"_L1).toString(),
                       QDateTime::fromString(line.value("at"_L1).toString(), Qt::ISODateWithMs),
                       line.value("change"_L1).toInteger(), line.value("reason"_L1).toString(),
                       line.value("content"_L1).toString().toLatin1()});
    }
    return result;
}

std::optional<SnapshotEntry> SnapshotStore::latest() const
{
    const QList<SnapshotEntry> all = entries();
    return all.isEmpty() ? std::nullopt : std::optional(all.last());
}

Result<> SnapshotStore::writeIndex(const QList<SnapshotEntry> &entries) const
{
    QByteArray text;
    for (const SnapshotEntry &entry : entries)
        text += lineOf(entry);
    return write(m_folder + u"/index.jsonl"_s, text);
}

Result<SnapshotEntry> SnapshotStore::add(const Snapshot &snapshot, const QString &reason, qint64 change)
{
    if (!QDir().mkpath(m_folder))
        return fail(u"types-store"_s, u"The folder for snapshots cannot be made."_s,
                    u"Set XDG_DATA_HOME to a folder that you may write to."_s, m_folder);
    QLockFile lock(m_folder + u"/lock"_s);
    lock.setStaleLockTime(10'000);
    if (!lock.tryLock(5000))
        return fail(u"types-store"_s, u"Another program holds the folder for snapshots."_s, {}, m_folder);
    QList<SnapshotEntry> all = entries();
    const QByteArray text = toText(snapshot).toUtf8();
    const QByteArray hash = hashOf(text);
    if (!all.isEmpty() && all.last().content == hash)
        return all.last();
    const int number = all.isEmpty() ? 1 : all.last().id.mid(1).toInt() + 1;
    const SnapshotEntry entry{u"s%1"_s.arg(number), QDateTime::currentDateTimeUtc(), change, reason, hash};
    if (auto kept = keep(hash, text); !kept)
        return std::unexpected(kept.error());
    for (auto it = snapshot.generated.begin(); it != snapshot.generated.end(); ++it) {
        QFile file(m_root + u'/' + it.key());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray bytes = file.readAll();
        if (hashOf(bytes) == it.value())
            if (auto kept = keep(it.value(), bytes); !kept)
                return std::unexpected(kept.error());
    }
    all.append(entry);
    if (all.size() > m_kept)
        prune(all);
    if (auto written = writeIndex(all); !written)
        return std::unexpected(written.error());
    return entry;
}

/// Drops the oldest, a tenth more than needed so that this is rare, and what only they referred to.
void SnapshotStore::prune(QList<SnapshotEntry> &entries) const
{
    entries.remove(0, std::min(entries.size() - 1, entries.size() - m_kept + m_kept / 10));
    QSet<QString> used;
    for (const SnapshotEntry &entry : std::as_const(entries)) {
        used.insert(QString::fromLatin1(entry.content));
        if (const auto text = content(entry.content))
            if (const auto snapshot = fromText(QString::fromUtf8(*text)))
                for (const QByteArray &hash : snapshot->generated)
                    used.insert(QString::fromLatin1(hash));
    }
    QDir folder(m_folder + u"/content"_s);
    for (const QString &name : folder.entryList(QDir::Files))
        if (!used.contains(name))
            folder.remove(name);
}

Result<QByteArray> SnapshotStore::content(const QByteArray &hash) const
{
    QFile file(contentPath(hash));
    if (!file.open(QIODevice::ReadOnly))
        return fail(u"no-snapshot"_s, u"This content is no longer kept."_s, {}, file.fileName());
    return file.readAll();
}

Result<Snapshot> SnapshotStore::read(const QString &id) const
{
    const QList<SnapshotEntry> all = entries();
    const auto it = std::ranges::find(all, id, &SnapshotEntry::id);
    if (it == all.end())
        return fail(u"no-snapshot"_s, u"There is no snapshot “%1”."_s.arg(id),
                    u"“paddockctl types snapshots” lists them."_s);
    const auto text = content(it->content);
    if (!text)
        return std::unexpected(text.error());
    return fromText(QString::fromUtf8(*text), id);
}

QString baselineFile(const QString &workspaceRoot, const QString &name)
{
    return u"%1/.paddock/types/%2.types"_s.arg(workspaceRoot, name);
}

QStringList baselines(const QString &workspaceRoot)
{
    QStringList names;
    for (const QString &file : QDir(workspaceRoot + u"/.paddock/types"_s).entryList({u"*.types"_s}, QDir::Files, QDir::Name))
        names << file.chopped(6);
    return names;
}

Result<QString> writeBaseline(const QString &workspaceRoot, const QString &name, const Snapshot &snapshot)
{
    static const QRegularExpression valid(uR"(^[\w-][\w.-]*$)"_s);
    if (!valid.match(name).hasMatch())
        return fail(u"bad-name"_s, u"“%1” is no name for a baseline."_s.arg(name),
                    u"Use letters, digits, '-', '_' and '.'."_s);
    const QString path = baselineFile(workspaceRoot, name);
    // Hashes of generated files would make every generation a change of the baseline: its types say what matters.
    Snapshot kept = snapshot;
    kept.generated.clear();
    if (auto written = write(path, toText(kept).toUtf8()); !written)
        return std::unexpected(written.error());
    return path;
}

Result<Snapshot> readSnapshotFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(u"no-snapshot"_s, u"The snapshot cannot be read: "_s + file.errorString(), {}, path);
    return fromText(QString::fromUtf8(file.readAll()), path);
}

} // namespace paddock::types
