// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/secretmasker.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::logs;

class TestSecretMasker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void masks_data();
    void masks();
    void leavesAlone_data();
    void leavesAlone();
    void values();
    void environment();
    void spans();
    void hugeLines();
};

void TestSecretMasker::masks_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *text, const char *expected) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(expected);
    };
    row("postgres://shop:s3cr3t@db:5432/shop", "postgres://shop:***@db:5432/shop");
    row("mysql://root:p@ss:w@localhost/x ok", "mysql://root:***@localhost/x ok");
    row("redis://:pw@cache", "redis://:***@cache");
    row("two postgres://a:b@c/ and https://d:e@f/", "two postgres://a:***@c/ and https://d:***@f/");
    row("Authorization: Bearer abc123def456", "Authorization: Bearer ***");
    row("authorization: Basic dXNlcjpwYXNz", "authorization: Basic ***");
    row("sent bearer abc123def456.x-y_z~ today", "sent bearer *** today");
    row("{\"password\":\"hunter2\",\"name\":\"ann\"}", "{\"password\":\"***\",\"name\":\"ann\"}");
    row("{\"apiKey\": \"k-1 2\", \"n\": 1}", "{\"apiKey\": \"***\", \"n\": 1}");
    row("{ accessToken: 'abc def', id: 3 }", "{ accessToken: '***', id: 3 }");
    row("\"{\\\"password\\\":\\\"hunter2\\\"}\"", "\"{\\\"password\\\":\\\"***\\\"}\"");
    row("DB_PASSWORD=hunter2 DB_HOST=x", "DB_PASSWORD=*** DB_HOST=x");
    row("GET /cb?code=1&access_token=abcdef&x=2", "GET /cb?code=1&access_token=***&x=2");
    row("password = hunter2", "password = ***");
    row("client_secret: abc,next: 1", "client_secret: ***,next: 1");
    row("x-api-key: 1234", "x-api-key: ***");
    row("key sk_live_abcdefghijklmnop1234 used", "key *** used");
    row("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "***");
    row("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_def-ghijklmnop!", "jwt ***!");
    row("AKIAIOSFODNN7EXAMPLE.", "***.");
    row("-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----");
    row("-----BEGIN RSA PRIVATE KEY-----MIIEow", "-----BEGIN RSA PRIVATE KEY-----***");
    row("the value is topsecretvalue!", "the value is ***!");
    row("topsecretvalue2 is longer", "*** is longer");
    row("päss-wörd-1", "***");
}

void TestSecretMasker::masks()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const SecretMasker masker({u"topsecretvalue"_s, u"topsecretvalue2"_s, u"päss-wörd-1"_s, u"short"_s});
    QCOMPARE(masker.mask(text), expected);
    QCOMPARE(masker.mask(expected), expected); // once is enough
}

void TestSecretMasker::leavesAlone_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"",
                             "http://localhost:3000/users/4",
                             "postgres://db/shop",
                             "mailto: ann@example.org",
                             "git@github.com:a/b.git",
                             "tokens: 512",
                             "login(password: string): Promise<User>",
                             "{ password: undefined }",
                             "token=null",
                             "bearer of bad news",
                             "basic authentication failed",
                             "key: value",
                             "primaryKey: 4",
                             "at users.ts:12:5",
                             "12:34:56 started",
                             "sk-learn",
                             "eyJ short",
                             "a=b==c",
                             "::1",
                             "//comment: x@y",
                             "this is short",
                             "-----BEGIN CERTIFICATE-----MIID"})
        QTest::newRow(text[0] == 0 ? "empty" : text) << QString::fromUtf8(text);
}

void TestSecretMasker::leavesAlone()
{
    QFETCH(QString, text);
    QCOMPARE(SecretMasker({u"short"_s}).mask(text), text);
}

void TestSecretMasker::values()
{
    const QStringList found = SecretMasker::secretValues(
        u"# comment SECRET=no\nexport API_KEY=\"quoted value\" # why\nDATABASE_URL=postgres://u:url%20pass@h/db\n"
        "PORT=3000\nJWT_SECRET='single # quoted'\nPLAIN_TOKEN=plain-token # comment\nEMPTY_PASSWORD=\n"_s);
    QCOMPARE(
        QSet<QString>(found.cbegin(), found.cend()),
        (QSet<QString>{u"quoted value"_s, u"url%20pass"_s, u"url pass"_s, u"single # quoted"_s, u"plain-token"_s}));
}

void TestSecretMasker::environment()
{
    QProcessEnvironment environment;
    environment.insert(u"SESSION_SECRET"_s, u"from the environment"_s);
    environment.insert(u"HOME"_s, u"/home/ann"_s);
    environment.insert(u"PWD"_s, u"/srv/shop"_s); // not a password: every stack trace would be unreadable
    QCOMPARE(SecretMasker::secretValues(environment), QStringList{u"from the environment"_s});
    for (const QStringView name :
         {u"STRIPE_SECRET_KEY", u"githubToken", u"DB_PASS", u"AWS_SECRET_ACCESS_KEY", u"apiKey", u"APIKEY"})
        QVERIFY2(looksSecret(name), qPrintable(name.toString()));
    for (const QStringView name : {u"PORT", u"TOKEN_COUNT", u"keyboard", u"PATH", u"passed", u"primaryKey"})
        QVERIFY2(!looksSecret(name), qPrintable(name.toString()));
}

void TestSecretMasker::spans()
{
    QString text = u"a password=hunter2 red tail"_s;
    //               0 2        11      19  23
    QList<Span> spans{{0, 1, 1}, {2, 16, 2}, {13, 3, 3}, {19, 3, 4}};
    SecretMasker().mask(text, spans);
    QCOMPARE(text, u"a password=*** red tail"_s);
    QCOMPARE(spans[0], (Span{0, 1, 1}));
    QCOMPARE(spans[1], (Span{2, 12, 2}));
    QCOMPARE(spans[2], (Span{11, 3, 3}));
    QCOMPARE(spans[3], (Span{15, 3, 4}));
}

/// Lines made to be slow to search: twice the length, about twice the time. A quadratic search would not end here.
void TestSecretMasker::hugeLines()
{
    const SecretMasker masker({u"aaaaaaaaab"_s});
    for (const QString &unit : {u"a"_s, u":"_s, u"://"_s, u"password="_s, u"\""_s, u"eyJ"_s, u"bearer "_s, u"x:y@"_s,
                                u"-----BEGIN "_s, u"password=\""_s, u"a "_s}) {
        const QString text = unit.repeated(1'000'000 / unit.size());
        QVERIFY(masker.mask(text).size() > 0);
    }
}

QTEST_GUILESS_MAIN(TestSecretMasker)
#include "tst_secretmasker.moc"
