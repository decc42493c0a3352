// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What each change does to callers, told beside the pipeline; and whether the generated types are stale.
#include "session/bun.h"
#include "session/eventjson.h"
#include "session/session_p.h"
#include "types/staleness.h"
#include "workspace/config.h"

#include <QJsonArray>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Action;

namespace {

/// Whether code or types changed in a way that callers could see.
bool mayConcernCallers(const ChangeRecord &record)
{
    const Outcome outcome = record.outcome.value_or(Outcome::None);
    return outcome == Outcome::Swapped || outcome == Outcome::Restarted || outcome == Outcome::Types ||
           outcome == Outcome::Migrated;
}

bool ranTypes(const ChangeRecord &record)
{
    return std::ranges::any_of(record.stages, [](const StageRun &run) {
        return run.stage == Stage::TypeGen && run.state == StageState::Done;
    });
}

bool belongsTo(const types::Finding &finding, const ChangeRecord &record)
{
    const QString owner = finding.symbol.section(u' ', 1, 1);
    return (finding.symbol.startsWith("plugin "_L1) && record.change.plugins.contains(owner.section(u'.', 0, 0))) ||
           record.change.subject.name == owner || record.change.files.contains(finding.file);
}

bool namesMember(const ChangeRecord &record, const types::Finding &finding)
{
    const QString member = finding.symbol.section(u' ', 1, 1).section(u'.', 1, 1);
    return std::ranges::any_of(record.change.details, [&](const change::Detail &d) { return d.name == member; });
}

} // namespace

void Session::Private::beginTypes()
{
    if (typeWatch)
        return;
    typesDesk.setTrusted(trusted);
    const auto bun = options.bun.isEmpty() ? findBun(options.root) : Result<QString>(options.bun);
    if (!bun)
        return typesDesk.setProblem(bun.error()); // the server's problem says it as well
    types::ChildOptions child{.root = options.root, .bun = *bun, .framework = QString(workspace::frameworkPackage)};
    child.compilers = types::findCompilers(options.root, trusted, &child.compilerProblem);
    typeWatch = std::make_unique<TypeWatch>(
        TypeWatchOptions{.child = child, .contracts = [this] { return server.request(u"contracts"_s); }});
    types::ChildOptions checker = child;
    checker.compilers = types::findCheckers(options.root, trusted);
    typesDesk.setWatch(typeWatch.get(), checker);
    connect(typeWatch.get(), &TypeWatch::compared, this, &Private::typesCompared);
    connect(typeWatch.get(), &TypeWatch::problem, this, [this](const Error &error) {
        setProblem({.severity = u"warning"_s,
                    .code = error.code,
                    .message = u"What a save does to callers is not known: %1"_s.arg(error.message),
                    .file = relative(error.where),
                    .remedy = error.remedy,
                    .source = u"types"_s});
    });
    connect(typeWatch.get(), &TypeWatch::checked, this, &Private::typesChecked);
    connect(typeWatch.get(), &TypeWatch::recovered, this, [this] { clearProblems(u"types"_s); });
    connect(q, &Session::ready, typeWatch.get(), [this, first = true]() mutable {
        if (std::exchange(first, false))
            typeWatch->take(applied, u"start"_s, {0}, {});
        checkStaleTypes();
    });
    if (!options.startServer)
        typeWatch->take(applied, u"start"_s, {0}, {});
    connect(q, &Session::changeFinished, typeWatch.get(), [this](const ChangeRecord &record) { typesAfter(record); });
}

void Session::Private::typesAfter(const ChangeRecord &record)
{
    if (record.change.has(Action::TypeGen) && typesRunning == 0) // else once it is known what they were made from
        checkStaleTypes();
    if (closing || !mayConcernCallers(record))
        return;
    QStringList files = record.change.files;
    for (const QString &file : record.change.modules)
        if (!files.contains(file))
            files << file;
    typeWatch->take(applied, QString(toString(*record.outcome)), {record.id}, files, ranTypes(record));
    typesToTell.insert(record.id);
}

void Session::Private::typesCompared(const QList<qint64> &changes, const QList<types::Finding> &findings,
                                     const QString &from, const QString &to)
{
    if (closing)
        return;
    QList<ChangeRecord> concerned, later;
    const qint64 newest = *std::ranges::max_element(changes);
    for (const ChangeRecord &record : std::as_const(records)) {
        if (changes.contains(record.id))
            concerned.append(record);
        else if (record.id > newest && (typesToTell.contains(record.id) || !record.outcome))
            later.append(record);
    }
    // Files are read as they are by then, so the work of a later change may show already: it waits for that one.
    const QList<types::Finding> all = earlyTypes.take(0) + findings;
    QList<types::Finding> nobodys;
    for (const types::Finding &finding : all) {
        const auto isOwner = [&](const ChangeRecord &record) { return belongsTo(finding, record); };
        // Of two saves of one plugin, the one that says that it changed this member.
        const auto names = [&](const ChangeRecord &record) { return isOwner(record) && namesMember(record, finding); };
        auto it = std::ranges::find_if(concerned, names);
        if (it == concerned.end() && std::ranges::none_of(later, names))
            it = std::ranges::find_if(concerned, isOwner);
        if (it == concerned.end()) {
            it = std::ranges::find_if(later, names);
            if (it == later.end())
                it = std::ranges::find_if(later, isOwner);
            if (it == later.end())
                it = concerned.isEmpty() ? later.end() : concerned.end() - 1;
        }
        if (it != later.end())
            earlyTypes[it->id].append(finding);
        else if (newest == 0) // types were generated, and no save is on its way that it could come from
            nobodys.append(finding);
        else
            earlyTypes[0].append(finding);
    }
    if (!nobodys.isEmpty()) // `change` 0: its event says null
        Q_EMIT q->typesCompared(0, nobodys);
    for (ChangeRecord &record : concerned) {
        const QList<types::Finding> own = earlyTypes.take(record.id);
        record.types.clear();
        for (const types::Finding &finding : own)
            record.types.append({QString(toString(finding.severity)), finding.symbol, finding.rule, finding.message});
        typesToTell.remove(record.id);
        typesDesk.setChange(record.id, own, from, to);
        store(record);
        Q_EMIT q->changeUpdated(record);
        Q_EMIT q->typesCompared(record.id, own);
    }
}

/// A workspace that does not type-check is compared as far as it goes; that is said.
void Session::Private::typesChecked(const types::TypeCheck &check)
{
    if (std::exchange(typeCheck, check) == check)
        return;
    clearProblems(u"type-check"_s);
    const bool isSaid = std::ranges::any_of(problems, [](const Problem &p) { return p.code == "bad-tsconfig"_L1; });
    if (!check.configuration.isEmpty() && !isSaid)
        setProblem({.severity = u"warning"_s,
                    .code = u"bad-tsconfig"_s,
                    .message = u"The compiler cannot use all of %1: %2"_s.arg(check.configuration.first().file,
                                                                              check.configuration.first().message),
                    .file = check.configuration.first().file,
                    .line = check.configuration.first().line,
                    .remedy = u"Mend it: until then types are read as it said before, or in the usual way."_s,
                    .source = u"type-check"_s});
    if (check.errors > 0)
        setProblem(
            {.severity = u"warning"_s,
             .code = u"type-errors"_s,
             .message = (check.errors == 1 ? u"The workspace does not type-check: %1"_s
                                           : u"The workspace does not type-check (%2 errors); the first: %1"_s.arg(
                                                 u"%1"_s, QString::number(check.errors)))
                            .arg(check.first.first().message),
             .file = check.first.first().file,
             .line = check.first.first().line,
             .remedy = u"Saves are swapped all the same. What they do to callers is told as far as types are known."_s,
             .source = u"type-check"_s});
}

/// Type generation has ended well. `byStage`: the change that led to it goes on.
void Session::Private::typesGenerated(bool byStage)
{
    checkStaleTypes();
    if (!byStage && typeWatch && !closing)
        typeWatch->take(applied, u"types"_s, {0}, {}, true);
}

/// By what the types were generated from.
void Session::Private::checkStaleTypes()
{
    if (typeScript.isEmpty())
        return;
    QtConcurrent::run(&aside, [root = options.root, state = latest] {
        const types::GenerationInputs then = types::rememberedGeneration(root);
        return then.isEmpty() ? QStringList() : types::staleSubjects(then, types::generationInputs(state));
    }).then(this, [this](const QStringList &stale) {
        typesDesk.setStale(stale);
        clearProblems(u"stale-types"_s);
        if (!stale.isEmpty())
            setProblem({.severity = u"warning"_s,
                        .code = u"types-stale"_s,
                        .message = u"The generated types are older than: %1."_s.arg(stale.join(u", "_s)),
                        .remedy = u"Generate them: “paddockctl types gen”, or the button in the window."_s,
                        .source = u"stale-types"_s});
    });
}

TypesDesk *Session::types() const
{
    return &d->typesDesk;
}

const types::Snapshot *Session::typeSnapshot() const
{
    return d->typeWatch ? &d->typeWatch->latest() : nullptr;
}

QJsonObject typesEvent(qint64 change, const QList<types::Finding> &findings)
{
    const types::Counts counts = countsOf(findings);
    QJsonArray items;
    for (const types::Finding &finding : findings)
        items.append(types::toJson(finding));
    return {{u"event"_s, u"types"_s},         {u"change"_s, change > 0 ? QJsonValue(change) : QJsonValue()},
            {u"breaking"_s, counts.breaking}, {u"dangerous"_s, counts.dangerous},
            {u"safe"_s, counts.safe},         {u"items"_s, items}};
}

} // namespace paddock::session
