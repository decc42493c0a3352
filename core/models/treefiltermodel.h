// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace paddock::models {

/// Keeps the rows whose name or detail matches every word of the filter, with their ancestors and what is below them.
class TreeFilterModel final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit TreeFilterModel(QObject *parent = nullptr);

    void setFilter(const QString &text);
    [[nodiscard]] bool isFiltering() const { return !m_words.isEmpty(); }
    /// Whether the row itself matches, rather than an ancestor or a descendant of it.
    [[nodiscard]] bool matches(const QModelIndex &index) const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QStringList m_words;
};

} // namespace paddock::models
