// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logfiltermodel.h"

#include <QElapsedTimer>
#include <algorithm>

namespace paddock::models {

namespace {
constexpr qint64 SliceMs = 6; // leaves most of a 16 ms frame to the window
}

LogFilterModel::LogFilterModel(LogModel *source, QObject *parent) : QAbstractListModel(parent), m_source(source)
{
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &LogFilterModel::scanSlice);
    connect(source, &QAbstractItemModel::rowsAboutToBeInserted, this, [this](const QModelIndex &, int first, int last) {
        if (m_isIdentity)
            beginInsertRows({}, first, last);
    });
    connect(source, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { onInserted(first, last); });
    connect(source, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this](const QModelIndex &, int first, int last) {
        if (m_isIdentity)
            beginRemoveRows({}, first, last);
        else
            onRemoved(last - first + 1);
    });
    connect(source, &QAbstractItemModel::rowsRemoved, this, [this] {
        if (m_isIdentity)
            endRemoveRows();
    });
}

void LogFilterModel::setFilter(const LogFilter &filter)
{
    m_expressionError.clear();
    if (filter.isRegex && !filter.text.isEmpty()) {
        QRegularExpression expression(filter.text, QRegularExpression::CaseInsensitiveOption);
        if (!expression.isValid()) {
            m_expressionError = expression.errorString();
            return;
        }
        expression.optimize();
        m_expression = expression;
    }
    if (filter == m_filter)
        return;
    beginResetModel();
    m_filter = filter;
    m_isIdentity = filter.isEmpty();
    m_sequences.clear();
    m_scanEnd = m_isIdentity ? 0 : m_source->endSequence();
    endResetModel();
    if (m_isIdentity) {
        m_timer.stop();
        Q_EMIT scanningChanged(false);
    } else {
        m_timer.start();
        Q_EMIT scanningChanged(true);
        scanSlice();
    }
}

bool LogFilterModel::accepts(qint64 sequence) const
{
    if (m_source->level(sequence) < m_filter.minimum)
        return false;
    if (!m_filter.plugin.isEmpty() && m_source->plugin(sequence) != m_filter.plugin)
        return false;
    if (m_filter.text.isEmpty())
        return true;
    const QString text = m_source->text(sequence);
    return m_filter.isRegex ? m_expression.match(text).hasMatch() : text.contains(m_filter.text, Qt::CaseInsensitive);
}

void LogFilterModel::onInserted(int first, int last)
{
    if (m_isIdentity)
        return endInsertRows();
    std::vector<qint64> matching;
    for (int row = first; row <= last; ++row) {
        const qint64 sequence = m_source->firstSequence() + row;
        if (accepts(sequence))
            matching.push_back(sequence);
    }
    if (matching.empty())
        return;
    beginInsertRows({}, int(m_sequences.size()), int(m_sequences.size() + matching.size()) - 1);
    m_sequences.insert(m_sequences.end(), matching.begin(), matching.end());
    endInsertRows();
}

void LogFilterModel::onRemoved(int count)
{
    const qint64 end = m_source->firstSequence() + count;
    const auto keep = std::ranges::lower_bound(m_sequences, end);
    if (keep == m_sequences.begin())
        return;
    beginRemoveRows({}, 0, int(keep - m_sequences.begin()) - 1);
    m_sequences.erase(m_sequences.begin(), keep);
    endRemoveRows();
}

void LogFilterModel::scanSlice()
{
    QElapsedTimer clock;
    clock.start();
    std::vector<qint64> matching; // newest first
    while (m_scanEnd > m_source->firstSequence() && clock.elapsed() < SliceMs) {
        const qint64 stop = qMax(m_source->firstSequence(), m_scanEnd - 256);
        while (m_scanEnd > stop) {
            if (accepts(--m_scanEnd))
                matching.push_back(m_scanEnd);
        }
    }
    if (!matching.empty()) {
        beginInsertRows({}, 0, int(matching.size()) - 1);
        m_sequences.insert(m_sequences.begin(), matching.rbegin(), matching.rend());
        endInsertRows();
    }
    if (!isScanning()) {
        m_timer.stop();
        Q_EMIT scanningChanged(false);
    }
}

qint64 LogFilterModel::sequence(int row) const
{
    return m_isIdentity ? m_source->firstSequence() + row : m_sequences[size_t(row)];
}

int LogFilterModel::rowAt(qint64 sequence) const
{
    if (m_isIdentity)
        return int(std::clamp<qint64>(sequence - m_source->firstSequence(), 0, m_source->rowCount()));
    return int(std::ranges::lower_bound(m_sequences, sequence) - m_sequences.begin());
}

int LogFilterModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return m_isIdentity ? m_source->rowCount() : int(m_sequences.size());
}

QVariant LogFilterModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    return m_source->data(m_source->index(int(sequence(index.row()) - m_source->firstSequence())), role);
}

} // namespace paddock::models
