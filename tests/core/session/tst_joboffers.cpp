// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/joboffers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock::session;
using namespace Qt::StringLiterals;

class TestJobOffers final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        write(u"package.json"_s, R"({"scripts": {"gen:types": "donkeylabs generate", "test": "bun test"}})");
        write(u"scripts/watcher.ts"_s, "");
        write(u"fixtures/b.json"_s, "");
        write(u"fixtures/a.json"_s, "");
        write(u"fixtures/deep/c.json"_s, "");
        write(u"fixtures/note.txt"_s, "");
        m_settings.commands = {{.name = u"seed"_s,
                                .program = u"bun"_s,
                                .arguments = {u"seed.ts"_s, u"--count=${count}"_s, u"${files}"_s},
                                .folder = u"fixtures"_s,
                                .environment = {{u"SEED"_s, u"1"_s}},
                                .inputs = {{.name = u"count"_s, .prompt = u"How many?"_s},
                                           {.name = u"files"_s, .glob = {u"fixtures/*.json"_s}}}},
                               {.name = u"deep"_s,
                                .program = u"ls"_s,
                                .arguments = {u"x${files}"_s},
                                .inputs = {{.name = u"files"_s, .glob = {u"fixtures/**/*.json"_s}}}}};
    }

    void offers()
    {
        QStringList names;
        for (const JobOffer &offer : jobOffers(m_folder.path(), m_settings, {u"cart"_s}))
            names.append(offer.kind + u' ' + offer.name);
        QCOMPARE(names, (QStringList{u"command seed"_s, u"command deep"_s, u"install install"_s, u"test test"_s,
                                     u"script gen:types"_s, u"watcher watch cart"_s}));
    }

    void specs_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QMap<QString, QString>>("inputs");
        QTest::addColumn<QString>("expected"); // arguments, or the error's code
        using Inputs = QMap<QString, QString>;
        QTest::newRow("script") << u"gen:types"_s << Inputs{} << u"run gen:types"_s;
        QTest::newRow("install") << u"install"_s << Inputs{} << u"install"_s;
        QTest::newRow("watcher") << u"watch cart"_s << Inputs{} << u"scripts/watcher.ts cart"_s;
        QTest::newRow("no such plugin") << u"watch nobody"_s << Inputs{} << u"no-watcher"_s;
        QTest::newRow("no such job") << u"nothing"_s << Inputs{} << u"no-job"_s;
        QTest::newRow("input needed") << u"seed"_s << Inputs{} << u"missing-input"_s;
        QTest::newRow("glob") << u"seed"_s << Inputs{{u"count"_s, u"3"_s}}
                              << u"seed.ts --count=3 fixtures/a.json fixtures/b.json"_s;
        QTest::newRow("given file") << u"seed"_s << Inputs{{u"count"_s, u"3; rm -rf /"_s}, {u"files"_s, u"x"_s}}
                                    << u"seed.ts --count=3; rm -rf / x"_s; // one argument, no shell
        QTest::newRow("inside a word") << u"deep"_s << Inputs{}
                                       << u"xfixtures/a.json fixtures/b.json fixtures/deep/c.json"_s;
        QTest::newRow("unknown input") << u"deep"_s << Inputs{{u"other"_s, u"1"_s}} << u"unknown-input"_s;
        QTest::newRow("inputs for a script") << u"test"_s << Inputs{{u"other"_s, u"1"_s}} << u"unknown-input"_s;
    }

    void specs()
    {
        QFETCH(QString, name);
        using Inputs = QMap<QString, QString>;
        QFETCH(Inputs, inputs);
        QFETCH(QString, expected);
        const auto spec = jobSpec(m_folder.path(), u"/opt/bun"_s, m_settings, {u"cart"_s}, name, inputs);
        QCOMPARE(spec ? spec->arguments.join(u' ') : spec.error().code, expected);
        if (!spec)
            return;
        QCOMPARE(spec->program, name == "deep"_L1 ? u"ls"_s : u"/opt/bun"_s);
        QVERIFY(spec->environment.value(u"PATH"_s).startsWith("/opt:"_L1));
        if (name == "seed"_L1) {
            QCOMPARE(spec->folder, m_folder.filePath(u"fixtures"_s));
            QCOMPARE(spec->environment.value(u"SEED"_s), u"1"_s);
            QCOMPARE(spec->arguments.size(), inputs.size() == 2 ? 3 : 4);
        }
    }

private:
    void write(const QString &name, const QByteArray &text)
    {
        const QString path = m_folder.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    QTemporaryDir m_folder;
    Settings m_settings;
};

QTEST_GUILESS_MAIN(TestJobOffers)
#include "tst_joboffers.moc"
