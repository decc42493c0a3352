// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/problemmodel.h"

#include "models/roles.h"

#include <QHash>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

int rank(const session::Problem &problem)
{
    return problem.severity == "error"_L1 ? 0 : problem.severity == "warning"_L1 ? 1 : 2;
}

/// A problem by all that it says.
struct Key
{
    const session::Problem problem;
    friend bool operator==(const Key &, const Key &) = default;
};

size_t qHash(const Key &key, size_t seed = 0)
{
    const session::Problem &p = key.problem;
    return qHashMulti(seed, p.code, p.message, p.file, p.line);
}

} // namespace

void ProblemModel::setProblems(const QList<session::Problem> &problems)
{
    QList<session::Problem> next = problems;
    std::ranges::stable_sort(next, {}, rank);
    if (next == m_problems)
        return;
    QSet<Key> wanted;
    for (const session::Problem &problem : std::as_const(next))
        wanted.insert({problem});
    const auto isGone = [&](qsizetype row) { return !wanted.contains({m_problems[row]}); };
    for (qsizetype last = m_problems.size() - 1; last >= 0; --last) {
        if (!isGone(last))
            continue;
        qsizetype first = last;
        while (first > 0 && isGone(first - 1))
            --first;
        beginRemoveRows({}, int(first), int(last));
        m_problems.remove(first, last - first + 1);
        endRemoveRows();
        last = first;
    }
    QHash<Key, int> left; // rows that are there and have not found their place
    for (const session::Problem &problem : std::as_const(m_problems))
        ++left[{problem}];
    for (qsizetype row = 0; row < next.size(); ++row) {
        const auto isNew = [&](qsizetype at) { return left.value({next[at]}) == 0; };
        if (isNew(row)) {
            qsizetype end = row + 1;
            while (end < next.size() && isNew(end))
                ++end;
            beginInsertRows({}, int(row), int(end) - 1);
            m_problems = m_problems.first(row) + next.sliced(row, end - row) + m_problems.sliced(row);
            endInsertRows();
            row = end - 1;
            continue;
        }
        --left[{next[row]}];
        if (const qsizetype found = m_problems.indexOf(next[row], row); found > row) {
            beginMoveRows({}, int(found), int(found), {}, int(row));
            m_problems.move(found, row);
            endMoveRows();
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
