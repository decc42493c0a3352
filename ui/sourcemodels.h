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

#include <QThreadPool>
#include <QTimer>

namespace paddock::ui {

class Source;

/// The models that the window's views share, fed by one source at a time. What the tree should show is made and
/// compared on a thread of its own, and brought into the model in pieces, each of a few milliseconds.
class SourceModels final : public QObject
{
    Q_OBJECT

public:
    explicit SourceModels(QObject *parent = nullptr);

    void setSource(Source *source); ///< null: everything is emptied

    models::WorkspaceTreeModel tree; ///< what the filter keeps of it
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

    void setTreeFilter(const QString &text); ///< words that each row must match; treeUpdated follows
    [[nodiscard]] const QStringList &treeFilter() const { return m_words; }
    /// The words that the tree shows the matches of.
    [[nodiscard]] const QStringList &shownTreeFilter() const { return m_shownWords; }

Q_SIGNALS:
    void droppedLinesChanged(qint64 count);
    void treeUpdated(); ///< tree, routes, generations or errors may be new

private:
    struct Nodes;
    void refreshTree();
    void makeNodes();
    void showNodes(std::shared_ptr<const Nodes> nodes);
    void showPiece();
    void applyChange(const session::ChangeRecord &record);

    Source *m_source = nullptr; ///< outlives its being set here
    QMap<QString, QString> m_errors;
    QTimer m_treeTimer; ///< a burst of changes is one refresh
    QTimer m_pieceTimer;
    std::shared_ptr<const models::WorkspaceState> m_state; ///< what the tree should show
    std::shared_ptr<const Nodes> m_nodes;                  ///< what the model is brought to, or shows
    QStringList m_words, m_shownWords;
    int m_epoch = 0; ///< nodes of an earlier source come too late
    bool m_isMaking = false, m_isStale = false;
    qint64 m_dropped = 0;
    QThreadPool m_pool; ///< last: its thread ends before the rest goes
};

} // namespace paddock::ui
