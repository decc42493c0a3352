// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sourcekeeper.h"

#include <QFile>
#include <iterator>

namespace paddock::session {

namespace {

constexpr qint64 LargestFile = 1024 * 1024;
constexpr qint64 MostBytes = 64 * 1024 * 1024;
constexpr qsizetype MostStates = 50;

} // namespace

SourceKeeper::Texts SourceKeeper::read(const workspace::ProjectState &state, const QSet<QByteArray> &known)
{
    Texts texts;
    for (const QString &name : state.files()) {
        const QByteArray hash = state.contentHash(name);
        if (hash.isEmpty() || known.contains(hash) || texts.contains(hash))
            continue;
        QFile file(state.root() + u'/' + name);
        if (file.size() > LargestFile || !file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray text = file.readAll();
        if (workspace::contentHashOf(text) == hash)
            texts.insert(hash, text);
    }
    return texts;
}

QSet<QByteArray> SourceKeeper::known() const
{
    return {m_texts.keyBegin(), m_texts.keyEnd()};
}

void SourceKeeper::add(const Texts &texts)
{
    for (auto it = texts.begin(); it != texts.end(); ++it) {
        if (m_texts.contains(it.key()))
            continue;
        m_texts.insert(it.key(), it.value());
        m_bytes += it.value().size();
    }
    if (m_bytes > MostBytes)
        prune();
}

void SourceKeeper::begin(int generation, const workspace::ProjectState &state)
{
    m_states.clear();
    record(generation, state);
}

void SourceKeeper::record(int generation, const workspace::ProjectState &state)
{
    if (generation <= 0)
        return;
    m_states.insert(generation, state);
    while (m_states.size() > MostStates)
        m_states.erase(m_states.begin());
}

std::optional<workspace::ProjectState> SourceKeeper::at(int generation) const
{
    // Several generations of one batch are recorded as the last of them.
    const auto it = m_states.lowerBound(generation);
    if (generation <= 0 || it == m_states.end())
        return {};
    return it.value();
}

std::optional<QByteArray> SourceKeeper::text(const QByteArray &hash) const
{
    const auto it = m_texts.constFind(hash);
    return it == m_texts.constEnd() ? std::nullopt : std::optional(*it);
}

/// Only what a recorded generation needs stays.
void SourceKeeper::prune()
{
    QSet<QByteArray> needed;
    for (const workspace::ProjectState &state : std::as_const(m_states))
        for (const QString &name : state.files())
            needed.insert(state.contentHash(name));
    m_bytes = 0;
    for (auto it = m_texts.begin(); it != m_texts.end();) {
        if (needed.contains(it.key())) {
            m_bytes += it.value().size();
            ++it;
        } else {
            it = m_texts.erase(it);
        }
    }
}

} // namespace paddock::session
