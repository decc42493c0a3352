// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/scan.h"

#include "workspace/cache.h"
#include "workspace/filesystem.h"
#include "workspace/reading.h"
#include "workspace/walk.h"

#include <QDir>
#include <QFileInfo>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

SourceFilePtr fromCache(FactsCache::Found &found, const QString &root, const StampedFile &sought)
{
    if (found.recent) {
        const auto bytes = readBytes(root + u'/' + sought.path);
        if (!bytes || contentHashOf(*bytes) != found.facts.contentHash())
            return {};
    }
    auto file = std::make_shared<SourceFile>();
    file->path = sought.path;
    file->facts = std::move(found.facts);
    file->stamp = sought.stamp;
    return file;
}

} // namespace

QStringList filesBelow(const ProjectData &data, const QString &folder)
{
    QStringList result;
    Walk walk(data, folder, Walk::Stamps::No);
    for (auto found = walk.next(); !found.empty(); found = walk.next()) {
        for (StampedFile &file : found)
            result.append(std::move(file.path));
    }
    result.sort();
    return result;
}

SourceFilePtr readFile(const QString &root, const QString &path, syntax::Parser &parser, const SourceFile *previous,
                       bool keepReading, ReadRoom *room)
{
    const auto bytes = readBytes(root + u'/' + path);
    if (bytes)
        return readSource(path, *bytes, parser, previous, keepReading, room);
    if (bytes.error() != ReadProblem::Unreadable)
        return {};
    auto broken = std::make_shared<SourceFile>();
    broken->path = path;
    broken->setExtra({.problem = u"unreadable"_s});
    return broken;
}

void addOpaqueImports(ProjectData &data, const SourceFile &file, const QStringList &specifiers)
{
    const auto isOpaque = [](const QString &specifier) {
        return specifier.startsWith(u'.') && specifier.indexOf(u'.', specifier.lastIndexOf(u'/') + 1) >= 0;
    };
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
    std::once_flag begun;
    if (caching)
        loading = std::jthread([&] { cache.load(options.cacheFile); });
    Walk walk(data, {}, caching ? Walk::Stamps::Yes : Walk::Stamps::No);
    struct Importing
    {
        SourceFilePtr file;
        QStringList specifiers;
    };
    std::mutex mutex;
    FileTable::Map files;
    std::vector<Importing> importing;
    qsizetype fresh = 0;
    inParallel([&] {
        syntax::Parser parser;
        ReadRoom room;
        std::vector<SourceFilePtr> own;
        std::vector<Importing> ownImporting;
        for (auto batch = walk.next(); !batch.empty(); batch = walk.next()) {
            std::call_once(begun, [&] {
                if (caching)
                    loading.join();
                files.reserve(std::max(cache.size(), walk.found()));
            });
            auto known = cache.find(batch);
            qsizetype ownFresh = 0;
            for (size_t i = 0; i < batch.size(); ++i) {
                const bool isConfig = isConfigFile(batch[i].path);
                SourceFilePtr file = known[i] && !isConfig ? fromCache(*known[i], data.root, batch[i]) : nullptr;
                QStringList specifiers = file ? std::move(known[i]->specifiers) : QStringList();
                if (!file) {
                    file = readFile(data.root, batch[i].path, parser, nullptr, false, isConfig ? nullptr : &room);
                    if (!file)
                        continue;
                    specifiers = file->facts.specifiers();
                    if (!isConfig) {
                        ++ownFresh;
                        // Nobody else knows it yet: it may still be completed; the same below.
                        std::const_pointer_cast<SourceFile>(file)->stamp = batch[i].stamp;
                    }
                }
                if (!specifiers.isEmpty())
                    ownImporting.emplace_back(file, std::move(specifiers));
                own.push_back(std::move(file));
            }
            const std::scoped_lock lock(mutex); // now, while they are at hand: in the end it takes thrice the time
            for (SourceFilePtr &file : own)
                files.emplace(file->path, std::move(file));
            own.clear();
            fresh += ownFresh;
        }
        const std::scoped_lock lock(mutex);
        importing.insert(importing.end(), std::make_move_iterator(ownImporting.begin()),
                         std::make_move_iterator(ownImporting.end()));
    });
    if (loading.joinable())
        loading.join(); // there was no file
    if (walk.hasFailed())
        return fail(u"unreadable"_s, u"The folder %1 cannot be read."_s.arg(data.root),
                    u"Check the rights of the folder."_s, data.root);
    data.files = FileTable(std::move(files));
    for (const auto &[file, specifiers] : importing)
        addOpaqueImports(data, *file, specifiers);
    std::atomic<size_t> next = 0;
    inParallel([&] {
        for (size_t i = next++; i < importing.size(); i = next++) {
            const auto &[file, specifiers] = importing[i];
            std::const_pointer_cast<SourceFile>(file)->edges =
                resolveImports(data.files, data.config, file->path, specifiers);
        }
    });
    data.cacheIsStale = caching && (fresh > 0 || cache.size() > data.files.size());
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
    std::ranges::sort(entries, {}, &FactsCache::Entry::path); // as they are looked for, folder by folder
    FactsCache::store(cacheFile, entries);
}

} // namespace paddock::workspace
