// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/apidiff.h"

#include "types/typewalk.h"

#include <QCryptographicHash>
#include <QHash>
#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

/// Names of definitions whose meaning differs: their own text, or that of one that they mention.
QSet<QString> changedDefinitions(const Snapshot &before, const Snapshot &after)
{
    QSet<QString> changed;
    QHash<QString, QStringList> mentionedBy; // name → definitions that mention it
    for (auto it = after.definitions.begin(); it != after.definitions.end(); ++it) {
        const auto old = before.definitions.constFind(it.key());
        const Type type = parseType(it->type);
        for (const QString &name : mentionedNames(type))
            mentionedBy[name] << it.key();
        if (old == before.definitions.constEnd() || old->parameters.size() != it->parameters.size() ||
            (*old != *it && canonical(parseType(old->type)) != canonical(type)))
            changed.insert(it.key());
    }
    for (auto it = before.definitions.begin(); it != before.definitions.end(); ++it)
        if (!after.definitions.contains(it.key()))
            changed.insert(it.key());
    QStringList queue = changed.values();
    while (!queue.isEmpty())
        for (const QString &user : mentionedBy.value(queue.takeLast()))
            if (!changed.contains(user)) {
                changed.insert(user);
                queue << user;
            }
    return changed;
}

/// A quick look for any of the names in a text, word by word.
bool mentionsAny(const QString &text, const QSet<QString> &names)
{
    if (names.isEmpty())
        return false;
    qsizetype at = 0;
    while (at < text.size()) {
        if (!text[at].isLetter() && text[at] != u'_' && text[at] != u'$') {
            ++at;
            continue;
        }
        const qsizetype from = at;
        while (at < text.size() && (text[at].isLetterOrNumber() || text[at] == u'_' || text[at] == u'$'))
            ++at;
        if (names.contains(text.sliced(from, at - from)))
            return true;
    }
    return false;
}

QString messageOf(const Finding &finding)
{
    QString text = QLatin1StringView(ruleNamed(finding.rule)->what);
    if (!finding.path.isEmpty())
        text = u"%1: %2"_s.arg(finding.path, text);
    if (!finding.before.isEmpty() && !finding.after.isEmpty())
        text += u" %1 → %2"_s.arg(finding.before, finding.after);
    return text;
}

void seal(Finding &finding, const Snapshot &after)
{
    finding.message = messageOf(finding);
    const QByteArray identity =
        (finding.symbol + u'\n' + finding.rule + u'\n' + finding.path + u'\n' + finding.after).toUtf8();
    finding.fingerprint =
        QString::fromLatin1(QCryptographicHash::hash(identity, QCryptographicHash::Sha256).toHex().first(12));
    if (const auto it = after.symbols.constFind(finding.symbol); it != after.symbols.constEnd()) {
        finding.file = it->file;
        finding.line = it->line;
    }
}

/// The rule for a part that differs, from the compiler's two answers; empty: it does not differ after all.
QString ruleFor(const DiffPlan::Open &open, const Verdict &verdict)
{
    if (verdict.afterToBefore && verdict.beforeToAfter)
        return {};
    // A constraint works like an input: what was admitted must still be.
    const QString how = verdict.afterToBefore ? u"-narrowed"_s : verdict.beforeToAfter ? u"-widened"_s : u"-changed"_s;
    return open.stem + how;
}

} // namespace

QLatin1StringView toString(DecidedBy by)
{
    static constexpr QLatin1StringView names[] = {"structure"_L1, "compiler"_L1, "text"_L1};
    return names[int(by)];
}

DiffPlan planDiff(const Snapshot &was, const Snapshot &is)
{
    const auto [before, after] = onSameTerms(was, is);
    DiffPlan plan;
    const QSet<QString> changed = changedDefinitions(before, after);
    TypeWalk walk(before, after, changed, plan);
    for (auto it = before.symbols.begin(); it != before.symbols.end(); ++it) {
        const auto now = after.symbols.constFind(it.key());
        if (now == after.symbols.constEnd()) {
            if (!after.wouldKnow(it.key()))
                continue;
            const Type type = parseType(it->type);
            const Access access = accessOf(it.key(), type, before);
            plan.findings.append({.symbol = it.key(),
                                  .rule = u"symbol-removed"_s,
                                  .severity = ruleNamed(u"symbol-removed")->severity,
                                  .before = it->type,
                                  .example = access.callee + u" // gone"_s});
            continue;
        }
        if (it->type == now->type && !mentionsAny(it->type, changed))
            continue;
        const Type b = parseType(it->type);
        const Type a = parseType(now->type);
        const qsizetype findings = plan.findings.size();
        walk.symbol(it.key(), b, a);
        if (it.key().endsWith(" handler"_L1) ||
            (canonical(a) == canonical(b) && findings == plan.findings.size() && !mentionsAny(it->type, changed)))
            continue;
        plan.whole.append({.symbol = it.key(),
                           .question = plan.questions.size(),
                           .input = directionOf(it.key()) == Direction::Accepts});
        plan.questions.append({.before = printed(b), .after = printed(a)});
    }
    for (auto it = after.symbols.begin(); it != after.symbols.end(); ++it)
        if (!before.symbols.contains(it.key()) && before.wouldKnow(it.key()))
            plan.findings.append({.symbol = it.key(),
                                  .rule = u"symbol-added"_s,
                                  .severity = ruleNamed(u"symbol-added")->severity,
                                  .after = it->type});
    return plan;
}

QList<Finding> finishDiff(const DiffPlan &plan, const Snapshot &after, const QList<std::optional<Verdict>> &answers)
{
    QList<Finding> findings = plan.findings;
    const bool asked = !answers.isEmpty() && answers.size() == plan.questions.size();
    QSet<qsizetype> none;
    for (const DiffPlan::Open &open : asked ? plan.open : QList<DiffPlan::Open>()) {
        const std::optional<Verdict> &verdict = answers[open.question];
        if (!verdict)
            continue;
        Finding &finding = findings[open.finding];
        finding.decidedBy = DecidedBy::Compiler;
        const QString rule = ruleFor(open, *verdict);
        if (rule.isEmpty()) {
            none.insert(open.finding);
            continue;
        }
        finding.rule = rule;
        finding.severity = ruleNamed(rule)->severity;
        if (finding.severity == Severity::Safe)
            finding.example.clear();
    }
    QList<Finding> result;
    for (qsizetype i = 0; i < findings.size(); ++i)
        if (!none.contains(i))
            result.append(findings[i]);
    for (const DiffPlan::Whole &whole : asked ? plan.whole : QList<DiffPlan::Whole>()) {
        const std::optional<Verdict> &verdict = answers[whole.question];
        const bool accepted = !verdict || (whole.input ? verdict->beforeToAfter : verdict->afterToBefore);
        const bool said = std::ranges::any_of(result, [&](const Finding &finding) {
            return finding.symbol == whole.symbol && finding.severity != Severity::Safe;
        });
        if (accepted || said)
            continue;
        const Question &question = plan.questions[whole.question];
        result.append({.symbol = whole.symbol,
                       .rule = u"compiler-rejects"_s,
                       .severity = ruleNamed(u"compiler-rejects")->severity,
                       .before = question.before,
                       .after = question.after,
                       .example = u"const kept: %1 = value; // of type %2"_s.arg(question.before, question.after),
                       .decidedBy = DecidedBy::Compiler});
    }
    for (Finding &finding : result)
        seal(finding, after);
    std::ranges::stable_sort(result, [](const Finding &a, const Finding &b) {
        return std::pair(-int(a.severity), a.symbol) < std::pair(-int(b.severity), b.symbol);
    });
    return result;
}

Counts countsOf(const QList<Finding> &findings)
{
    Counts counts;
    for (const Finding &finding : findings)
        if (!finding.approved)
            ++(finding.severity == Severity::Breaking    ? counts.breaking
               : finding.severity == Severity::Dangerous ? counts.dangerous
                                                         : counts.safe);
    return counts;
}

QJsonObject toJson(const Finding &finding)
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); };
    return {{u"severity"_s, QString(toString(finding.severity))},
            {u"symbol"_s, finding.symbol},
            {u"rule"_s, finding.rule},
            {u"path"_s, orNull(finding.path)},
            {u"before"_s, orNull(finding.before)},
            {u"after"_s, orNull(finding.after)},
            {u"message"_s, finding.message},
            {u"example"_s, orNull(finding.example)},
            {u"decidedBy"_s, QString(toString(finding.decidedBy))},
            {u"fingerprint"_s, finding.fingerprint},
            {u"file"_s, orNull(finding.file)},
            {u"line"_s, finding.line > 0 ? QJsonValue(finding.line) : QJsonValue()},
            {u"approved"_s, finding.approved}};
}

} // namespace paddock::types
