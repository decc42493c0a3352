// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/project.h"

#include <QByteArray>
#include <QHash>
#include <QMap>
#include <QSet>
#include <optional>

namespace paddock::session {

/// The texts of a workspace's files as they were in service, generation by generation of the present server process: a
/// server that hangs cannot give its earlier code back, so it must be known outside. Bounded.
class SourceKeeper final
{
public:
    using Texts = QHash<QByteArray, QByteArray>; ///< content hash → text

    /// The texts of a state's files whose hash is not among `known`; what has changed since, or is too large, is left
    /// out. Reads files, so not on the main thread.
    [[nodiscard]] static Texts read(const workspace::ProjectState &state, const QSet<QByteArray> &known);

    [[nodiscard]] QSet<QByteArray> known() const;
    void add(const Texts &texts);
    /// A process has started with these files.
    void begin(int generation, const workspace::ProjectState &state);
    /// What is in service from this generation on.
    void record(int generation, const workspace::ProjectState &state);
    /// The files as they were when this generation came into service.
    [[nodiscard]] std::optional<workspace::ProjectState> at(int generation) const;
    [[nodiscard]] std::optional<QByteArray> text(const QByteArray &hash) const;

private:
    void prune();

    Texts m_texts;
    QMap<int, workspace::ProjectState> m_states;
    qint64 m_bytes = 0;
};

} // namespace paddock::session
