// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QVariant>

class QSqlError;

/// The SQLite files of the history. FORMAT.md describes their tables.
namespace paddock::history {

/// Where the history of a workspace is kept: $XDG_STATE_HOME/paddock/history/<workspace id>.sqlite.
[[nodiscard]] QString historyFile(const QString &workspaceRoot);

/// A connection to one SQLite file. It stays on the thread that opened it and closes with this object.
class Database final
{
public:
    enum class Mode {
        Write,    ///< made if missing, brought to the present schema; WAL
        Read,     ///< beside a writer
        ReadAlone ///< a file that nobody writes, perhaps on a medium that cannot be written: an exported one
    };

    /// Errors: history-corrupt, history-newer (written by a later version), not-history (some other SQLite file),
    /// history-unreadable.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const QString &file, Mode mode);
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    [[nodiscard]] QSqlDatabase &sql() { return m_sql; }
    [[nodiscard]] Result<> run(const QString &statement, const QVariantList &values = {});
    /// The query, executed, forward only.
    [[nodiscard]] Result<QSqlQuery> query(const QString &statement, const QVariantList &values = {});
    [[nodiscard]] qint64 number(const QString &statement); ///< the first column of the first row; 0: none
    [[nodiscard]] bool isPresent();                        ///< its schema is this version's; read ones may be older
    [[nodiscard]] QString file() const { return m_file; }
    [[nodiscard]] Error error(const QSqlError &sqlError) const; ///< of a query made on sql() itself

private:
    Database() = default;
    [[nodiscard]] Result<> configure(Mode mode);
    [[nodiscard]] Result<> migrate();

    QSqlDatabase m_sql;
    QString m_name;
    QString m_file;
};

/// BEGIN IMMEDIATE … COMMIT; rolled back unless committed.
class Transaction final
{
public:
    explicit Transaction(Database &database) : m_database(database) {}
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;
    [[nodiscard]] Result<> begin();
    [[nodiscard]] Result<> commit();

private:
    Database &m_database;
    bool m_isOpen = false;
};

/// Renames a file that cannot be read, with its companions, to a name that says when; the new name.
[[nodiscard]] Result<QString> setAside(const QString &file);

} // namespace paddock::history
