// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionsource.h"

#include "session/sample.h"

#include <QtConcurrentRun>

namespace paddock::ui {

using session::Session;

SessionSource::SessionSource(const session::SessionOptions &options, QObject *parent)
    : Source(parent), m_session(options)
{
    const auto pass = [this](auto from, auto to) { connect(&m_session, from, this, to); };
    pass(&Session::opened, &Source::opened);
    pass(&Session::openFailed, &Source::openFailed);
    pass(&Session::closed, &Source::closed);
    pass(&Session::trustNeeded, &Source::trustNeeded);
    pass(&Session::pausedChanged, &Source::pausedChanged);
    pass(&Session::waitingFilesChanged, &Source::waitingFilesChanged);
    pass(&Session::serverChanged, &Source::serverChanged);
    pass(&Session::workspaceChanged, &Source::workspaceChanged);
    pass(&Session::inspectionChanged, &Source::inspectionChanged);
    pass(&Session::changeAdded, &Source::changeAdded);
    pass(&Session::changeUpdated, &Source::changeUpdated);
    pass(&Session::changeFinished, &Source::changeFinished);
    pass(&Session::logsAdded, &Source::logsAdded);
    pass(&Session::logsDropped, &Source::logsDropped);
    pass(&Session::problemsChanged, &Source::problemsChanged);
    pass(&Session::journalAdded, &Source::journalAdded);
    pass(&Session::jobChanged, &Source::jobChanged);
    pass(&Session::pendingWorkChanged, &Source::pendingWorkChanged);
    pass(&Session::rolledBackChanged, &Source::rolledBackChanged);
    pass(&Session::focusChanged, &Source::focusChanged);
    pass(&Session::manualChanged, &Source::manualChanged);
    pass(&Session::restartPolicyChanged, &Source::restartPolicyChanged);
    pass(&Session::restartWantedChanged, &Source::restartWantedChanged);
    pass(&Session::heldForChanged, &Source::heldForChanged);
    pass(&Session::historyWritten, &Source::historyWritten);
    pass(&Session::pastSummaryChanged, &Source::pastSummaryChanged);
}

WindowServices sessionServices()
{
    return {.makeSource = [](const QString &root) -> std::unique_ptr<Source> {
                return std::make_unique<SessionSource>(session::SessionOptions{.root = root});
            },
            .sampleFolder = [] { return QtConcurrent::run([] { return session::sampleWorkspace(); }); }};
}

} // namespace paddock::ui
