// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl types diff` and `types approve`.
#include "difftext.h"
#include "types.h"
#include "types/approvals.h"
#include "types/comparison.h"
#include "types/differ.h"
#include "types/impact.h"
#include "types/snapshotstore.h"
#include "workspace/project.h"

#include <QDir>
#include <QJsonArray>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using types::Finding;
using types::Severity;

namespace {

/// A snapshot by what the user calls it; "now" is as the files are.
Result<types::Snapshot> resolve(TypesWork &work, const QString &name)
{
    return name == "now"_L1 ? work.current() : types::namedSnapshot(work.root(), name);
}

struct Comparison
{
    QString from;
    QString to;
    types::Snapshot before;
    types::Snapshot after;
    QList<Finding> findings;
    QList<types::Impact> impact;      ///< with --impact
    QList<types::ComparedFile> files; ///< with --text
    types::TypeCheck check;           ///< where one side is as the files are
};

/// Where the changed symbols are used, as the files are now.
QList<types::Impact> impactOf(TypesWork &work, const QList<Finding> &findings)
{
    const auto state = workspace::readProject(work.root());
    if (!state || !work.child())
        return {};
    const auto checker = work.checker();
    types::ImpactSearch search({.reader = work.child(), .checker = checker.get(), .state = *state});
    return await(search.start(types::changedSymbols(findings))).value_or(QList<types::Impact>());
}

QJsonArray impactJson(const QList<types::Impact> &impact)
{
    QJsonArray list;
    for (const types::Impact &one : impact) {
        QJsonArray uses;
        for (const types::Use &use : one.uses)
            uses.append(QJsonObject{{u"file"_s, use.file},
                                    {u"line"_s, use.line},
                                    {u"column"_s, use.column},
                                    {u"text"_s, use.text},
                                    {u"follows"_s, use.follows},
                                    {u"problem"_s, use.problem.isEmpty() ? QJsonValue() : QJsonValue(use.problem)}});
        list.append(QJsonObject{{u"symbol"_s, one.symbol},
                                {u"callSites"_s, one.callSites()},
                                {u"broken"_s, one.broken()},
                                {u"uses"_s, uses}});
    }
    return list;
}

void showImpact(const Printer &out, const QList<types::Impact> &impact)
{
    for (const types::Impact &one : impact) {
        out.line(u"%1: %2 call site%3, %4 no longer compile%5"_s.arg(Printer::safe(one.symbol))
                     .arg(one.callSites())
                     .arg(one.callSites() == 1 ? QString() : u"s"_s)
                     .arg(one.broken())
                     .arg(one.broken() == 1 ? u"s"_s : QString()));
        for (const types::Use &use : one.uses) {
            out.line(u"          %1:%2  %3"_s.arg(use.file).arg(use.line).arg(Printer::safe(use.text)));
            if (!use.problem.isEmpty())
                out.line(out.paint(u"            "_s + Printer::safe(use.problem), Ink::Bad));
        }
    }
}

Result<Comparison> compare(TypesWork &work, const QString &from, const QString &to)
{
    Comparison result{.from = from, .to = to.isEmpty() ? u"now"_s : to};
    if (result.from.isEmpty()) {
        const auto latest = types::SnapshotStore(work.root()).latest();
        if (!latest)
            return fail(u"no-snapshot"_s, u"There is no snapshot yet to compare with."_s,
                        u"Write a baseline first: “paddockctl types snapshots --name NAME”."_s);
        result.from = latest->id;
    }
    auto before = resolve(work, result.from);
    if (!before)
        return std::unexpected(before.error());
    auto after = resolve(work, result.to);
    if (!after)
        return std::unexpected(after.error());
    result.before = *std::move(before);
    result.after = *std::move(after);
    result.findings = await(types::diffSnapshots(work.child(), result.before, result.after));
    const auto approvals = types::readApprovals(work.root());
    if (!approvals)
        return std::unexpected(approvals.error());
    types::markApproved(result.findings, *approvals);
    if (result.from == "now"_L1 || result.to == "now"_L1)
        result.check = work.check();
    return result;
}

QJsonArray filesJson(const QList<types::ComparedFile> &files)
{
    QJsonArray list;
    for (const types::ComparedFile &file : files)
        list.append(QJsonObject{{u"file"_s, file.name},
                                {u"generated"_s, file.isGenerated},
                                {u"added"_s, file.added},
                                {u"removed"_s, file.removed}});
    return list;
}

void showTexts(const Printer &out, const QList<types::ComparedFile> &files)
{
    for (const types::ComparedFile &file : files)
        printDifference(out, file.name, file.before, file.after);
}

Ink inkOf(Severity severity)
{
    return severity == Severity::Breaking ? Ink::Bad : severity == Severity::Dangerous ? Ink::Warn : Ink::Good;
}

void show(const Printer &out, const Comparison &comparison)
{
    for (const Finding &finding : comparison.findings) {
        QString line = out.paint(QString(toString(finding.severity)).leftJustified(10), inkOf(finding.severity)) +
                       Printer::safe(finding.symbol) + out.paint(u"  "_s + finding.rule, Ink::Faint);
        if (!finding.file.isEmpty())
            line += out.paint(u"  %1:%2"_s.arg(finding.file).arg(finding.line), Ink::Faint);
        if (finding.approved)
            line += out.paint(u"  approved"_s, Ink::Good);
        out.line(line);
        out.line(u"          "_s + Printer::safe(finding.message));
        for (const QString &code : finding.example.split(u'\n', Qt::SkipEmptyParts))
            out.line(out.paint(u"          │ "_s + Printer::safe(code), Ink::Faint));
        if (finding.severity != Severity::Safe && !finding.approved)
            out.line(out.paint(u"          %1%2"_s.arg(finding.fingerprint, finding.decidedBy == types::DecidedBy::Text
                                                                                ? u"  judged by its text"_s
                                                                                : QString()),
                               Ink::Faint));
    }
    showDoubts(out, comparison.after, comparison.check);
    const types::Counts counts = countsOf(comparison.findings);
    out.line(u"%1 → %2: %3 breaking, %4 dangerous, %5 safe"_s.arg(comparison.from, comparison.to)
                 .arg(counts.breaking)
                 .arg(counts.dangerous)
                 .arg(counts.safe));
}

} // namespace

int runTypesDiff(const Invocation &invocation, const Printer &out, const QString &root)
{
    const QString failOn = invocation.parser.value(u"fail-on"_s);
    if (!failOn.isEmpty() && failOn != "breaking"_L1 && failOn != "dangerous"_L1)
        return out.error({.code = u"usage"_s, .message = u"--fail-on takes breaking or dangerous."_s});
    const auto work = TypesWork::open(root);
    if (!work)
        return out.error(work.error());
    auto comparison = compare(**work, invocation.arguments.value(1), invocation.arguments.value(2));
    if (!comparison)
        return out.error(comparison.error());
    if (invocation.parser.isSet(u"impact"_s))
        comparison->impact = impactOf(**work, comparison->findings);
    if (invocation.parser.isSet(u"text"_s))
        comparison->files = types::comparedFiles(root, comparison->before, comparison->after);
    const types::Counts counts = countsOf(comparison->findings);
    QJsonArray items;
    for (const Finding &finding : comparison->findings)
        items.append(types::toJson(finding));
    QJsonObject json{
        {u"from"_s, comparison->from},
        {u"to"_s, comparison->to},
        {u"compiler"_s, comparison->after.compiler.isEmpty() ? QJsonValue() : QJsonValue(comparison->after.compiler)},
        {u"breaking"_s, counts.breaking},
        {u"dangerous"_s, counts.dangerous},
        {u"safe"_s, counts.safe},
        {u"impact"_s, impactJson(comparison->impact)},
        {u"files"_s, filesJson(comparison->files)},
        {u"items"_s, items}};
    addDoubts(json, comparison->after, comparison->check);
    out.json(json);
    if (!out.isJson()) {
        show(out, *comparison);
        showImpact(out, comparison->impact);
        showTexts(out, comparison->files);
    }
    const bool failed =
        (!failOn.isEmpty() && counts.breaking > 0) || (failOn == "dangerous"_L1 && counts.dangerous > 0);
    return failed ? Failed : Done;
}

int runTypesApprove(const Invocation &invocation, const Printer &out, const QString &root)
{
    const auto work = TypesWork::open(root);
    if (!work)
        return out.error(work.error());
    auto comparison = compare(**work, invocation.parser.value(u"from"_s), {});
    if (!comparison)
        return out.error(comparison.error());
    const bool revoke = invocation.parser.isSet(u"revoke"_s);
    auto approvals = types::readApprovals(root);
    if (!approvals)
        return out.error(approvals.error());
    QJsonArray approved;
    for (const QString &wanted : invocation.arguments.mid(1)) {
        const auto it = std::ranges::find(comparison->findings, wanted, &Finding::fingerprint);
        if (it == comparison->findings.end())
            return out.error(
                {.code = u"no-finding"_s,
                 .message = u"There is no finding “%1” between %2 and now."_s.arg(wanted, comparison->from),
                 .remedy = u"“paddockctl types diff” shows them; --from names another snapshot."_s});
        it->approved = !revoke;
        approved.append(types::toJson(*it));
        approvals->removeIf([&](const types::Approval &one) { return one.fingerprint == it->fingerprint; });
        if (!revoke)
            approvals->append({it->fingerprint, it->symbol, it->rule, it->message});
    }
    if (auto written = types::writeApprovals(root, *approvals); !written)
        return out.error(written.error());
    out.json({{u"approved"_s, approved}, {u"file"_s, u"paddock.approvals.json"_s}});
    if (!out.isJson())
        out.line(
            (revoke ? u"%1 no longer approved in paddock.approvals.json"_s : u"%1 approved in paddock.approvals.json"_s)
                .arg(approved.size()));
    return Done;
}

} // namespace paddock::cli
