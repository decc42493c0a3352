// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/ast.h"
#include "syntax/reword.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::syntax;

namespace {

quint64 hashOf(const QByteArray &text, Language language)
{
    Parser parser;
    const Ast ast(*parser.parse(text, language));
    if (ast.hasError())
        qWarning("does not parse: %s", text.constData());
    return ast.hash(0);
}

} // namespace

class TestAst : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Which texts are the same program, whatever a formatter made of them, and which are not.
    void sameness_data()
    {
        QTest::addColumn<QByteArray>("a");
        QTest::addColumn<QByteArray>("b");
        QTest::addColumn<bool>("same");
        const auto row = [](const char *name, const char *a, const char *b, bool same) {
            QTest::newRow(name) << QByteArray(a) << QByteArray(b) << same;
        };
        row("line ends", "a();\nb();", "a();\r\nb();\r\n", true);
        row("line ends in a template", "x = `a\nb`", "x = `a\r\nb`", true);
        row("white space in a template", "x = `a b`", "x = `a  b`", false);
        row("comment in a template", "x = `a`", "x = `/**/a`", false);
        row("byte order mark", "a();",
            "\xEF\xBB\xBF"
            "a();",
            true);
        row("quotes", "x = 'a'", "x = \"a\"", true);
        row("escaped quotes", "x = 'it\\'s'", "x = \"it's\"", true);
        row("other escapes", "x = 'a\\n'", "x = 'an'", false);
        row("string and name", "x = 'a'", "x = a", false);
        row("quoted key", "x = { 'a': 1 }", "x = { a: 1 }", true);
        row("key that needs quotes", "x = { 'a-b': 1 }", "x = { 'ab': 1 }", false);
        row("computed key", "x = { [a]: 1 }", "x = { a: 1 }", false);
        row("trailing comma in a call", "f(a, b)", "f(a, b,)", true);
        row("trailing comma in an array", "x = [1, 2]", "x = [1, 2,]", true);
        row("hole in an array", "x = [1, , 2]", "x = [1, 2]", false);
        row("hole at the end", "x = [1, ,]", "x = [1]", false);
        row("trailing comma in a type", "type A = [a, b]", "type A = [a, b,]", true);
        row("semicolons", "a()\nb()", "a();b();", true);
        row("empty statement", "a();;", "a();", true);
        row("for", "for (;;) f()", "for (;f();) ;", false);
        row("parentheses", "x = (a + b) * c", "x = a + b * c", false);
        row("redundant parentheses", "x = a + (b * c)", "x = a + b * c", true);
        row("parentheses end an optional chain", "x = (a?.b).c", "x = a?.b.c", false);
        row("one parameter", "x = (a) => a", "x = a => a", true);
        row("async one parameter", "x = async (a) => a", "x = async a => a", true);
        row("two parameters", "x = (a, b) => a", "x = (b, a) => a", false);
        row("async", "x = () => a", "x = async () => a", false);
        row("number", "x = 1.50", "x = 1.5", true);
        row("hexadecimal", "x = 0XFF", "x = 0xff", true);
        row("numbers", "x = 10", "x = 1", false);
        row("union", "type A = | a | b", "type A = a | b", true);
        row("order of a union", "type A = b | a", "type A = a | b", false);
        row("parentheses in types", "type A = (a)[]", "type A = a[]", true);
        row("needed parentheses in types", "type A = (a | b)[]", "type A = a | b[]", false);
        row("members of an interface", "interface A { a: 1, b: 2 }", "interface A { a: 1; b: 2; }", true);
        row("class members", "class A { a = 1\nb = 2 }", "class A { a = 1; b = 2; }", true);
        row("optional", "interface A { a?: 1 }", "interface A { a: 1 }", false);
        row("import", "import { a } from 'b'", "import { a, } from \"b\";", true);
        row("import type", "import type { a } from 'b'", "import { a } from 'b'", false);
        row("regular expression", "x = /a b/", "x = /a  b/", false);
        row("return", "function f() { return a }", "function f() { return (\n a\n) }", true);
        row("shebang", "#!/usr/bin/env bun\na()", "a()", true);
        row("nothing", "", "// nothing", true);
    }
    void sameness()
    {
        QFETCH(QByteArray, a);
        QFETCH(QByteArray, b);
        QFETCH(bool, same);
        for (const Language language : {Language::TypeScript, Language::Tsx})
            QCOMPARE(hashOf(a, language) == hashOf(b, language), same);
    }

    void jsx()
    {
        const auto hash = [](const char *text) { return hashOf(text, Language::Tsx); };
        QCOMPARE(hash("x = <p>a b</p>"), hash("x = (\n  <p>\n    a b\n  </p>\n);"));
        QVERIFY(hash("x = <p>a b</p>") != hash("x = <p>a  b</p>"));
        QVERIFY(hash("x = <p>a</p>") != hash("x = <p>b</p>"));
    }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::newRow("none") << QByteArray("a();\n") << 0;
        QTest::newRow("second line") << QByteArray("a();\nb(;\n") << 2;
        QTest::newRow("string without end") << QByteArray("a();\n\nx = \"b\n") << 3;
        QTest::newRow("missing brace") << QByteArray("function f() {\n  a();\n") << 1;
    }
    void errors()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        Parser parser;
        const Ast ast(*parser.parse(text, Language::TypeScript));
        QCOMPARE(ast.hasError(), line > 0);
        if (text.contains("b(;") || text.contains('"'))
            QCOMPARE(ast.errorLine(), line);
    }

    /// What the grammar does not know is said so that it does, and on the same lines; all else is left alone.
    void reworded_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *text, const char *expected) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(expected);
        };
        row("await sql<{ n: number }>`a`.execute(db);", "await sql<{ n: number }>(`a`).execute(db);");
        row("x = a.sql<\n{ n: number; m?: string }[]>`a\n${b}`;",
            "x = a.sql<\n{ n: number; m?: string }[]>(`a\n${b}`);");
        row("f<{ a: 1 }>`x ${g<{ b: 2 }>`y ${{ c }}`} z`;", "f<{ a: 1 }>(`x ${g<{ b: 2 }>(`y ${{ c }}`)} z`);");
        row("sql<keyof T>`a`;", "sql<keyof T>(`a`);");
        row("sql<string>`a`;", "sql<string>`a`;");
        row("html`<p>{ a }</p>`; f(a, () =>`b`);", "html`<p>{ a }</p>`; f(a, () =>`b`);");
        row("x = '<{ a }>' // <{ a }>`b`", "x = '<{ a }>' // <{ a }>`b`");
        row("x = /[`/]<{}>`/g.test(y) ? a / b : `c`;", "x = /[`/]<{}>`/g.test(y) ? a / b : `c`;");
        row("type A = import(\"zod\").ZodType<any>;", "type A = import_zod.ZodType<any>;");
        row("type A = import('./a/b').C.D<any>;", "type A = import_$2e$2fa$2fb.C.D<any>;");
        row("f<import(\"./db\").DB>();", "f<import_$2e$2fdb.DB>();");
        row("f<typeof import(\"zod\")>();", "f<typeof import_zod>();");
        row("const a: import(\"zod\").B[] = [];", "const a: import_zod.B[] = [];");
        row("f<keyof import(\"zod\").B>();", "f<keyof import_zod.B>();");
        row("type A = import(\"zod\").ZodType;", "type A = import(\"zod\").ZodType;");
        row("await import(\"./a\").b<T>(); import(\"./a\").then<T>(b);",
            "await import(\"./a\").b<T>(); import(\"./a\").then<T>(b);");
        row("class A { accessor x = 1; static accessor #y = 2; static accessor is = 3; }",
            "class A { accessor x = 1; static  #y = 2; static  is = 3; }");
        row("for (using a of b) {}", "for (var   a of b) {}");
        row("export type * from \"./a\";", "export  * from \"./a\";");
        row("export { a } from \"./a.json\" with {\n type: \"json\" };", "export { a } from \"./a.json\" \n;");
        row("import a from \"./a.json\" with { type: \"json\" };",
            "import a from \"./a.json\" with { type: \"json\" };");
        row("interface A<in out T, in U, out out> { t: T }", "interface A<  T,  U,  out> { t: T }");
        row("f<{ a? /* why */ // really\n : b }>()", "f<{ a?  \n : b }>()");
    }
    void reworded()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(reword(text).text, expected);
        QCOMPARE(reword(expected).text, expected);
        Parser parser;
        QVERIFY(!Ast(*parser.parse(expected, Language::TypeScript)).hasError());
    }

    /// Words that the grammar takes for keywords, where they are names: they parse, and are read as they are.
    void plainNames_data()
    {
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char *text) { QTest::newRow(text) << QByteArray(text); };
        for (const char *word : {"abstract", "accessor"}) {
            for (const char *members : {"W = 2",
                                        "W",
                                        "W;",
                                        "W: number",
                                        "W?: number = 1",
                                        "W!: number",
                                        "W() {}",
                                        "W<T>() {}",
                                        "W?(): void",
                                        "private W = \"\"",
                                        "declare W: string",
                                        "W = 1; c = this.W",
                                        "W = (a: number) => a",
                                        "@d W = 1",
                                        "@d() W() {}",
                                        "b\n W = 1",
                                        "W = 1\n b",
                                        "W\n b = 2",
                                        "W\n b() {}",
                                        "W;\n b() {}",
                                        "static W = 1",
                                        "readonly W = 1",
                                        "override W = 1"})
                row(QByteArray("class A { " + QByteArray(members).replace("W", word) + " }"));
        }
        for (const char *text :
             {"interface A { abstract: number }",
              "interface A { abstract?: number; b: string }",
              "interface A { abstract(): void }",
              "interface A { abstract\n b: number }",
              "type A = { abstract: string, b: 1 }",
              "function f({ abstract }: { abstract: string }) {}",
              "x = { abstract: 1 }",
              "class A { declare = 1; type = 2; out = 3; satisfies = 4; using = 5; is = 6 }",
              "class A { async = 1; get = 2; set = 3; static = 4; readonly = 5; of = 6; as = 7; in = 8 }",
              "class A { declare\n type\n out() {}\n using() {} }",
              "class A { constructor(private as: string, readonly satisfies = 1) {} }",
              "abstract = 1;",
              "abstract.a();",
              "abstract(1, () => {});",
              "abstract`a`;",
              "a()\nabstract\nb()",
              "export default abstract;",
              "abstract ? 1 : 2;",
              "x = a as T\nabstract = 1;",
              "using = 1;",
              "using.a();",
              "using(1);",
              "using++;",
              "f(using, 1);",
              "f(...using);",
              "x = [using, b];",
              "x = using + 1;",
              "x = a || using;",
              "x = `${using}`;",
              "if (!using) {}",
              "for (using of a) {}",
              "for (const b of using.c()) {}",
              "x = using as any;",
              "x = (using) => using;",
              "function f(using, b?: number) { return using.a }",
              "const [using, b] = a;",
              "const { ...using } = a;",
              "a()\nusing\nb()",
              "let as;",
              "let satisfies: string = \"\";",
              "new satisfies.A();",
              "export { type };",
              "export { a, type } from \"a\";",
              "export type { type };",
              "type T = [string: string, number: number, object?: A];",
              "type T = (unique: string, never: A) => void;",
              "type = 1; declare = 2; out(); satisfies.a = of; module[0] = namespace;",
              "type\nx = 1"})
            row(text);
    }
    void plainNames()
    {
        QFETCH(QByteArray, text);
        const Reworded reworded = reword(text);
        QCOMPARE(reworded.names, text);
        Parser parser;
        const auto tree = parser.parse(reworded.text, Language::TypeScript);
        QVERIFY2(!tree->hasError(), reworded.text.constData());
        QCOMPARE(Ast(*tree->over(reworded.names)).source(), text);
    }

    /// Where such words are what the grammar takes them for, they stay.
    void keywords_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (
            const char *text :
            {"export abstract class A { abstract a: string; abstract b(): void; abstract get c(): number }",
             "abstract class A { protected abstract readonly a: string; abstract [b]: string; abstract \"c\": string }",
             "type T = abstract new () => A;", "class A { accessor a = 1; accessor #b = 2; private accessor [c] = 3; }",
             "using a = f();", "await using a = f();", "x = a as B; y = a satisfies B; z = [a as B];",
             "import { a as b, type c as d, type type as e } from \"a\"; import * as f from \"b\";",
             "export * as a from \"a\"; export { b as default };", "f(a ? string : b, { c: d }); x = [a ? number : b];",
             "type T = { readonly a: string; readonly [k: string]: unknown }; let a: unique symbol;"})
            QTest::newRow(text) << QByteArray(text);
    }
    void keywords()
    {
        QFETCH(QByteArray, text);
        QCOMPARE(reword(text).text, text);
        Parser parser;
        QVERIFY(!parser.parse(text, Language::TypeScript)->hasError());
    }

    void languages()
    {
        QVERIFY(languageOf(u"a.ts") == Language::TypeScript);
        QVERIFY(languageOf(u"a.d.ts") == Language::TypeScript);
        QVERIFY(languageOf(u"a.tsx") == Language::Tsx);
        QVERIFY(languageOf(u"a.js") == Language::Tsx);
        QVERIFY(!languageOf(u"a.json"));
        QVERIFY(!languageOf(u"ts"));
    }
};

QTEST_GUILESS_MAIN(TestAst)
#include "tst_ast.moc"
