// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier.h"
#include "session/lastserved.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock;
using namespace paddock::session;
using namespace Qt::StringLiterals;

class TestLastServed final : public QObject
{
    Q_OBJECT

private:
    void write(const QString &name, const QByteArray &text)
    {
        QFile file(m_root + u'/' + name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    QByteArray read(const QString &name)
    {
        QFile file(m_root + u'/' + name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    workspace::ProjectState state() { return workspace::readProject(m_root).value_or(workspace::ProjectState()); }

    void keep()
    {
        SourceKeeper sources;
        const auto now = state();
        sources.add(SourceKeeper::read(now, {}));
        writeLastServed(now, sources, m_file);
    }

    QStringList changesSince()
    {
        const auto then = readLastServed(m_root, m_file);
        if (!then)
            return {then.error().code};
        QStringList found;
        for (const change::Change &change : change::classify(*then, state(), {}))
            found.append(toString(change.kind) + u' ' + change.subject.name);
        found.sort();
        return found;
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = m_folder->filePath(u"shop"_s);
        m_file = m_folder->filePath(u"state/served"_s);
        QProcess copy;
        copy.start(u"cp"_s, {u"-a"_s, QStringLiteral(PADDOCK_SOURCE_DIR "/resources/sample"), m_root});
        QVERIFY(copy.waitForFinished(60'000) && copy.exitCode() == 0);
        QDir(m_root + u"/node_modules"_s).removeRecursively();
        write(u".env"_s, "API_KEY=hunter2secret\n");
    }

    void nothingChanged()
    {
        QCOMPARE(changesSince(), QStringList{u"no-last-session"_s});
        keep();
        QCOMPARE(changesSince(), QStringList());
    }

    void whatChangedIsClassified()
    {
        keep();
        QByteArray text = read(u"src/plugins/pricing/discounts.ts"_s);
        QVERIFY(text.contains("BULK_PERCENT = 8"));
        write(u"src/plugins/pricing/discounts.ts"_s, text.replace("BULK_PERCENT = 8", "BULK_PERCENT = 9"));
        QCOMPARE(changesSince(), QStringList{u"plugin-method pricing"_s});
        write(u".env"_s, "API_KEY=another1secret\n");
        QCOMPARE(changesSince(), (QStringList{u"config .env"_s, u"plugin-method pricing"_s}));
        keep();
        QCOMPARE(changesSince(), QStringList());
    }

    void secretsAreNotKept()
    {
        keep();
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        QDataStream in(&file);
        in.setVersion(QDataStream::Qt_6_6);
        quint32 magic = 0, version = 0;
        QByteArray packed;
        in >> magic >> version >> packed;
        const QByteArray body = qUncompress(packed);
        QVERIFY(body.contains("discounts")); // what is looked at is the real content
        QVERIFY(!body.contains("hunter2secret"));
    }

    void damaged_data()
    {
        QTest::addColumn<int>("cut");
        QTest::addColumn<int>("flipped");
        QTest::newRow("empty") << 0 << -1;
        QTest::newRow("cut") << 200 << -1;
        QTest::newRow("a byte of the head") << -1 << 2;
        QTest::newRow("a byte in the middle") << -1 << 500;
        QTest::newRow("a byte of the hash") << -1 << -2;
    }

    void damaged()
    {
        QFETCH(int, cut);
        QFETCH(int, flipped);
        keep();
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        if (cut >= 0)
            bytes.truncate(cut);
        else
            bytes[flipped < 0 ? bytes.size() - 5 : flipped] =
                char(bytes[flipped < 0 ? bytes.size() - 5 : flipped] ^ 0x5a);
        file.resize(0);
        file.seek(0);
        file.write(bytes);
        file.close();
        QCOMPARE(changesSince(), QStringList{u"no-last-session"_s});
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_root, m_file;
};

QTEST_GUILESS_MAIN(TestLastServed)
#include "tst_lastserved.moc"
