// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/backend.h"
#include "migrations/quietcopy.h"

#include <QTemporaryFile>

#include <mutex>

namespace paddock::migrations {

class SqliteBackend final : public Backend
{
public:
    explicit SqliteBackend(const Location &location);
    ~SqliteBackend() override;
    [[nodiscard]] Result<> open(Access access);
    [[nodiscard]] Result<Schema> schema() override;
    [[nodiscard]] Result<std::optional<QString>> lockHolder() override;
    // What is read without a lock is read again if somebody wrote meanwhile. Error: "locked", where they never pause.
    [[nodiscard]] Result<QList<QVariantList>> select(const QString &sql, const QVariantList &values = {}) override;
    [[nodiscard]] Result<> read(const QString &sql, int limit, const std::atomic<bool> &stop,
                                QueryResult &result) override;

protected:
    [[nodiscard]] Error translated(const QSqlError &error) const override; ///< names who holds a lock
    [[nodiscard]] Result<bool> hasTable(const QString &name) override;

private:
    [[nodiscard]] Result<> openQuietly();
    [[nodiscard]] Result<> openLocking();
    [[nodiscard]] Error neverQuiet() const;

    std::unique_lock<std::recursive_mutex> m_writing; ///< while it may write
    std::unique_ptr<QTemporaryFile> m_copy;           ///< what is read instead of the file itself
    std::unique_ptr<QuietReading> m_quiet;            ///< the file is read without a lock
};

class PostgresBackend final : public Backend
{
public:
    explicit PostgresBackend(const Location &location) : Backend(location, QStringLiteral("QPSQL")) {}
    [[nodiscard]] Result<QString> fingerprint() override;
    [[nodiscard]] Result<> open(Access access);
    [[nodiscard]] Result<Schema> schema() override;
    [[nodiscard]] Result<std::optional<QString>> lockHolder() override;

protected:
    [[nodiscard]] Result<bool> hasTable(const QString &name) override;
};

/// MySQL and MariaDB.
class MysqlBackend final : public Backend
{
public:
    explicit MysqlBackend(const Location &location) : Backend(location, QStringLiteral("QMYSQL")) {}
    [[nodiscard]] Result<QString> fingerprint() override;
    [[nodiscard]] Result<> open(Access access);
    [[nodiscard]] Result<Schema> schema() override;
    [[nodiscard]] Result<std::optional<QString>> lockHolder() override;
    [[nodiscard]] QString quoted(const QString &name) const override;

protected:
    [[nodiscard]] Result<bool> hasTable(const QString &name) override;
};

} // namespace paddock::migrations
