// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/migration.h"

#include <QJsonObject>
#include <QProcessEnvironment>

namespace paddock::migrations {

/// Where a database is and how to get in. The password never leaves this value in anything that is shown or stored.
struct Location
{
    Engine engine = Engine::Unknown;
    QString file; ///< SQLite: absolute
    QString host;
    int port = 0;   ///< 0: the engine's own
    QString socket; ///< absolute: a folder (PostgreSQL) or a socket (MariaDB); empty: TCP
    QString database;
    QString user;
    QString password;
    bool tls = false;
    QString origin; ///< in words: "--database", "DATABASE_URL in .env", "the running server"
    QString given;  ///< the text that it was parsed from; with its password, so never shown

    [[nodiscard]] QString shown() const;    ///< for people: the file, or the URL without its password
    [[nodiscard]] QString identity() const; ///< 16 hex digits, the same for the same database
    friend bool operator==(const Location &, const Location &) = default;
};

/// From a URL (`postgres://…`, `mysql://…`, `sqlite:…`, `file:…`) or the path of an SQLite file, which may be relative
/// to the root. Errors: "bad-database-url" (the message holds no password).
[[nodiscard]] Result<Location> parseLocation(const QString &text, const QString &root);

/// The origin of a location that the user gave, for this once or for the workspace.
inline constexpr QLatin1StringView GivenOnce("--database");
inline constexpr QLatin1StringView GivenForGood("given by you");
/// Of one that the server itself told, running or about to start.
inline constexpr QLatin1StringView LiveServer("the running server");
inline constexpr QLatin1StringView ServerEntry("the server's entry");

struct LocateRequest
{
    QString root;
    QString given;          ///< --database; empty: none
    QJsonObject inspection; ///< of the running server, if there is one
    QProcessEnvironment environment;
};

/// The first that is known of: what was given, the running server, the environment, the .env files, `paddock.toml`
/// ([database] url), `donkeylabs.config.*`, what a running server said last. Errors: "bad-database-url",
/// "database-unknown".
[[nodiscard]] Result<Location> locate(const LocateRequest &request);

/// Keeps where an SQLite database is (nothing that has a password) for when no server runs, and which database, of
/// whatever engine, the server itself has told.
void remember(const Location &location, const QString &root);

/// Whether this is sure to be the server's own: the user says so, or the server does or once did. What is found in
/// variables and files may be for something else.
[[nodiscard]] bool isConfirmed(const Location &location, const QString &root);

/// The variables of the workspace's .env files, as the runtime reads them: later files win.
[[nodiscard]] QProcessEnvironment dotEnv(const QString &root);

} // namespace paddock::migrations
