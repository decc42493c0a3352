// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/snapshot.h"

#include <QRegularExpression>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

constexpr auto Heading = "# paddock types 1"_L1;
constexpr auto ExactRoutes = "exact routes"_L1;

Snapshot exactly(Snapshot snapshot)
{
    for (auto it = snapshot.exact.begin(); it != snapshot.exact.end(); ++it)
        if (const auto symbol = snapshot.symbols.find(it.key()); symbol != snapshot.symbols.end())
            symbol->type = it.value();
    return snapshot;
}

QString oneLine(const QString &text)
{
    return text.contains(u'\n') ? text.simplified() : text;
}

Result<> take(Snapshot &into, const QString &line)
{
    static const QRegularExpression definition(uR"(^type ([A-Za-z_$][\w$]*)(?:<([\w$]+(?:, [\w$]+)*)>)? = (.+)$)"_s);
    static const QRegularExpression symbol(
        uR"(^((?:plugin|event|error|table) [^\s:]+|route [^\s:]+ (?:input|output|events|handler)): (.+)$)"_s);
    static const QRegularExpression exact(uR"(^exact (route [^\s:]+ (?:input|output|events)): (.+)$)"_s);
    static const QRegularExpression generated(uR"(^generated ([0-9a-f]{16,64}) (.+)$)"_s);
    static const QRegularExpression unknown(uR"(^unknown ((?:plugin|route) [^\s:]+|[a-z]+): (.*)$)"_s);
    const auto twice = [](const QString &name) { return fail(u"bad-snapshot"_s, u"“%1” is there twice."_s.arg(name)); };
    if (const auto match = definition.match(line); match.hasMatch()) {
        if (into.definitions.contains(match.captured(1)))
            return twice(match.captured(1));
        into.definitions.insert(match.captured(1),
                                {match.captured(2).split(u", "_s, Qt::SkipEmptyParts), match.captured(3)});
    } else if (const auto named = symbol.match(line); named.hasMatch()) {
        if (into.symbols.contains(named.captured(1)))
            return twice(named.captured(1));
        into.symbols.insert(named.captured(1), {.type = named.captured(2)});
    } else if (line == ExactRoutes) {
        into.isExact = true;
    } else if (const auto route = exact.match(line); route.hasMatch()) {
        into.exact.insert(route.captured(1), route.captured(2));
    } else if (const auto file = generated.match(line); file.hasMatch()) {
        into.generated.insert(file.captured(2), file.captured(1).toLatin1());
    } else if (const auto missing = unknown.match(line); missing.hasMatch()) {
        into.unknown.insert(missing.captured(1), missing.captured(2));
    } else {
        return fail(u"bad-snapshot"_s, u"“%1” is neither a type nor a symbol."_s.arg(line.left(80)));
    }
    return {};
}

} // namespace

std::pair<Snapshot, Snapshot> onSameTerms(const Snapshot &before, const Snapshot &after)
{
    return before.isExact && after.isExact ? std::pair(exactly(before), exactly(after)) : std::pair(before, after);
}

Direction directionOf(const QString &symbol)
{
    return symbol.startsWith("route "_L1) && symbol.endsWith(" input"_L1) ? Direction::Accepts : Direction::Produces;
}

bool Snapshot::wouldKnow(const QString &symbol) const
{
    const QString kind = symbol.section(u' ', 0, 0);
    const QString owner = symbol.section(u' ', 1, 1);
    return !unknown.contains(kind + u's') &&
           !unknown.contains(kind + u' ' + (kind == "plugin"_L1 ? owner.section(u'.', 0, 0) : owner));
}

QString toText(const Snapshot &snapshot)
{
    QString text = Heading + u'\n';
    if (!snapshot.compiler.isEmpty())
        text += u"# "_s + snapshot.compiler + u'\n';
    for (auto it = snapshot.unknown.begin(); it != snapshot.unknown.end(); ++it)
        text += u"unknown "_s + it.key() + u": "_s + oneLine(it.value()) + u'\n';
    for (auto it = snapshot.definitions.begin(); it != snapshot.definitions.end(); ++it)
        text += u"type "_s + it.key() +
                (it->parameters.isEmpty() ? QString() : u'<' + it->parameters.join(u", "_s) + u'>') + u" = "_s +
                oneLine(it->type) + u'\n';
    for (auto it = snapshot.symbols.begin(); it != snapshot.symbols.end(); ++it)
        text += it.key() + u": "_s + oneLine(it->type) + u'\n';
    if (snapshot.isExact)
        text += ExactRoutes + u'\n';
    for (auto it = snapshot.exact.begin(); it != snapshot.exact.end(); ++it)
        text += u"exact "_s + it.key() + u": "_s + oneLine(it.value()) + u'\n';
    for (auto it = snapshot.generated.begin(); it != snapshot.generated.end(); ++it)
        text += u"generated "_s + QString::fromLatin1(it.value()) + u' ' + it.key() + u'\n';
    return text;
}

Result<Snapshot> fromText(const QString &text, const QString &name)
{
    Snapshot snapshot;
    int number = 0;
    const QStringList lines = text.split(u'\n');
    if (lines.first().trimmed() != Heading)
        return fail(u"bad-snapshot"_s, u"This is no snapshot of types: it does not begin with “%1”."_s.arg(Heading),
                    u"Write one with “paddockctl types snapshots --name NAME”."_s, name + u":1"_s);
    for (const QString &raw : lines) {
        ++number;
        const QString line = raw.trimmed();
        if (line.isEmpty())
            continue;
        if (line.startsWith(u'#')) {
            if (number == 2)
                snapshot.compiler = line.sliced(1).trimmed();
            continue;
        }
        if (auto taken = take(snapshot, line); !taken) {
            Error error = taken.error();
            error.where = u"%1:%2"_s.arg(name).arg(number);
            error.remedy = u"Restore the line from version control, or write the baseline again."_s;
            return std::unexpected(error);
        }
    }
    return snapshot;
}

} // namespace paddock::types
