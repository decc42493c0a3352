// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/scan.h"

#include "workspace/cache.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSet>
#include <algorithm>
#include <atomic>
#include <dirent.h>
#include <memory>
#include <sys/stat.h>
#include <thread>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

bool wanted(const QString &path)
{
    return syntax::languageOf(path).has_value() || isConfigFile(path);
}

SourceFilePtr fromCache(const FactsCache &cache, const QString &root, const QString &path, const FileStamp &stamp)
{
    bool recent = false;
    FactsPtr facts = cache.find(path, stamp, &recent);
    if (facts && recent) {
        QFile file(root + u'/' + path);
        if (!file.open(QIODevice::ReadOnly) || contentHashOf(file.readAll()) != facts->contentHash)
            return {};
    }
    if (!facts || !QFileInfo(root + u'/' + path).isReadable())
        return {};
    auto file = std::make_shared<SourceFile>();
    file->path = path;
    file->facts = std::move(facts);
    return file;
}

} // namespace

QStringList filesBelow(const ProjectData &data, const QString &folder, bool *unreadable)
{
    QStringList result, pending{folder}, links; // links last: a folder is known by its own name where it has one
    QSet<std::pair<quint64, quint64>> visited;  // a link may lead back up
    while (!pending.isEmpty() || !links.isEmpty()) {
        const QString dir = pending.isEmpty() ? links.takeFirst() : pending.takeLast();
        const QString absolute = dir.isEmpty() ? data.root : data.root + u'/' + dir;
        struct stat status;
        if (::stat(QFile::encodeName(absolute).constData(), &status) != 0)
            continue;
        const std::pair<quint64, quint64> id{status.st_dev, status.st_ino};
        if (visited.contains(id))
            continue;
        visited.insert(id);
        if (unreadable && !QFileInfo(absolute).isReadable())
            *unreadable = true;
        // (QDirIterator ends at the first name that is no UTF-8, and with it everything behind.)
        const std::unique_ptr<DIR, int (*)(DIR *)> open(::opendir(QFile::encodeName(absolute).constData()), ::closedir);
        while (const dirent *entry = open ? ::readdir(open.get()) : nullptr) {
            const QByteArray raw(entry->d_name);
            if (raw == "." || raw == ".." || !raw.isValidUtf8())
                continue;
            const QFileInfo info(absolute + u'/' + QFile::decodeName(raw));
            const QString path = dir.isEmpty() ? info.fileName() : dir + u'/' + info.fileName();
            if (info.isDir()) {
                if (!isIgnoredFolder(path, data.config))
                    (info.isSymLink() ? links : pending).append(path);
            } else if (wanted(path)) {
                result.append(path);
            }
        }
    }
    result.sort();
    return result;
}

SourceFilePtr readFile(const QString &root, const QString &path, syntax::Parser &parser, const SourceFile *previous,
                       bool keepTree)
{
    QFile file(root + u'/' + path);
    const QFileInfo info(file.fileName());
    if (!info.exists() || info.isDir())
        return {};
    // A pipe or a device in a source folder would block for ever.
    if (!info.isFile() || !file.open(QIODevice::ReadOnly)) {
        auto broken = std::make_shared<SourceFile>();
        broken->path = path;
        broken->problem = u"unreadable"_s;
        broken->facts = std::make_shared<const FileFacts>();
        return broken;
    }
    return readSource(path, file.readAll(), parser, previous, keepTree);
}

void addOpaqueImports(ProjectData &data, const SourceFile &file)
{
    for (const Import &import : file.facts->imports) {
        const qsizetype name = import.specifier.lastIndexOf(u'/') + 1;
        if (!import.specifier.startsWith(u'.') || import.typeOnly || import.specifier.indexOf(u'.', name) < 0)
            continue;
        const qsizetype slash = file.path.lastIndexOf(u'/');
        const QString path = QDir::cleanPath((slash < 0 ? QString() : file.path.first(slash + 1)) + import.specifier);
        if (path.startsWith(".."_L1) || data.files.find(path) || syntax::languageOf(path))
            continue;
        const QFileInfo info(data.root + u'/' + path);
        if (!info.isFile() || info.size() > 64 * 1024 * 1024)
            continue;
        syntax::Parser unused;
        if (const SourceFilePtr opaque = readFile(data.root, path, unused, nullptr, false))
            data.files.set(opaque);
    }
}

bool resolveEverything(ProjectData &data)
{
    QList<SourceFilePtr> changed;
    data.files.forEach([&](const SourceFile &file) {
        auto edges = resolveImports(data.files, data.config, file.path, *file.facts);
        const auto same = [](const Edge &a, const Edge &b) { return a.target == b.target; };
        if (std::ranges::equal(edges, file.edges, same))
            return;
        auto copy = std::make_shared<SourceFile>(file);
        copy->edges = std::move(edges);
        changed.append(std::move(copy));
    });
    for (const SourceFilePtr &file : std::as_const(changed))
        data.files.set(file);
    return !changed.isEmpty();
}

Result<> scan(ProjectData &data, const ReadOptions &options)
{
    bool unreadable = false;
    const QStringList paths = filesBelow(data, {}, &unreadable);
    if (unreadable && paths.isEmpty())
        return fail(u"unreadable"_s, u"The folder %1 cannot be read."_s.arg(data.root),
                    u"Check the rights of the folder."_s, data.root);
    FactsCache cache;
    if (!options.cacheFile.isEmpty())
        cache.load(options.cacheFile);
    const int wish = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
    const int threadCount = std::clamp(wish, 1, static_cast<int>(paths.size() / 8) + 1);
    const auto inParallel = [threadCount](const auto &job) {
        std::vector<std::jthread> threads;
        for (int t = 1; t < threadCount; ++t)
            threads.emplace_back(job);
        job();
    };
    std::vector<SourceFilePtr> files(static_cast<size_t>(paths.size()));
    std::vector<FileStamp> stamps(files.size());
    std::atomic<qsizetype> next = 0, fresh = 0;
    const auto work = [&] {
        syntax::Parser parser;
        for (qsizetype i = next++; i < paths.size(); i = next++) {
            const auto at = static_cast<size_t>(i);
            if (!options.cacheFile.isEmpty() && !isConfigFile(paths[i])) {
                stamps[at] = FileStamp::of(data.root + u'/' + paths[i]).value_or(FileStamp{});
                files[at] = fromCache(cache, data.root, paths[i], stamps[at]);
            }
            if (!files[at]) {
                ++fresh;
                files[at] = readFile(data.root, paths[i], parser, nullptr, false);
            }
        }
    };
    inParallel(work);
    for (const SourceFilePtr &file : files) {
        if (file)
            data.files.set(file);
    }
    if (!options.cacheFile.isEmpty() && (fresh > 0 || cache.size() > paths.size())) {
        QHash<QString, std::pair<FileStamp, FactsPtr>> known;
        for (size_t i = 0; i < files.size(); ++i) {
            if (files[i] && files[i]->facts->isSource && files[i]->problem.isEmpty() && !isConfigFile(files[i]->path))
                known.insert(files[i]->path, {stamps[i], files[i]->facts});
        }
        FactsCache::store(options.cacheFile, known);
    }
    for (const SourceFilePtr &file : files) {
        if (file)
            addOpaqueImports(data, *file);
    }
    // Nobody else knows these files yet: they may still be completed.
    next = 0;
    inParallel([&] {
        for (qsizetype i = next++; i < paths.size(); i = next++) {
            if (const SourceFilePtr &file = files[static_cast<size_t>(i)]; file && !file->facts->imports.empty())
                std::const_pointer_cast<SourceFile>(file)->edges =
                    resolveImports(data.files, data.config, file->path, *file->facts);
        }
    });
    return {};
}

} // namespace paddock::workspace
