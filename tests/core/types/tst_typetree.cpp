// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/typetree.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::types;
using Kind = Type::Kind;

class TstTypeTree final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("again"); ///< as printed; empty: the same
        const auto row = [](const char *name, const QString &text, Kind kind, const QString &again = {}) {
            QTest::newRow(name) << text << int(kind) << again;
        };
        row("primitive", u"string"_s, Kind::Primitive);
        row("string literal", u"\"a | b\""_s, Kind::Literal);
        row("escaped literal", u"\"a\\\"; b\""_s, Kind::Literal);
        row("number literal", u"-1.5"_s, Kind::Literal);
        row("bigint literal", u"12n"_s, Kind::Literal);
        row("boolean literal", u"true"_s, Kind::Literal);
        row("template", u"`user-${string}`"_s, Kind::Literal);
        row("name", u"User"_s, Kind::Reference);
        row("dotted name", u"Shop.Quote.Input"_s, Kind::Reference);
        row("arguments", u"Map<string, Page<User>>"_s, Kind::Reference);
        row("import", u"import(\"./node_modules/kysely/dist/a\").Generated<number>"_s, Kind::Reference);
        row("array", u"string[][]"_s, Kind::Array);
        row("array by name", u"Array<string>"_s, Kind::Array, u"string[]"_s);
        row("readonly array", u"readonly string[]"_s, Kind::Array);
        row("array of a union", u"(string | null)[]"_s, Kind::Array);
        row("tuple", u"[string, number?, ...boolean[]]"_s, Kind::Tuple);
        row("named tuple", u"[name: string, age?: number]"_s, Kind::Tuple);
        row("readonly tuple", u"readonly [1, 2]"_s, Kind::Tuple);
        row("union", u"\"a\" | \"b\" | null"_s, Kind::Union);
        row("leading bar", u"| \"a\" | \"b\""_s, Kind::Union, u"\"a\" | \"b\""_s);
        row("intersection", u"User & { id: string; }"_s, Kind::Intersection);
        row("precedence", u"A & B | C"_s, Kind::Union, u"(A & B) | C"_s);
        row("function", u"(id: string, deep?: boolean, ...more: string[]) => Promise<void>"_s, Kind::Function);
        row("generic function", u"<T extends string = \"a\", U = T>(id: T) => U"_s, Kind::Function);
        row("constructor", u"new (id: string) => User"_s, Kind::Function);
        row("function of functions", u"(each: (id: string) => void) => () => void"_s, Kind::Function);
        row("destructured", u"({ id, name }: User) => void"_s, Kind::Function);
        row("function in a union", u"(() => void) | null"_s, Kind::Union);
        row("overloads", u"{ (id: string): string; (id: number): number; }"_s, Kind::Function);
        row("object", u"{ id: string; name?: string; readonly at: Date; }"_s, Kind::Object);
        row("empty object", u"{}"_s, Kind::Object);
        row("quoted names", u"{ \"order.placed\": number; \"plain\": string; }"_s, Kind::Object,
            u"{ \"order.placed\": number; plain: string; }"_s);
        row("commas, no last one", u"{ a: string, b: number }"_s, Kind::Object, u"{ a: string; b: number; }"_s);
        row("method", u"{ get(id: string): User; }"_s, Kind::Object, u"{ get: (id: string) => User; }"_s);
        row("overloaded method", u"{ get(id: string): User; get(id: number): User; }"_s, Kind::Object,
            u"{ get: { (id: string): User; (id: number): User; }; }"_s);
        row("index signature", u"{ [key: string]: number; }"_s, Kind::Object, u"{ [x: string]: number; }"_s);
        row("symbol member", u"{ [Symbol.iterator]: string; }"_s, Kind::Object);
        row("property named readonly", u"{ readonly: boolean; get: string; new?: number; }"_s, Kind::Object,
            u"{ readonly: boolean; get: string; new?: number; }"_s);
        row("keyof", u"keyof User"_s, Kind::Other);
        row("typeof", u"typeof import(\"./a\").b"_s, Kind::Other);
        row("indexed access", u"User[\"id\"]"_s, Kind::Other);
        row("conditional", u"T extends string ? A : B"_s, Kind::Other);
        row("mapped", u"{ [K in keyof T]: T[K]; }"_s, Kind::Other);
        row("nonsense", u"{ not a type"_s, Kind::Other);
        row("nothing", u""_s, Kind::Other);
    }

    void reads()
    {
        QFETCH(QString, text);
        QFETCH(int, kind);
        QFETCH(QString, again);
        const Type type = parseType(text);
        QCOMPARE(int(type.kind), kind);
        QCOMPARE(printed(type), again.isEmpty() ? text : again);
        QCOMPARE(printed(parseType(printed(type))), printed(type)); // what is printed reads back the same
    }

    void equalMeaning_data()
    {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        QTest::addColumn<bool>("equal");
        QTest::newRow("order of cases") << u"A | B | null"_s << u"null | B | A"_s << true;
        QTest::newRow("order of members") << u"{ a: 1; b: 2 }"_s << u"{ b: 2; a: 1 }"_s << true;
        QTest::newRow("names of parameters") << u"(id: string) => void"_s << u"(key: string) => void"_s << true;
        QTest::newRow("optional") << u"{ a: 1 }"_s << u"{ a?: 1 }"_s << false;
        QTest::newRow("readonly") << u"{ a: 1 }"_s << u"{ readonly a: 1 }"_s << false;
        QTest::newRow("order of parameters") << u"(a: 1, b: 2) => void"_s << u"(a: 2, b: 1) => void"_s << false;
        QTest::newRow("order of arguments") << u"Map<A, B>"_s << u"Map<B, A>"_s << false;
    }

    void equalMeaning()
    {
        QFETCH(QString, one);
        QFETCH(QString, other);
        QFETCH(bool, equal);
        QCOMPARE(canonical(parseType(one)) == canonical(parseType(other)), equal);
    }

    void namesOutside()
    {
        const Type type = parseType(u"<T>(id: T, user: User) => Promise<{ team: Team; own: keyof Keys }>"_s);
        QStringList names = mentionedNames(type);
        for (const auto &name : {u"User"_s, u"Promise"_s, u"Team"_s, u"Keys"_s})
            QVERIFY2(names.contains(name), qPrintable(names.join(u' ')));
        QVERIFY(!names.contains(u"T"_s));
    }

    void deepTextsEnd()
    {
        QVERIFY(parseType(QString(5000, u'(')).is(Kind::Other));
        QVERIFY(parseType(u"Array<"_s.repeated(5000)).is(Kind::Other));
    }
};

QTEST_GUILESS_MAIN(TstTypeTree)
#include "tst_typetree.moc"
