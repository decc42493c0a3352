// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/saveloop.h"

#include <algorithm>

namespace paddock::session {

namespace {

constexpr qsizetype WorksKept = 32;
/// How long after its end a write of the work may be seen.
constexpr qint64 SettleNs = 300'000'000;

} // namespace

void SaveLoop::began(const QString &writer, qint64 atNs)
{
    m_works.append({writer, atNs, -1});
    if (m_works.size() > WorksKept)
        m_works.removeFirst();
}

void SaveLoop::ended(const QString &writer, qint64 atNs)
{
    for (qsizetype i = m_works.size() - 1; i >= 0; --i) {
        if (m_works[i].writer == writer && m_works[i].ended < 0) {
            m_works[i].ended = atNs;
            return;
        }
    }
}

bool SaveLoop::isQuiet(qint64 nowNs) const
{
    return std::ranges::all_of(m_works, [nowNs](const Work &w) { return w.ended >= 0 && w.ended + SettleNs < nowNs; });
}

SaveLoop::Verdict SaveLoop::take(const QString &file, qint64 savedAtNs, QString *writer)
{
    // What runs at that moment comes before what has just ended, the latest before the rest.
    const auto during = [&](qint64 settleNs) {
        return std::find_if(m_works.crbegin(), m_works.crend(), [&](const Work &work) {
            return work.began <= savedAtNs && (work.ended < 0 || savedAtNs <= work.ended + settleNs);
        });
    };
    auto work = during(0);
    if (work == m_works.crend())
        work = during(SettleNs);
    if (work == m_works.crend()) {
        m_rounds.remove(file);
        if (m_retried.remove(file))
            m_confirmed.insert(file);
        else
            m_confirmed.remove(file);
        if (!m_confirmed.contains(file))
            m_trials.remove(file);
        return Verdict::Fine;
    }
    *writer = work->writer;
    if (m_confirmed.contains(file)) {
        if (++m_trials[file] >= Trials)
            return Verdict::Loop;
        m_confirmed.remove(file);
        return Verdict::Suspect; // once more, in another quiet moment
    }
    if (++m_rounds[file] < Limit)
        return Verdict::Fine;
    m_rounds.remove(file);
    return Verdict::Suspect;
}

} // namespace paddock::session
