// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "session/records.h"

#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

/// The agent's requests and answers as values; resources/agent/PROTOCOL.md describes the wire.
namespace paddock::agent {

struct SwapPlugin
{
    QString name;
    QString file; ///< absolute
    bool remove = false;
    QString renamedFrom = {};                  ///< the name it had in the server until now; empty: the same
    QJsonValue config = QJsonValue::Undefined; ///< what the entry hands over, where that is new
};

/// A router that is given to the server, or taken from it.
struct SwapRouter
{
    QString file; ///< absolute
    QString exportName;
    bool remove = false;
    friend bool operator==(const SwapRouter &, const SwapRouter &) = default;
};

struct SwapRequest
{
    qint64 changeId = 0;
    QList<SwapPlugin> plugins;
    QList<SwapRouter> routers;
    QStringList routeFiles; ///< absolute
    QStringList modules;    ///< absolute
    QString entry;          ///< absolute
    bool force = false;
    int timeoutMs = 5000;
    int rollbackTo = 0; ///< put this generation of the only plugin back instead; 0: load what the files hold

    [[nodiscard]] bool isEmpty() const { return plugins.isEmpty() && routeFiles.isEmpty() && routers.isEmpty(); }
};

struct SwapFailure
{
    QString phase;  ///< load, validate, build, init, switch
    QString plugin; ///< empty: not one plugin's
    QString code;
    QString message;
    QString file; ///< absolute; may be empty
    int line = 0;
    QString stack;
};

struct SwapResult
{
    bool ok = false;
    int generation = 0;
    double ms = 0;                        ///< inside the server
    QMap<QString, int> pluginGenerations; ///< of the plugins that were swapped
    QStringList rebuilt;                  ///< dependants that had to be built again
    session::Proof proof;
    session::Ledger ledger;
    SwapFailure failure; ///< when not ok
    QString restart;     ///< why only a restart can do it; empty: it could
};

[[nodiscard]] QJsonObject toJson(const SwapRequest &request);
[[nodiscard]] SwapResult swapResultFromJson(const QJsonObject &object);
[[nodiscard]] session::Proof proofFromJson(const QJsonObject &object);
[[nodiscard]] session::Ledger ledgerFromJson(const QJsonObject &object);

} // namespace paddock::agent
