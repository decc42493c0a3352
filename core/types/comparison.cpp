// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/comparison.h"

#include "types/apitext.h"
#include "types/sources.h"
#include "types/textdiff.h"

#include <QFile>
#include <QRegularExpression>
#include <QSet>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

/// As it was kept; else as it is on disk now, if that is the same.
QByteArray generatedContent(const SnapshotStore &store, const QString &root, const QString &file,
                            const QByteArray &hash)
{
    if (hash.isEmpty())
        return {};
    if (const auto kept = store.content(hash))
        return *kept;
    if (hashesOf(root, {file}).value(file) != hash)
        return {};
    QFile now(root + u'/' + file);
    return now.open(QIODevice::ReadOnly) ? now.readAll() : QByteArray();
}

void addIfDifferent(QList<ComparedFile> &files, ComparedFile file)
{
    if (file.before == file.after)
        return;
    if (const auto counts = countLines(file.before, file.after)) {
        file.added = counts->added;
        file.removed = counts->removed;
    }
    files.append(std::move(file));
}

} // namespace

Result<Snapshot> namedSnapshot(const QString &workspaceRoot, const QString &name)
{
    static const QRegularExpression id(uR"(^s\d+$)"_s);
    if (id.match(name).hasMatch())
        return SnapshotStore(workspaceRoot).read(name);
    if (QFile::exists(baselineFile(workspaceRoot, name)))
        return readSnapshotFile(baselineFile(workspaceRoot, name));
    if (QFile::exists(name))
        return readSnapshotFile(name);
    return fail(u"no-snapshot"_s, u"There is no snapshot, baseline or file “%1”."_s.arg(name),
                u"“paddockctl types snapshots” lists snapshots and baselines."_s);
}

QList<ComparedFile> comparedFiles(const QString &workspaceRoot, const Snapshot &before, const Snapshot &after)
{
    QList<ComparedFile> files;
    const auto [exactBefore, exactAfter] = onSameTerms(before, after);
    const QMap<QString, QString> was = apiTexts(exactBefore);
    const QMap<QString, QString> is = apiTexts(exactAfter);
    QMap<QString, QString> names = was;
    names.insert(is);
    for (auto it = names.begin(); it != names.end(); ++it)
        addIfDifferent(
            files, {.name = it.key(), .before = was.value(it.key()).toUtf8(), .after = is.value(it.key()).toUtf8()});
    if (before.generated.isEmpty() || after.generated.isEmpty())
        return files;
    const SnapshotStore store(workspaceRoot);
    QMap<QString, QByteArray> generated = before.generated;
    generated.insert(after.generated);
    for (auto it = generated.begin(); it != generated.end(); ++it) {
        const QByteArray old = before.generated.value(it.key());
        const QByteArray now = after.generated.value(it.key());
        if (old != now)
            addIfDifferent(files, {.name = it.key(),
                                   .isGenerated = true,
                                   .before = generatedContent(store, workspaceRoot, it.key(), old),
                                   .after = generatedContent(store, workspaceRoot, it.key(), now)});
    }
    return files;
}

} // namespace paddock::types
