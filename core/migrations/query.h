// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/location.h"

#include <QFuture>
#include <QJsonObject>
#include <QObject>
#include <QThreadPool>
#include <QVariant>
#include <memory>

namespace paddock::migrations {

struct QueryLimits
{
    int rows = 500;
    int timeMs = 30'000;
};

struct QueryResult
{
    QStringList columns;
    QList<QVariantList> rows; ///< null variants are NULL; blobs are byte arrays
    bool isCut = false;       ///< there are more rows than the limit
    double ms = 0;
};

/// Whether a text is one statement that only reads, as far as its words tell: SELECT, WITH, VALUES, TABLE, SHOW,
/// DESCRIBE, EXPLAIN, and on SQLite PRAGMA without a value. Errors: "not-read-only", "several-statements",
/// "empty-query". (The connection cannot write either; this keeps a statement from changing that.)
[[nodiscard]] Result<> readsOnly(const QString &sql, Engine engine);

/// The text of a cell: "NULL", "x'00ff…' (2 KiB)" for blobs, numbers and texts as they are, long ones cut.
[[nodiscard]] QString cellText(const QVariant &value, qsizetype longest = 4000);

/// Queries on a connection that cannot write, one at a time, on a thread of its own. A query ends by itself, at the
/// limit of rows or time, or by cancel().
class QueryRunner final : public QObject
{
    Q_OBJECT

public:
    explicit QueryRunner(Location location, QObject *parent = nullptr);
    ~QueryRunner() override; ///< cancels

    /// Errors: those of readsOnly() and Backend; "query-cancelled", "query-timeout", "running".
    QFuture<Result<QueryResult>> run(const QString &sql, const QueryLimits &limits = {});
    void cancel();
    [[nodiscard]] bool isRunning() const;

private:
    struct Flight;
    static Result<> readOnce(Flight &flight, const Location &location, const QString &sql, const QueryLimits &limits,
                             QueryResult &result);
    Location m_location;
    QThreadPool m_thread;
    std::shared_ptr<Flight> m_flight;
};

[[nodiscard]] QJsonObject toJson(const QueryResult &result);

} // namespace paddock::migrations
