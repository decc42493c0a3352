// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/data.h"

#include "workspace/derive.h"
#include "workspace/shape.h"

#include <QCryptographicHash>
#include <QSet>
#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

QByteArray contentHashOf(QByteArrayView bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha1);
}

// ---------------------------------------------------------------- FileTable

const SourceFile *FileTable::find(const QString &path) const
{
    if (const auto own = m_own.constFind(path); own != m_own.constEnd())
        return own->get();
    const auto shared = m_shared->constFind(path);
    return shared == m_shared->constEnd() ? nullptr : shared->get();
}

SourceFilePtr FileTable::get(const QString &path) const
{
    if (const auto own = m_own.constFind(path); own != m_own.constEnd())
        return *own;
    return m_shared->value(path);
}

void FileTable::set(const SourceFilePtr &file)
{
    m_own.insert(file->path, file);
    settle();
}

void FileTable::remove(const QString &path)
{
    if (m_shared->contains(path))
        m_own.insert(path, {});
    else
        m_own.remove(path);
}

/// Keeps the private part small, since every state copies it: once it has grown, both become one new shared table.
void FileTable::settle()
{
    if (m_own.size() < 64 || m_own.size() * m_own.size() < m_shared->size())
        return;
    Map merged = *m_shared;
    for (auto it = m_own.cbegin(); it != m_own.cend(); ++it) {
        if (*it)
            merged.insert(it.key(), *it);
        else
            merged.remove(it.key());
    }
    m_shared = std::make_shared<const Map>(std::move(merged));
    m_own.clear();
}

qsizetype FileTable::size() const
{
    qsizetype result = m_shared->size();
    for (auto it = m_own.cbegin(); it != m_own.cend(); ++it)
        result += (*it ? 1 : 0) - (m_shared->contains(it.key()) ? 1 : 0);
    return result;
}

void FileTable::forEach(const std::function<void(const SourceFile &)> &visit) const
{
    for (auto it = m_shared->cbegin(); it != m_shared->cend(); ++it) {
        if (!m_own.contains(it.key()))
            visit(**it);
    }
    for (const SourceFilePtr &file : m_own) {
        if (file)
            visit(*file);
    }
}

QStringList FileTable::paths() const
{
    QStringList result;
    forEach([&result](const SourceFile &file) { result.append(file.path); });
    result.sort();
    return result;
}

QStringList FileTable::differences(const FileTable &other) const
{
    QSet<QString> candidates;
    const auto addKeys = [&candidates](const Map &map) {
        for (auto it = map.cbegin(); it != map.cend(); ++it)
            candidates.insert(it.key());
    };
    addKeys(m_own);
    addKeys(other.m_own);
    if (m_shared != other.m_shared) {
        addKeys(*m_shared);
        addKeys(*other.m_shared);
    }
    QStringList result;
    for (const QString &path : std::as_const(candidates)) {
        const SourceFile *a = find(path), *b = other.find(path);
        if (a != b && !(a && b && a->facts.sameContent(b->facts)))
            result.append(path);
    }
    result.sort();
    return result;
}

std::optional<QStringList> FileTable::replaced(const FileTable &other, qsizetype most) const
{
    if (m_shared != other.m_shared && (size() > most * 64 || other.size() > most * 64))
        return {};
    QStringList result;
    const auto compare = [&](const FileTable &from, const Map &map) {
        for (auto it = map.cbegin(); it != map.cend() && result.size() <= most; ++it) {
            if (from.get(it.key()) != (&from == this ? other : *this).get(it.key()))
                result.append(it.key());
        }
    };
    compare(*this, m_own);
    compare(other, other.m_own);
    if (m_shared != other.m_shared) {
        compare(*this, *m_shared);
        compare(other, *other.m_shared);
    }
    result.removeDuplicates();
    if (result.size() > most)
        return {};
    return result;
}

// ---------------------------------------------------------------- ProjectData

const Model &ProjectData::model() const
{
    if (const Model *known = m_known.load(std::memory_order_acquire))
        return *known;
    const std::scoped_lock lock(m_modelMutex);
    if (!m_model) {
        std::optional<Model> derived = m_basis ? deriveModel(*m_basis, *this) : std::nullopt;
        m_model = std::make_shared<const Model>(derived ? std::move(*derived) : discover(*this));
        m_basis.reset();
        m_known.store(m_model.get(), std::memory_order_release);
    }
    return *m_model;
}

void ProjectData::startFrom(const ProjectData &other)
{
    const std::unique_lock lock(other.m_modelMutex, std::try_to_lock);
    if (!lock) // just being worked out: it does without rather than wait
        return;
    m_basis = other.m_model ? std::make_shared<const ModelBasis>(ModelBasis{other.m_model, other.files, other.config})
                            : other.m_basis;
}

const Importers &ProjectData::importers() const
{
    const std::scoped_lock lock(m_importersMutex);
    if (!m_importers) {
        Importers result;
        files.forEach([&result](const SourceFile &file) {
            for (const Edge &edge : file.edges) {
                if (!edge.found())
                    continue;
                QStringList &list = result[edge.target];
                if (!list.contains(file.path))
                    list.append(file.path);
            }
        });
        m_importers = std::make_shared<const Importers>(std::move(result));
    }
    return *m_importers;
}

const PluginShape &ProjectData::shape(const PluginDef &plugin) const
{
    (void)model(); // never worked out while the lock is held
    const std::scoped_lock lock(m_shapesMutex);
    auto &known = m_shapes[plugin.name];
    if (!known)
        known = std::make_shared<const PluginShape>(shapeOf(*this, plugin));
    return *known;
}

void ProjectData::shareImporters(const ProjectData &other) const
{
    const std::scoped_lock lock(m_importersMutex, other.m_importersMutex);
    m_importers = other.m_importers;
}

} // namespace paddock::workspace
