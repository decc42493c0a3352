// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What Paddock adds between a classified change and the agent's receipt of the request: recipe, record, request, codec,
// socket, and the wake-up of the runtime at the other end. The two clocks are brought together by round trips; half the
// shortest round trip bounds the error.
#include "agent/link.h"
#include "agent/listener.h"
#include "agent/messages.h"
#include "pipeline/runner.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>
#include <algorithm>
#include <chrono>
#include <cstdio>

using namespace paddock;
using namespace Qt::StringLiterals;

namespace {

double now()
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Waits for a request's answer; the event loop is what a session has, too.
QJsonObject ask(agent::Link &link, const QString &method, const QJsonObject &params = {})
{
    auto future = link.request(method, params);
    while (!future.isFinished())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return future.result().value_or(QJsonObject());
}

pipeline::Item item(qint64 id)
{
    pipeline::Item one;
    one.record.id = id;
    one.record.change.kind = change::Kind::PluginMethod;
    one.record.change.subject = {change::Subject::Type::Plugin, u"pricing"_s};
    one.record.change.files = {u"src/plugins/pricing/index.ts"_s};
    one.record.change.actions = {change::Action::Swap};
    one.record.change.plugins = {u"pricing"_s};
    for (int i = 0; i < 8; ++i)
        one.record.change.modules.append(u"src/plugins/pricing/part%1.ts"_s.arg(i));
    return one;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const bool json = application.arguments().contains(u"--json"_s);
    QTemporaryDir folder;
    agent::Listener listener(folder.filePath(u"agent.sock"_s), agent::newToken());
    if (!listener.listen())
        return 1;
    agent::Link *link = nullptr;
    QObject::connect(&listener, &agent::Listener::connected, &listener, [&](agent::Link *one) { link = one; });
    QProcess peer;
    peer.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    const QString bun = qEnvironmentVariable("PADDOCK_BUN", qEnvironmentVariable("PADDOCK_FALLBACK_BUN", u"bun"_s));
    peer.start(bun, {QStringLiteral(PADDOCK_SOURCE_DIR "/tests/benchmarks/handover-peer.ts"), listener.path(),
                     listener.token()});
    QElapsedTimer limit;
    limit.start();
    while (!link && limit.elapsed() < 20'000)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
    if (!link) {
        std::fprintf(stderr, "the peer did not call\n");
        return 1;
    }

    double offset = 0, shortest = 1e9;
    for (int round = 0; round < 300; ++round) {
        const double before = now();
        const double there = ask(*link, u"ping"_s).value("at"_L1).toDouble();
        const double after = now();
        if (after - before < shortest) {
            shortest = after - before;
            offset = there - (before + after) / 2;
        }
    }

    double received = 0;
    pipeline::Operations operations;
    operations.swapRequest = [](const QList<change::Change> &changes) {
        agent::SwapRequest request;
        for (const change::Change &one : changes) {
            request.plugins.append({.name = one.plugins.first(), .file = u"/shop/"_s + one.files.first()});
            for (const QString &module : one.modules)
                request.modules.append(u"/shop/"_s + module);
        }
        request.entry = u"/shop/src/index.ts"_s;
        return request;
    };
    operations.swap = [&](const agent::SwapRequest &request) {
        return link->request(u"swap"_s, agent::toJson(request))
            .then(&application, [&](const Result<QJsonObject> &answer) -> Result<agent::SwapResult> {
                if (!answer)
                    return std::unexpected(answer.error());
                received = answer->value("at"_L1).toDouble() - offset;
                return agent::swapResultFromJson(*answer);
            });
    };
    pipeline::Runner runner(std::move(operations));
    bool isDone = false;
    QObject::connect(&runner, &pipeline::Runner::codeDone, &application, [&] { isDone = true; });
    const pipeline::Situation situation{.server = session::ServerState::Running, .agentConnected = true};
    QList<double> values;
    for (int round = 0; round < 1200; ++round) {
        isDone = false;
        const double classified = now();
        runner.run({item(round + 1)}, situation);
        while (!isDone)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        if (round >= 200) // warm
            values.append(received - classified);
    }
    link->close();
    peer.waitForFinished(5000);
    std::ranges::sort(values);
    const auto at = [&](double share) { return values[qsizetype(share * double(values.size() - 1))]; };
    if (json)
        std::printf("%s\n", QJsonDocument(QJsonObject{{u"benchmark"_s, u"handover"_s},
                                                      {u"medianMs"_s, at(0.5)},
                                                      {u"p95Ms"_s, at(0.95)},
                                                      {u"clockErrorMs"_s, shortest / 2},
                                                      {u"rounds"_s, values.size()}})
                                .toJson(QJsonDocument::Compact)
                                .constData());
    else
        std::printf(
            "classified change → agent's receipt: median %.3f ms, p95 %.3f ms (%lld rounds, clocks agree within "
            "%.3f ms)\n",
            at(0.5), at(0.95), static_cast<long long>(values.size()), shortest / 2);
    return 0;
}
