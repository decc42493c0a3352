// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "generated.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>

namespace bench {

using namespace Qt::StringLiterals;

void write(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(path));
}

QByteArray plugin(int number, int methods, int marker)
{
    QByteArray text = "import { createPlugin } from \"@donkeylabs/server\";\nimport { helper } from \"./helper\";\n\n";
    const QByteArray n = QByteArray::number(number);
    text += "export interface Item" + n + " { id: string; title: string; count: number }\n\n";
    text += "export const p" + n + "Plugin = createPlugin.define({\n  name: \"p" + n +
            "\",\n  service: async (ctx) => ({\n";
    for (int i = 0; i < methods; ++i) {
        const QByteArray m = QByteArray::number(i);
        text +=
            "    async get" + m + "(id: string, limit: number = 10): Promise<Item" + n +
            " | null> {\n"
            "      const rows = await ctx.db.selectFrom(\"items\").selectAll().where(\"id\", \"=\", id).execute();\n"
            "      if (rows.length > limit) throw new Error(`too many: ${rows.length} of ${limit}`);\n"
            "      return helper(rows[" +
            (i == methods / 2 ? QByteArray::number(marker) : m) + "] ?? null);\n    },\n";
    }
    return text + "  }),\n});\n";
}

namespace {

QByteArray router(int number, int routes)
{
    const QByteArray n = QByteArray::number(number);
    QByteArray text =
        "import { createRouter } from \"@donkeylabs/server\";\nimport { z } from \"zod\";\n\nexport const r" + n +
        " = createRouter(\"r" + n + "\")\n";
    for (int i = 0; i < routes; ++i)
        text += "  .route(\"a" + QByteArray::number(i) +
                "\").typed({ input: z.object({ id: z.string() }), handle: async (input, ctx) => ctx.plugins.p" + n +
                ".get0(input.id) })\n";
    return text + ";\n";
}

} // namespace

void makeWorkspace(const QString &root, int plugins, int routes, int files)
{
    write(root + u"/package.json"_s, R"({ "name": "bench", "dependencies": { "@donkeylabs/server": "2.5.1" } })");
    QByteArray entry = "import { AppServer } from \"@donkeylabs/server\";\n",
               uses = "const server = new AppServer({});\n";
    const int routers = std::max(1, routes / 10);
    for (int i = 0; i < plugins; ++i) {
        const QByteArray n = QByteArray::number(i);
        const QString dir = root + u"/src/plugins/p%1/"_s.arg(i);
        write(dir + u"index.ts"_s, plugin(i, 6, 1));
        write(dir + u"helper.ts"_s, "export const helper = <T>(x: T): T => x;\n");
        entry += "import { p" + n + "Plugin } from \"./plugins/p" + n + "\";\n";
        uses += "server.registerPlugin(p" + n + "Plugin);\n";
    }
    for (int i = 0; i < routers; ++i) {
        const QByteArray n = QByteArray::number(i);
        write(root + u"/src/routes/r%1.ts"_s.arg(i), router(i, 10));
        entry += "import { r" + n + " } from \"./routes/r" + n + "\";\n";
        uses += "server.use(r" + n + ");\n";
    }
    for (int i = 2 * plugins + routers + 1; i < files; ++i) {
        const QByteArray n = QByteArray::number(i);
        write(root + u"/src/lib/d%1/m%2.ts"_s.arg(i / 200).arg(i),
              "export interface T" + n + " { a: string; b: number }\n\nexport function f" + n + "(x: T" + n +
                  "): string {\n  const text = x.a.trim();\n  return text.length > x.b ? text.slice(0, x.b) : "
                  "`${text}!`;\n}\n");
    }
    write(root + u"/src/index.ts"_s, entry + uses);
}

} // namespace bench
