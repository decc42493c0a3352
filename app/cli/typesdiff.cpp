// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl types diff` and `types approve`.
#include "types.h"
#include "types/approvals.h"
#include "types/differ.h"
#include "types/snapshotstore.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using types::Finding;
using types::Severity;

namespace {

/// A snapshot by what the user calls it: an id, a baseline's name, a file. "now" is as the files are.
Result<types::Snapshot> resolve(TypesWork &work, const QString &name)
{
    if (name == "now"_L1)
        return work.current();
    static const QRegularExpression id(uR"(^s\d+$)"_s);
    if (id.match(name).hasMatch())
        return types::SnapshotStore(work.root()).read(name);
    if (QFile::exists(types::baselineFile(work.root(), name)))
        return types::readSnapshotFile(types::baselineFile(work.root(), name));
    if (QFile::exists(name))
        return types::readSnapshotFile(name);
    return fail(u"no-snapshot"_s, u"There is no snapshot, baseline or file “%1”."_s.arg(name),
                u"“paddockctl types snapshots” lists snapshots and baselines."_s);
}

struct Comparison
{
    QString from;
    QString to;
    types::Snapshot before;
    types::Snapshot after;
    QList<Finding> findings;
};

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
    result.findings = waitFor(types::diffSnapshots(work.child(), result.before, result.after));
    const auto approvals = types::readApprovals(work.root());
    if (!approvals)
        return std::unexpected(approvals.error());
    types::markApproved(result.findings, *approvals);
    return result;
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
            out.line(out.paint(u"          %1%2"_s.arg(finding.fingerprint,
                                                       finding.byText ? u"  judged by its text"_s : QString()),
                               Ink::Faint));
    }
    for (auto it = comparison.after.unknown.begin(); it != comparison.after.unknown.end(); ++it)
        out.line(out.paint(u"not known "_s, Ink::Warn) + it.key() + u": "_s + Printer::safe(it.value()));
    const types::Counts counts = countsOf(comparison.findings);
    out.line(u"%1 → %2: %3 breaking, %4 dangerous, %5 safe"_s.arg(comparison.from, comparison.to)
                 .arg(counts.breaking)
                 .arg(counts.dangerous)
                 .arg(counts.safe));
}

QJsonObject unknownJson(const types::Snapshot &snapshot)
{
    QJsonObject unknown;
    for (auto it = snapshot.unknown.begin(); it != snapshot.unknown.end(); ++it)
        unknown.insert(it.key(), it.value());
    return unknown;
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
    const auto comparison = compare(**work, invocation.arguments.value(1), invocation.arguments.value(2));
    if (!comparison)
        return out.error(comparison.error());
    const types::Counts counts = countsOf(comparison->findings);
    QJsonArray items;
    for (const Finding &finding : comparison->findings)
        items.append(types::toJson(finding));
    out.json({{u"from"_s, comparison->from},
              {u"to"_s, comparison->to},
              {u"compiler"_s, comparison->after.compiler.isEmpty() ? QJsonValue() : QJsonValue(comparison->after.compiler)},
              {u"breaking"_s, counts.breaking},
              {u"dangerous"_s, counts.dangerous},
              {u"safe"_s, counts.safe},
              {u"unknown"_s, unknownJson(comparison->after)},
              {u"items"_s, items}});
    if (!out.isJson())
        show(out, *comparison);
    const bool failed = (!failOn.isEmpty() && counts.breaking > 0) ||
                        (failOn == "dangerous"_L1 && counts.dangerous > 0);
    return failed ? Failed : Done;
}

int runTypesApprove(const Invocation &invocation, const Printer &out, const QString &root)
{
    const auto work = TypesWork::open(root);
    if (!work)
        return out.error(work.error());
    const auto comparison = compare(**work, invocation.parser.value(u"from"_s), {});
    if (!comparison)
        return out.error(comparison.error());
    auto approvals = types::readApprovals(root);
    if (!approvals)
        return out.error(approvals.error());
    QJsonArray approved;
    for (const QString &wanted : invocation.arguments.mid(1)) {
        const auto it = std::ranges::find(comparison->findings, wanted, &Finding::fingerprint);
        if (it == comparison->findings.end())
            return out.error({.code = u"no-finding"_s,
                              .message = u"There is no finding “%1” between %2 and now."_s.arg(wanted, comparison->from),
                              .remedy = u"“paddockctl types diff” shows them; --from names another snapshot."_s});
        approved.append(types::toJson(*it));
        if (!it->approved)
            approvals->append({it->fingerprint, it->symbol, it->rule, it->message});
    }
    if (auto written = types::writeApprovals(root, *approvals); !written)
        return out.error(written.error());
    out.json({{u"approved"_s, approved}, {u"file"_s, u"paddock.approvals.json"_s}});
    if (!out.isJson())
        out.line(u"%1 approved in paddock.approvals.json"_s.arg(approved.size()));
    return Done;
}

} // namespace paddock::cli
