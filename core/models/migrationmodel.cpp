// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migrationmodel.h"

#include "models/roles.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>
#include <QTimeZone>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

using migrations::Entry;
using migrations::State;

namespace {

ValueNode node(const QString &key, const QString &name)
{
    ValueNode result;
    result.key = key;
    result.values = {{Qt::DisplayRole, name}, {NameRole, name}};
    return result;
}

/// As the framework wrote it (UTC, with or without a zone), in local time; what cannot be read stays as it is.
/// (Qt::LocalTime asks the C library, which looks at its files again for each of thousands.)
QString localTime(const QString &at, const QTimeZone &zone)
{
    if (at.isEmpty())
        return {};
    QString text = at;
    text.replace(u' ', u'T');
    const QStringView clock = QStringView(text).sliced(std::min<qsizetype>(text.size(), 10));
    if (!clock.contains(u'Z') && !clock.contains(u'+') && !clock.contains(u'-'))
        text += u'Z';
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!time.isValid())
        return at;
    return time.toTimeZone(zone).toString(u"yyyy-MM-dd HH:mm:ss"_s);
}

bool matches(const Entry &entry, const QString &filter)
{
    return filter.isEmpty() || entry.name.contains(filter, Qt::CaseInsensitive) ||
           entry.plugin.contains(filter, Qt::CaseInsensitive) ||
           QString(toString(entry.state)).startsWith(filter, Qt::CaseInsensitive);
}

ValueNode migrationNode(const Entry &entry, const QTimeZone &zone)
{
    ValueNode result = node(entry.name, entry.name);
    result.values.insert(KindRole, int(NodeKind::Migration));
    result.values.insert(OwnerRole, entry.plugin);
    result.values.insert(StateRole, QString(toString(entry.state)));
    result.values.insert(DetailRole, localTime(entry.appliedAt, zone));
    result.values.insert(LatencyRole, entry.ms);
    result.values.insert(ErrorRole, entry.reason);
    result.values.insert(FileRole, entry.path);
    result.values.insert(RecordRole, QVariant::fromValue(entry));
    return result;
}

bool isPending(State state)
{
    return state == State::Pending || state == State::OutOfOrder;
}

} // namespace

bool needsAttention(State state)
{
    switch (state) {
    case State::Missing:
    case State::Edited:
    case State::OutOfOrder:
    case State::Failed:
    case State::Interrupted: return true;
    case State::Applied:
    case State::Pending:
    case State::Running:
    case State::Unknown: break;
    }
    return false;
}

std::vector<ValueNode> migrationNodes(const QList<Entry> &entries, const QString &filter)
{
    const QTimeZone zone = QTimeZone::systemTimeZone();
    std::vector<ValueNode> own, core;
    QHash<QString, QList<Entry>> ofPlugin;
    for (const Entry &entry : entries) {
        if (!matches(entry, filter))
            continue;
        std::vector<ValueNode> &plugins = entry.isCore() ? core : own;
        if (!ofPlugin.contains(entry.plugin)) {
            plugins.push_back(node(entry.plugin, entry.plugin));
            plugins.back().values.insert(KindRole, int(NodeKind::Group));
        }
        ofPlugin[entry.plugin].append(entry);
    }
    std::move(core.begin(), core.end(), std::back_inserter(own));
    for (ValueNode &plugin : own) {
        const QList<Entry> rows = ofPlugin.value(plugin.key);
        const auto count = std::ranges::count_if(rows, &needsAttention, &Entry::state);
        plugin.values.insert(DetailRole, QLocale().toString(qlonglong(rows.size())));
        plugin.values.insert(PendingRole, int(std::ranges::count_if(rows, &isPending, &Entry::state)));
        plugin.values.insert(ErrorRole, count > 0 ? QLocale().toString(qlonglong(count)) : QString());
        plugin.more = [rows, zone] { // of thousands few are ever looked at
            std::vector<ValueNode> nodes;
            for (const Entry &entry : rows)
                nodes.push_back(migrationNode(entry, zone));
            return nodes;
        };
    }
    return own;
}

std::vector<ValueNode> schemaNodes(const migrations::Schema &schema, const QString &filter)
{
    std::vector<ValueNode> tables;
    const auto isNamed = [&](const QString &name) { return name.contains(filter, Qt::CaseInsensitive); };
    for (const migrations::Table &table : schema.tables) {
        const bool wholeTable = filter.isEmpty() || isNamed(table.name);
        ValueNode row = node(table.name, table.name);
        row.values.insert(StateRole, u"table"_s);
        row.values.insert(DetailRole, table.rows < 0 ? QString() : QLocale().toString(qlonglong(table.rows)));
        row.values.insert(RecordRole, QVariant::fromValue(table));
        for (const migrations::Column &column : table.columns) {
            if (!wholeTable && !isNamed(column.name))
                continue;
            ValueNode child = node(u"column "_s + column.name, column.name);
            child.values.insert(StateRole, u"column"_s);
            child.values.insert(DetailRole, column.type);
            child.values.insert(RecordRole, QVariant::fromValue(column));
            row.children.push_back(std::move(child));
        }
        const auto add = [&](const QString &kind, const QList<migrations::Definition> &definitions) {
            for (const migrations::Definition &one : definitions) {
                if (!wholeTable && !isNamed(one.name))
                    continue;
                ValueNode child = node(kind + u' ' + one.name, one.name);
                child.values.insert(StateRole, kind);
                child.values.insert(DetailRole, one.text);
                row.children.push_back(std::move(child));
            }
        };
        add(u"index"_s, table.indexes);
        add(u"key"_s, table.keys);
        if (wholeTable || !row.children.empty())
            tables.push_back(std::move(row));
    }
    // The framework's own come last.
    std::ranges::stable_partition(tables, [](const ValueNode &table) { return !table.key.startsWith("__"_L1); });
    return tables;
}

std::vector<ValueNode> backupNodes(const QList<migrations::Backup> &backups)
{
    std::vector<ValueNode> rows;
    for (const migrations::Backup &backup : backups) {
        ValueNode row = node(backup.path, backup.at.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s));
        row.values.insert(NameRole, QFileInfo(backup.path).fileName());
        row.values.insert(DetailRole, QLocale().formattedDataSize(backup.size));
        row.values.insert(StateRole, backup.reason);
        row.values.insert(RecordRole, QVariant::fromValue(backup));
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace paddock::models
