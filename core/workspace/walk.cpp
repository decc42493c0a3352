// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/walk.h"

#include "workspace/config.h"

#include <algorithm>
#include <utility>

namespace paddock::workspace {

namespace {

/// Files at a time for a thread: together they are quickly found in a cache, while each takes its time to be read.
constexpr size_t cachedBatch = 64, batch = 12;

bool wanted(const QString &path)
{
    return syntax::languageOf(path).has_value() || isConfigFile(path);
}

} // namespace

Walk::Walk(const ProjectData &data, const QString &top, Stamps stamps) : m_data(data), m_stamps(stamps), m_folders{top}
{}

std::vector<StampedFile> Walk::next()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        if (!m_folders.empty()) { // first, so that there is something to do for all
            const QString folder = std::move(m_folders.back());
            m_folders.pop_back();
            look(folder, lock);
        } else if (!m_files.empty()) {
            std::vector<StampedFile> result = std::move(m_files.back());
            m_files.pop_back();
            m_metFiles = true;
            return result;
        } else if (m_looking > 0) {
            m_changed.wait(lock);
        } else if (!m_links.empty()) {
            const auto first = std::ranges::min_element(m_links);
            m_folders.push_back(std::move(*first));
            m_links.erase(first);
        } else {
            return {};
        }
    }
}

void Walk::look(const QString &folder, std::unique_lock<std::mutex> &lock)
{
    ++m_looking;
    lock.unlock();
    const QString absolute = folder.isEmpty() ? m_data.root : m_data.root + u'/' + folder;
    auto open = OpenFolder::open(absolute);
    lock.lock();
    const bool isNew = open && !m_visited.contains(open->id());
    if (isNew)
        m_visited.insert(open->id());
    lock.unlock();
    std::vector<QString> folders, links;
    qsizetype found = 0;
    std::vector<std::vector<StampedFile>> files;
    const QString before = folder.isEmpty() ? folder : folder + u'/';
    const bool asks = m_stamps == Stamps::Yes;
    const size_t together = asks ? cachedBatch : batch;
    const auto visit = [&](const FolderEntry &entry) {
        QString path;
        path.reserve(before.size() + entry.name.size()); // once, and not more than it takes
        path.append(before).append(QUtf8StringView(entry.name));
        if (entry.isFolder) {
            if (!isIgnoredFolder(path, m_data.config))
                (entry.isLink ? links : folders).push_back(std::move(path));
        } else if (wanted(path)) {
            if (files.empty() || files.back().size() == together)
                files.emplace_back().reserve(together);
            ++found;
            files.back().emplace_back(std::move(path), asks ? open->stampOf(entry).value_or(FileStamp()) : FileStamp());
        }
    };
    if (isNew)
        open->list(visit);
    lock.lock();
    const auto add = [](auto &into, auto &from) {
        into.insert(into.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    add(m_folders, folders);
    add(m_links, links);
    add(m_files, files);
    m_found += found;
    m_metUnreadable |= !open && open.error() == ListProblem::Unreadable;
    --m_looking;
    m_changed.notify_all();
}

} // namespace paddock::workspace
