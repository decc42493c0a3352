// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The workspace's settings, the jobs that users start, and what the control socket offers of both.
#include "session/eventjson.h"
#include "session/portholder.h"
#include "session/session_p.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QJsonObject toJson(const JobOffer &offer)
{
    QJsonArray inputs;
    for (const CommandInput &input : offer.inputs)
        inputs.append(QJsonObject{{u"name"_s, input.name},
                                  {u"prompt"_s, input.prompt},
                                  {u"default"_s, input.fallback.isNull() ? QJsonValue() : QJsonValue(input.fallback)},
                                  {u"glob"_s, QJsonArray::fromStringList(input.glob)}});
    return {{u"name"_s, offer.name}, {u"kind"_s, offer.kind}, {u"command"_s, offer.command}, {u"inputs"_s, inputs}};
}

} // namespace

QString findTypeScript(const QString &root)
{
    QFile file(root + u"/package.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QJsonObject scripts = QJsonDocument::fromJson(file.readAll()).object().value("scripts"_L1).toObject();
    for (const QString &usual : {u"gen:types"_s, u"generate:types"_s, u"types:generate"_s})
        if (scripts.contains(usual))
            return usual;
    for (auto it = scripts.begin(); it != scripts.end(); ++it)
        if (it.value().toString().contains("donkeylabs generate"_L1))
            return it.key();
    return {};
}

void Session::Private::takeSettings(const Settings &fresh)
{
    const bool isNew = !(fresh == settings);
    settings = fresh;
    typeScript = settings.typeScript.isEmpty() ? findTypeScript(options.root) : settings.typeScript;
    clearProblems(u"settings"_s);
    for (const SettingsIssue &issue : settings.issues)
        setProblem({.severity = issue.isError ? u"error"_s : u"warning"_s,
                    .code = u"settings"_s,
                    .message = issue.message,
                    .file = issue.file,
                    .line = issue.line,
                    .remedy = issue.remedy,
                    .source = u"settings"_s});
    if (isNew)
        Q_EMIT q->settingsChanged();
}

void Session::Private::readSettingsAgain()
{
    takeSettings(readSettings(options.root));
}

QStringList Session::Private::pluginNames() const
{
    QStringList names;
    for (const workspace::Plugin &plugin : tree.plugins)
        names.append(plugin.name);
    return names;
}

QFuture<Result<>> Session::Private::runJob(const QString &name, const QMap<QString, QString> &inputs)
{
    if (!trusted)
        return QtFuture::makeReadyValueFuture<Result<>>(
            fail(u"not-trusted"_s, u"This workspace is not trusted, so nothing of it is run."_s,
                 u"Trust it first: “paddockctl trust”, or “Trust and start” in the window."_s, options.root));
    const auto spec = jobSpec(options.root, options.bun, settings, pluginNames(), name, inputs);
    if (!spec)
        return QtFuture::makeReadyValueFuture<Result<>>(std::unexpected(spec.error()));
    if (name == typeScript)
        typesWillBeWritten();
    return jobs.start(*spec);
}

QFuture<Result<>> Session::Private::runScript(const QString &name)
{
    return runJob(name, {});
}

QFuture<Result<>> Session::Private::install()
{
    return runJob(u"install"_s, {});
}

QFuture<Result<QJsonObject>> Session::Private::controlPipeline(const QString &method, const QJsonObject &params,
                                                               bool *known)
{
    *known = true;
    const auto answered = [](Result<QJsonObject> result) { return QtFuture::makeReadyValueFuture(std::move(result)); };
    // A job's answer comes when it has ended, with its record; `jobs` and the events tell of it meanwhile.
    const auto asJob = [this](const QFuture<Result<>> &future) {
        const qint64 id = jobs.lastId();
        const bool isStarted = !future.isFinished();
        const auto told =
            QFuture<Result<>>(future).then(this, [this, id, isStarted](const Result<> &result) -> Result<QJsonObject> {
                if (!isStarted && !result)
                    return std::unexpected(result.error());
                for (const JobRecord &job : jobs.records())
                    if (job.id == id) {
                        QJsonObject answer = jobEvent(job);
                        answer.insert("output"_L1, QJsonArray::fromStringList(job.output));
                        answer.insert("outputCut"_L1, job.isOutputCut);
                        return answer;
                    }
                return fail(u"no-job"_s, u"The job's record has gone."_s);
            });
        // Whoever follows the log has seen all of it when the answer comes.
        return QFuture<Result<QJsonObject>>(told)
            .then(this,
                  [this](const Result<QJsonObject> &result) {
                      auto promise = std::make_shared<QPromise<Result<QJsonObject>>>();
                      promise->start();
                      connect(
                          &logPipeline, &logs::LogPipeline::flushed, this,
                          [this, promise, result] {
                              showLogs();
                              promise->addResult(result);
                              promise->finish();
                          },
                          Qt::SingleShotConnection);
                      logPipeline.flush();
                      return promise->future();
                  })
            .unwrap();
    };
    if (method == "takePort"_L1)
        return q->takePort().then(this, [this](const Result<> &result) -> Result<QJsonObject> {
            if (!result)
                return std::unexpected(result.error());
            return statusJson();
        });
    if (method == "focus"_L1) {
        if (auto set = q->setFocus(params.value("plugin"_L1).toString()); !set)
            return answered(std::unexpected(set.error()));
        return answered(statusJson());
    }
    if (method == "manual"_L1) {
        q->setManual(params.value("on"_L1).toBool());
        return answered(statusJson());
    }
    if (method == "apply"_L1) {
        q->applyWaiting();
        if (heldNeeds.isEmpty())
            return answered(statusJson());
        return applyHeld(params.value("consent"_L1).toBool())
            .then(this, [this](const Result<> &done) -> Result<QJsonObject> {
                if (!done)
                    return std::unexpected(done.error());
                return statusJson();
            });
    }
    if (method == "migrated"_L1) { // somebody ran migrations beside the session
        desk.refresh();
        return answered(statusJson());
    }
    if (method == "restartPolicy"_L1) {
        const auto policy = restartPolicyFromString(params.value("policy"_L1).toString());
        if (!policy)
            return answered(fail(u"usage"_s, u"The restart policy is yes, no, always or ask."_s));
        q->setRestartPolicy(*policy);
        return answered(statusJson());
    }
    if (method == "answerRestart"_L1) {
        q->answerRestart(params.value("restart"_L1).toBool());
        return answered(statusJson());
    }
    if (method == "run"_L1) {
        QMap<QString, QString> inputs;
        const QJsonObject given = params.value("inputs"_L1).toObject();
        for (auto it = given.begin(); it != given.end(); ++it)
            inputs.insert(it.key(), it.value().toString());
        return asJob(runJob(params.value("name"_L1).toString(), inputs));
    }
    if (method == "runAgain"_L1)
        return asJob(q->runJobAgain(params.value("job"_L1).toInteger()));
    if (method == "cancelJob"_L1) {
        const qint64 id = params.value("job"_L1).toInteger();
        for (const JobRecord &job : jobs.records())
            if (job.id == id) {
                q->cancelJob(id);
                return answered(jobEvent(job));
            }
        return answered(fail(u"no-job"_s, u"There is no job %1."_s.arg(id), u"“paddockctl jobs” lists the jobs."_s));
    }
    if (method == "jobs"_L1) {
        QJsonArray offers, ran;
        for (const JobOffer &offer : q->jobOffers())
            offers.append(toJson(offer));
        for (const JobRecord &job : jobs.records()) {
            QJsonObject record = jobEvent(job);
            record.insert("output"_L1, QJsonArray::fromStringList(job.output));
            ran.append(record);
        }
        return answered(QJsonObject{{u"offers"_s, offers}, {u"jobs"_s, ran}});
    }
    *known = false;
    return {};
}

// ------------------------------------------------------------------------------------------------ the public face

const Settings &Session::settings() const
{
    return d->settings;
}

QList<JobOffer> Session::jobOffers() const
{
    return session::jobOffers(d->options.root, d->settings, d->pluginNames());
}

bool Session::canTakePort() const
{
    return d->portHolder > 0;
}

QFuture<Result<>> Session::takePort()
{
    auto promise = std::make_shared<QPromise<Result<>>>();
    promise->start();
    const auto finish = [promise](const Result<> &result) {
        promise->addResult(result);
        promise->finish();
    };
    stopOwnServer(d->portHolder, d.get()).then(d.get(), [this, finish](const Result<> &stopped) {
        if (stopped)
            d->startServer().then(d.get(), finish);
        else
            finish(stopped);
    });
    return promise->future();
}

QFuture<Result<>> Session::runJob(const QString &name, const QMap<QString, QString> &inputs)
{
    return d->runJob(name, inputs);
}

QFuture<Result<>> Session::runJobAgain(qint64 id)
{
    return d->jobs.startAgain(id);
}

} // namespace paddock::session
