// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QDeadlineTimer>
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
    /// Nodes of one stamp are the same, with all that is below them (treenodes.h); 0: not known.
    quint64 stamp = 0;
};

/// Two overloads of a method or two routes of one name must not be taken for one row: among siblings and below them,
/// the second of a key gets "#2" behind it.
void makeKeysUnique(std::vector<ValueNode> &nodes);

/// A one-column tree that is brought up to date by comparing: rows are inserted, moved, changed and removed, never
/// reset, so that selection, expansion and scroll position of a view outlive every update.
class ValueTreeModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    explicit ValueTreeModel(QObject *parent = nullptr);
    ~ValueTreeModel() override;

    void setNodes(std::vector<ValueNode> nodes);
    /// The same in pieces: works towards `nodes`, whose keys are unique, until the time is up. True: it shows them.
    /// Else to be called again, with these or with newer ones; what it shows in between is consistent, but neither.
    /// Always gets on, at least by one step. Where stamps say that nothing has changed it does not look.
    [[nodiscard]] bool setSome(const std::vector<ValueNode> &nodes, const QDeadlineTimer &until);
    /// Replaces the top-level row with the node's key, or inserts it at `row`.
    void upsert(int row, ValueNode node);
    void append(std::vector<ValueNode> nodes); ///< top-level rows whose keys are new
    void removeFrom(int row);                  ///< removes top-level rows from `row` on
    /// Makes anew what is below those top-level rows that have been looked into: `more` would say something else now.
    void refreshOpened();

    /// The index below the keys, from the top; invalid if there is none.
    [[nodiscard]] QModelIndex indexOfPath(const QStringList &keys) const;
    [[nodiscard]] QStringList pathOf(const QModelIndex &index) const;
    [[nodiscard]] QString keyOf(const QModelIndex &index) const;

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
    static std::unique_ptr<Item> build(const ValueNode &node, Item *parent, bool isShallow = false);
    static void open(Item *item);
    static void renumber(Item *parent, size_t from);
    enum class Synced { Same, Changed, Unfinished, ChangedUnfinished }; ///< Changed: its values, which is not told yet
    [[nodiscard]] Synced update(Item *item, const ValueNode &node, const QDeadlineTimer &until);
    [[nodiscard]] bool sync(Item *parent, const std::vector<ValueNode> &next, const QDeadlineTimer &until);
    [[nodiscard]] bool removeGone(Item *parent, const std::vector<ValueNode> &next, const QDeadlineTimer &until);
    size_t insertRun(Item *parent, size_t at, size_t end, const std::vector<ValueNode> &next, bool inPieces);

    std::unique_ptr<Item> m_root;
};

} // namespace paddock::models
