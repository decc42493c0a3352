// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/historymodel.h"

#include "models/roles.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace paddock::models {

struct HistoryModel::Shelf
{
    QString file;
    std::optional<history::HistoryReader> reader;
};

HistoryModel::HistoryModel(QObject *parent)
    : QAbstractTableModel(parent), m_worker(new QObject), m_shelf(std::make_shared<Shelf>()), m_entries(5000)
{
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.setObjectName(u"history reader"_s);
    m_thread.start();
}

HistoryModel::~HistoryModel()
{
    // The connection ends on the thread that made it.
    QMetaObject::invokeMethod(m_worker, [shelf = m_shelf] { shelf->reader.reset(); });
    m_thread.quit();
    m_thread.wait();
}

void HistoryModel::read(std::function<void(history::HistoryReader &)> work)
{
    if (m_file.isEmpty())
        return;
    QMetaObject::invokeMethod(m_worker, [this, shelf = m_shelf, file = m_file, work = std::move(work)] {
        if (!shelf->reader || shelf->file != file) {
            shelf->reader.reset();
            auto opened = history::HistoryReader::open(file);
            if (!opened) {
                QMetaObject::invokeMethod(this, [this, error = opened.error()] { Q_EMIT failed(error); });
                return;
            }
            shelf->reader.emplace(std::move(*opened));
            shelf->file = file;
        }
        work(*shelf->reader);
    });
}

void HistoryModel::setFile(const QString &file)
{
    beginResetModel();
    m_file = file;
    m_ids.clear();
    m_entries.clear();
    m_requested.clear();
    ++m_request;
    endResetModel();
    setFilter(m_filter);
}

void HistoryModel::setFilter(const history::Filter &filter)
{
    m_filter = filter;
    read([this, filter, request = ++m_request](history::HistoryReader &reader) {
        const auto ids = reader.ids(filter);
        QMetaObject::invokeMethod(
            this, [this, ids = ids.value_or(QList<qint64>()), request] { takeIds(ids, request, true); });
    });
}

void HistoryModel::refresh()
{
    read([this, filter = m_filter, request = ++m_request](history::HistoryReader &reader) {
        const auto ids = reader.ids(filter);
        QMetaObject::invokeMethod(
            this, [this, ids = ids.value_or(QList<qint64>()), request] { takeIds(ids, request, false); });
    });
}

void HistoryModel::takeIds(const QList<qint64> &ids, quint64 request, bool isNew)
{
    if (request != m_request)
        return;
    // New changes come on top, old ones go at the bottom; anything else is another list.
    const qsizetype added = m_ids.isEmpty() ? ids.size() : ids.indexOf(m_ids.first());
    const qsizetype common = added < 0 ? 0 : std::min(ids.size() - added, m_ids.size());
    const bool isGrown =
        !isNew && added >= 0 && ids.sliced(std::max<qsizetype>(added, 0), common) == m_ids.first(common);
    m_requested.clear();
    if (!isGrown) {
        beginResetModel();
        m_ids = ids;
        endResetModel();
        Q_EMIT loaded();
        return;
    }
    if (common < m_ids.size()) {
        beginRemoveRows({}, int(common), int(m_ids.size()) - 1);
        m_ids.resize(common);
        endRemoveRows();
    }
    if (added > 0) {
        beginInsertRows({}, 0, int(added) - 1);
        m_ids = ids;
        endInsertRows();
    }
    // What had not ended when it was read may have by now.
    const int recent = int(std::min<qsizetype>(m_ids.size(), PageSize));
    for (int row = 0; row < recent; ++row)
        if (const history::Entry *entry = m_entries.object(m_ids[row]); entry && !entry->outcome)
            m_entries.remove(m_ids[row]);
    if (recent > 0)
        Q_EMIT dataChanged(index(0, 0), index(recent - 1, ColumnCount - 1));
    Q_EMIT loaded();
}

void HistoryModel::requestPage(int row) const
{
    const int page = row / PageSize;
    if (m_requested.contains(page))
        return;
    m_requested.insert(page);
    const QList<qint64> wanted =
        m_ids.sliced(page * PageSize, std::min<qsizetype>(PageSize, m_ids.size() - page * PageSize));
    auto *self = const_cast<HistoryModel *>(this);
    self->read([self, wanted](history::HistoryReader &reader) {
        const auto entries = reader.entries(wanted);
        QMetaObject::invokeMethod(
            self, [self, entries = entries.value_or(QList<history::Entry>())] { self->takeEntries(entries); });
    });
}

void HistoryModel::takeEntries(const QList<history::Entry> &entries)
{
    if (entries.isEmpty())
        return;
    for (const history::Entry &entry : entries)
        m_entries.insert(entry.id, new history::Entry(entry));
    // The list is in falling order of the ids.
    const auto rowOf = [this](qint64 id) {
        return int(std::ranges::lower_bound(m_ids, id, std::greater<>()) - m_ids.begin());
    };
    const int first = rowOf(entries.first().id), last = std::min(rowOf(entries.last().id), int(m_ids.size()) - 1);
    for (int page = first / PageSize; page <= last / PageSize; ++page)
        m_requested.remove(page);
    if (first <= last)
        Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1));
}

void HistoryModel::requestDetails(qint64 id)
{
    read([this, id](history::HistoryReader &reader) {
        if (const auto record = reader.details(id))
            QMetaObject::invokeMethod(this, [this, id, record = *record] { Q_EMIT detailsReady(id, record); });
    });
}

int HistoryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_ids.size());
}

int HistoryModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant HistoryModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const history::Entry *entry = m_entries.object(m_ids[index.row()]);
    if (!entry) {
        requestPage(index.row());
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Time: return entry->at.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s);
        case Subject: return entry->subject;
        case Kind: return QString::fromLatin1(change::toString(entry->kind));
        case Outcome: return entry->outcome ? QString::fromLatin1(session::toString(*entry->outcome)) : QString();
        case Latency: return entry->ms;
        case Text: return entry->text;
        }
        return {};
    case NameRole: return entry->subject;
    case DetailRole: return entry->text;
    case LatencyRole: return entry->ms;
    case OutcomeRole: return entry->outcome ? QVariant(int(*entry->outcome)) : QVariant();
    case Qt::ToolTipRole: return index.column() == Text ? entry->text : QString();
    case RecordRole: return QVariant::fromValue(*entry);
    default: return {};
    }
}

QVariant HistoryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section == Latency)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time: return tr("Time");
    case Subject: return tr("What changed");
    case Kind: return tr("Kind");
    case Outcome: return tr("Outcome");
    case Latency: return tr("Latency");
    case Text: return tr("Why");
    default: return {};
    }
}

} // namespace paddock::models
