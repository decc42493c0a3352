// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/typefindingsmodel.h"

#include "models/roles.h"
#include "types/apitext.h"

#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

constexpr int InOneGo = 100; ///< rows that are made, or told to views, before the event loop turns

ValueNode row(TypeRow kind, const QString &key, const QString &label, const QString &text)
{
    ValueNode node;
    node.key = key;
    node.values = {{Qt::DisplayRole, QString(label + u": "_s + text)},
                   {TypeRowRole, int(kind)},
                   {NameRole, label},
                   {DetailRole, text}};
    return node;
}

QString usesText(const types::Impact &impact)
{
    const QString uses = TypeFindingsModel::tr("%n call site(s)", nullptr, impact.callSites());
    if (!impact.isChecked)
        return uses;
    if (const int broken = impact.broken(); broken > 0)
        return TypeFindingsModel::tr("%1, %2 no longer compile").arg(uses).arg(broken);
    return impact.uses.isEmpty() ? uses : TypeFindingsModel::tr("%1, all compile").arg(uses);
}

ValueNode usesNode(const types::Impact &impact)
{
    ValueNode node = row(TypeRow::Uses, u"uses"_s, TypeFindingsModel::tr("Used at"), usesText(impact));
    for (const types::Use &use : impact.uses) {
        const QString place = u"%1:%2"_s.arg(use.file).arg(use.line);
        ValueNode one = row(TypeRow::Use, u"%1:%2"_s.arg(place).arg(use.column), place, use.text);
        one.values.insert(FileRole, use.file);
        one.values.insert(LineRole, use.line);
        one.values.insert(ErrorRole, use.problem);
        node.children.push_back(std::move(one));
    }
    return node;
}

/// What explains a finding, and where it is used.
std::vector<ValueNode> detailsOf(const types::Finding &finding, const std::optional<types::Impact> &impact)
{
    std::vector<ValueNode> nodes;
    if (!finding.example.isEmpty())
        nodes.push_back(row(TypeRow::Example, u"example"_s, TypeFindingsModel::tr("Would break"), finding.example));
    if (!finding.before.isEmpty())
        nodes.push_back(row(TypeRow::Was, u"was"_s, TypeFindingsModel::tr("Was"), types::laidOut(finding.before)));
    if (!finding.after.isEmpty())
        nodes.push_back(row(TypeRow::Is, u"is"_s, TypeFindingsModel::tr("Is"), types::laidOut(finding.after)));
    const types::Rule *rule = types::ruleNamed(finding.rule);
    const QString why = rule ? QString::fromLatin1(rule->why) : QString();
    nodes.push_back(
        row(TypeRow::Rule, u"rule"_s, TypeFindingsModel::tr("Rule"),
            finding.decidedBy == types::DecidedBy::Text
                ? TypeFindingsModel::tr("%1: %2 Judged by its text, for want of a compiler.").arg(finding.rule, why)
                : u"%1: %2"_s.arg(finding.rule, why)));
    if (impact)
        nodes.push_back(usesNode(*impact));
    return nodes;
}

} // namespace

void TypeFindingsModel::setFindings(const QList<types::Finding> &findings)
{
    m_findings = findings;
    m_impacts.clear();
    m_seen.clear();
    ++m_filling;
    setNodes(nodes(0));
    addMore(InOneGo);
}

void TypeFindingsModel::addMore(qsizetype first)
{
    if (first < m_findings.size())
        QTimer::singleShot(0, this, [this, first, filling = m_filling] {
            if (filling != m_filling)
                return;
            append(nodes(first));
            addMore(first + InOneGo);
        });
}

void TypeFindingsModel::setImpacts(const QList<types::Impact> &impacts)
{
    for (const types::Impact &impact : impacts)
        m_impacts.insert(impact.symbol, impact);
    refreshOpened();
    tellImpacts(0);
}

/// A view measures each row that changed, so it is told of some hundreds in one go.
void TypeFindingsModel::tellImpacts(int first)
{
    const int count = rowCount();
    if (first >= count)
        return;
    const int last = std::min(count, first + InOneGo) - 1;
    Q_EMIT dataChanged(index(first, 0), index(last, 0), {UseCountRole, BrokenCountRole});
    if (last + 1 < count)
        QTimer::singleShot(0, this, [this, last] { tellImpacts(last + 1); });
}

std::optional<types::Impact> TypeFindingsModel::impactOf(const QString &symbol) const
{
    const auto it = m_impacts.constFind(symbol);
    return it == m_impacts.constEnd() ? std::nullopt : std::optional(*it);
}

std::vector<ValueNode> TypeFindingsModel::nodes(qsizetype first)
{
    std::vector<ValueNode> nodes;
    const qsizetype end = std::min<qsizetype>(first + InOneGo, m_findings.size());
    nodes.reserve(size_t(end - first));
    for (qsizetype i = first; i < end; ++i) {
        const types::Finding &finding = m_findings[i];
        const QString base = finding.fingerprint.isEmpty()
                                 ? finding.symbol + u'\n' + finding.rule + u'\n' + finding.path
                                 : finding.fingerprint;
        const int nth = m_seen[base]++; // one difference may be told twice, in two places of one type
        // There may be thousands, of which a few are ever opened.
        ValueNode node;
        node.key = nth == 0 ? base : u"%1#%2"_s.arg(base).arg(nth);
        node.values = {{RecordRole, QVariant::fromValue(finding)}};
        node.more = [this, finding] { return detailsOf(finding, impactOf(finding.symbol)); };
        nodes.push_back(std::move(node));
    }
    return nodes;
}

QVariant TypeFindingsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.parent().isValid() || role == RecordRole)
        return ValueTreeModel::data(index, role);
    if (role == TypeRowRole)
        return int(TypeRow::Finding);
    const QVariant record = ValueTreeModel::data(index, RecordRole);
    const auto &finding = *static_cast<const types::Finding *>(record.constData());
    switch (role) {
    case Qt::DisplayRole: return QString(finding.symbol + u": "_s + finding.message);
    case NameRole: return finding.symbol;
    case DetailRole: return finding.message;
    case SeverityRole: return QString(toString(finding.severity));
    case FileRole: return finding.file;
    case LineRole: return finding.line;
    case UseCountRole:
    case BrokenCountRole: {
        const auto impact = m_impacts.constFind(finding.symbol);
        if (impact == m_impacts.constEnd() || (role == BrokenCountRole && !impact->isChecked))
            return {};
        return role == UseCountRole ? impact->callSites() : impact->broken();
    }
    default: return {};
    }
}

int TypeFindingsModel::count(types::Severity severity) const
{
    return int(std::ranges::count(m_findings, severity, &types::Finding::severity));
}

int TypeFindingsModel::approved() const
{
    return int(std::ranges::count(m_findings, true, &types::Finding::approved));
}

TypeFindingsFilter::TypeFindingsFilter(TypeFindingsModel *source, QObject *parent) : QSortFilterProxyModel(parent)
{
    setSourceModel(source);
}

void TypeFindingsFilter::setShown(types::Severity severity, bool shown)
{
    if (shown)
        m_hidden.remove(int(severity));
    else
        m_hidden.insert(int(severity));
    invalidateFilter();
}

void TypeFindingsFilter::setApprovedShown(bool shown)
{
    m_approvedShown = shown;
    invalidateFilter();
}

void TypeFindingsFilter::setText(const QString &text)
{
    m_text = text;
    invalidateFilter();
}

bool TypeFindingsFilter::hasChildren(const QModelIndex &parent) const
{
    return parent.isValid() ? sourceModel()->hasChildren(mapToSource(parent))
                            : QSortFilterProxyModel::hasChildren(parent);
}

bool TypeFindingsFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (parent.isValid())
        return true;
    const QVariant record = sourceModel()->index(row, 0).data(RecordRole);
    const auto &finding = *static_cast<const types::Finding *>(record.constData());
    const auto holds = [this](const QString &text) { return text.contains(m_text, Qt::CaseInsensitive); };
    return !m_hidden.contains(int(finding.severity)) && (m_approvedShown || !finding.approved) &&
           (m_text.isEmpty() || holds(finding.symbol) || holds(finding.rule) || holds(finding.message));
}

} // namespace paddock::models
