// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/location.h"
#include "migrations/rehearsal.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock;
using namespace paddock::migrations;
using namespace Qt::StringLiterals;

class TestLocation final : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    void write(const QString &name, const QString &text) const
    {
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text.toUtf8());
    }

    QString located(const QProcessEnvironment &environment, const QJsonObject &inspection = {}, const QString &given = {}) const
    {
        const auto location = locate({m_folder.path(), given, inspection, environment});
        return location ? location->shown() + u" from "_s + location->origin : location.error().code;
    }

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_STATE_HOME", QFile::encodeName(m_folder.filePath(u"state"_s))); }

    void addresses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("password");
        const auto row = [](const QString &text, const QString &shown, const QString &password = {}) {
            QTest::newRow(qPrintable(text)) << text << shown << password;
        };
        row(u"postgres://anna:pw-1@db.local:5433/shop"_s, u"postgres://anna@db.local:5433/shop"_s, u"pw-1"_s);
        row(u"postgresql://anna:p%40ss@h/shop"_s, u"postgres://anna@h/shop"_s, u"p@ss"_s);
        row(u"postgres://anna@localhost/shop?host=/run/pg"_s, u"postgres://anna@localhost/shop at /run/pg"_s);
        row(u"postgres:///shop?host=/run/pg"_s, u"postgres:///shop at /run/pg"_s);
        row(u"mysql://root:x@h/shop"_s, u"mysql://root@h/shop"_s, u"x"_s);
        row(u"mariadb://root@h/shop?socketPath=/m.sock"_s, u"mysql://root@h/shop at /m.sock"_s);
        row(u"sqlite:data/shop.db"_s, u"ROOT/data/shop.db"_s);
        row(u"sqlite://data/shop.db"_s, u"ROOT/data/shop.db"_s);
        row(u"sqlite:///var/shop.db"_s, u"/var/shop.db"_s);
        row(u"file:./shop.db?mode=rw"_s, u"ROOT/shop.db"_s);
        row(u"data/shop.db"_s, u"ROOT/data/shop.db"_s);
        row(u"/var/shop.db"_s, u"/var/shop.db"_s);
        for (const auto &bad : {u":memory:"_s, u"sqlite::memory:"_s, u"redis://h/1"_s, u"postgres://h/"_s, u" "_s})
            row(bad, u"bad-database-url"_s);
    }
    void addresses()
    {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        const auto location = parseLocation(text, m_folder.path());
        QCOMPARE(location ? location->shown() : location.error().code, shown.replace(u"ROOT"_s, m_folder.path()));
        if (location)
            QTEST(location->password, "password");
    }

    /// Nothing that is shown or said of an address holds its password.
    void noPassword()
    {
        for (const auto &text : {u"postgres://anna:hunter22@db/shop"_s, u"redis://anna:hunter22@db/1"_s,
                                 u"mysql://anna:hunter22@db"_s}) {
            const auto location = parseLocation(text, m_folder.path());
            const QString said = location ? QString(location->shown() + location->identity())
                                          : QString(location.error().message + location.error().detail +
                                                    location.error().where + location.error().remedy);
            QVERIFY2(!said.contains("hunter22"_L1), qPrintable(said));
        }
    }

    void precedence()
    {
        QProcessEnvironment none;
        QProcessEnvironment environment;
        environment.insert(u"DATABASE_URL"_s, u"/env.db"_s);
        const QJsonObject live{{u"database"_s, QJsonObject{{u"kind"_s, u"sqlite"_s}, {u"file"_s, u"/live.db"_s}}}};
        QCOMPARE(located(none), u"database-unknown"_s);
        write(u"donkeylabs.config.ts"_s, u"export default { plugins: [], database: { url: \"config.db\" } };"_s);
        QCOMPARE(located(none), m_folder.filePath(u"config.db"_s) + u" from donkeylabs.config"_s);
        write(u"paddock.toml"_s, u"[server]\nurl = \"no\"\n[database]\n# here\nurl = \"/toml.db\"\n[other]\nurl = \"no\"\n"_s);
        QCOMPARE(located(none), u"/toml.db from paddock.toml"_s);
        write(u".env"_s, u"# DATABASE_URL=/no.db\nexport DATABASE_URL=\"/dotenv.db\" # the shop\n"_s);
        QCOMPARE(located(none), u"/dotenv.db from DATABASE_URL in .env"_s);
        write(u".env.local"_s, u"DATABASE_URL='/local.db'\n"_s);
        QCOMPARE(located(none), u"/local.db from DATABASE_URL in .env"_s);
        QCOMPARE(located(environment), u"/env.db from DATABASE_URL in the environment"_s);
        QCOMPARE(located(environment, live), u"/live.db from the running server"_s);
        QCOMPARE(located(environment, live, u"/given.db"_s), u"/given.db from --database"_s);
        QCOMPARE(located(environment, live, u"redis://x"_s), u"bad-database-url"_s);
        for (const auto &name : {u"donkeylabs.config.ts"_s, u"paddock.toml"_s, u".env"_s, u".env.local"_s})
            QVERIFY(QFile::remove(m_folder.filePath(name)));
        write(u"shop.db"_s, {});
        remember(*parseLocation(u"shop.db"_s, m_folder.path()), m_folder.path());
        QCOMPARE(located(none), m_folder.filePath(u"shop.db"_s) + u" from what the server said last"_s);
        // What has a password is not kept.
        remember(*parseLocation(u"postgres://a:hunter22@h/shop"_s, m_folder.path()), m_folder.path());
        QCOMPARE(located(none), m_folder.filePath(u"shop.db"_s) + u" from what the server said last"_s);
    }

    void rehearsalsAreRedirected()
    {
        const Location real = *parseLocation(u"postgres://anna:pw@h/shop"_s, m_folder.path());
        Location copy = real;
        copy.database = u"copy"_s;
        QProcessEnvironment environment;
        environment.insert(u"DATABASE_URL"_s, real.given);
        environment.insert(u"MIRROR"_s, u"postgresql://anna:other@h/shop?sslmode=require"_s);
        environment.insert(u"OTHER"_s, u"postgres://anna:pw@h/elsewhere"_s);
        environment.insert(u"PORT"_s, u"3000"_s);
        write(u".env"_s, u"FROM_FILE=postgres://anna:pw@h/shop\n"_s);
        const auto result = redirected(environment, m_folder.path(), real, copy);
        for (const auto &name : {u"DATABASE_URL"_s, u"MIRROR"_s, u"FROM_FILE"_s})
            QCOMPARE(result.value(name), u"postgres://anna:pw@h/copy"_s);
        QCOMPARE(result.value(u"OTHER"_s), environment.value(u"OTHER"_s));
        QCOMPARE(result.value(u"PORT"_s), u"3000"_s);
    }
};

QTEST_GUILESS_MAIN(TestLocation)
#include "tst_location.moc"
