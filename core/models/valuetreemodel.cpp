// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/valuetreemodel.h"

#include <QSet>
#include <QThreadPool>
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
    quint64 stamp = 0;   ///< of the node that it shows completely; 0: not known, or not yet
    bool isOpen = false; ///< `children` are what `more` made
};

namespace {

const QDeadlineTimer Whole(QDeadlineTimer::Forever);
constexpr qsizetype PieceRows = 200; ///< that are told to views at once where the work is done in pieces

/// How many rows a node is, counted up to `most`.
qsizetype weight(const ValueNode &node, qsizetype most)
{
    qsizetype rows = 1;
    for (const ValueNode &child : node.children) {
        if (rows >= most)
            break;
        rows += weight(child, most - rows);
    }
    return rows;
}

} // namespace

void makeKeysUnique(std::vector<ValueNode> &nodes)
{
    QHash<QString, int> seen;
    for (ValueNode &node : nodes) {
        if (const int count = seen[node.key]++; count > 0)
            node.key += u'#' + QString::number(count + 1);
        makeKeysUnique(node.children);
    }
}

ValueTreeModel::ValueTreeModel(QObject *parent) : QAbstractItemModel(parent), m_root(std::make_unique<Item>()) {}

ValueTreeModel::~ValueTreeModel() = default;

void ValueTreeModel::setNodes(std::vector<ValueNode> nodes)
{
    makeKeysUnique(nodes);
    (void)sync(m_root.get(), nodes, Whole);
}

bool ValueTreeModel::setSome(const std::vector<ValueNode> &nodes, const QDeadlineTimer &until)
{
    return sync(m_root.get(), nodes, until);
}

void ValueTreeModel::upsert(int row, ValueNode node)
{
    makeKeysUnique(node.children);
    for (const auto &child : m_root->children) {
        if (child->key != node.key)
            continue;
        if (update(child.get(), node, Whole) == Synced::Changed)
            Q_EMIT dataChanged(indexOf(child.get()), indexOf(child.get()));
        return;
    }
    row = std::clamp(row, 0, int(m_root->children.size()));
    beginInsertRows({}, row, row);
    m_root->children.insert(m_root->children.begin() + row, build(node, m_root.get()));
    renumber(m_root.get(), size_t(row));
    endInsertRows();
}

void ValueTreeModel::refreshOpened()
{
    for (size_t i = 0; i < m_root->children.size(); ++i)
        if (Item *item = m_root->children[i].get(); item->isOpen) {
            std::vector<ValueNode> nodes = item->more();
            makeKeysUnique(nodes);
            (void)sync(item, nodes, Whole);
        }
}

void ValueTreeModel::append(std::vector<ValueNode> nodes)
{
    if (nodes.empty())
        return;
    for (ValueNode &node : nodes)
        makeKeysUnique(node.children);
    const auto first = m_root->children.size();
    beginInsertRows({}, int(first), int(first + nodes.size()) - 1);
    for (const ValueNode &node : nodes)
        m_root->children.push_back(build(node, m_root.get()));
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

QString ValueTreeModel::keyOf(const QModelIndex &index) const
{
    return itemOf(index)->key;
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

std::unique_ptr<ValueTreeModel::Item> ValueTreeModel::build(const ValueNode &node, Item *parent, bool isShallow)
{
    auto item = std::make_unique<Item>();
    item->key = node.key;
    item->values = node.values;
    item->parent = parent;
    if (isShallow)
        return item;
    item->more = node.more;
    item->stamp = node.stamp;
    item->children.reserve(node.children.size());
    for (const ValueNode &child : node.children)
        item->children.push_back(build(child, item.get()));
    renumber(item.get(), 0);
    return item;
}

void ValueTreeModel::open(Item *item)
{
    if (!item->more || std::exchange(item->isOpen, true))
        return;
    std::vector<ValueNode> nodes = item->more();
    makeKeysUnique(nodes);
    for (const ValueNode &node : nodes)
        item->children.push_back(build(node, item));
    renumber(item, 0);
}

void ValueTreeModel::renumber(Item *parent, size_t from)
{
    for (size_t row = from; row < parent->children.size(); ++row)
        parent->children[row]->row = int(row);
}

ValueTreeModel::Synced ValueTreeModel::update(Item *item, const ValueNode &node, const QDeadlineTimer &until)
{
    if (node.stamp != 0 && item->stamp == node.stamp)
        return Synced::Same;
    item->stamp = 0;
    const bool isChanged = item->values != node.values;
    if (isChanged)
        item->values = node.values;
    const bool wasUnopened = item->more && !item->isOpen;
    item->more = node.more;
    bool isDone = true;
    if (!wasUnopened || !item->more) { // else nobody has looked
        item->isOpen = bool(item->more);
        if (item->more) {
            std::vector<ValueNode> nodes = item->more();
            makeKeysUnique(nodes);
            isDone = sync(item, nodes, until);
        } else {
            isDone = sync(item, node.children, until);
        }
    }
    if (!isDone)
        return isChanged ? Synced::ChangedUnfinished : Synced::Unfinished;
    item->stamp = node.stamp;
    return isChanged ? Synced::Changed : Synced::Same;
}

bool ValueTreeModel::removeGone(Item *parent, const std::vector<ValueNode> &next, const QDeadlineTimer &until)
{
    auto &rows = parent->children;
    QSet<QString> wanted;
    for (const ValueNode &node : next)
        wanted.insert(node.key);
    for (qsizetype last = qsizetype(rows.size()) - 1; last >= 0; --last) {
        if (wanted.contains(rows[size_t(last)]->key))
            continue;
        const qsizetype least = until.isForever() ? 0 : qMax<qsizetype>(0, last + 1 - PieceRows);
        qsizetype first = last;
        while (first > least && !wanted.contains(rows[size_t(first - 1)]->key))
            --first;
        beginRemoveRows(indexOf(parent), int(first), int(last));
        std::vector<std::unique_ptr<Item>> gone(std::make_move_iterator(rows.begin() + first),
                                                std::make_move_iterator(rows.begin() + last + 1));
        rows.erase(rows.begin() + first, rows.begin() + last + 1);
        renumber(parent, size_t(first));
        endRemoveRows();
        size_t count = gone.size();
        for (const auto &item : gone)
            count += item->children.size();
        if (count > size_t(PieceRows)) // which takes a while to go
            QThreadPool::globalInstance()->start([gone = std::move(gone)] {});
        if (until.hasExpired())
            return false;
        last = first;
    }
    return true;
}

/// next[at…end) are to be rows from `at` on. How many of them are: in pieces, what is large comes alone and without
/// what is below it, for that is filled afterwards.
size_t ValueTreeModel::insertRun(Item *parent, size_t at, size_t end, const std::vector<ValueNode> &next, bool inPieces)
{
    bool isShallow = false;
    if (inPieces) {
        qsizetype left = PieceRows;
        size_t fits = at;
        while (fits < end && (left -= weight(next[fits], PieceRows + 1)) >= 0)
            ++fits;
        isShallow = fits == at;
        end = isShallow ? at + 1 : fits;
    }
    auto &rows = parent->children;
    std::vector<std::unique_ptr<Item>> made;
    for (size_t i = at; i < end; ++i)
        made.push_back(build(next[i], parent, isShallow));
    beginInsertRows(indexOf(parent), int(at), int(end) - 1);
    rows.insert(rows.begin() + qsizetype(at), std::make_move_iterator(made.begin()),
                std::make_move_iterator(made.end()));
    renumber(parent, at);
    endInsertRows();
    return isShallow ? 0 : end - at;
}

bool ValueTreeModel::sync(Item *parent, const std::vector<ValueNode> &next, const QDeadlineTimer &until)
{
    auto &rows = parent->children;
    const bool sameKeys = std::ranges::equal(
        rows, next, {}, [](const auto &row) -> const QString & { return row->key; }, &ValueNode::key);
    QSet<QString> present;
    if (!sameKeys) {
        if (!removeGone(parent, next, until))
            return false;
        for (const auto &row : rows)
            present.insert(row->key);
    }
    // Rows that changed beside each other are told together: views look for each.
    int firstChanged = -1, lastChanged = -1;
    const auto tell = [&] {
        if (firstChanged >= 0)
            Q_EMIT dataChanged(indexOf(rows[size_t(firstChanged)].get()), indexOf(rows[size_t(lastChanged)].get()));
        firstChanged = -1;
    };
    for (size_t i = 0; i < next.size(); ++i) {
        if (!sameKeys && !present.contains(next[i].key)) {
            size_t end = i + 1;
            while (end < next.size() && !present.contains(next[end].key))
                ++end;
            tell();
            const size_t inserted = insertRun(parent, i, end, next, !until.isForever());
            if (until.hasExpired())
                return false;
            if (inserted > 0) {
                i += inserted - 1;
                continue;
            }
            present.insert(next[i].key); // and what is below it is filled now
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
            if (until.hasExpired())
                return false;
        }
        const Synced synced = update(rows[i].get(), next[i], until);
        if (synced == Synced::Same)
            continue;
        if (synced != Synced::Unfinished) {
            if (firstChanged >= 0 && lastChanged != int(i) - 1)
                tell();
            if (firstChanged < 0)
                firstChanged = int(i);
            lastChanged = int(i);
        }
        if (synced == Synced::Unfinished || synced == Synced::ChangedUnfinished || until.hasExpired()) {
            tell();
            return false;
        }
    }
    tell();
    return true;
}

} // namespace paddock::models
