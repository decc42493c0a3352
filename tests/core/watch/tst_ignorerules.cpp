// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/ignorerules.h"

#include <QTest>

using namespace Qt::StringLiterals;

class TestIgnoreRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rules_data();
    void rules();
};

void TestIgnoreRules::rules_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<bool>("isFolder");
    QTest::addColumn<bool>("ignored");
    const auto file = [](const char *path, bool ignored) {
        QTest::newRow(path) << QString::fromUtf8(path) << false << ignored;
    };
    const auto folder = [](const char *path, bool ignored) {
        QTest::newRow(qPrintable(QString::fromUtf8(path) + u'/')) << QString::fromUtf8(path) << true << ignored;
    };
    folder("node_modules", true);
    folder("packages/a/node_modules", true);
    folder(".git", true);
    folder(".svelte-kit", true);
    folder("dist", true);
    folder("packages/a/build", true);
    folder("src/plugins/build", false); // a plugin may be called so
    folder("plugins/out", false);
    folder("src", false);
    folder("migrations", false);
    folder("uploads", true); // the rest by .gitignore
    folder("src/uploads", true);
    folder("data/cache", true);
    folder("x/data/cache", false);
    folder("tmp-12", true);
    folder("tmp-keep", false);

    file("src/index.ts", false);
    file(".env", false);
    file(".env.local", false);
    file("package.json", false);
    file("src/App.svelte", false);
    file("schema.prisma", false);
    file("seeded.ts", false);
    file("2024.ts", false);
    file("src/uploads.ts", false);

    file("4913", true);
    file("src/.index.ts.swp", true);
    file("src/.index.ts.swx", true);
    file("index.ts~", true);
    file("#index.ts#", true);
    file(".#index.ts", true);
    file(".index.ts.kate-swp", true);
    file("index.ts.hNqkzR", true);
    file("index.ts___jb_tmp___", true);
    file("index.ts___jb_old___", true);
    file(".goutputstream-X1Y2Z3", true);
    file("sedAb12Cd", true);
    file("index.ts.tmp", true);
    file(".DS_Store", true);
    file("dev.db", true);
    file("dev.db-wal", true);
    file("data.sqlite3", true);
    file("server.log", true);
    file(".git", true);
}

void TestIgnoreRules::rules()
{
    QFETCH(QString, path);
    QFETCH(bool, isFolder);
    QFETCH(bool, ignored);
    paddock::watch::IgnoreRules rules;
    rules.addGitignore(u"# comment\n\n*\n.env\nuploads/\n/data/cache\ntmp-*\n!tmp-keep\n*.log\n"_s);
    const QString reason = rules.reason(path, isFolder);
    QCOMPARE(!reason.isEmpty(), ignored);
}

QTEST_GUILESS_MAIN(TestIgnoreRules)
#include "tst_ignorerules.moc"
