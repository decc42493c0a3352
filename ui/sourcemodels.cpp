// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sourcemodels.h"

#include "models/treenodes.h"
#include "source.h"

#include <QtConcurrentRun>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

constexpr int PieceMs = 4; ///< views take about as long again for what they are told

} // namespace

/// What the tree and the list of routes should show, and what they were made of.
struct SourceModels::Nodes
{
    std::shared_ptr<const models::WorkspaceState> state;
    std::shared_ptr<const std::vector<models::ValueNode>> all;
    QStringList words;
    std::vector<models::ValueNode> shown;
    QList<workspace::Route> routes; ///< in the order of the model
    quint64 lastStamp = 0;

    static std::shared_ptr<const Nodes> make(const std::shared_ptr<const models::WorkspaceState> &state,
                                             const QStringList &words, const std::shared_ptr<const Nodes> &before)
    {
        auto made = std::make_shared<Nodes>();
        made->state = state;
        made->words = words;
        if (before && before->state == state) {
            made->all = before->all;
            made->routes = before->routes;
        } else {
            made->all = std::make_shared<const std::vector<models::ValueNode>>(models::workspaceNodes(*state));
            made->routes = models::RouteModel::inOrder(state->workspace.routes);
        }
        made->shown = words.isEmpty() ? *made->all : models::filteredNodes(*made->all, words);
        made->lastStamp = before ? before->lastStamp : 0;
        models::stampNodes(made->shown, before ? before->shown : std::vector<models::ValueNode>(), made->lastStamp);
        return made;
    }
};

SourceModels::SourceModels(QObject *parent) : QObject(parent)
{
    m_treeTimer.setSingleShot(true);
    m_treeTimer.setInterval(0);
    connect(&m_treeTimer, &QTimer::timeout, this, &SourceModels::refreshTree);
    m_pieceTimer.setInterval(0);
    connect(&m_pieceTimer, &QTimer::timeout, this, &SourceModels::showPiece);
    m_pool.setMaxThreadCount(1);
}

void SourceModels::setSource(Source *source)
{
    if (m_source) {
        m_source->disconnect(this);
        if (m_source->migrations())
            m_source->migrations()->disconnect(&m_treeTimer);
        if (m_source->types())
            m_source->types()->disconnect(&m_treeTimer);
    }
    m_source = source;
    summary.clear();
    feed.clear();
    logs.clear();
    jobs.clear();
    journal.clear();
    m_errors.clear();
    m_dropped = 0;
    Q_EMIT droppedLinesChanged(0);
    if (source) {
        for (const session::ChangeRecord &record : source->changes())
            applyChange(record);
        for (const session::JobRecord &job : source->jobs())
            jobs.apply(job);
        for (const session::JournalEntry &entry : source->journal())
            journal.append(entry);
        connect(source, &Source::journalAdded, &journal, &models::JournalModel::append);
        connect(source, &Source::changeAdded, this, &SourceModels::applyChange);
        connect(source, &Source::changeUpdated, this, &SourceModels::applyChange);
        connect(source, &Source::changeFinished, this, &SourceModels::applyChange);
        connect(source, &Source::logsAdded, &logs, &models::LogModel::append);
        connect(source, &Source::logsDropped, this, [this](qint64 count) {
            m_dropped = count;
            Q_EMIT droppedLinesChanged(count);
        });
        connect(source, &Source::problemsChanged, this, [this, source] { problems.setProblems(source->problems()); });
        summary.setPast(source->pastSummary());
        connect(source, &Source::pastSummaryChanged, this, [this, source] { summary.setPast(source->pastSummary()); });
        connect(source, &Source::jobChanged, &jobs, &models::JobModel::apply);
        const auto refresh = qOverload<>(&QTimer::start);
        connect(source, &Source::workspaceChanged, &m_treeTimer, refresh);
        connect(source, &Source::inspectionChanged, &m_treeTimer, refresh);
        connect(source, &Source::serverChanged, &m_treeTimer, refresh);
        connect(source, &Source::rolledBackChanged, &m_treeTimer, refresh);
        if (session::MigrationDesk *desk = source->migrations())
            connect(desk, &session::MigrationDesk::statusChanged, &m_treeTimer, refresh);
        if (const session::TypesDesk *types = source->types())
            connect(types, &session::TypesDesk::statusChanged, &m_treeTimer, refresh);
    }
    problems.setProblems(source ? source->problems() : QList<session::Problem>());
    ++m_epoch;
    m_isMaking = false;
    m_pieceTimer.stop();
    m_pool.start([gone = std::exchange(m_nodes, {})] {}); // large ones take a while to go
    tree.setNodes({});
    routes.setRoutes({});
    Q_EMIT treeUpdated();
    refreshTree();
}

void SourceModels::applyChange(const session::ChangeRecord &record)
{
    feed.apply(record);
    summary.apply(record);
    const QString &subject = record.change.subject.name;
    if (record.outcome) {
        const bool failed = record.outcome == session::Outcome::KeptOld || record.outcome == session::Outcome::Held;
        if (failed && !record.message.isEmpty())
            m_errors.insert(subject, record.message);
        else if (*record.outcome != session::Outcome::None)
            m_errors.remove(subject);
        if (record.outcome == session::Outcome::Restarted)
            m_errors.clear();
    }
    m_treeTimer.start();
}

void SourceModels::refreshTree()
{
    auto state = std::make_shared<models::WorkspaceState>();
    if (m_source) {
        state->workspace = m_source->workspace();
        state->inspection = m_source->inspection();
        state->generations = m_source->pluginGenerations();
        state->rolledBack = m_source->rolledBack();
        state->errors = m_errors;
        if (const session::TypesDesk *types = m_source->types())
            for (const QString &subject : types->status().stale)
                if (subject.startsWith("plugin "_L1))
                    state->staleTypes << subject.sliced(7);
        if (const session::MigrationDesk *desk = m_source->migrations();
            desk && desk->wasRead() && !desk->status().unreachable)
            for (const migrations::Entry &entry : desk->status().entries)
                state->migrationStates.insert(entry.plugin + u'/' + entry.name, QString(toString(entry.state)));
    }
    m_state = std::move(state);
    makeNodes();
}

void SourceModels::setTreeFilter(const QString &text)
{
    QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    if (words == m_words)
        return;
    m_words = std::move(words);
    makeNodes();
}

/// One at a time; what comes meanwhile is made together afterwards.
void SourceModels::makeNodes()
{
    m_isStale = m_isMaking;
    if (m_isMaking || !m_state)
        return;
    m_isMaking = true;
    QtConcurrent::run(&m_pool, &Nodes::make, m_state, m_words, m_nodes)
        .then(this, [this, epoch = m_epoch](std::shared_ptr<const Nodes> nodes) {
            if (epoch != m_epoch)
                return;
            m_isMaking = false;
            showNodes(std::move(nodes));
            if (m_isStale)
                makeNodes();
        });
}

void SourceModels::showNodes(std::shared_ptr<const Nodes> nodes)
{
    m_pool.start([gone = std::exchange(m_nodes, std::move(nodes))] {});
    m_pieceTimer.start();
}

void SourceModels::showPiece()
{
    if (!tree.setSome(m_nodes->shown, QDeadlineTimer(PieceMs, Qt::PreciseTimer)))
        return;
    m_pieceTimer.stop();
    routes.setRoutes(m_nodes->routes);
    m_shownWords = m_nodes->words;
    Q_EMIT treeUpdated();
}

} // namespace paddock::ui
