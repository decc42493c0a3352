// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/valuetreemodel.h"
#include "types/usesearch.h"

#include <QMetaType>
#include <QSet>
#include <QSortFilterProxyModel>
#include <optional>

namespace paddock::models {

/// What a row of the findings is (TypeRowRole, as int).
enum class TypeRow {
    Finding, ///< RecordRole: types::Finding; UseCountRole, BrokenCountRole
    Example, ///< the smallest code that would break, in DetailRole
    Was,     ///< the type before
    Is,      ///< the type after
    Rule,    ///< why the rule judges so
    Uses,    ///< a heading; below it:
    Use      ///< one place: FileRole, LineRole, DetailRole its line, ErrorRole the compiler's complaint
};
inline constexpr int TypeRowRole = Qt::UserRole + 600;
inline constexpr int UseCountRole = Qt::UserRole + 601;    ///< int; invalid: nobody has looked
inline constexpr int BrokenCountRole = Qt::UserRole + 602; ///< int; invalid: not checked

/// What changed for callers, the most severe first; below each finding what explains it and where it is used.
class TypeFindingsModel final : public ValueTreeModel
{
    Q_OBJECT

public:
    using ValueTreeModel::ValueTreeModel;

    /// Thousands come in slices, between which the event loop turns.
    void setFindings(const QList<types::Finding> &findings);
    /// Of the symbols of these findings; those that are not named are not known.
    void setImpacts(const QList<types::Impact> &impacts);
    [[nodiscard]] const QList<types::Finding> &findings() const { return m_findings; }
    /// By severity, approved ones included.
    [[nodiscard]] int count(types::Severity severity) const;
    [[nodiscard]] int approved() const;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    [[nodiscard]] std::vector<ValueNode> nodes(qsizetype first);
    void addMore(qsizetype first);
    void tellImpacts(int first);
    [[nodiscard]] std::optional<types::Impact> impactOf(const QString &symbol) const;

    QList<types::Finding> m_findings;
    QHash<QString, int> m_seen; ///< keys that have been given, with how often
    quint64 m_filling = 0;
    QHash<QString, types::Impact> m_impacts; ///< by symbol
};

/// Findings of some severities, whose symbol, rule or sentence holds a text.
class TypeFindingsFilter final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit TypeFindingsFilter(TypeFindingsModel *source, QObject *parent = nullptr);

    void setShown(types::Severity severity, bool shown);
    void setApprovedShown(bool shown);
    void setText(const QString &text);
    /// Without making what is below: all of that is shown.
    [[nodiscard]] bool hasChildren(const QModelIndex &parent = {}) const override;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QSet<int> m_hidden; ///< severities
    bool m_approvedShown = true;
    QString m_text;
};

} // namespace paddock::models

Q_DECLARE_METATYPE(paddock::types::Finding)
