// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/typefindingsmodel.h"

#include "models/roles.h"
#include "types/apitext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

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

ValueNode nodeOf(const types::Finding &finding, const QString &key, const types::Impact *impact)
{
    ValueNode node = row(TypeRow::Finding, key, finding.symbol, finding.message);
    node.values.insert(SeverityRole, QString(toString(finding.severity)));
    node.values.insert(FileRole, finding.file);
    node.values.insert(LineRole, finding.line);
    node.values.insert(RecordRole, QVariant::fromValue(finding));
    if (impact) {
        node.values.insert(UseCountRole, impact->callSites());
        if (impact->isChecked)
            node.values.insert(BrokenCountRole, impact->broken());
    }
    if (!finding.example.isEmpty())
        node.children.push_back(
            row(TypeRow::Example, u"example"_s, TypeFindingsModel::tr("Would break"), finding.example));
    if (!finding.before.isEmpty())
        node.children.push_back(
            row(TypeRow::Was, u"was"_s, TypeFindingsModel::tr("Was"), types::laidOut(finding.before)));
    if (!finding.after.isEmpty())
        node.children.push_back(row(TypeRow::Is, u"is"_s, TypeFindingsModel::tr("Is"), types::laidOut(finding.after)));
    if (const types::Rule *rule = types::ruleNamed(finding.rule)) {
        const QString why = QString::fromLatin1(rule->why);
        node.children.push_back(
            row(TypeRow::Rule, u"rule"_s, TypeFindingsModel::tr("Rule"),
                finding.byText
                    ? TypeFindingsModel::tr("%1: %2 Judged by its text, for want of a compiler.").arg(finding.rule, why)
                    : u"%1: %2"_s.arg(finding.rule, why)));
    }
    if (impact)
        node.children.push_back(usesNode(*impact));
    return node;
}

} // namespace

void TypeFindingsModel::setFindings(const QList<types::Finding> &findings)
{
    m_findings = findings;
    m_impacts.clear();
    rebuild();
}

void TypeFindingsModel::setImpacts(const QList<types::Impact> &impacts)
{
    for (const types::Impact &impact : impacts)
        m_impacts.insert(impact.symbol, impact);
    rebuild();
}

void TypeFindingsModel::rebuild()
{
    std::vector<ValueNode> nodes;
    nodes.reserve(size_t(m_findings.size()));
    QHash<QString, int> seen; // one difference may be told twice, in two places of one type
    for (const types::Finding &finding : std::as_const(m_findings)) {
        const QString base = finding.fingerprint.isEmpty()
                                 ? finding.symbol + u'\n' + finding.rule + u'\n' + finding.path
                                 : finding.fingerprint;
        const int nth = seen[base]++;
        const auto impact = m_impacts.constFind(finding.symbol);
        nodes.push_back(nodeOf(finding, nth == 0 ? base : u"%1#%2"_s.arg(base).arg(nth),
                               impact == m_impacts.constEnd() ? nullptr : &*impact));
    }
    setNodes(std::move(nodes));
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

bool TypeFindingsFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (parent.isValid())
        return true;
    const auto finding = sourceModel()->index(row, 0).data(RecordRole).value<types::Finding>();
    const auto holds = [this](const QString &text) { return text.contains(m_text, Qt::CaseInsensitive); };
    return !m_hidden.contains(int(finding.severity)) && (m_approvedShown || !finding.approved) &&
           (m_text.isEmpty() || holds(finding.symbol) || holds(finding.rule) || holds(finding.message));
}

} // namespace paddock::models
