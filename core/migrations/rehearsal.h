// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/location.h"

#include <QProcessEnvironment>

namespace paddock::migrations {

/// A copy of the real data for a rehearsal; gone with this object.
class Stage final
{
public:
    enum class Method {
        Copy,        ///< SQLite: a file of its own
        Template,    ///< PostgreSQL: a database made from the real one as its template
        Transaction, ///< PostgreSQL, if it is in use: on the real one, in a transaction that is rolled back
        Scratch,     ///< MariaDB: a database of its own, tables and rows copied
    };

    /// Errors: those of Backend; "disk-full".
    [[nodiscard]] static Result<Stage> make(const Location &real);
    ~Stage();
    Stage(Stage &&other) noexcept;
    Stage &operator=(Stage &&) = delete;

    [[nodiscard]] const Location &location() const { return m_copy; }
    [[nodiscard]] Method method() const { return m_method; }
    [[nodiscard]] QString folder() const { return m_folder; } ///< private; the only one that a rehearsal writes to
    [[nodiscard]] const QStringList &notes() const { return m_notes; } ///< what is not as in the real one

private:
    Stage() = default;
    [[nodiscard]] Result<> makeSqlite();
    [[nodiscard]] Result<> makePostgres();
    [[nodiscard]] Result<> makeMysql();

    Location m_real;
    Location m_copy;
    Method m_method = Method::Copy;
    QString m_folder;
    QString m_database; ///< to drop
    QStringList m_notes;
};

[[nodiscard]] QLatin1StringView toString(Stage::Method method);

/// Removes copies that rehearsals left behind because they were killed, files and databases; those of rehearsals that
/// run are left alone. Returns the number of them. Blocks.
int sweepRehearsals(const Location &real);

/// The environment of a rehearsal: whatever names the real database, there or in the .env files, names the copy.
[[nodiscard]] QProcessEnvironment redirected(const QProcessEnvironment &environment, const QString &root,
                                             const Location &real, const Location &copy);

} // namespace paddock::migrations
