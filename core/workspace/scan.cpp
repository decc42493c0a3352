// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/scan.h"

#include "workspace/cache.h"
#include "workspace/filesystem.h"
#include "workspace/walk.h"

#include <QDir>
#include <QFileInfo>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

SourceFilePtr fromCache(const FactsCache &cache, const QString &root, const QString &path, const FileStamp &stamp)
{
    bool recent = false;
    auto facts = cache.find(path, stamp, &recent);
    if (!facts)
        return {};
    if (recent) {
        const auto bytes = readBytes(root + u'/' + path);
        if (!bytes || contentHashOf(*bytes) != facts->contentHash())
            return {};
    }
    auto file = std::make_shared<SourceFile>();
    file->path = path;
    file->facts = std::move(*facts);
    file->stamp = stamp;
    return file;
}

} // namespace

QStringList filesBelow(const ProjectData &data, const QString &folder)
{
    QStringList result;
    Walk walk(data, folder);
    for (auto found = walk.next(); !found.empty(); found = walk.next())
        result.append(QStringList(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end())));
    result.sort();
    return result;
}

SourceFilePtr readFile(const QString &root, const QString &path, syntax::Parser &parser, const SourceFile *previous,
                       bool keepReading, FactsStore *store)
{
    const auto bytes = readBytes(root + u'/' + path);
    if (bytes)
        return readSource(path, *bytes, parser, previous, keepReading, store);
    if (bytes.error() != ReadProblem::Unreadable)
        return {};
    auto broken = std::make_shared<SourceFile>();
    broken->path = path;
    broken->setExtra({.problem = u"unreadable"_s});
    return broken;
}

void addOpaqueImports(ProjectData &data, const SourceFile &file)
{
    const auto isOpaque = [](const QString &specifier) {
        return specifier.startsWith(u'.') && specifier.indexOf(u'.', specifier.lastIndexOf(u'/') + 1) >= 0;
    };
    const QStringList specifiers = file.facts.specifiers();
    if (std::ranges::none_of(specifiers, isOpaque))
        return;
    for (const Import &import : file.facts->imports) {
        if (import.typeOnly || !isOpaque(import.specifier))
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
        auto edges = resolveImports(data.files, data.config, file.path, file.facts.specifiers());
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
    const bool caching = !options.cacheFile.isEmpty();
    const int threadCount =
        options.threads > 0 ? options.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const auto inParallel = [threadCount](const auto &job) {
        std::vector<std::jthread> threads;
        for (int t = 1; t < threadCount; ++t)
            threads.emplace_back(job);
        job();
    };
    FactsCache cache;
    std::jthread loading; // while the threads look into folders
    std::once_flag loaded;
    if (caching)
        loading = std::jthread([&] { cache.load(options.cacheFile); });
    Walk walk(data, {});
    std::mutex mutex;
    std::vector<SourceFilePtr> files;
    qsizetype fresh = 0;
    inParallel([&] {
        syntax::Parser parser;
        FactsStore store;
        std::vector<SourceFilePtr> own;
        qsizetype ownFresh = 0;
        const auto read = [&](const QString &path, const OpenFolder *folder) -> SourceFilePtr {
            const bool isConfig = isConfigFile(path);
            const bool keep = folder && !isConfig;
            const QStringView name = QStringView(path).sliced(path.lastIndexOf(u'/') + 1);
            const FileStamp stamp = keep ? folder->stampOf(name).value_or(FileStamp()) : FileStamp();
            if (SourceFilePtr known = keep ? fromCache(cache, data.root, path, stamp) : nullptr)
                return known;
            SourceFilePtr file = readFile(data.root, path, parser, nullptr, false, isConfig ? nullptr : &store);
            if (file && !isConfig) {
                ++ownFresh;
                // Nobody else knows it yet: it may still be completed; the same below.
                std::const_pointer_cast<SourceFile>(file)->stamp = stamp;
            }
            return file;
        };
        for (auto paths = walk.next(); !paths.empty(); paths = walk.next()) {
            std::optional<OpenFolder> folder;
            if (caching) {
                std::call_once(loaded, [&] { loading.join(); });
                const QString &first = paths.front(); // all of them are in one
                folder.emplace(data.root + u'/' + first.first(first.lastIndexOf(u'/') + 1));
            }
            for (const QString &path : paths) {
                if (SourceFilePtr file = read(path, folder ? &*folder : nullptr))
                    own.push_back(std::move(file));
            }
        }
        const std::scoped_lock lock(mutex);
        files.insert(files.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
        fresh += ownFresh;
    });
    if (loading.joinable())
        loading.join(); // there was no file
    if (walk.hasFailed())
        return fail(u"unreadable"_s, u"The folder %1 cannot be read."_s.arg(data.root),
                    u"Check the rights of the folder."_s, data.root);
    data.files = FileTable(files);
    for (const SourceFilePtr &file : files) {
        if (file->facts.head().hasImports)
            addOpaqueImports(data, *file);
    }
    std::atomic<size_t> next = 0;
    inParallel([&] {
        for (size_t i = next++; i < files.size(); i = next++) {
            if (files[i]->facts.head().hasImports)
                std::const_pointer_cast<SourceFile>(files[i])->edges =
                    resolveImports(data.files, data.config, files[i]->path, files[i]->facts.specifiers());
        }
    });
    cache.letGo();
    data.cacheIsStale = caching && (fresh > 0 || cache.size() > static_cast<qsizetype>(files.size()));
    return {};
}

void writeCache(const ProjectState &state, const QString &cacheFile)
{
    const ProjectData &data = state.data();
    if (!data.cacheIsStale)
        return;
    std::vector<FactsCache::Entry> entries;
    entries.reserve(static_cast<size_t>(data.files.size()));
    data.files.forEach([&entries](const SourceFile &file) {
        if (file.facts.head().isSource && file.extra().problem.isEmpty() && file.stamp.digest != 0 &&
            !isConfigFile(file.path))
            entries.push_back({file.path, file.stamp, file.facts});
    });
    FactsCache::store(cacheFile, entries);
}

} // namespace paddock::workspace
