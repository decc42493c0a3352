// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sourcemodels.h"

#include "source.h"

using namespace Qt::StringLiterals;

namespace paddock::ui {

SourceModels::SourceModels(QObject *parent) : QObject(parent)
{
    m_treeTimer.setSingleShot(true);
    m_treeTimer.setInterval(0);
    connect(&m_treeTimer, &QTimer::timeout, this, &SourceModels::refreshTree);
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
    models::WorkspaceState state;
    if (m_source) {
        state.workspace = m_source->workspace();
        state.inspection = m_source->inspection();
        state.generations = m_source->pluginGenerations();
        state.rolledBack = m_source->rolledBack();
        state.errors = m_errors;
        if (const session::TypesDesk *types = m_source->types())
            for (const QString &subject : types->status().stale)
                if (subject.startsWith("plugin "_L1))
                    state.staleTypes << subject.sliced(7);
        if (const session::MigrationDesk *desk = m_source->migrations();
            desk && desk->wasRead() && !desk->status().unreachable)
            for (const migrations::Entry &entry : desk->status().entries)
                state.migrationStates.insert(entry.plugin + u'/' + entry.name, QString(toString(entry.state)));
    }
    tree.setState(state);
    routes.setRoutes(state.workspace.routes);
    Q_EMIT treeUpdated();
}

} // namespace paddock::ui
