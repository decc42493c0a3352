// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QHash>
#include <functional>
#include <memory>
#include <vector>

namespace paddock::models {

/// A row as a value: what a tree should hold. Keys tell siblings apart and survive updates.
struct ValueNode
{
    QString key;
    QHash<int, QVariant> values; ///< role → value
    std::vector<ValueNode> children;
    /// Instead of `children`, for what is seldom looked into: makes them (one at least) when they are first asked for.
    std::function<std::vector<ValueNode>()> more;
};

/// A one-column tree that is brought up to date by comparing: rows are inserted, moved, changed and removed, never
/// reset, so that selection, expansion and scroll position of a view outlive every update.
class ValueTreeModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    explicit ValueTreeModel(QObject *parent = nullptr);
    ~ValueTreeModel() override;

    void setNodes(std::vector<ValueNode> nodes);
    /// Replaces the top-level row with the node's key, or inserts it at `row`.
    void upsert(int row, ValueNode node);
    void append(std::vector<ValueNode> nodes); ///< top-level rows whose keys are new
    void removeFrom(int row);                  ///< removes top-level rows from `row` on
    /// Makes anew what is below those top-level rows that have been looked into: `more` would say something else now.
    void refreshOpened();

    /// The index below the keys, from the top; invalid if there is none.
    [[nodiscard]] QModelIndex indexOfPath(const QStringList &keys) const;
    [[nodiscard]] QStringList pathOf(const QModelIndex &index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] bool hasChildren(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Item;
    [[nodiscard]] Item *itemOf(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(const Item *item) const;
    static std::unique_ptr<Item> build(ValueNode node, Item *parent);
    static void open(Item *item);
    static void renumber(Item *parent, size_t from);
    [[nodiscard]] bool update(Item *item, ValueNode node); ///< whether its values changed, which is not told yet
    void sync(Item *parent, std::vector<ValueNode> next);

    std::unique_ptr<Item> m_root;
};

} // namespace paddock::models
