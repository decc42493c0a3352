// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/location.h"
#include "migrations/migration.h"
#include "migrations/schema.h"

#include <QSqlDatabase>
#include <QVariant>
#include <atomic>
#include <memory>
#include <optional>

class QSqlError;

namespace paddock::migrations {

enum class Access { Read, Write };

struct QueryResult;

/// The lock that keeps two runners apart.
struct LockName
{
    QString name;             ///< MariaDB
    qint32 high = 0, low = 0; ///< PostgreSQL
    QString file;             ///< SQLite: a database of its own beside the real one
};
[[nodiscard]] LockName lockOf(const Location &location);

/// A connection to one database, for a moment: made, used and dropped on one thread. With Access::Read it cannot
/// write. It waits at most 0.7 s for locks, so that nobody waits long for an answer.
///
/// Errors of all functions: "unreachable", "access-denied", "no-database", "locked", "disk-full", "read-only",
/// "connection-lost", "sql".
class Backend
{
public:
    virtual ~Backend();
    Backend(const Backend &) = delete;
    Backend &operator=(const Backend &) = delete;

    [[nodiscard]] const Location &location() const { return m_location; }

    [[nodiscard]] Result<QList<AppliedRow>> applied();
    [[nodiscard]] Result<QList<RunRow>> runs();
    /// The text of a migration as it was when it was applied last; none: not recorded.
    [[nodiscard]] Result<std::optional<QString>> recordedContent(const Key &key);
    [[nodiscard]] Result<qint64> rowCount(const QString &table, const QString &notNullColumn = {});
    [[nodiscard]] virtual Result<Schema> schema() = 0;
    /// With the number of rows of each table; a table whose rows cannot be counted in time keeps -1 where `tolerant`.
    [[nodiscard]] Result<Schema> schemaWithRows(bool tolerant = false);
    /// What tells this database from any other, the same for whoever asks (resources/migrations/ask.ts); empty: SQLite.
    [[nodiscard]] virtual Result<QString> fingerprint() { return QString(); }
    /// Whether a runner holds the lock; text: who, if the engine tells.
    [[nodiscard]] virtual Result<std::optional<QString>> lockHolder() = 0;

    [[nodiscard]] Result<> execute(const QString &sql, const QVariantList &values = {});
    [[nodiscard]] virtual Result<QList<QVariantList>> select(const QString &sql, const QVariantList &values = {});
    [[nodiscard]] virtual QString quoted(const QString &name) const;

    // For queries of the user's own: a transaction that can only read, until this object ends.
    [[nodiscard]] Result<> beginReading(int timeMs, int rows);
    /// At most `limit` rows of one statement; stops early when `stop` becomes true.
    [[nodiscard]] virtual Result<> read(const QString &sql, int limit, const std::atomic<bool> &stop,
                                        QueryResult &result);
    [[nodiscard]] void *sqliteHandle() const; ///< sqlite3 *; null: none
    [[nodiscard]] qint64 connectionId();      ///< of the server; 0: none

protected:
    Backend(Location location, const QString &driver);
    [[nodiscard]] Result<> connect(const QString &options);
    [[nodiscard]] virtual Error translated(const QSqlError &error) const;
    [[nodiscard]] virtual Result<bool> hasTable(const QString &name) = 0;
    [[nodiscard]] QSqlDatabase database() const;

    void close();

    Location m_location;
    QString m_fileToOpen; ///< SQLite: instead of the location's own

private:
    friend class Transaction;
    QString m_connection;
};

/// Rolls back unless committed.
class Transaction final
{
public:
    explicit Transaction(Backend &backend);
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;
    [[nodiscard]] Result<> begin();
    [[nodiscard]] Result<> commit();

private:
    Backend &m_backend;
    bool m_open = false;
};

[[nodiscard]] Result<std::unique_ptr<Backend>> openBackend(const Location &location, Access access = Access::Read);

} // namespace paddock::migrations
