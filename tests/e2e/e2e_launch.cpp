// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Servers started by what package.json says, with the agent in them and without reloaders beside it.
#include "shopcase.h"

#include <QJsonDocument>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const QJsonObject TenApples{{u"items"_s, QJsonArray{QJsonObject{{u"productId"_s, u"apple"_s}, {u"quantity"_s, 10}}}}};
const auto Discounts = u"src/plugins/pricing/discounts.ts"_s;

} // namespace

class E2eLaunch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init() { openShop(m_shop); }

    void cleanup() { closeShop(m_shop); }

    void aScript_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("environment"); ///< that the server's process must have
        QTest::addColumn<QString>("replaced");       ///< that a remark names; empty: there is none
        QTest::newRow("--watch") << u"dev"_s << u"bun --watch src/index.ts"_s << QByteArray() << u"--watch"_s;
        QTest::newRow("--hot with an environment") << u"dev"_s << u"SHOP_MOOD='quite sunny' bun --hot src/index.ts"_s
                                                   << QByteArray("SHOP_MOOD=quite sunny") << u"--hot"_s;
        QTest::newRow("a chain") << u"dev"_s << u"export SHOP_MOOD=rainy && bun --watch src/index.ts"_s
                                 << QByteArray("SHOP_MOOD=rainy") << u"--watch"_s;
        QTest::newRow("by way of a script of the shell's")
            << u"dev"_s << u"sh -c 'exec bun src/index.ts' || bun --version"_s << QByteArray() << QString();
        QTest::newRow("named") << u"counter"_s << u"SHOP_MOOD=busy bun src/index.ts"_s << QByteArray("SHOP_MOOD=busy")
                               << QString();
    }

    void aScript()
    {
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(QByteArray, environment);
        QFETCH(QString, replaced);
        setScript(name, text);
        QStringList arguments{u"--trust"_s};
        if (name != "dev"_L1)
            arguments << u"--script"_s << name;
        QVERIFY2(m_shop->start(arguments), qPrintable(m_shop->dev->errorOutput()));
        const qint64 pid = m_shop->pid();
        QVERIFY(!procFile(pid, u"cmdline"_s).contains("--watch"));
        QVERIFY(!procFile(pid, u"cmdline"_s).contains("--hot"));
        QVERIFY(environment.isEmpty() || procFile(pid, u"environ"_s).contains(environment));
        QStringList remarks;
        for (const QJsonObject &problem : m_shop->dev->eventsOf(u"problem"_s))
            if (problem.value("code"_L1) == "reloader-replaced"_L1)
                remarks.append(problem.value("message"_L1).toString());
        QCOMPARE(remarks.size(), replaced.isEmpty() ? 0 : 1);
        QVERIFY(replaced.isEmpty() || remarks.first().contains(replaced));

        m_shop->workspace.edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        QCOMPARE(m_shop->outcome(u"pricing"_s), u"swapped"_s);
        QCOMPARE(m_shop->dev->call(u"shop.quote"_s, TenApples).body["discount"_L1].toString(), u"crate"_s);
        QCOMPARE(m_shop->pid(), pid);
        QCOMPARE(m_shop->dev->interrupt(), 0);
        QTRY_VERIFY(!QFile::exists(u"/proc/%1"_s.arg(pid)));
    }

    /// The server is a guest of another one, which has the port: as below vite.
    void inProcess()
    {
        m_shop->workspace.edit(u"src/index.ts"_s, u"await server.start();"_s, u"export { server };"_s);
        m_shop->workspace.save(u"scripts/host.ts"_s,
                               u"import { server } from \"../src/index\";\n"
                               "await server.initialize();\n"
                               "Bun.serve({\n"
                               "  port: Number(process.env.PORT),\n"
                               "  hostname: \"127.0.0.1\",\n"
                               "  fetch: async (request) => {\n"
                               "    const route = new URL(request.url).pathname.slice(1);\n"
                               "    if (route.startsWith(\"_\")) return new Response(\"no page\", { status: 404 });\n"
                               "    return (await server.handleRequest(request, route, \"127.0.0.1\")) ?? new "
                               "Response(\"\", { status: 404 });\n"
                               "  },\n"
                               "});\n"_s);
        setScript(u"dev"_s, u"bun --bun scripts/host.ts && true"_s);
        QVERIFY2(m_shop->start(), qPrintable(m_shop->dev->errorOutput()));
        QCOMPARE(m_shop->dev->server().value("port"_L1).toInt(), m_shop->workspace.port());
        const qint64 pid = m_shop->pid();
        m_shop->workspace.edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        QCOMPARE(m_shop->outcome(u"pricing"_s), u"swapped"_s);
        QCOMPARE(m_shop->dev->call(u"shop.quote"_s, TenApples).body["discount"_L1].toString(), u"crate"_s);
        m_shop->workspace.edit(u"src/routes/shop.ts"_s, u"\"pong\\n\""_s, u"\"PONG\\n\""_s);
        QTRY_COMPARE(m_shop->dev->call(u"shop.ping"_s).body.toString(), u"PONG\n"_s);
        QCOMPARE(m_shop->pid(), pid);
        QCOMPARE(m_shop->run({u"rollback"_s, u"pricing"_s}).status, 0);
        QCOMPARE(m_shop->dev->call(u"shop.quote"_s, TenApples).body["discount"_L1].toString(), u"bulk"_s);
    }

    void anUnknownScript()
    {
        m_shop->dev = std::make_unique<DevSession>(m_shop->workspace);
        m_shop->dev->start({u"--trust"_s, u"--script"_s, u"nothing"_s});
        const QJsonObject problem = m_shop->dev->waitFor([](const QJsonObject &e) {
            return e.value("event"_L1) == "problem"_L1 && e.value("code"_L1) == "no-script"_L1;
        });
        QVERIFY(problem.value("message"_L1).toString().contains(u"nothing"_s));
        QTRY_VERIFY_WITH_TIMEOUT(!m_shop->dev->isRunning(), 20'000);
        QCOMPARE(m_shop->dev->process().exitCode(), 1);
    }

private:
    void setScript(const QString &name, const QString &text)
    {
        QJsonObject package = QJsonDocument::fromJson(m_shop->workspace.read(u"package.json"_s).toUtf8()).object();
        QJsonObject scripts = package.value("scripts"_L1).toObject();
        scripts.insert(name, text);
        package.insert("scripts"_L1, scripts);
        m_shop->workspace.save(u"package.json"_s, QString::fromUtf8(QJsonDocument(package).toJson()));
    }

    static QByteArray procFile(qint64 pid, const QString &name)
    {
        QFile file(u"/proc/%1/%2"_s.arg(pid).arg(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<Shop> m_shop;
};

QTEST_GUILESS_MAIN(E2eLaunch)
#include "e2e_launch.moc"
