// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/jobmodel.h"

#include "models/roles.h"

#include <QLocale>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

JobModel::JobModel(QObject *parent, int maximum) : QAbstractTableModel(parent), m_maximum(maximum) {}

void JobModel::apply(const session::JobRecord &job)
{
    const auto it = std::ranges::find(m_jobs, job.id, &session::JobRecord::id);
    if (it != m_jobs.end()) {
        const int row = int(it - m_jobs.begin());
        *it = job;
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        return;
    }
    beginInsertRows({}, 0, 0);
    m_jobs.prepend(job);
    endInsertRows();
    if (m_jobs.size() > m_maximum) {
        beginRemoveRows({}, m_maximum, int(m_jobs.size()) - 1);
        m_jobs.resize(m_maximum);
        endRemoveRows();
    }
}

void JobModel::clear()
{
    if (m_jobs.isEmpty())
        return;
    beginRemoveRows({}, 0, int(m_jobs.size()) - 1);
    m_jobs.clear();
    endRemoveRows();
}

int JobModel::running() const
{
    return int(std::ranges::count(m_jobs, session::JobState::Running, &session::JobRecord::state));
}

int JobModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_jobs.size());
}

int JobModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant JobModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const session::JobRecord &job = m_jobs[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Name: return job.name;
        case Command: return job.command;
        case State: return QString::fromLatin1(session::toString(job.state));
        case Duration: return job.ms > 0 ? QVariant(job.ms) : QVariant();
        case Started: return job.startedAt.isValid() ? job.startedAt.toLocalTime().toString(u"HH:mm:ss") : QString();
        }
        return {};
    case StateRole: return QString::fromLatin1(session::toString(job.state));
    case LatencyRole: return job.ms;
    case SeverityRole: return job.state == session::JobState::Failed ? u"error"_s : QString();
    case RecordRole: return QVariant::fromValue(job);
    default: return {};
    }
}

QVariant JobModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Job");
    case Command: return tr("Command");
    case State: return tr("State");
    case Duration: return tr("Time");
    case Started: return tr("Started");
    default: return {};
    }
}

} // namespace paddock::models
