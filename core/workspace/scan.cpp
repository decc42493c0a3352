// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/scan.h"

#include "workspace/cache.h"
#include "workspace/filesystem.h"

#include <QDir>
#include <QFileInfo>
#include <QSet>
#include <algorithm>
#include <atomic>
#include <thread>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

bool wanted(const QString &path)
{
    return syntax::languageOf(path).has_value() || isConfigFile(path);
}

/// Everything wanted below a folder, in no particular order.
std::vector<QString> walk(const ProjectData &data, const QString &top, bool *unreadable)
{
    std::vector<QString> result;
    QStringList pending{top}, links; // links last: a folder is known by its own name where it has one
    QSet<FolderId> visited;          // a link may lead back up
    while (!pending.isEmpty() || !links.isEmpty()) {
        const QString dir = pending.isEmpty() ? links.takeFirst() : pending.takeLast();
        const QString absolute = dir.isEmpty() ? data.root : data.root + u'/' + dir;
        const auto id = folderId(absolute);
        if (!id || visited.contains(*id))
            continue;
        visited.insert(*id);
        const bool readable = listFolder(absolute, [&](const FolderEntry &entry) {
            QString path = dir.isEmpty() ? entry.name : dir + u'/' + entry.name;
            if (entry.isFolder) {
                if (!isIgnoredFolder(path, data.config))
                    (entry.isLink ? links : pending).append(path);
            } else if (wanted(path)) {
                result.push_back(std::move(path));
            }
        });
        if (!readable && unreadable)
            *unreadable = true;
    }
    return result;
}

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

/// Packs one thread's facts.
class Store final
{
public:
    [[nodiscard]] StoredFacts put(const StoredFacts &facts)
    {
        constexpr qsizetype pieceSize = 256 * 1024;
        const QByteArray packed = facts.packed();
        if (!m_pack || m_size + packed.size() > pieceSize) {
            QByteArray room;
            room.reserve(std::max(packed.size(), pieceSize));
            m_pack = std::make_shared<FactsPack>(std::move(room));
            m_size = 0;
        }
        m_size += packed.size();
        return StoredFacts(facts.head(), {.pack = m_pack,
                                          .offset = m_pack->append(packed),
                                          .size = static_cast<quint32>(packed.size()),
                                          .check = StoredFacts::checkOf(packed)});
    }

private:
    PackPtr m_pack;
    qsizetype m_size = 0;
};

} // namespace

QStringList filesBelow(const ProjectData &data, const QString &folder)
{
    QStringList result;
    for (QString &path : walk(data, folder, nullptr))
        result.append(std::move(path));
    result.sort();
    return result;
}

SourceFilePtr readFile(const QString &root, const QString &path, syntax::Parser &parser, const SourceFile *previous,
                       bool keepReading)
{
    const auto bytes = readBytes(root + u'/' + path);
    if (bytes)
        return readSource(path, *bytes, parser, previous, keepReading);
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
    FactsCache cache;
    std::jthread loading; // while the folders are walked
    if (caching)
        loading = std::jthread([&] { cache.load(options.cacheFile); });
    bool unreadable = false;
    const std::vector<QString> found = walk(data, {}, &unreadable);
    if (loading.joinable())
        loading.join();
    if (unreadable && found.empty())
        return fail(u"unreadable"_s, u"The folder %1 cannot be read."_s.arg(data.root),
                    u"Check the rights of the folder."_s, data.root);
    const int wish = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
    const int threadCount = std::clamp(wish, 1, static_cast<int>(found.size() / 8) + 1);
    constexpr size_t batch = 16; // files at a time for each thread
    std::atomic<size_t> next = 0;
    const auto inParallel = [&](const auto &job) {
        next = 0;
        std::vector<std::jthread> threads;
        for (int t = 1; t < threadCount; ++t)
            threads.emplace_back(job);
        job();
    };
    std::vector<SourceFilePtr> files(found.size());
    std::atomic<size_t> fresh = 0;
    inParallel([&] {
        syntax::Parser parser;
        Store store;
        for (size_t i = next.fetch_add(batch); i < found.size(); i = next.fetch_add(batch)) {
            for (size_t at = i; at < std::min(i + batch, found.size()); ++at) {
                const QString &path = found[at];
                const bool isConfig = isConfigFile(path);
                const bool keep = caching && !isConfig;
                const FileStamp stamp = keep ? stampOfFile(data.root + u'/' + path).value_or(FileStamp()) : FileStamp();
                if (keep && (files[at] = fromCache(cache, data.root, path, stamp)))
                    continue;
                files[at] = readFile(data.root, path, parser, nullptr, false);
                if (!files[at] || isConfig)
                    continue;
                ++fresh;
                // Nobody else knows it yet: it may still be completed; the same below.
                const auto file = std::const_pointer_cast<SourceFile>(files[at]);
                file->stamp = stamp;
                if (file->facts.head().isSource)
                    file->facts = store.put(file->facts);
            }
        }
    });
    data.files = FileTable(files);
    for (const SourceFilePtr &file : files) {
        if (file && file->facts.head().hasImports)
            addOpaqueImports(data, *file);
    }
    inParallel([&] {
        for (size_t i = next++; i < files.size(); i = next++) {
            if (files[i] && files[i]->facts.head().hasImports)
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
