// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/devsession.h"

#include <QJsonDocument>
#include <QTest>
#include <memory>

/// What the end-to-end suites share: a workspace on each runtime that there is, and a session on it.
namespace paddock::test {

/// The global data of a suite: a row for each runtime.
inline void runtimeRows()
{
    QTest::addColumn<Runtime>("runtime");
    QTest::newRow("sample runtime") << Runtime::Sample;
    if (TestWorkspace::hasUpstream())
        QTest::newRow("real framework") << Runtime::Upstream;
}

/// A shop and its session, for one test function or for a whole suite.
struct Shop
{
    explicit Shop(Runtime runtime) : workspace(runtime) {}

    [[nodiscard]] bool start(const QStringList &arguments = {QStringLiteral("--trust")})
    {
        dev = std::make_unique<DevSession>(workspace);
        dev->start(arguments);
        return dev->waitForReady();
    }

    /// The session's own account, for a test that failed.
    void tell() const
    {
        for (const QJsonObject &event : dev ? dev->events() : QList<QJsonObject>())
            if (event.value(QLatin1StringView("event")) != QLatin1StringView("requests"))
                qInfo().noquote() << QJsonDocument(event).toJson(QJsonDocument::Compact);
    }

    [[nodiscard]] CommandResult run(const QStringList &arguments) const
    {
        return paddockctl(workspace, QStringList{QStringLiteral("--json")} + arguments);
    }

    [[nodiscard]] QString outcome(const QString &subject = {}, int timeoutMs = 30'000) const
    {
        return dev->waitForResult(subject, timeoutMs).value(QLatin1StringView("outcome")).toString();
    }

    [[nodiscard]] qint64 pid() const { return dev->server().value(QLatin1StringView("pid")).toInteger(); }

    /// The next `server` event with this state.
    [[nodiscard]] QJsonObject waitForState(const QString &state, int timeoutMs = 30'000) const
    {
        return dev->waitFor(
            [&](const QJsonObject &e) {
                return e.value(QLatin1StringView("event")) == QLatin1StringView("server") &&
                       e.value(QLatin1StringView("state")) == state;
            },
            timeoutMs);
    }

    TestWorkspace workspace;
    std::unique_ptr<DevSession> dev;
};

} // namespace paddock::test
