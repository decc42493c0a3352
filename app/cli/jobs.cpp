// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Jobs and what steers the pipeline: run, jobs, cancel, watch, apply, policy.
#include "agent/link.h"
#include "await.h"
#include "commands.h"
#include "logs/linesplitter.h"
#include "printer.h"
#include "remote.h"
#include "session/control.h"
#include "session/eventjson.h"
#include "session/joboffers.h"
#include "session/truststore.h"
#include "signals.h"
#include "workspace/project.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

QStringList pluginsOf(const QString &root)
{
    QStringList names;
    if (const auto state = workspace::readProject(root))
        for (const workspace::Plugin &plugin : workspace::describe(*state).plugins)
            names.append(plugin.name);
    return names;
}

int finish(const Printer &out, const QJsonObject &job)
{
    const QString state = job.value("state"_L1).toString();
    out.json(job);
    if (!out.isJson())
        out.line(
            out.paint(state, state == "succeeded"_L1 ? Ink::Good : Ink::Bad) +
            out.paint(
                u"  %1  %2 ms"_s.arg(job.value("command"_L1).toString()).arg(job.value("ms"_L1).toDouble(), 0, 'f', 0),
                Ink::Faint) +
            (job.value("exitCode"_L1).toInt() != 0 ? u"  exit status %1"_s.arg(job.value("exitCode"_L1).toInt())
                                                   : QString()));
    return state == "succeeded"_L1 ? Done : Failed;
}

/// In the session that is open: it shows the job as one of its own. Ctrl+C cancels it.
int runInSession(const Printer &out, agent::Link &link, const QString &method, const QJsonObject &params)
{
    QString name = params.value("name"_L1).toString();
    qint64 id = 0;
    qsizetype shown = 0;
    const auto show = [&](const QString &text, const QString &source = {}, const QList<logs::Span> &spans = {}) {
        shown += source.isEmpty();
        out.json({{u"event"_s, u"log"_s}, {u"source"_s, source.isEmpty() ? name : source}, {u"text"_s, text}});
        if (!out.isJson())
            out.line(out.coloured(text, spans));
    };
    QObject context;
    QObject::connect(&link, &agent::Link::notified, &context, [&](const QJsonObject &event) {
        const QString kind = event.value("event"_L1).toString();
        if (kind == "job"_L1 && id == 0 && event.value("state"_L1) == "running"_L1 &&
            (name.isEmpty() || event.value("name"_L1).toString() == name)) {
            id = event.value("id"_L1).toInteger();
            name = event.value("name"_L1).toString();
        } else if (kind == "log"_L1 && id > 0) {
            const QString source = event.value("source"_L1).toString();
            if (source == pipeline::Jobs::noteSource(name)) // not a part of its output
                show(event.value("text"_L1).toString(), source);
            else if (source == name || source == name + u" (stderr)"_s)
                show(event.value("text"_L1).toString(), {}, session::spansOf(event));
        }
    });
    link.request(u"subscribe"_s, {{u"events"_s, QJsonArray{u"log"_s, u"job"_s}}});
    StopSignals signals_;
    QObject::connect(&signals_, &StopSignals::received, &context, [&](int) {
        if (id > 0)
            link.request(u"cancelJob"_s, {{u"job"_s, id}});
        else
            QCoreApplication::quit();
    });
    QObject::connect(&link, &agent::Link::closed, &context, [] { QCoreApplication::quit(); });
    const auto answer = ask(link, method, params, std::chrono::hours(24 * 14));
    if (!answer)
        return out.error(answer.error());
    // The last lines of the log come in batches, a moment after the end: they are with the answer, too.
    context.disconnect();
    QObject::disconnect(&link, nullptr, &context, nullptr);
    const QJsonArray output = answer->value("output"_L1).toArray();
    if (!answer->value("outputCut"_L1).toBool())
        for (qsizetype line = shown; line < output.size(); ++line)
            show(output[line].toString());
    QJsonObject job = *answer;
    job.remove("output"_L1);
    job.remove("outputCut"_L1);
    return finish(out, job);
}

int runAlone(const Printer &out, const QString &root, const QString &name, const QMap<QString, QString> &inputs)
{
    if (!session::isTrusted(root))
        return out.error({.code = u"not-trusted"_s,
                          .message = u"This workspace is not trusted, so nothing of it is run."_s,
                          .where = root,
                          .remedy = u"If you know this code, run “paddockctl trust”."_s});
    const auto spec = session::jobSpec(root, {}, session::readSettings(root), pluginsOf(root), name, inputs);
    if (!spec)
        return out.error(spec.error());
    pipeline::Jobs jobs;
    std::map<process::Stream, logs::LineSplitter> splitters;
    const auto show = [&out](const QList<logs::StyledLine> &lines) {
        for (const logs::StyledLine &line : lines) {
            out.json({{u"event"_s, u"log"_s}, {u"text"_s, line.text}});
            if (!out.isJson())
                out.line(out.coloured(line.text, line.spans));
        }
    };
    QObject::connect(
        &jobs, &pipeline::Jobs::output, &jobs,
        [&](const QString &, process::Stream stream, const QByteArray &bytes) { show(splitters[stream].feed(bytes)); });
    QObject::connect(&jobs, &pipeline::Jobs::outputEnded, &jobs,
                     [&](const QString &, process::Stream stream) { show(splitters[stream].finish()); });
    StopSignals signals_;
    QObject::connect(&signals_, &StopSignals::received, &jobs, [&](int) { jobs.cancelAll(); });
    (void)await(jobs.start(*spec)); // how it ended is in its record
    return finish(out, session::jobEvent(jobs.records().last()));
}

void printOffers(const Printer &out, const QList<session::JobOffer> &offers)
{
    for (const session::JobOffer &offer : offers) {
        out.line(offer.name.leftJustified(24) + u' ' + out.paint(offer.kind.leftJustified(8), Ink::Faint) + u' ' +
                 Printer::safe(offer.command));
        for (const session::CommandInput &input : offer.inputs)
            out.line(out.paint(u"                           %1=%2  %3"_s.arg(
                                   input.name, input.glob.isEmpty() ? input.fallback : input.glob.join(u' '),
                                   Printer::safe(input.prompt)),
                               Ink::Faint));
    }
}

} // namespace

int runRun(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    const bool isAgain = invocation.parser.isSet(u"again"_s);
    if (invocation.arguments.isEmpty() && !isAgain) {
        const auto offers = session::jobOffers(*root, session::readSettings(*root), pluginsOf(*root));
        QJsonArray array;
        for (const session::JobOffer &offer : offers)
            array.append(QJsonObject{{u"name"_s, offer.name}, {u"kind"_s, offer.kind}, {u"command"_s, offer.command}});
        out.json({{u"offers"_s, array}});
        if (!out.isJson())
            printOffers(out, offers);
        return Done;
    }
    QMap<QString, QString> inputs;
    QJsonObject given;
    for (const QString &argument : invocation.arguments.mid(1)) {
        const qsizetype equals = argument.indexOf(u'=');
        if (equals <= 0)
            return out.error({.code = u"usage"_s,
                              .message = u"“%1” is not an input."_s.arg(argument),
                              .remedy = u"Inputs are given as NAME=VALUE."_s});
        inputs.insert(argument.left(equals), argument.mid(equals + 1));
        given.insert(argument.left(equals), argument.mid(equals + 1));
    }
    const auto link = session::connectToSession(*root);
    if (isAgain) {
        if (!link)
            return out.error(link.error());
        const qint64 id = invocation.parser.value(u"again"_s).toLongLong();
        return runInSession(out, **link, u"runAgain"_s, {{u"job"_s, id}});
    }
    const QString name = invocation.arguments.first();
    if (link)
        return runInSession(out, **link, u"run"_s, {{u"name"_s, name}, {u"inputs"_s, given}});
    return runAlone(out, *root, name, inputs);
}

int runJobs(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    const auto link = session::connectToSession(*root);
    if (!link)
        return out.error(link.error());
    if (invocation.command == "cancel"_L1) {
        bool isNumber = false;
        if (invocation.arguments.first().toLongLong(&isNumber) < 1 || !isNumber)
            return out.error({.code = u"usage"_s,
                              .message = u"“%1” is not the number of a job."_s.arg(invocation.arguments.first()),
                              .remedy = u"“paddockctl jobs” lists them."_s});
        const auto job = ask(**link, u"cancelJob"_s, {{u"job"_s, invocation.arguments.first().toLongLong()}});
        if (!job)
            return out.error(job.error());
        out.json(*job);
        if (!out.isJson())
            out.line(u"cancelling %1"_s.arg(job->value("name"_L1).toString()));
        return Done;
    }
    const auto answer = ask(**link, u"jobs"_s);
    if (!answer)
        return out.error(answer.error());
    out.json(*answer);
    if (out.isJson())
        return Done;
    for (const QJsonValue &job : answer->value("jobs"_L1).toArray()) {
        const QString state = job["state"_L1].toString();
        out.line(u"%1"_s.arg(job["id"_L1].toInteger()).rightJustified(4) + u"  "_s +
                 out.paint(state.leftJustified(9), state == "failed"_L1 ? Ink::Bad : Ink::Good) + u"  "_s +
                 job["name"_L1].toString() +
                 out.paint(u"  "_s + Printer::safe(job["command"_L1].toString()), Ink::Faint));
    }
    return Done;
}

int runWatch(const Invocation &invocation)
{
    const Printer out(invocation);
    const QString plugin = invocation.arguments.value(0);
    const bool isAll = invocation.parser.isSet(u"all"_s);
    const bool isScript = invocation.parser.isSet(u"script"_s);
    if (isAll == !plugin.isEmpty() || (isAll && isScript))
        return out.error({.code = u"usage"_s,
                          .message = u"watch takes either a plugin or --all."_s,
                          .remedy = u"Usage: paddockctl watch PLUGIN [--script], or paddockctl watch --all"_s});
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    const auto link = session::connectToSession(*root);
    if (isScript) {
        const QString name = session::watcherJobName(plugin);
        return link ? runInSession(out, **link, u"run"_s, {{u"name"_s, name}}) : runAlone(out, *root, name, {});
    }
    if (!link)
        return out.error(link.error());
    const auto status = ask(**link, u"focus"_s, {{u"plugin"_s, plugin}});
    if (!status)
        return out.error(status.error());
    out.json(*status);
    if (!out.isJson())
        out.line(plugin.isEmpty() ? u"the pipeline serves all plugins; what was held is applied"_s
                                  : u"the pipeline is limited to %1; “paddockctl watch --all” ends that"_s.arg(plugin));
    return Done;
}

int runSteer(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    const auto link = session::connectToSession(*root);
    if (!link)
        return out.error(link.error());
    Result<QJsonObject> status;
    if (invocation.command == "apply"_L1)
        status = ask(**link, u"apply"_s, {{u"consent"_s, invocation.parser.isSet(u"yes"_s)}}, std::chrono::minutes(10));
    else if (invocation.command == "manual"_L1)
        status = ask(**link, u"manual"_s, {{u"on"_s, invocation.arguments.first() == "on"_L1}});
    else if (invocation.command == "answer"_L1)
        status = ask(**link, u"answerRestart"_s, {{u"restart"_s, invocation.arguments.first() == "yes"_L1}});
    else if (invocation.arguments.isEmpty())
        status = ask(**link, u"status"_s);
    else
        status = ask(**link, u"restartPolicy"_s, {{u"policy"_s, invocation.arguments.first()}});
    if (!status)
        return out.error(status.error());
    out.json(*status);
    if (out.isJson())
        return Done;
    out.line(u"restarts: %1%2"_s.arg(status->value("restartPolicy"_L1).toString(),
                                     status->value("manual"_L1).toBool() ? u", manual"_s : QString()));
    for (const QJsonValue &file : status->value("waitingFiles"_L1).toArray())
        out.line(u"  waits: "_s + file.toString());
    for (const QJsonValue &migration : status->value("held"_L1)["migrations"_L1].toArray())
        out.line(u"  needs the migration: "_s + Printer::safe(migration.toString()));
    if (const QString reason = status->value("restartWanted"_L1).toString(); !reason.isEmpty())
        out.line(u"  needs a restart: "_s + Printer::safe(reason));
    return Done;
}

} // namespace paddock::cli
