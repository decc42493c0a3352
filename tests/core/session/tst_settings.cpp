// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/settings.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock::session;
using namespace Qt::StringLiterals;

class TestSettings final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allOfIt()
    {
        const Settings settings = settingsFromToml("restart = \"ask\"\n"
                                                   "ignore = [\"docs/\", \"./tmp/cache\"]\n"
                                                   "[scripts]\n"
                                                   "types = \"types\"\n"
                                                   "test = \"check\"\n"
                                                   "dev = \"serve\"\n"
                                                   "[timeouts]\n"
                                                   "start = 60\n"
                                                   "stop = 1.5\n"
                                                   "swap = 8\n"
                                                   "[[command]]\n"
                                                   "name = \"seed\"\n"
                                                   "command = \"bun\"\n"
                                                   "args = [\"scripts/seed.ts\", \"--count=${count}\", \"${file}\"]\n"
                                                   "cwd = \"tools\"\n"
                                                   "env = { SEED = \"1\" }\n"
                                                   "[[command.input]]\n"
                                                   "name = \"count\"\n"
                                                   "prompt = \"How many?\"\n"
                                                   "default = 10\n"
                                                   "[[command.input]]\n"
                                                   "name = \"file\"\n"
                                                   "glob = \"fixtures/*.json\"\n",
                                                   u"paddock.toml"_s);
        QVERIFY2(settings.issues.isEmpty(), qPrintable(settings.issues.value(0).message));
        QVERIFY(settings.restart == RestartPolicy::Ask);
        QCOMPARE(settings.typeScript, u"types"_s);
        QCOMPARE(settings.testScript, u"check"_s);
        QCOMPARE(settings.devScript, u"serve"_s);
        QCOMPARE(settings.startMs, 60'000);
        QCOMPARE(settings.stopMs, 1'500);
        QCOMPARE(settings.swapMs, 8'000);
        QCOMPARE(settings.commands.size(), 1);
        const UserCommand &seed = settings.commands.first();
        QCOMPARE(seed.name, u"seed"_s);
        QCOMPARE(seed.arguments.size(), 3);
        QCOMPARE(seed.folder, u"tools"_s);
        QCOMPARE(seed.environment.value(u"SEED"_s), u"1"_s);
        QCOMPARE(seed.inputs.size(), 2);
        QCOMPARE(seed.inputs[0].fallback, u"10"_s);
        QCOMPARE(seed.inputs[1].glob, QStringList{u"fixtures/*.json"_s});
        QVERIFY(seed.inputs[1].fallback.isNull());
        QVERIFY(isIgnoredBySettings(settings.ignore, u"docs"));
        QVERIFY(isIgnoredBySettings(settings.ignore, u"packages/docs"));
        QVERIFY(isIgnoredBySettings(settings.ignore, u"tmp/cache"));
        QVERIFY(!isIgnoredBySettings(settings.ignore, u"a/tmp/cache"));
        QVERIFY(!isIgnoredBySettings(settings.ignore, u"src"));
    }

    void faults_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<bool>("isError");
        QTest::addColumn<QString>("said");
        const auto row = [](const char *name, const char *text, int line, bool isError, const QString &said) {
            QTest::newRow(name) << QByteArray(text) << line << isError << said;
        };
        row("not TOML", "restart = \"yes\"\n[scripts\n", 2, true, u"Not TOML"_s);
        row("no such policy", "\nrestart = \"perhaps\"\n", 2, true, u"yes, no, always or ask"_s);
        row("policy of another type", "restart = true\n", 1, true, u"yes, no, always or ask"_s);
        row("misspelt", "ignore = []\nrestarts = \"yes\"\n", 2, false, u"restarts"_s);
        row("misspelt below", "[timeouts]\nstart = 3\nstrat = 4\n", 3, false, u"timeouts.strat"_s);
        row("not a number", "[timeouts]\nstart = \"soon\"\n", 2, true, u"timeouts.start"_s);
        row("not positive", "[timeouts]\nstart = -1\n", 2, true, u"timeouts.start"_s);
        row("too long", "[timeouts]\nstart = 1e12\n", 2, true, u"timeouts.start"_s);
        row("no name", "[[command]]\ncommand = \"x\"\n", 1, true, u"needs “name”"_s);
        row("twice", "[[command]]\nname='a'\ncommand='x'\n[[command]]\nname='a'\ncommand='y'\n", 4, true, u"two"_s);
        row("outside", "[[command]]\nname='a'\ncommand='x'\ncwd='../..'\n", 1, true, u"in the workspace"_s);
        row("absolute", "[[command]]\nname='a'\ncommand='x'\ncwd='/etc'\n", 1, true, u"in the workspace"_s);
        row("list of numbers", "ignore = [1]\n", 1, true, u"ignore"_s);
        row("not a table", "scripts = 3\n", 1, true, u"scripts"_s);
        row("not a list", "[command]\nname='a'\n", 1, true, u"must be a list"_s);
        row("not UTF-8", "restart = \"\xff\xfe\"\n", 1, true, u"Not TOML"_s);
    }

    void faults()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QFETCH(bool, isError);
        QFETCH(QString, said);
        const Settings settings = settingsFromToml(text, u"paddock.toml"_s);
        QVERIFY(!settings.issues.isEmpty());
        const SettingsIssue &issue = settings.issues.first();
        QCOMPARE(issue.file, u"paddock.toml"_s);
        QCOMPARE(issue.line, line);
        QCOMPARE(issue.isError, isError);
        QVERIFY2(issue.message.contains(said), qPrintable(issue.message));
    }

    void oneFaultLeavesTheRest()
    {
        const Settings settings =
            settingsFromToml("restart = 1\n[[command]]\nname='a'\ncommand='x'\n", u"paddock.toml"_s);
        QCOMPARE(settings.issues.size(), 1);
        QCOMPARE(settings.commands.size(), 1);
        QVERIFY(!settings.restart);
    }

    void inThePackage()
    {
        QTemporaryDir folder;
        const auto write = [&](const QString &name, const QByteArray &text) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        QCOMPARE(readSettings(folder.path()), Settings());
        write(u"package.json"_s, "{\n  \"name\": \"x\",\n  \"paddock\": { \"restart\": \"no\", \"oops\": 1 }\n}\n");
        const Settings settings = readSettings(folder.path());
        QVERIFY(settings.restart == RestartPolicy::No);
        QCOMPARE(settings.issues.size(), 1);
        QCOMPARE(settings.issues.first().line, 3);
        QCOMPARE(settings.file, u"package.json"_s);
        write(u"paddock.toml"_s, "restart = \"ask\"\n");
        QVERIFY(readSettings(folder.path()).restart == RestartPolicy::Ask);
        QCOMPARE(readSettings(folder.path()).issues.size(), 1); // two places: said so
        write(u"package.json"_s, "{ this is not JSON");
        QVERIFY(readSettings(folder.path()).issues.isEmpty());
    }

    void preferencesAreKept()
    {
        QTemporaryDir state;
        qputenv("XDG_STATE_HOME", state.path().toLocal8Bit());
        QCOMPARE(readPreferences(u"/shop"_s), Preferences());
        writePreferences(u"/shop"_s, {.restart = RestartPolicy::Ask, .isManual = true});
        QVERIFY(readPreferences(u"/shop"_s) == (Preferences{RestartPolicy::Ask, true}));
        QCOMPARE(readPreferences(u"/other"_s), Preferences());
    }
};

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
