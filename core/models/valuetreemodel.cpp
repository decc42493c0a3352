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
    std::function<std::vector<ValueNode>()> more;
    bool isOpen = false; ///< `children` are what `more` made
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
        if (child->key != node.key)
            continue;
        if (update(child.get(), std::move(node)))
            Q_EMIT dataChanged(indexOf(child.get()), indexOf(child.get()));
        return;
    }
    row = std::clamp(row, 0, int(m_root->children.size()));
    beginInsertRows({}, row, row);
    m_root->children.insert(m_root->children.begin() + row, build(std::move(node), m_root.get()));
    renumber(m_root.get(), size_t(row));
    endInsertRows();
}

void ValueTreeModel::refreshOpened()
{
    for (size_t i = 0; i < m_root->children.size(); ++i)
        if (Item *item = m_root->children[i].get(); item->isOpen)
            sync(item, item->more());
}

void ValueTreeModel::append(std::vector<ValueNode> nodes)
{
    if (nodes.empty())
        return;
    const auto first = m_root->children.size();
    beginInsertRows({}, int(first), int(first + nodes.size()) - 1);
    for (ValueNode &node : nodes)
        m_root->children.push_back(build(std::move(node), m_root.get()));
    renumber(m_root.get(), first);
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
    Item *item = m_root.get();
    for (const QString &key : keys) {
        open(item);
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
    Item *item = itemOf(parent);
    open(item);
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
    if (parent.column() > 0)
        return 0;
    Item *item = itemOf(parent);
    open(item);
    return int(item->children.size());
}

bool ValueTreeModel::hasChildren(const QModelIndex &parent) const
{
    const Item *item = itemOf(parent);
    return parent.column() <= 0 && (item->more || !item->children.empty());
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
    item->more = std::move(node.more);
    makeKeysUnique(node.children);
    for (ValueNode &child : node.children)
        item->children.push_back(build(std::move(child), item.get()));
    renumber(item.get(), 0);
    return item;
}

void ValueTreeModel::open(Item *item)
{
    if (!item->more || std::exchange(item->isOpen, true))
        return;
    std::vector<ValueNode> nodes = item->more();
    makeKeysUnique(nodes);
    for (ValueNode &node : nodes)
        item->children.push_back(build(std::move(node), item));
    renumber(item, 0);
}

void ValueTreeModel::renumber(Item *parent, size_t from)
{
    for (size_t row = from; row < parent->children.size(); ++row)
        parent->children[row]->row = int(row);
}

bool ValueTreeModel::update(Item *item, ValueNode node)
{
    const bool isChanged = item->values != node.values;
    if (isChanged)
        item->values = std::move(node.values);
    const bool wasUnopened = item->more && !item->isOpen;
    item->more = std::move(node.more);
    if (wasUnopened && item->more)
        return isChanged; // nobody has looked
    item->isOpen = bool(item->more);
    sync(item, item->more ? item->more() : std::move(node.children));
    return isChanged;
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
    // Rows that changed beside each other are told together: views look for each.
    int firstChanged = -1, lastChanged = -1;
    const auto tell = [&] {
        if (firstChanged >= 0)
            Q_EMIT dataChanged(indexOf(rows[size_t(firstChanged)].get()), indexOf(rows[size_t(lastChanged)].get()));
        firstChanged = -1;
    };
    for (size_t i = 0; i < next.size(); ++i) {
        if (!present.contains(next[i].key)) {
            size_t end = i + 1;
            while (end < next.size() && !present.contains(next[end].key))
                ++end;
            tell();
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
            tell();
            const QModelIndex parentIndex = indexOf(parent);
            beginMoveRows(parentIndex, int(found), int(found), parentIndex, int(i));
            std::rotate(rows.begin() + qsizetype(i), rows.begin() + qsizetype(found),
                        rows.begin() + qsizetype(found) + 1);
            renumber(parent, i);
            endMoveRows();
        }
        if (!update(rows[i].get(), std::move(next[i])))
            continue;
        if (firstChanged >= 0 && lastChanged != int(i) - 1)
            tell();
        if (firstChanged < 0)
            firstChanged = int(i);
        lastChanged = int(i);
    }
    tell();
}

} // namespace paddock::models
