// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/database.h"

#include "base/paths.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSqlError>
#include <QStringList>
#include <QUrl>
#include <atomic>

namespace paddock::history {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 ApplicationId = 0x50444b48; // "PDKH"
constexpr qint64 OldestReadable = 3;         // exported files are read as they are; what came later is not in them

/// Each entry takes the schema one version further; they are only ever appended to.
const QList<QStringList> &migrations()
{
    static const QList<QStringList> all{
        {u"CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, root TEXT NOT NULL, name TEXT NOT NULL,"
         " version TEXT NOT NULL, pid INTEGER NOT NULL, start_ticks INTEGER NOT NULL, started_at INTEGER NOT NULL,"
         " ended_at INTEGER)"_s,
         u"CREATE TABLE changes (id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL REFERENCES sessions,"
         " number INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, subject_type TEXT NOT NULL,"
         " subject TEXT NOT NULL, summary_row TEXT, outcome TEXT, ms REAL NOT NULL, served_ms REAL NOT NULL,"
         " generation INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (session, number))"_s,
         u"CREATE INDEX changes_by_row ON changes (summary_row, id)"_s,
         u"CREATE INDEX changes_by_subject ON changes (subject, id)"_s,
         u"CREATE TABLE details (change INTEGER PRIMARY KEY REFERENCES changes ON DELETE CASCADE,"
         " record TEXT NOT NULL)"_s,
         u"CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL REFERENCES sessions,"
         " number INTEGER NOT NULL, name TEXT NOT NULL, command TEXT NOT NULL, folder TEXT NOT NULL,"
         " state TEXT NOT NULL, started_at INTEGER NOT NULL, ms REAL NOT NULL, exit_code INTEGER NOT NULL,"
         " output TEXT NOT NULL, environment TEXT NOT NULL, UNIQUE (session, number))"_s},
        // What type comparison says of a change, as counts for lists; the items are in its details.
        {u"ALTER TABLE changes ADD COLUMN breaking INTEGER NOT NULL DEFAULT 0"_s,
         u"ALTER TABLE changes ADD COLUMN dangerous INTEGER NOT NULL DEFAULT 0"_s,
         u"ALTER TABLE changes ADD COLUMN safe INTEGER NOT NULL DEFAULT 0"_s},
        // The counts of the summary table come from the index alone.
        {u"CREATE INDEX changes_for_summary ON changes (summary_row, outcome, session)"_s},
        // The fate of every save.
        {u"CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL REFERENCES sessions,"
         " at INTEGER NOT NULL, file TEXT NOT NULL, fate TEXT NOT NULL, number INTEGER, reason TEXT NOT NULL)"_s,
         u"CREATE INDEX journal_by_session ON journal (session)"_s},
    };
    return all;
}

QString nextConnectionName()
{
    static std::atomic<int> count = 0;
    return u"history-%1"_s.arg(++count);
}

} // namespace

QString historyFile(const QString &workspaceRoot)
{
    return paths::stateFolder() + u"/history/"_s + paths::workspaceId(workspaceRoot) + u".sqlite"_s;
}

Error Database::error(const QSqlError &sqlError) const
{
    const int code = sqlError.nativeErrorCode().toInt() & 0xff; // the rest tells kinds of the same apart
    const bool corrupt = code == 11 || code == 26;              // SQLITE_CORRUPT, SQLITE_NOTADB
    const QString said = sqlError.databaseText().isEmpty() ? sqlError.text() : sqlError.databaseText();
    if (corrupt)
        return {.code = u"history-corrupt"_s, .message = u"The history's file is damaged: "_s + said, .where = m_file};
    const bool full = code == 13;
    return {.code = u"history-unreadable"_s,
            .message = u"The history cannot be used: "_s + said,
            .where = m_file,
            .remedy = full ? u"Free some space on that disk."_s : u"Check that the file and its folder are yours."_s};
}

Result<std::unique_ptr<Database>> Database::open(const QString &file, Mode mode)
{
    std::unique_ptr<Database> database(new Database);
    database->m_file = file;
    if (mode == Mode::Write) {
        const QString folder = QFileInfo(file).path();
        QDir().mkpath(folder);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    } else if (!QFileInfo(file).isFile()) {
        return fail(u"history-unreadable"_s, u"There is no such history file."_s, {}, file);
    }
    database->m_name = nextConnectionName();
    QSqlDatabase &sql = database->m_sql;
    sql = QSqlDatabase::addDatabase(u"QSQLITE"_s, database->m_name);
    QString options = u"QSQLITE_BUSY_TIMEOUT=5000"_s;
    if (mode == Mode::ReadAlone) {
        // No lock file, no journal: nothing beside the file is needed or made.
        QUrl url = QUrl::fromLocalFile(QFileInfo(file).absoluteFilePath());
        url.setQuery(u"immutable=1"_s);
        sql.setDatabaseName(QString::fromLatin1(url.toEncoded()));
        options += u";QSQLITE_OPEN_URI"_s;
    } else {
        sql.setDatabaseName(file);
    }
    if (mode != Mode::Write)
        options += u";QSQLITE_OPEN_READONLY"_s;
    sql.setConnectOptions(options);
    if (!sql.open())
        return std::unexpected(database->error(sql.lastError()));
    if (auto configured = database->configure(mode); !configured)
        return std::unexpected(configured.error());
    return database;
}

Database::~Database()
{
    m_sql.close();
    m_sql = {};
    QSqlDatabase::removeDatabase(m_name);
}

Result<> Database::configure(Mode mode)
{
    if (mode == Mode::Write) {
        // Before the first table; later it has no effect.
        if (auto set = run(u"PRAGMA auto_vacuum=INCREMENTAL"_s); !set)
            return set;
        for (const QString &pragma : {u"journal_mode=WAL"_s, u"synchronous=NORMAL"_s, u"foreign_keys=ON"_s})
            if (auto set = run(u"PRAGMA "_s + pragma); !set)
                return set;
    }
    const auto schema = query(u"SELECT count(*) FROM sqlite_master"_s); // the first read of the file's content
    if (!schema)
        return std::unexpected(schema.error());
    const qint64 version = number(u"PRAGMA user_version"_s);
    const qint64 application = number(u"PRAGMA application_id"_s);
    const bool isEmpty = number(u"SELECT count(*) FROM sqlite_master"_s) == 0;
    if (application != ApplicationId && !(mode == Mode::Write && isEmpty))
        return fail(u"not-history"_s, u"This file is not a history of Paddock."_s, {}, m_file);
    if (version > migrations().size())
        return fail(u"history-newer"_s, u"This history was written by a later version of Paddock."_s,
                    u"Open it with that version."_s, m_file);
    if (mode == Mode::Write)
        return migrate();
    if (version < OldestReadable)
        return fail(u"history-older"_s, u"This history is of an earlier version and cannot be changed from here."_s,
                    u"Open its workspace once with this version, then export again."_s, m_file);
    return {};
}

bool Database::isPresent()
{
    return number(u"PRAGMA user_version"_s) == migrations().size();
}

Result<> Database::migrate()
{
    Transaction transaction(*this);
    if (auto begun = transaction.begin(); !begun)
        return begun;
    // Inside the transaction: another program may have been faster.
    for (qint64 version = number(u"PRAGMA user_version"_s); version < migrations().size(); ++version) {
        for (const QString &statement : migrations()[version])
            if (auto done = run(statement); !done)
                return done;
        if (auto done = run(u"PRAGMA user_version=%1"_s.arg(version + 1)); !done)
            return done;
    }
    if (auto done = run(u"PRAGMA application_id=%1"_s.arg(ApplicationId)); !done)
        return done;
    return transaction.commit();
}

Result<QSqlQuery> Database::query(const QString &statement, const QVariantList &values)
{
    QSqlQuery query(m_sql);
    query.setForwardOnly(true);
    if (!query.prepare(statement))
        return std::unexpected(error(query.lastError()));
    for (const QVariant &value : values) {
        // A null text is an empty one; what is to be NULL is an invalid variant.
        const bool isNullText = value.metaType() == QMetaType::fromType<QString>() && value.toString().isNull();
        query.addBindValue(isNullText ? QVariant(u""_s) : value);
    }
    if (!query.exec())
        return std::unexpected(error(query.lastError()));
    return query;
}

Result<> Database::run(const QString &statement, const QVariantList &values)
{
    if (auto done = query(statement, values); !done)
        return std::unexpected(done.error());
    return {};
}

qint64 Database::number(const QString &statement)
{
    auto answer = query(statement);
    return answer && answer->next() ? answer->value(0).toLongLong() : 0;
}

Transaction::~Transaction()
{
    if (m_isOpen)
        (void)m_database.run(u"ROLLBACK"_s);
}

Result<> Transaction::begin()
{
    auto begun = m_database.run(u"BEGIN IMMEDIATE"_s);
    m_isOpen = begun.has_value();
    return begun;
}

Result<> Transaction::commit()
{
    auto done = m_database.run(u"COMMIT"_s);
    m_isOpen = !done.has_value();
    return done;
}

Result<QString> setAside(const QString &file)
{
    const QString name =
        file + u".damaged-"_s + QDateTime::currentDateTimeUtc().toString(u"yyyy-MM-dd'T'HH-mm-ss-zzz'Z'"_s);
    if (!QFile::rename(file, name))
        return fail(u"history-unreadable"_s, u"The damaged history could not be set aside."_s,
                    u"Move it away by hand."_s, file);
    for (const QString &companion : {u"-wal"_s, u"-shm"_s})
        QFile::rename(file + companion, name + companion); // they may not be there
    return name;
}

} // namespace paddock::history
