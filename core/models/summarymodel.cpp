// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/summarymodel.h"

#include "models/roles.h"

#include <QLocale>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {
constexpr qsizetype SparklineLength = 24;
constexpr qsizetype RememberedChanges = 256;
} // namespace

void SummaryModel::Totals::count(session::Outcome outcome, int by)
{
    changes += by;
    switch (outcome) {
    case session::Outcome::Restarted: restarted += by; break;
    case session::Outcome::KeptOld:
    case session::Outcome::Held: kept += by; break;
    case session::Outcome::None: break;
    default: swapped += by;
    }
}

// A change may be told of several times, and its time grows until its last stage has ended: the last word counts.
void SummaryModel::Totals::finish(const Finished &change)
{
    const auto known = std::ranges::find(finished, change.id, &Finished::id);
    if (known != finished.end()) {
        count(known->outcome, -1);
        *known = change;
    } else {
        finished.append(change);
        if (finished.size() > RememberedChanges)
            finished.removeFirst();
    }
    count(change.outcome, 1);
}

QList<double> SummaryModel::Totals::latencies() const
{
    QList<double> result = past.latencies;
    for (const Finished &change : finished) {
        if (change.outcome != session::Outcome::Held && change.outcome != session::Outcome::None)
            result.append(change.ms);
    }
    return result.sliced(qMax<qsizetype>(0, result.size() - SparklineLength));
}

SummaryModel::SummaryModel(QObject *parent) : QAbstractTableModel(parent) {}

void SummaryModel::apply(const session::ChangeRecord &record)
{
    if (!record.change.row)
        return;
    const int row = int(*record.change.row);
    Totals &totals = m_rows[size_t(row)];
    if (record.outcome)
        totals.finish({record.id, *record.outcome, session::latency(record)});
    if (record.id >= totals.last.id)
        totals.last = record;
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void SummaryModel::setPast(const history::Summary &past)
{
    for (size_t row = 0; row < m_rows.size(); ++row)
        m_rows[row].past = past[row];
    Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, ColumnCount - 1));
}

void SummaryModel::clear()
{
    m_rows = {};
    Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, ColumnCount - 1));
}

int SummaryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int SummaryModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString SummaryModel::text(const Totals &totals, int row, int column) const
{
    const bool any = totals.last.id > 0;
    switch (column) {
    case What:
        switch (change::Row(row)) {
        case change::Row::RouteHandlers: return tr("Route handlers");
        case change::Row::RouteSchemas: return tr("Route schemas");
        case change::Row::PluginMethods: return tr("Plugin methods");
        case change::Row::PluginStructure: return tr("Plugin structure");
        case change::Row::Database: return tr("Database changes");
        }
        return {};
    case HotReload:
        switch (change::Row(row)) {
        case change::Row::RouteHandlers: return tr("Swapped in place");
        case change::Row::RouteSchemas: return tr("Swapped, types regenerated");
        case change::Row::PluginMethods: return tr("Swapped in place");
        case change::Row::PluginStructure: return tr("Swapped, types regenerated");
        case change::Row::Database: return tr("Migrated, then swapped");
        }
        return {};
    case LastChange: return any ? totals.last.change.subject.name : QString();
    case LastOutcome:
        return any && totals.last.outcome ? QString::fromLatin1(session::toString(*totals.last.outcome)) : QString();
    case Latency: return totals.latencies().isEmpty() ? QString() : QString::number(totals.latencies().last());
    case Count: {
        const int changes = totals.changes + totals.past.changes;
        return changes > 0 ? QLocale().toString(changes) : QString();
    }
    }
    return {};
}

QString SummaryModel::explanation(int row)
{
    switch (change::Row(row)) {
    case change::Row::RouteHandlers:
        return tr("The new handlers serve the next request; requests under way end on the old ones.");
    case change::Row::RouteSchemas:
        return tr("The routes are swapped at once; type generation follows and holds up nothing.");
    case change::Row::PluginMethods:
        return tr(
            "The service is built afresh behind the same reference, so plugins that depend on it serve the new code.");
    case change::Row::PluginStructure:
        return tr("Swapped with its dependants, then types are regenerated. The server restarts only where a swap "
                  "cannot do it.");
    case change::Row::Database:
        return tr("The migration runs first, then types are regenerated and the plugin is swapped.");
    }
    return {};
}

QVariant SummaryModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Totals &totals = m_rows[size_t(index.row())];
    const bool any = totals.last.id > 0;
    switch (role) {
    case Qt::DisplayRole: return text(totals, index.row(), index.column());
    case NameRole: return QString::fromLatin1(change::toString(change::Row(index.row())));
    case RecordRole: return any ? QVariant::fromValue(totals.last) : QVariant();
    case OutcomeRole: return any && totals.last.outcome ? QVariant(int(*totals.last.outcome)) : QVariant();
    case Qt::ToolTipRole:
        return index.column() == HotReload ? explanation(index.row()) : text(totals, index.row(), index.column());
    case RunningRole: return any && !totals.last.outcome;
    case LatencyRole: {
        const QList<double> latencies = totals.latencies();
        return latencies.isEmpty() ? QVariant() : QVariant(latencies.last());
    }
    case SparklineRole: return QVariant::fromValue(totals.latencies());
    case GenerationRole: return totals.last.generation;
    case ChangeIdRole: return totals.last.id;
    case SwappedCountRole: return totals.swapped + totals.past.swapped;
    case RestartedCountRole: return totals.restarted + totals.past.restarted;
    case KeptCountRole: return totals.kept + totals.past.kept;
    case DetailRole: return any ? totals.last.change.reason : QString();
    default: return {};
    }
}

QVariant SummaryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case What: return tr("What changes");
    case HotReload: return tr("Hot reload");
    case LastChange: return tr("Last change");
    case LastOutcome: return tr("Outcome");
    case Latency: return tr("Latency");
    case Count: return tr("Changes");
    default: return {};
    }
}

} // namespace paddock::models
