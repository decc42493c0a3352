// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mutate.h"

#include <QDirIterator>
#include <QFile>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

const QList<QByteArray> &tokens()
{
    static const QList<QByteArray> list{
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "=>",
        "`${",
        "`",
        "'",
        "\"",
        "/*",
        "*/",
        "//",
        "...",
        "?.",
        "?",
        ":",
        "<",
        ">",
        "\\",
        ";",
        ",",
        "=",
        "@",
        "#",
        "\xff",
        QByteArray(1, '\0'),
        "\n",
        "\r\n",
        "\xEF\xBB\xBF",
        "\xE2\x80\xA8",
        "\\u{1F600}",
        "a",
        "this",
        "null",
        "as const",
        " as any",
        " satisfies T",
        "export ",
        "export * from \"./a\";",
        "export default ",
        "import ",
        "import(",
        "import type { A } from \"../a\";",
        "require(\"./a\")",
        "class A extends A {",
        "interface I extends I {",
        "enum E { A = 1 }",
        "type T = typeof ",
        "ReturnType<typeof f>",
        "namespace N {",
        "async ",
        "await ",
        "function* ",
        "get ",
        "static ",
        "createPlugin.define(",
        "createPlugin.withSchema<S>()",
        ".withConfig<C>()",
        "createRouter(\"x\")",
        "defineRoute({",
        ".route(\"x\")",
        ".typed({",
        ".use(",
        ".middleware.auth({",
        "server.start()",
        "name: \"a\",",
        "service: async (ctx) => ({",
        "dependencies: [\"a\"] as const,",
    };
    return list;
}

} // namespace

QByteArray mutatedProgram(QByteArray text, const QList<QByteArray> &others, QRandomGenerator &random)
{
    const int rounds = 1 + random.bounded(4);
    for (int i = 0; i < rounds; ++i) {
        const qsizetype at = text.isEmpty() ? 0 : random.bounded(text.size());
        const qsizetype length = std::min<qsizetype>(text.size() - at, 1 + random.bounded(60));
        const QByteArray &other = others[random.bounded(others.size())];
        const QByteArray &token = tokens()[random.bounded(tokens().size())];
        switch (random.bounded(9)) {
        case 0: text.remove(at, length); break;
        case 1: text.insert(at, token); break;
        case 2:
            if (!text.isEmpty())
                text[at] = static_cast<char>(random.bounded(256));
            break;
        case 3: text.insert(at, text.mid(at, length)); break;
        case 4: text.insert(at, other.mid(random.bounded(std::max<qsizetype>(1, other.size())), 200)); break;
        case 5: text.truncate(at); break;
        case 6: text.insert(at, QByteArray(1, "([{<`"[random.bounded(5)]).repeated(random.bounded(300))); break;
        case 7:
            if (const QByteArray piece = text.mid(at, 3); !piece.isEmpty())
                text.replace(piece, token);
            break;
        case 8: text = other; break;
        }
        text.truncate(60000);
    }
    return text;
}

QList<QByteArray> seedPrograms()
{
    QList<QByteArray> seeds;
    const QString fixtures = QStringLiteral(PADDOCK_SOURCE_DIR "/tests/fixtures");
    QDirIterator it(fixtures + u"/workspaces"_s, {u"*.ts"_s, u"*.json"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        if (file.open(QIODevice::ReadOnly))
            seeds.append(file.readAll());
    }
    for (const QString &name : QDir(fixtures + u"/discovery"_s).entryList({u"*.txt"_s})) {
        QFile file(fixtures + u"/discovery/"_s + name);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        QByteArray program; // "== path" begins one
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (!line.startsWith("== ")) {
                program += line + '\n';
                continue;
            }
            seeds.append(program);
            program.clear();
        }
        seeds.append(program);
    }
    seeds.removeAll(QByteArray());
    return seeds;
}
