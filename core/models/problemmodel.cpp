// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/problemmodel.h"

#include "models/roles.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

int rank(const session::Problem &problem)
{
    return problem.severity == "error"_L1 ? 0 : problem.severity == "warning"_L1 ? 1 : 2;
}

} // namespace

void ProblemModel::setProblems(const QList<session::Problem> &problems)
{
    QList<session::Problem> next = problems;
    std::ranges::stable_sort(next, {}, rank);
    for (int row = int(m_problems.size()) - 1; row >= 0; --row) {
        if (next.contains(m_problems[row]))
            continue;
        beginRemoveRows({}, row, row);
        m_problems.removeAt(row);
        endRemoveRows();
    }
    for (int row = 0; row < next.size(); ++row) {
        if (row < m_problems.size() && m_problems[row] == next[row])
            continue;
        const int found = int(m_problems.indexOf(next[row], row));
        if (found > row) {
            beginMoveRows({}, found, found, {}, row);
            m_problems.move(found, row);
            endMoveRows();
        } else {
            beginInsertRows({}, row, row);
            m_problems.insert(row, next[row]);
            endInsertRows();
        }
    }
    if (m_problems.size() > next.size()) { // what is left are duplicates of rows above
        beginRemoveRows({}, int(next.size()), int(m_problems.size()) - 1);
        m_problems.resize(next.size());
        endRemoveRows();
    }
}

int ProblemModel::count(const QString &severity) const
{
    return int(std::ranges::count(m_problems, severity, &session::Problem::severity));
}

int ProblemModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_problems.size());
}

int ProblemModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ProblemModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const session::Problem &problem = m_problems[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Message: return problem.message;
        case Location: return problem.line > 0 ? u"%1:%2"_s.arg(problem.file).arg(problem.line) : problem.file;
        case Source: return problem.source.section(u':', 0, 0); // "change:users": found by a change
        }
        return {};
    case Qt::ToolTipRole:
        return problem.remedy.isEmpty() ? problem.message : QString(problem.message + u"\n\n" + problem.remedy);
    case NameRole: return problem.code;
    case DetailRole: return problem.remedy;
    case SeverityRole: return problem.severity;
    case FileRole: return problem.file;
    case LineRole: return problem.line;
    case RecordRole: return QVariant::fromValue(problem);
    default: return {};
    }
}

QVariant ProblemModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Message: return tr("Problem");
    case Location: return tr("Where");
    case Source: return tr("Found by");
    default: return {};
    }
}

} // namespace paddock::models
