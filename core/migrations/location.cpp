// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/location.h"

#include "base/paths.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSaveFile>
#include <QUrl>
#include <QUrlQuery>
#include <array>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array variables = {"DATABASE_URL"_L1,  "DB_URL"_L1,  "POSTGRES_URL"_L1, "MYSQL_URL"_L1,
                                  "DATABASE_PATH"_L1, "DB_PATH"_L1, "SQLITE_PATH"_L1};

Location sqlite(QString path, const QString &root)
{
    path = QDir::cleanPath(QDir(root).absoluteFilePath(path));
    const QString canonical = QFileInfo(path).canonicalFilePath();
    return {.engine = Engine::Sqlite, .file = canonical.isEmpty() ? path : canonical};
}

QString read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.read(1 << 20)) : QString();
}

QString rememberedFile(const QString &root)
{
    return paths::stateFolder() + u"/migrations/"_s + paths::workspaceId(root) + u".json"_s;
}

QJsonObject remembered(const QString &root)
{
    return QJsonDocument::fromJson(read(rememberedFile(root)).toUtf8()).object();
}

bool isTold(const Location &location)
{
    return location.origin == LiveServer || location.origin == ServerEntry;
}

Result<Location> from(const QString &text, const QString &root, const QString &origin)
{
    auto location = parseLocation(text, root);
    if (location)
        location->origin = origin;
    else
        location.error().where = origin;
    return location;
}

/// A text of a configuration file, found without running anything.
QString configured(const QString &root)
{
    static const QRegularExpression section(uR"(^\s*\[database\]\s*$((?:\n(?!\s*\[).*)*))"_s,
                                            QRegularExpression::MultilineOption);
    static const QRegularExpression url(uR"(^\s*url\s*=\s*["']([^"'\n]+)["'])"_s, QRegularExpression::MultilineOption);
    const QString toml = read(root + u"/paddock.toml"_s);
    return url.match(section.match(toml).captured(1)).captured(1);
}

QString configuredInFramework(const QString &root)
{
    static const QRegularExpression url(
        uR"(\bdatabase\s*:\s*(?:\{[^}]*?\b(?:url|connectionString|file)\s*:\s*)?["']([^"'\n]+)["'])"_s);
    for (const auto ending : {"ts"_L1, "js"_L1, "mts"_L1, "mjs"_L1}) {
        const QString text = url.match(read(root + u"/donkeylabs.config."_s + ending)).captured(1);
        if (!text.isEmpty())
            return text;
    }
    return {};
}

} // namespace

QString Location::shown() const
{
    if (engine == Engine::Sqlite)
        return file;
    QString text = toString(engine) + u"://"_s + (user.isEmpty() ? QString() : user + u'@') + host;
    if (port > 0)
        text += u':' + QString::number(port);
    text += u'/' + database;
    return socket.isEmpty() ? text : text + u" at "_s + socket;
}

QString Location::identity() const
{
    const QString text = engine == Engine::Sqlite ? file
                                                  : toString(engine) + u'|' + host + u'|' + QString::number(port) +
                                                        u'|' + socket + u'|' + database;
    return QString::fromLatin1(QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).toHex().first(16));
}

Result<Location> parseLocation(const QString &text, const QString &root)
{
    static const QRegularExpression sqliteScheme(u"^(sqlite3?|file):(//(?=/)|//(?!/)|)"_s,
                                                 QRegularExpression::CaseInsensitiveOption);
    const QString trimmed = text.trimmed();
    const auto bad = [](const QString &why) {
        return fail(u"bad-database-url"_s, u"The database's address cannot be used: %1."_s.arg(why),
                    u"Write postgres://user:password@host/name, mysql://user:password@host/name, or the path of an "
                    "SQLite file."_s);
    };
    if (trimmed.isEmpty())
        return bad(u"it is empty"_s);
    Location location;
    if (const auto match = sqliteScheme.match(trimmed); match.hasMatch()) {
        const QString path = trimmed.mid(match.capturedLength()).section(u'?', 0, 0);
        if (path.isEmpty() || path == ":memory:"_L1)
            return bad(u"a database in memory ends with its server"_s);
        location = sqlite(path, root);
    } else if (trimmed.contains("://"_L1)) {
        const QUrl url(trimmed);
        const QString scheme = url.scheme().toLower();
        if (scheme == "postgres"_L1 || scheme == "postgresql"_L1)
            location.engine = Engine::Postgres;
        else if (scheme == "mysql"_L1 || scheme == "mariadb"_L1)
            location.engine = Engine::Mysql;
        else
            return bad(u"“%1” is no engine that is known"_s.arg(scheme));
        if (!url.isValid())
            return bad(u"it is no valid URL"_s);
        const QUrlQuery query(url);
        location.host = url.host();
        location.port = url.port(0);
        location.user = url.userName(QUrl::FullyDecoded);
        location.password = url.password(QUrl::FullyDecoded);
        location.database = QUrl::fromPercentEncoding(url.path(QUrl::FullyEncoded).mid(1).toUtf8());
        for (const auto name : {"host"_L1, "socket"_L1, "socketPath"_L1})
            if (const QString value = query.queryItemValue(name, QUrl::FullyDecoded); value.startsWith(u'/'))
                location.socket = value;
            else if (name == "host"_L1 && !value.isEmpty())
                location.host = value;
        if (const QString port = query.queryItemValue(u"port"_s); !port.isEmpty())
            location.port = port.toInt();
        location.tls =
            QStringList{u"require"_s, u"verify-ca"_s, u"verify-full"_s}.contains(query.queryItemValue(u"sslmode"_s)) ||
            query.queryItemValue(u"ssl"_s) == "true"_L1;
        if (location.host.isEmpty() && location.socket.isEmpty())
            location.host = u"localhost"_s;
        if (location.database.isEmpty())
            return bad(u"it names no database"_s);
    } else if (trimmed == ":memory:"_L1) {
        return bad(u"a database in memory ends with its server"_s);
    } else {
        location = sqlite(trimmed, root);
    }
    location.given = trimmed;
    return location;
}

QProcessEnvironment dotEnv(const QString &root)
{
    static const QRegularExpression assignment(
        uR"re(^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^#\n]*?))\s*(?:#.*)?$)re"_s,
        QRegularExpression::MultilineOption);
    QProcessEnvironment result;
    const QString mode = qEnvironmentVariable("NODE_ENV", u"development"_s);
    for (const QString &name : {u".env"_s, QString(u".env."_s + mode), u".env.local"_s}) {
        auto matches = assignment.globalMatch(read(root + u'/' + name));
        while (matches.hasNext()) {
            const auto match = matches.next();
            for (int group = 2; group <= 4; ++group)
                if (match.hasCaptured(group))
                    result.insert(match.captured(1), match.captured(group));
        }
    }
    return result;
}

Result<Location> locate(const LocateRequest &request)
{
    if (!request.given.isEmpty())
        return from(request.given, request.root, u"--database"_s);
    const QJsonObject live = request.inspection.value("database"_L1).toObject();
    for (const auto field : {"file"_L1, "url"_L1}) {
        if (const QString text = live.value(field).toString(); !text.isEmpty())
            return from(text, request.root, LiveServer);
    }
    for (const auto name : variables)
        if (const QString text = request.environment.value(name); !text.isEmpty())
            return from(text, request.root, name + u" in the environment"_s);
    const QProcessEnvironment files = dotEnv(request.root);
    for (const auto name : variables)
        if (const QString text = files.value(name); !text.isEmpty())
            return from(text, request.root, name + u" in .env"_s);
    if (const QString text = configured(request.root); !text.isEmpty())
        return from(text, request.root, u"paddock.toml"_s);
    if (const QString text = configuredInFramework(request.root); !text.isEmpty())
        return from(text, request.root, u"donkeylabs.config"_s);
    if (const QString file = remembered(request.root).value("file"_L1).toString(); QFileInfo::exists(file))
        return from(file, request.root, u"what the server said last"_s);
    return fail(u"database-unknown"_s, u"It is not known where this workspace's database is."_s,
                u"Start a session (“paddockctl dev”), set DATABASE_URL, or give --database URL."_s, request.root);
}

void remember(const Location &location, const QString &root)
{
    const QJsonObject before = remembered(root);
    QJsonObject now = before;
    if (location.engine == Engine::Sqlite)
        now.insert("file"_L1, location.file);
    if (isTold(location))
        now.insert("told"_L1, location.identity());
    if (now == before)
        return;
    const QString path = rememberedFile(root);
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QJsonDocument(now).toJson());
        file.commit();
    }
}

bool isConfirmed(const Location &location, const QString &root)
{
    return location.origin == GivenOnce || location.origin == GivenForGood || isTold(location) ||
           (location.engine != Engine::Unknown && remembered(root).value("told"_L1) == location.identity());
}

} // namespace paddock::migrations
