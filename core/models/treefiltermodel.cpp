// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/treefiltermodel.h"

#include "models/fuzzy.h"
#include "models/roles.h"

namespace paddock::models {

namespace {

bool rowMatches(const QModelIndex &index, const QStringList &words)
{
    const auto kind = NodeKind(index.data(KindRole).toInt());
    if (kind == NodeKind::Group || kind == NodeKind::Section)
        return false; // "e" would otherwise keep every "Methods" with all that is below it
    const QString name = index.data(NameRole).toString();
    const QString detail = index.data(DetailRole).toString();
    for (const QString &word : words) {
        if (!filterMatches(word, name) && !detail.contains(word, Qt::CaseInsensitive))
            return false;
    }
    return true;
}

} // namespace

TreeFilterModel::TreeFilterModel(QObject *parent) : QSortFilterProxyModel(parent)
{
    setRecursiveFilteringEnabled(true);
    setAutoAcceptChildRows(true);
}

void TreeFilterModel::setFilter(const QString &text)
{
    QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    if (words == m_words)
        return;
    m_words = std::move(words);
    invalidateFilter();
}

bool TreeFilterModel::matches(const QModelIndex &index) const
{
    return isFiltering() && rowMatches(index, m_words);
}

bool TreeFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    return m_words.isEmpty() || rowMatches(sourceModel()->index(row, 0, parent), m_words);
}

} // namespace paddock::models
