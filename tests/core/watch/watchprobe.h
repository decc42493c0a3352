// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/watcher.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

/// A folder with a watcher on it that remembers all it says.
class WatchProbe
{
public:
    using FileEvent = paddock::watch::FileEvent;
    using Batch = paddock::watch::Batch;

    WatchProbe() { folder.setAutoRemove(true); }

    bool start(paddock::watch::WatchOptions options = {})
    {
        options.root = options.root.isEmpty() ? root() : options.root;
        watcher = std::make_unique<paddock::watch::Watcher>(options);
        using W = paddock::watch::Watcher;
        QObject *w = watcher.get();
        QObject::connect(watcher.get(), &W::started, w, [this](int n) { folders = n; });
        QObject::connect(watcher.get(), &W::batchReady, w, [this](const Batch &batch) { batches.append(batch); });
        QObject::connect(watcher.get(), &W::ignored, w,
                         [this](const QString &file, const QString &why) { ignored.append({file, why}); });
        QObject::connect(watcher.get(), &W::merged, w, [this](const QString &file) { merged.append(file); });
        QObject::connect(watcher.get(), &W::waiting, w,
                         [this](const QString &file, const QString &why) { waiting.append({file, why}); });
        QObject::connect(watcher.get(), &W::problem, w, [this](const paddock::Error &e) { problems.append(e); });
        QObject::connect(watcher.get(), &W::heldChanged, w, [this](bool h, const QString &) { held = h; });
        if (!baseline.isEmpty())
            watcher->setBaseline(baseline);
        watcher->start();
        return QTest::qWaitFor([this] { return folders > 0; }, 30'000);
    }

    QString root() const { return folder.path() + QStringLiteral("/w"); }
    QString path(const QString &relative) const { return root() + u'/' + relative; }

    bool write(const QString &relative, const QByteArray &content) const
    {
        QDir().mkpath(QFileInfo(path(relative)).path());
        QFile file(path(relative));
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(content) == content.size();
    }

    /// What the batches say about a file, oldest first.
    QList<FileEvent> events(const QString &file) const
    {
        QList<FileEvent> found;
        for (const Batch &batch : batches) {
            for (const FileEvent &event : batch.files) {
                if (event.path == file)
                    found.append(event);
            }
        }
        return found;
    }
    /// The last word on a file is that it holds `content`.
    bool holds(const QString &file, const QByteArray &content) const
    {
        const QList<FileEvent> all = events(file);
        return !all.isEmpty() && all.last().what == FileEvent::What::Changed &&
               all.last().hash == paddock::watch::contentHash(content);
    }
    bool removed(const QString &file) const
    {
        const QList<FileEvent> all = events(file);
        return !all.isEmpty() && all.last().what == FileEvent::What::Removed;
    }
    QString ignoredWhy(const QString &file) const
    {
        for (const auto &[name, why] : ignored) {
            if (name == file)
                return why;
        }
        return {};
    }
    bool hasProblem(const QString &code) const
    {
        return std::any_of(problems.cbegin(), problems.cend(), [&](const auto &p) { return p.code == code; });
    }
    QStringList files() const
    {
        QStringList all;
        for (const Batch &batch : batches) {
            for (const FileEvent &event : batch.files)
                all.append(event.path);
        }
        return all;
    }
    /// Events come in order: once a fresh file has been reported, all that happened before it has been dealt with.
    bool settle()
    {
        const QString marker = QStringLiteral("marker%1.ts").arg(++markers);
        if (!write(marker, "// marker"))
            return false;
        const bool seen = QTest::qWaitFor([&] { return holds(marker, "// marker"); }, 30'000);
        for (Batch &batch : batches)
            batch.files.removeIf([&](const FileEvent &event) { return event.path == marker; });
        batches.removeIf([](const Batch &batch) { return batch.files.isEmpty(); });
        return seen;
    }

    QTemporaryDir folder;
    QHash<QString, QByteArray> baseline;
    std::unique_ptr<paddock::watch::Watcher> watcher;
    QList<Batch> batches;
    QList<std::pair<QString, QString>> ignored;
    QStringList merged;
    QList<std::pair<QString, QString>> waiting;
    QList<paddock::Error> problems;
    int folders = 0;
    bool held = false;
    int markers = 0;
};
