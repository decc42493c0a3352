// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/backend.h"

#include <mutex>

class QTemporaryFile;

namespace paddock::migrations {

class SqliteBackend final : public Backend
{
public:
    explicit SqliteBackend(const Location &location);
    ~SqliteBackend() override;
    [[nodiscard]] Result<> open(Access access);
    [[nodiscard]] Result<Schema> schema() override;
    [[nodiscard]] Result<std::optional<QString>> lockHolder() override;

protected:
    [[nodiscard]] Error translated(const QSqlError &error) const override; ///< names who holds a lock
    [[nodiscard]] Result<bool> hasTable(const QString &name) override;

private:
    std::unique_lock<std::recursive_mutex> m_writing; ///< while it may write
    std::unique_ptr<QTemporaryFile> m_copy;           ///< what is read instead of the file itself
};

class PostgresBackend final : public Backend
{
public:
    explicit PostgresBackend(const Location &location) : Backend(location, QStringLiteral("QPSQL")) {}
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
    [[nodiscard]] Result<> open(Access access);
    [[nodiscard]] Result<Schema> schema() override;
    [[nodiscard]] Result<std::optional<QString>> lockHolder() override;
    [[nodiscard]] QString quoted(const QString &name) const override;

protected:
    [[nodiscard]] Result<bool> hasTable(const QString &name) override;
};

} // namespace paddock::migrations
