// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/rehearsal.h"

#include "base/paths.h"
#include "migrations/backend.h"
#include "process/processinfo.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>
#include <QUrlQuery>
#include <QUuid>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

QString urlOf(const Location &location)
{
    if (location.engine == Engine::Sqlite)
        return location.file;
    QUrl url;
    url.setScheme(location.engine == Engine::Postgres ? u"postgres"_s : u"mysql"_s);
    url.setHost(location.host);
    if (location.port > 0)
        url.setPort(location.port);
    url.setUserName(location.user);
    url.setPassword(location.password);
    url.setPath(u'/' + location.database);
    if (!location.socket.isEmpty())
        url.setQuery((location.engine == Engine::Postgres ? u"host="_s : u"socketPath="_s) + location.socket);
    return url.toString(QUrl::FullyEncoded);
}

QString stagesFolder()
{
    return paths::cacheFolder() + u"/rehearsals"_s;
}

/// Says whose a stage is, so that one that was left behind can be told from one that is in use.
void writeOwner(const QString &folder, const Location &real, const QString &database)
{
    const qint64 pid = QCoreApplication::applicationPid();
    const auto info = process::processInfo(pid);
    QFile file(folder + u"/owner.json"_s);
    if (file.open(QIODevice::WriteOnly))
        file.write(QJsonDocument(QJsonObject{{u"pid"_s, pid},
                                             {u"startTicks"_s, QString::number(info ? info->startTicks : 0)},
                                             {u"boot"_s, QString::fromLatin1(process::bootId())},
                                             {u"database"_s, database},
                                             {u"of"_s, real.identity()}})
                       .toJson(QJsonDocument::Compact));
}

void dropDatabase(const Location &real, const QString &database, bool withForce)
{
    if (const auto backend = openBackend(real, Access::Write))
        (void)(*backend)->execute(u"drop database if exists "_s + (*backend)->quoted(database) +
                                  (withForce ? u" with (force)"_s : QString()));
}

} // namespace

int sweepRehearsals(const Location &real)
{
    int swept = 0;
    for (const QFileInfo &folder : QDir(stagesFolder()).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile file(folder.filePath() + u"/owner.json"_s);
        const QJsonObject owner =
            file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
        if (owner.isEmpty() && folder.birthTime().secsTo(QDateTime::currentDateTime()) < 60)
            continue; // it is being made
        if (owner.value("boot"_L1).toString().toLatin1() == process::bootId() &&
            process::isSame(owner.value("pid"_L1).toInteger(), owner.value("startTicks"_L1).toString().toULongLong()))
            continue;
        const QString database = owner.value("database"_L1).toString();
        if (!database.isEmpty() && real.engine != Engine::Sqlite) {
            if (owner.value("of"_L1).toString() != real.identity())
                continue; // only its own server can drop it
            if (database.startsWith("paddock_rehearsal_"_L1))
                dropDatabase(real, database, real.engine == Engine::Postgres);
        } else if (!database.isEmpty()) {
            continue;
        }
        swept += QDir(folder.filePath()).removeRecursively();
    }
    return swept;
}

QLatin1StringView toString(Stage::Method method)
{
    static constexpr QLatin1StringView names[] = {"copy"_L1, "template"_L1, "transaction"_L1, "scratch"_L1};
    return names[int(method)];
}

Result<Stage> Stage::make(const Location &real)
{
    Stage stage;
    stage.m_real = real;
    stage.m_copy = real;
    stage.m_copy.given.clear();
    const QString name = QUuid::createUuid().toString(QUuid::Id128).left(12);
    stage.m_folder = stagesFolder() + u'/' + name;
    if (!QDir().mkpath(stage.m_folder))
        return fail(u"read-only"_s, u"The folder for the rehearsal cannot be made."_s,
                    u"Set XDG_CACHE_HOME to a folder that you may write to."_s, stage.m_folder);
    QFile::setPermissions(stage.m_folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    stage.m_database = u"paddock_rehearsal_"_s + name;
    writeOwner(stage.m_folder, real, real.engine == Engine::Sqlite ? QString() : stage.m_database);
    const auto made = real.engine == Engine::Sqlite     ? stage.makeSqlite()
                      : real.engine == Engine::Postgres ? stage.makePostgres()
                                                        : stage.makeMysql();
    if (!made)
        return std::unexpected(made.error());
    return stage;
}

Stage::Stage(Stage &&other) noexcept
    : m_real(std::move(other.m_real)),
      m_copy(std::move(other.m_copy)),
      m_method(other.m_method),
      m_folder(std::exchange(other.m_folder, {})),
      m_database(std::exchange(other.m_database, {})),
      m_notes(std::move(other.m_notes))
{}

Stage::~Stage()
{
    if (!m_folder.isEmpty())
        QDir(m_folder).removeRecursively();
    if (m_database.isEmpty() || (m_method != Method::Template && m_method != Method::Scratch))
        return;
    dropDatabase(m_real, m_database, m_method == Method::Template);
}

Result<> Stage::makeSqlite()
{
    m_method = Method::Copy;
    m_copy.file = m_folder + u"/copy.db"_s;
    const auto backend = openBackend(m_real);
    if (!backend)
        return std::unexpected(backend.error());
    auto copied = (*backend)->execute(u"vacuum into ?"_s, {m_copy.file});
    if (!copied)
        copied.error().where = m_folder;
    return copied;
}

Result<> Stage::makePostgres()
{
    m_method = Method::Template;
    m_copy.database = m_database;
    const auto backend = openBackend(m_real, Access::Write);
    if (!backend)
        return std::unexpected(backend.error());
    // Not from a connection to the template itself, which may have no others then.
    Location home = m_real;
    home.database = u"postgres"_s;
    const QString name = (*backend)->quoted(m_database);
    const QString source = (*backend)->quoted(m_real.database);
    const auto elsewhere = m_real.database == "postgres"_L1 ? Result<std::unique_ptr<Backend>>(fail(u"same"_s, {}))
                                                            : openBackend(home, Access::Write);
    Result<> made = std::unexpected(elsewhere ? Error{} : elsewhere.error());
    if (elsewhere) {
        const_cast<std::unique_ptr<Backend> &>(*backend).reset();
        made = (*elsewhere)->execute(u"create database %1 template %2"_s.arg(name, source));
    }
    if (made)
        return {};
    m_method = Method::Transaction;
    m_database.clear();
    m_copy = m_real;
    m_notes
        << u"The database could not be copied (%1), so everything runs in one transaction on the real one, which is "
           "rolled back. Its locks are held meanwhile; sequences keep the numbers that were drawn."_s.arg(
               made.error().detail.isEmpty() ? made.error().message : made.error().detail);
    return {};
}

Result<> Stage::makeMysql()
{
    m_method = Method::Scratch;
    m_copy.database = m_database;
    const auto opened = openBackend(m_real, Access::Write);
    if (!opened)
        return std::unexpected(opened.error());
    Backend &backend = **opened;
    const auto tables = backend.select(u"show full tables"_s);
    if (!tables)
        return std::unexpected(tables.error());
    const QString scratch = backend.quoted(m_database);
    if (auto made = backend.execute(u"create database "_s + scratch); !made)
        return made;
    // From here on everything happens in the scratch database; the real one is only read.
    (void)backend.execute(u"set foreign_key_checks = 0"_s);
    QList<std::pair<QString, QString>> statements;
    for (const QVariantList &row : *tables) {
        const QString table = row[0].toString();
        if (row[1].toString() != "BASE TABLE"_L1) {
            m_notes << u"The view %1 is not part of the copy."_s.arg(table);
            continue;
        }
        const auto shown = backend.select(u"show create table "_s + backend.quoted(table));
        const auto columns =
            backend.select(u"select column_name from information_schema.columns where table_schema = "
                           "database() and table_name = ? and coalesce(generation_expression, '') = '' "
                           "order by ordinal_position"_s,
                           {table});
        if (!shown || !columns)
            return std::unexpected(!shown ? shown.error() : columns.error());
        QStringList names;
        for (const QVariantList &column : *columns)
            names << backend.quoted(column[0].toString());
        statements.append({shown->first()[1].toString(),
                           u"insert into %1 (%2) select %2 from %3.%1"_s.arg(backend.quoted(table), names.join(u", "_s),
                                                                             backend.quoted(m_real.database))});
    }
    if (auto used = backend.execute(u"use "_s + scratch); !used)
        return used;
    for (const auto &[create, fill] : statements) {
        if (auto made = backend.execute(create).and_then([&] { return backend.execute(fill); }); !made)
            return made;
    }
    return {};
}

QProcessEnvironment redirected(const QProcessEnvironment &environment, const QString &root, const Location &real,
                               const Location &copy)
{
    QProcessEnvironment result = environment;
    const auto redirect = [&](const QString &name, const QString &value) {
        if (value.isEmpty())
            return;
        if (!real.given.isEmpty() && value == real.given) {
            result.insert(name, urlOf(copy));
            return;
        }
        if (real.engine == Engine::Sqlite ? !value.contains(u'.') && !value.contains(u'/') : !value.contains("://"_L1))
            return;
        const auto parsed = parseLocation(value, root);
        if (parsed && parsed->engine == real.engine && parsed->identity() == real.identity())
            result.insert(name, urlOf(copy));
    };
    const QProcessEnvironment files = dotEnv(root);
    for (const QString &name : files.keys())
        if (!environment.contains(name))
            redirect(name, files.value(name));
    for (const QString &name : environment.keys())
        redirect(name, environment.value(name));
    if (real.engine == Engine::Postgres && copy.database != real.database)
        result.insert(u"PGDATABASE"_s, copy.database);
    return result;
}

} // namespace paddock::migrations
