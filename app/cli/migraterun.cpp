// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How migrations stand, and running them.
#include "migrate_p.h"

#include "agent/link.h"
#include "signals.h"
#include "workspace/project.h"

#include <QJsonArray>
#include <cstdlib>
#include <functional>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using migrations::Direction;
using migrations::Selection;
using migrations::Service;

namespace {

QStringList orderOf(const QString &root)
{
    const auto state = workspace::readProject(root);
    if (!state)
        return {};
    QMap<QString, QStringList> dependencies;
    for (const workspace::Plugin &plugin : workspace::describe(*state).plugins)
        dependencies.insert(plugin.name, plugin.dependencies);
    return migrations::pluginOrder(dependencies);
}

Result<Selection> selectionOf(const Invocation &invocation, Direction direction)
{
    Selection selection{.direction = direction,
                        .plugin = invocation.parser.value(u"plugin"_s),
                        .to = invocation.parser.value(u"to"_s),
                        .retry = invocation.parser.isSet(u"retry"_s)};
    if (const QString steps = invocation.parser.value(u"steps"_s); invocation.parser.isSet(u"steps"_s)) {
        bool isNumber = false;
        selection.steps = steps.toInt(&isNumber);
        if (!isNumber || selection.steps < 1)
            return fail(u"usage"_s, u"--steps takes a number from 1, not “%1”."_s.arg(steps));
    }
    if (invocation.parser.isSet(u"to"_s) && selection.to.isEmpty())
        return fail(u"usage"_s, u"--to needs the name of a migration."_s);
    return selection;
}

/// Ctrl+C cancels what is under way; a second one ends the program at once.
void cancelOnSignal(StopSignals &signals_, Service &service, const Printer &out)
{
    QObject::connect(&signals_, &StopSignals::received, &service, [&, asked = false](int) mutable {
        if (std::exchange(asked, true))
            std::_Exit(130); // what was started ends with this process
        out.line(u"cancelling"_s);
        service.cancel();
    });
}

/// What runs code of the workspace, and can be cancelled.
int withRunner(const Invocation &invocation, const Printer &out, const MigrateContext &context, Direction direction,
               const std::function<int(Service &, const Selection &)> &go)
{
    const auto selection = selectionOf(invocation, direction);
    if (!selection)
        return out.error(selection.error());
    const auto options = migrateService(context, true);
    if (!options)
        return out.error(options.error());
    Service service(*options);
    StopSignals signals_;
    cancelOnSignal(signals_, service, out);
    return go(service, *selection);
}

int runMigrations(const Invocation &invocation, const Printer &out, const MigrateContext &context, Service &service,
                  const Selection &selection)
{
    QObject::connect(&service, &Service::output, &service,
                     [&out](const QString &text) { out.line(out.paint(Printer::safe(text.trimmed()), Ink::Faint)); });
    const QStringList order = orderOf(context.root);
    const auto planned = await(service.prepare(selection, order));
    if (planned && !out.isJson())
        for (const migrations::PlannedStep &one : *planned)
            printFindings(out, one);
    auto report = await(service.run(selection, invocation.parser.isSet(u"yes"_s), order));
    if (!report && migrations::asksForConsent(report.error()) && mayLoseData(invocation, out, report.error()))
        report = await(service.run(selection, true, order));
    if (!report) {
        if (!out.isJson() && !report.error().detail.isEmpty() && migrations::asksForConsent(report.error()))
            for (const QString &line : report.error().detail.split(u'\n'))
                out.line(out.paint(u"  "_s + Printer::safe(line), Ink::Warn));
        return out.error(report.error());
    }
    tellSession(context.root); // code may have waited for this
    QJsonObject json = toJson(*report);
    QJsonArray findings;
    if (planned)
        for (const migrations::PlannedStep &one : *planned)
            findings.append(toJson(one));
    json.insert("planned"_L1, findings);
    out.json(json);
    if (!out.isJson())
        printRun(out, *report, context.root);
    return report->error.code.isEmpty() ? Done : Failed;
}

} // namespace

int migrateStatus(const Invocation &, const Printer &out, const MigrateContext &context)
{
    Service service(*migrateService(context));
    const auto status = await(service.status());
    QJsonArray entries;
    for (const migrations::Entry &entry : status->entries)
        entries.append(toJson(entry, context.root));
    const bool known = context.database.engine != migrations::Engine::Unknown;
    out.json({{u"database"_s, known ? QJsonValue(QJsonObject{{u"engine"_s, toString(context.database.engine)},
                                                             {u"at"_s, context.database.shown()},
                                                             {u"from"_s, context.database.origin}})
                                    : QJsonValue()},
              {u"reachable"_s, !status->unreachable},
              {u"error"_s, status->unreachable ? QJsonValue(agent::toJson(*status->unreachable)) : QJsonValue()},
              {u"migrations"_s, entries},
              {u"ms"_s, status->ms}});
    if (!out.isJson())
        printStatus(out, *status, context);
    return status->unreachable ? Failed : Done;
}

/// What a run would do, without doing it.
int migrateLint(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    const auto selection =
        selectionOf(invocation, invocation.parser.isSet(u"down"_s) ? Direction::Down : Direction::Up);
    if (!selection)
        return out.error(selection.error());
    Service service(*migrateService(context));
    const auto planned = await(service.prepare(*selection, orderOf(context.root)));
    if (!planned)
        return out.error(planned.error());
    QJsonArray steps;
    bool isHopeless = false;
    for (const migrations::PlannedStep &one : *planned) {
        steps.append(toJson(one));
        isHopeless |= std::ranges::any_of(one.findings, [](const migrations::Finding &finding) {
            return finding.severity == migrations::Severity::Error;
        });
    }
    out.json({{u"steps"_s, steps}});
    if (!out.isJson()) {
        for (const migrations::PlannedStep &one : *planned) {
            out.line(out.paint(QString(toString(one.step.direction)).leftJustified(5), Ink::Strong) + one.step.plugin +
                     u'/' + one.step.name);
            printFindings(out, one);
        }
        if (planned->isEmpty())
            out.line(u"Nothing to do."_s);
    }
    return isHopeless ? Failed : Done;
}

int migrateUp(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    return withRunner(invocation, out, context, Direction::Up, [&](Service &service, const Selection &selection) {
        return runMigrations(invocation, out, context, service, selection);
    });
}

int migrateDown(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    return withRunner(invocation, out, context, Direction::Down, [&](Service &service, const Selection &selection) {
        return runMigrations(invocation, out, context, service, selection);
    });
}

int migrateRehearse(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    return withRunner(invocation, out, context, Direction::Up, [&](Service &service, const Selection &selection) {
        const auto report = await(service.rehearse(selection, orderOf(context.root)));
        if (!report)
            return out.error(report.error());
        out.json(toJson(*report));
        if (!out.isJson())
            printRehearsal(out, *report);
        return int(report->error.code.isEmpty() ? Done : Failed);
    });
}

} // namespace paddock::cli
