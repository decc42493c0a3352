// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/valuetreemodel.h"

#include <QSet>
#include <algorithm>

namespace paddock::models {

struct ValueTreeModel::Item
{
    QString key;
    QHash<int, QVariant> values;
    Item *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Item>> children;
};

namespace {

// Two overloads of a method or two routes of one name must not be taken for one row.
void makeKeysUnique(std::vector<ValueNode> &nodes)
{
    QHash<QString, int> seen;
    for (ValueNode &node : nodes) {
        if (const int count = seen[node.key]++; count > 0)
            node.key += u'#' + QString::number(count + 1);
    }
}

} // namespace

ValueTreeModel::ValueTreeModel(QObject *parent) : QAbstractItemModel(parent), m_root(std::make_unique<Item>()) {}

ValueTreeModel::~ValueTreeModel() = default;

void ValueTreeModel::setNodes(std::vector<ValueNode> nodes)
{
    sync(m_root.get(), std::move(nodes));
}

void ValueTreeModel::upsert(int row, ValueNode node)
{
    for (const auto &child : m_root->children) {
        if (child->key == node.key)
            return update(child.get(), std::move(node));
    }
    row = std::clamp(row, 0, int(m_root->children.size()));
    beginInsertRows({}, row, row);
    m_root->children.insert(m_root->children.begin() + row, build(std::move(node), m_root.get()));
    renumber(m_root.get(), size_t(row));
    endInsertRows();
}

void ValueTreeModel::removeFrom(int row)
{
    const int count = int(m_root->children.size());
    if (row < 0 || row >= count)
        return;
    beginRemoveRows({}, row, count - 1);
    m_root->children.resize(size_t(row));
    endRemoveRows();
}

QModelIndex ValueTreeModel::indexOfPath(const QStringList &keys) const
{
    const Item *item = m_root.get();
    for (const QString &key : keys) {
        const auto it = std::ranges::find_if(item->children, [&](const auto &child) { return child->key == key; });
        if (it == item->children.end())
            return {};
        item = it->get();
    }
    return indexOf(item);
}

QStringList ValueTreeModel::pathOf(const QModelIndex &index) const
{
    QStringList keys;
    for (const Item *item = itemOf(index); item != m_root.get(); item = item->parent)
        keys.prepend(item->key);
    return keys;
}

QModelIndex ValueTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    const Item *item = itemOf(parent);
    if (row < 0 || column != 0 || size_t(row) >= item->children.size() || parent.column() > 0)
        return {};
    return createIndex(row, column, item->children[size_t(row)].get());
}

QModelIndex ValueTreeModel::parent(const QModelIndex &index) const
{
    return index.isValid() ? indexOf(itemOf(index)->parent) : QModelIndex();
}

int ValueTreeModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(itemOf(parent)->children.size());
}

int ValueTreeModel::columnCount(const QModelIndex &) const
{
    return 1;
}

QVariant ValueTreeModel::data(const QModelIndex &index, int role) const
{
    return index.isValid() ? itemOf(index)->values.value(role) : QVariant();
}

ValueTreeModel::Item *ValueTreeModel::itemOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Item *>(index.internalPointer()) : m_root.get();
}

QModelIndex ValueTreeModel::indexOf(const Item *item) const
{
    return item == m_root.get() ? QModelIndex() : createIndex(item->row, 0, item);
}

std::unique_ptr<ValueTreeModel::Item> ValueTreeModel::build(ValueNode node, Item *parent)
{
    auto item = std::make_unique<Item>();
    item->key = std::move(node.key);
    item->values = std::move(node.values);
    item->parent = parent;
    makeKeysUnique(node.children);
    for (ValueNode &child : node.children)
        item->children.push_back(build(std::move(child), item.get()));
    renumber(item.get(), 0);
    return item;
}

void ValueTreeModel::renumber(Item *parent, size_t from)
{
    for (size_t row = from; row < parent->children.size(); ++row)
        parent->children[row]->row = int(row);
}

void ValueTreeModel::update(Item *item, ValueNode node)
{
    if (item->values != node.values) {
        item->values = std::move(node.values);
        const QModelIndex index = indexOf(item);
        Q_EMIT dataChanged(index, index);
    }
    sync(item, std::move(node.children));
}

void ValueTreeModel::sync(Item *parent, std::vector<ValueNode> next)
{
    makeKeysUnique(next);
    auto &rows = parent->children;
    QSet<QString> wanted;
    for (const ValueNode &node : next)
        wanted.insert(node.key);
    for (int last = int(rows.size()) - 1; last >= 0; --last) {
        if (wanted.contains(rows[size_t(last)]->key))
            continue;
        int first = last;
        while (first > 0 && !wanted.contains(rows[size_t(first - 1)]->key))
            --first;
        beginRemoveRows(indexOf(parent), first, last);
        rows.erase(rows.begin() + first, rows.begin() + last + 1);
        renumber(parent, size_t(first));
        endRemoveRows();
        last = first;
    }
    QSet<QString> present;
    for (const auto &row : rows)
        present.insert(row->key);
    for (size_t i = 0; i < next.size(); ++i) {
        if (!present.contains(next[i].key)) {
            size_t end = i + 1;
            while (end < next.size() && !present.contains(next[end].key))
                ++end;
            beginInsertRows(indexOf(parent), int(i), int(end) - 1);
            for (size_t k = i; k < end; ++k)
                rows.insert(rows.begin() + qsizetype(k), build(std::move(next[k]), parent));
            renumber(parent, i);
            endInsertRows();
            i = end - 1;
            continue;
        }
        size_t found = i;
        while (rows[found]->key != next[i].key)
            ++found;
        if (found != i) {
            const QModelIndex parentIndex = indexOf(parent);
            beginMoveRows(parentIndex, int(found), int(found), parentIndex, int(i));
            std::rotate(rows.begin() + qsizetype(i), rows.begin() + qsizetype(found),
                        rows.begin() + qsizetype(found) + 1);
            renumber(parent, i);
            endMoveRows();
        }
        update(rows[i].get(), std::move(next[i]));
    }
}

} // namespace paddock::models
