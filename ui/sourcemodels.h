// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/changefeedmodel.h"
#include "models/jobmodel.h"
#include "models/journalmodel.h"
#include "models/logmodel.h"
#include "models/problemmodel.h"
#include "models/routemodel.h"
#include "models/summarymodel.h"
#include "models/workspacetreemodel.h"

#include <QTimer>

namespace paddock::ui {

class Source;

/// The models that the window's views share, fed by one source at a time.
class SourceModels final : public QObject
{
    Q_OBJECT

public:
    explicit SourceModels(QObject *parent = nullptr);

    void setSource(Source *source); ///< null: everything is emptied

    models::WorkspaceTreeModel tree;
    models::RouteModel routes;
    models::SummaryModel summary;
    models::ChangeFeedModel feed;
    models::LogModel logs;
    models::ProblemModel problems;
    models::JobModel jobs;
    models::JournalModel journal;

    [[nodiscard]] qint64 droppedLines() const { return m_dropped; }
    /// Plugin (or route) → what its last change failed with.
    [[nodiscard]] const QMap<QString, QString> &errors() const { return m_errors; }

Q_SIGNALS:
    void droppedLinesChanged(qint64 count);
    void treeUpdated(); ///< tree, routes, generations or errors may be new

private:
    void refreshTree();
    void applyChange(const session::ChangeRecord &record);

    Source *m_source = nullptr; ///< outlives its being set here
    QMap<QString, QString> m_errors;
    QTimer m_treeTimer; ///< a burst of changes is one refresh
    qint64 m_dropped = 0;
};

} // namespace paddock::ui
