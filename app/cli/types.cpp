// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl types`: type generation, snapshots and baselines.
#include "types.h"

#include "commands.h"
#include "pipeline/jobs.h"
#include "remote.h"
#include "session/bun.h"
#include "session/control.h"
#include "session/joboffers.h"
#include "session/truststore.h"
#include "types/reader.h"
#include "types/snapshotstore.h"
#include "types/staleness.h"
#include "workspace/project.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

namespace paddock::cli {

using namespace Qt::StringLiterals;

Result<std::unique_ptr<TypesWork>> TypesWork::open(const QString &root)
{
    std::unique_ptr<TypesWork> work(new TypesWork(root));
    const auto bun = session::findBun(root);
    if (!bun)
        return work;
    types::ChildOptions options{.root = root, .bun = *bun, .framework = QString(u"@donkeylabs/server"_s)};
    options.compilers = types::findCompilers(root, session::isTrusted(root), &options.compilerProblem);
    work->m_options = options;
    work->m_child = std::make_unique<types::CompilerChild>(options);
    return work;
}

std::unique_ptr<types::CompilerChild> TypesWork::checker() const
{
    types::ChildOptions options = m_options;
    options.compilers = types::findCheckers(m_root, session::isTrusted(m_root));
    return std::make_unique<types::CompilerChild>(options);
}

Result<types::Snapshot> TypesWork::current()
{
    const auto state = workspace::readProject(m_root);
    if (!state)
        return std::unexpected(state.error());
    const types::Sources sources = types::sourcesOf(*state);
    std::optional<QJsonArray> contracts;
    if (const auto link = session::connectToSession(m_root); link)
        if (const auto answer = ask(**link, u"contracts"_s); answer && answer->contains("routes"_L1))
            contracts = answer->value("routes"_L1).toArray();
    if (!m_child)
        return types::composeSnapshot(sources, fail(u"no-compiler"_s, u"There is no bun that could run a compiler."_s),
                                      contracts);
    return await(types::readSnapshot(*m_child, sources, std::nullopt, contracts));
}

types::TypeCheck TypesWork::check()
{
    if (!m_child)
        return {};
    const auto answer = await(m_child->request(u"check"_s, {}).result);
    return answer ? types::typeCheck(*answer) : types::TypeCheck();
}

void showDoubts(const Printer &out, const types::Snapshot &snapshot, const types::TypeCheck &check)
{
    for (auto it = snapshot.unknown.begin(); it != snapshot.unknown.end(); ++it)
        out.line(out.paint(u"not known "_s, Ink::Warn) + it.key() + u": "_s + Printer::safe(it.value()));
    const auto show = [&](const types::CodeError &error) {
        out.line(u"  %1:%2  %3"_s.arg(error.file).arg(error.line).arg(Printer::safe(error.message)));
    };
    if (!check.configuration.isEmpty())
        out.line(out.paint(u"%1 cannot be used whole"_s.arg(check.configuration.first().file), Ink::Warn) +
                 u": types are read as it said before, or in the usual way."_s);
    std::ranges::for_each(check.configuration, show);
    if (check.errors > 0)
        out.line(out.paint(check.errors == 1 ? u"1 error of the type check"_s
                                             : u"%1 errors of the type check"_s.arg(check.errors),
                           Ink::Warn) +
                 u": what is said is as far as types are known."_s);
    std::ranges::for_each(check.first.first(std::min<qsizetype>(check.first.size(), 3)), show);
}

void addDoubts(QJsonObject &json, const types::Snapshot &snapshot, const types::TypeCheck &check)
{
    QJsonObject unknown;
    for (auto it = snapshot.unknown.begin(); it != snapshot.unknown.end(); ++it)
        unknown.insert(it.key(), it.value());
    QJsonArray errors;
    for (const types::CodeError &error : check.configuration + check.first)
        errors.append(QJsonObject{{u"file"_s, error.file}, {u"line"_s, error.line}, {u"message"_s, error.message}});
    json.insert(u"unknown"_s, unknown);
    json.insert(u"typeErrors"_s, check.errors);
    json.insert(u"errors"_s, errors);
}

int runTypesGen(const Printer &out, const QString &root)
{
    if (const auto link = session::connectToSession(root); link) {
        const auto done = ask(**link, u"types"_s);
        if (!done)
            return out.error(done.error());
        out.json({{u"generated"_s, true}});
        out.line(u"types generated"_s);
        return Done;
    }
    if (!session::isTrusted(root))
        return out.error({.code = u"not-trusted"_s,
                          .message = u"This workspace is not trusted, so nothing of it is run."_s,
                          .where = root,
                          .remedy = u"If you know this code, run “paddockctl trust”."_s});
    const session::Settings settings = session::readSettings(root);
    const QString script = settings.typeScript.isEmpty() ? session::findTypeScript(root) : settings.typeScript;
    if (script.isEmpty())
        return out.error({.code = u"no-type-script"_s,
                          .message = u"package.json has no script that generates types."_s,
                          .where = u"package.json"_s,
                          .remedy = u"Add one, such as \"gen:types\": \"donkeylabs generate\"."_s});
    const auto job = session::jobSpec(root, {}, settings, {}, script, {});
    if (!job)
        return out.error(job.error());
    pipeline::Jobs jobs;
    const auto done = await(jobs.start(*job));
    if (!done)
        return out.error(done.error());
    if (const auto state = workspace::readProject(root))
        types::rememberGeneration(root, types::generationInputs(*state));
    out.json({{u"generated"_s, true}, {u"script"_s, script}});
    if (!out.isJson())
        out.line(u"types generated by “bun run %1”"_s.arg(script));
    return Done;
}

int runTypesSnapshots(const Invocation &invocation, const Printer &out, const QString &root)
{
    const types::SnapshotStore store(root);
    if (const QString name = invocation.parser.value(u"name"_s); !name.isEmpty()) {
        const auto work = TypesWork::open(root);
        if (!work)
            return out.error(work.error());
        const auto snapshot = (*work)->current();
        if (!snapshot)
            return out.error(snapshot.error());
        const auto path = types::writeBaseline(root, name, *snapshot);
        if (!path)
            return out.error(path.error());
        const QString file = QDir(root).relativeFilePath(*path);
        const types::TypeCheck check = (*work)->check();
        QJsonObject json{{u"name"_s, name}, {u"file"_s, file}, {u"symbols"_s, qint64(snapshot->symbols.size())}};
        addDoubts(json, *snapshot, check);
        out.json(json);
        if (!out.isJson()) {
            out.line(u"%1: %2 symbols"_s.arg(file).arg(snapshot->symbols.size()));
            showDoubts(out, *snapshot, check);
        }
        return Done;
    }
    QJsonArray list;
    for (const types::SnapshotEntry &entry : store.entries()) {
        list.append(QJsonObject{{u"id"_s, entry.id},
                                {u"at"_s, session::timestamp(entry.at)},
                                {u"change"_s, entry.change > 0 ? QJsonValue(entry.change) : QJsonValue()},
                                {u"reason"_s, entry.reason}});
        if (!out.isJson())
            out.line(entry.id.leftJustified(6) + out.paint(session::timestamp(entry.at), Ink::Faint) + u"  "_s +
                     entry.reason + (entry.change > 0 ? u"  change %1"_s.arg(entry.change) : QString()));
    }
    const QStringList names = types::baselines(root);
    for (const QString &name : names)
        if (!out.isJson())
            out.line(name +
                     out.paint(u"  "_s + QDir(root).relativeFilePath(types::baselineFile(root, name)), Ink::Faint));
    out.json({{u"snapshots"_s, list}, {u"baselines"_s, QJsonArray::fromStringList(names)}});
    if (!out.isJson() && list.isEmpty() && names.isEmpty())
        out.line(u"no snapshots yet: a session takes them, or “paddockctl types snapshots --name NAME”"_s);
    return Done;
}

int runTypes(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    const QString what = invocation.arguments.value(0);
    const auto tooMany = [&](int most) { return invocation.arguments.size() > most; };
    const Error usage{.code = u"usage"_s,
                      .message = u"types does not take “%1”."_s.arg(invocation.arguments.join(u' ')),
                      .remedy =
                          u"Usage: types gen | diff [FROM [TO]] | snapshots [--name NAME] | approve FINGERPRINT…"_s};
    if (what == "gen"_L1)
        return tooMany(1) ? out.error(usage) : runTypesGen(out, *root);
    if (what == "diff"_L1)
        return tooMany(3) ? out.error(usage) : runTypesDiff(invocation, out, *root);
    if (what == "snapshots"_L1)
        return tooMany(1) ? out.error(usage) : runTypesSnapshots(invocation, out, *root);
    if (what == "approve"_L1 && invocation.arguments.size() > 1)
        return runTypesApprove(invocation, out, *root);
    return out.error(usage);
}

} // namespace paddock::cli
