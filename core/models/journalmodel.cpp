// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/journalmodel.h"

#include "models/roles.h"

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

constexpr int ShowAfterMs = 50;

} // namespace

JournalModel::JournalModel(QObject *parent, qsizetype maximum) : QAbstractTableModel(parent), m_maximum(maximum)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(ShowAfterMs);
    connect(&m_timer, &QTimer::timeout, this, &JournalModel::flush);
}

void JournalModel::append(const session::JournalEntry &entry)
{
    m_waiting.append(entry);
    if (m_waiting.size() > m_maximum)
        flush();
    else if (!m_timer.isActive())
        m_timer.start();
}

bool JournalModel::isShown(const session::JournalEntry &entry) const
{
    if (m_fate && entry.fate != *m_fate)
        return false;
    return m_text.isEmpty() || entry.file.contains(m_text, Qt::CaseInsensitive) ||
           entry.reason.contains(m_text, Qt::CaseInsensitive);
}

void JournalModel::flush()
{
    m_timer.stop();
    const QList<session::JournalEntry> fresh = std::exchange(m_waiting, {});
    QList<qint64> shown;
    for (const session::JournalEntry &entry : fresh) {
        if (isShown(entry))
            shown.append(m_first + qint64(m_entries.size()));
        m_entries.push_back(entry);
    }
    if (!shown.isEmpty()) {
        beginInsertRows({}, 0, int(shown.size()) - 1);
        m_shown.insert(m_shown.end(), shown.begin(), shown.end());
        endInsertRows();
    }
    dropOldest();
}

void JournalModel::dropOldest()
{
    const qint64 first = m_first + std::max<qint64>(0, qint64(m_entries.size()) - m_maximum);
    const int gone = int(std::ranges::lower_bound(m_shown, first) - m_shown.begin());
    if (gone > 0) {
        beginRemoveRows({}, rowCount() - gone, rowCount() - 1);
        m_shown.erase(m_shown.begin(), m_shown.begin() + gone);
        endRemoveRows();
    }
    m_entries.erase(m_entries.begin(), m_entries.begin() + (first - m_first));
    m_first = first;
}

void JournalModel::clear()
{
    m_timer.stop();
    m_waiting.clear();
    if (!m_shown.empty()) {
        beginRemoveRows({}, 0, rowCount() - 1);
        m_shown.clear();
        endRemoveRows();
    }
    m_first += qint64(m_entries.size());
    m_entries.clear();
}

void JournalModel::setFilter(const QString &text, std::optional<session::Fate> fate)
{
    if (text == m_text && fate == m_fate)
        return;
    // Another question, not news: which rows stay says nothing.
    beginResetModel();
    m_text = text;
    m_fate = fate;
    m_shown.clear();
    for (size_t i = 0; i < m_entries.size(); ++i)
        if (isShown(m_entries[i]))
            m_shown.push_back(m_first + qint64(i));
    endResetModel();
}

const session::JournalEntry &JournalModel::entryAt(int row) const
{
    return m_entries[size_t(m_shown[m_shown.size() - 1 - size_t(row)] - m_first)];
}

int JournalModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_shown.size());
}

int JournalModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant JournalModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const session::JournalEntry &entry = entryAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Time: return entry.at.toLocalTime().toString(u"HH:mm:ss.zzz");
        case Fate: return QString::fromLatin1(toString(entry.fate));
        case File: return entry.file;
        case Reason: return entry.reason;
        case Change: return entry.change > 0 ? tr("Change %1").arg(entry.change) : QString();
        }
        return {};
    case Qt::ToolTipRole: return QString(entry.file + u'\n' + entry.reason);
    case Qt::AccessibleTextRole:
        return tr("%1, %2: %3").arg(entry.file, QString::fromLatin1(toString(entry.fate)), entry.reason);
    case StateRole: return QString::fromLatin1(toString(entry.fate));
    case FileRole: return entry.file;
    case LineRole: return 0;
    case RecordRole: return QVariant::fromValue(entry);
    default: return {};
    }
}

QVariant JournalModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time: return tr("Time");
    case Fate: return tr("Fate");
    case File: return tr("File");
    case Reason: return tr("Why");
    default: return QString();
    }
}

} // namespace paddock::models
