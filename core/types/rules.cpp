// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/rules.h"

#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

constexpr auto Safe = Severity::Safe;
constexpr auto Dangerous = Severity::Dangerous;
constexpr auto Breaking = Severity::Breaking;

// clang-format off
constexpr Rule Table[] = {
    // What there is
    {"symbol-removed", Breaking, "The symbol is gone.", "Every use of it stops compiling."},
    {"symbol-added", Safe, "The symbol is new.", "Nobody can have used it before."},
    {"handler-changed", Breaking, "The route is handled in another way.", "Its clients call it, and read its answer, as before."},
    {"compiler-rejects", Breaking, "The new type cannot stand where the old one was expected.", "The compiler says so of the whole symbol, whatever its parts look like."},
    // Calls
    {"parameter-required-added", Breaking, "A parameter was added that must be given.", "Existing calls have an argument too few."},
    {"parameter-optional-added", Safe, "A parameter was added that may be left out.", "Existing calls stay as they are."},
    {"parameter-removed", Breaking, "A parameter is gone.", "Existing calls have an argument too many."},
    {"parameter-now-required", Breaking, "A parameter must be given now.", "Calls without it have an argument too few."},
    {"parameter-now-optional", Safe, "A parameter may be left out now.", "Existing calls give it."},
    {"parameter-type-widened", Safe, "A parameter takes more than before.", "What existing calls give is still taken."},
    {"parameter-type-narrowed", Breaking, "A parameter takes less than before.", "What existing calls give may no longer be taken."},
    {"parameter-type-changed", Breaking, "A parameter takes something else.", "What existing calls give is not taken."},
    {"rest-parameter-added", Safe, "It takes any number of further arguments now.", "Existing calls stay as they are."},
    {"rest-parameter-removed", Breaking, "It no longer takes any number of arguments.", "Calls with more of them have too many."},
    {"return-type-widened", Breaking, "It returns more kinds of values than before.", "Callers meet values that they do not expect."},
    {"return-type-narrowed", Safe, "It returns fewer kinds of values than before.", "Callers expect all of them already."},
    {"return-type-changed", Breaking, "It returns something else.", "Callers use what is no longer returned."},
    {"became-async", Breaking, "It returns a promise now.", "Callers that do not await it hold the promise."},
    {"no-longer-async", Dangerous, "It no longer returns a promise.", "`await` still works; `.then()` and `Promise.all()` may not."},
    {"overload-added", Safe, "It can be called in a further way.", "The ways that were there remain."},
    {"overload-removed", Breaking, "It can no longer be called in one of its ways.", "Calls of that way stop compiling."},
    {"overload-reordered", Dangerous, "The order of its overloads changed.", "The first that fits is taken: calls may resolve to another one."},
    {"type-parameter-added", Dangerous, "A type parameter was added.", "Calls that name their type arguments have too few."},
    {"type-parameter-with-default-added", Safe, "A type parameter with a default was added.", "Calls that name their type arguments may leave it out."},
    {"type-parameter-removed", Breaking, "A type parameter is gone.", "Calls that name their type arguments have too many."},
    {"type-parameter-constraint-widened", Safe, "A type parameter admits more types.", "Those that are used are among them."},
    {"type-parameter-constraint-narrowed", Breaking, "A type parameter admits fewer types.", "Types that are used may no longer be admitted."},
    {"type-parameter-constraint-changed", Breaking, "A type parameter admits other types.", "Types that are used may no longer be admitted."},
    {"callback-parameter-added", Safe, "A callback is given a further argument.", "A function may ignore arguments."},
    {"callback-parameter-removed", Breaking, "A callback is given an argument less.", "A function that takes it no longer fits."},
    {"callback-parameter-now-optional", Breaking, "A callback may be called without an argument.", "A function that relies on it no longer fits."},
    {"callback-parameter-now-required", Safe, "A callback always gets an argument that it may have gone without.", "A function that handles both still fits."},
    // Data that comes out
    {"property-removed", Breaking, "A property is gone.", "Every reading of it stops compiling."},
    {"property-added", Safe, "A property is new.", "Nobody can have read it before."},
    {"property-now-optional", Breaking, "A property may be missing.", "Readers do not expect undefined."},
    {"property-now-required", Safe, "A property is always there.", "Readers handle its absence already."},
    {"property-type-widened", Breaking, "A property has more kinds of values.", "Readers meet values that they do not expect."},
    {"property-type-narrowed", Safe, "A property has fewer kinds of values.", "Readers expect all of them already."},
    {"property-type-changed", Breaking, "A property has another type.", "Readers use it as what it was."},
    {"readonly-added", Dangerous, "A property is readonly now.", "Code that assigns to it stops compiling."},
    {"readonly-removed", Safe, "A property is no longer readonly.", "Readers do not mind."},
    {"became-nullable", Breaking, "It may be null or undefined now.", "Readers do not check for it."},
    {"no-longer-nullable", Safe, "It is never null or undefined now.", "A check for it does no harm."},
    {"union-widened", Breaking, "It has a further case.", "An exhaustive switch does not know it."},
    {"union-narrowed", Dangerous, "A case is gone.", "Comparisons with it no longer compile."},
    {"literal-widened", Breaking, "It is no longer one of certain values.", "Code that relies on those values no longer compiles."},
    {"literal-narrowed", Safe, "It is one of certain values now.", "Readers expect any value already."},
    {"element-type-widened", Breaking, "Its elements have more kinds of values.", "Readers meet values that they do not expect."},
    {"element-type-narrowed", Safe, "Its elements have fewer kinds of values.", "Readers expect all of them already."},
    {"element-type-changed", Breaking, "Its elements have another type.", "Readers use them as what they were."},
    {"tuple-length-changed", Breaking, "The tuple has another length.", "Destructuring takes what is not there, or misses something."},
    {"index-signature-removed", Breaking, "It can no longer be read by any key.", "Reading by key stops compiling."},
    {"index-signature-added", Safe, "It can be read by any key.", "Reading by name works as before."},
    {"type-widened", Breaking, "It has more kinds of values.", "Readers meet values that they do not expect."},
    {"type-narrowed", Safe, "It has fewer kinds of values.", "Readers expect all of them already."},
    {"type-changed", Breaking, "It has another type.", "Readers use it as what it was."},
    {"became-any", Dangerous, "It is any now.", "Nothing that is done with it is checked any more."},
    {"no-longer-any", Dangerous, "It is no longer any.", "What was done unchecked is checked now, and may not compile."},
    // Data that goes in
    {"input-property-required-added", Breaking, "A property must be given that was not there.", "Existing callers do not give it."},
    {"input-property-optional-added", Safe, "A property may be given that was not there.", "Existing callers do not give it, and need not."},
    {"input-property-removed", Dangerous, "A property is no longer taken.", "Written-out objects that have it no longer compile; elsewhere it is ignored."},
    {"input-property-now-required", Breaking, "A property must be given now.", "Callers that leave it out stop compiling."},
    {"input-property-now-optional", Safe, "A property may be left out now.", "Existing callers give it."},
    {"input-type-widened", Safe, "More is taken than before.", "What existing callers give is still taken."},
    {"input-type-narrowed", Breaking, "Less is taken than before.", "What existing callers give may no longer be taken."},
    {"input-type-changed", Breaking, "Something else is taken.", "What existing callers give is not taken."},
    {"input-accepts-null", Safe, "null or undefined is taken now.", "Existing callers do not give it."},
    {"input-rejects-null", Breaking, "null or undefined is no longer taken.", "Callers that give it stop compiling."},
    {"input-union-widened", Safe, "A further case is taken.", "Existing callers give the others."},
    {"input-union-narrowed", Breaking, "A case is no longer taken.", "Callers that give it stop compiling."},
    {"input-literal-widened", Safe, "Any value is taken, not certain ones only.", "Those are among them."},
    {"input-literal-narrowed", Breaking, "Only certain values are taken.", "What existing callers give may be another one."},
    {"input-became-any", Dangerous, "Anything is taken now.", "Wrong values are no longer found by the compiler."},
    {"input-no-longer-any", Breaking, "No longer is anything taken.", "What existing callers give is checked now, and may not compile."},
};
// clang-format on

} // namespace

std::span<const Rule> rules()
{
    return Table;
}

const Rule *ruleNamed(QStringView name)
{
    const auto it = std::ranges::find_if(Table, [&](const Rule &rule) { return name == QLatin1StringView(rule.name); });
    return it == std::end(Table) ? nullptr : it;
}

QLatin1StringView toString(Severity severity)
{
    switch (severity) {
    case Severity::Safe: return "safe"_L1;
    case Severity::Dangerous: return "dangerous"_L1;
    case Severity::Breaking: return "breaking"_L1;
    }
    Q_UNREACHABLE();
}

QString rulesDocument()
{
    QString text = uR"(<!-- SPDX-FileCopyrightText: The Paddock authors -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Written from the table in rules.cpp; a test compares them (PADDOCK_REFRESH=1 writes it again). -->
# How differences of types are judged

Both states are walked side by side, by symbol, following the direction of data: what a symbol *produces* (results,
outputs, events, tables) reaches its users, what it *accepts* (parameters, inputs) comes from them. Where a part differs,
the compiler is asked whether values of one type may be used as the other, both ways; only without a compiler do texts
decide. Each finding says what it rests on (`decidedBy`): `structure` where the shapes leave nothing to ask, `compiler`,
or `text`. In the end the compiler is asked about each changed symbol as a whole, so that nothing that it rejects is
called safe.

**breaking**: code that compiled no longer does, or meets values that it does not expect. **dangerous**: most code goes
on, some does not. **safe**: no caller can tell.

| rule | severity | what happened | what it does to callers |
|---|---|---|---|
)"_s;
    for (const Rule &rule : Table)
        text += u"| `%1` | %2 | %3 | %4 |\n"_s.arg(QLatin1StringView(rule.name), toString(rule.severity),
                                                   QLatin1StringView(rule.what), QLatin1StringView(rule.why));
    return text;
}

} // namespace paddock::types
