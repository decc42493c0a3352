// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/level.h"
#include "logs/linesplitter.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::logs;

namespace {

/// "text|0+4 f1 b|…" as tests write it: lines with their spans.
QString shown(const QList<StyledLine> &lines)
{
    QStringList parts;
    for (const StyledLine &line : lines) {
        QString part = line.text;
        for (const Span &span : line.spans) {
            part += u" <%1+%2"_s.arg(span.start).arg(span.length);
            if (span.foreground >= 0)
                part += u" f%1"_s.arg(QString::number(span.foreground, span.foreground > 255 ? 16 : 10));
            if (span.background >= 0)
                part += u" b%1"_s.arg(QString::number(span.background, span.background > 255 ? 16 : 10));
            part += span.bold ? u" bold>"_s : u">"_s;
        }
        parts.append(part);
    }
    return parts.join(u'\n');
}

QList<StyledLine> split(const QByteArray &bytes, qsizetype piece)
{
    LineSplitter splitter;
    QList<StyledLine> lines;
    for (qsizetype at = 0; at < bytes.size(); at += piece)
        lines += splitter.feed(QByteArrayView(bytes).sliced(at, std::min(piece, bytes.size() - at)));
    return lines + splitter.finish();
}

} // namespace

class TestLineSplitter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void text_data();
    void text();
    void longLines();
    void partial();
    void anyBytes();
    void levels_data();
    void levels();
};

void TestLineSplitter::text_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QByteArray &bytes, const QString &expected) {
        QTest::newRow(name) << bytes << expected;
    };
    row("lines", "one\ntwo\r\nthree", u"one\ntwo\nthree"_s);
    row("empty lines", "\n\na\n", u"\n\na"_s);
    row("tab stays", "a\tb\n", u"a\tb"_s);
    row("UTF-8", "€ 𝄞 né\n", u"€ 𝄞 né"_s);
    row("broken UTF-8", "a\xff\xc3(b\n", u"a\uFFFD\uFFFD(b"_s);
    row("ends in a character", "price \xe2\x82", u"price \uFFFD"_s);
    row("ends after a character", "price €", u"price €"_s);

    row("colour", "\x1b[31mred\x1b[0m plain\n", u"red plain <0+3 f1>"_s);
    row("colour over lines", "\x1b[32ma\nb\x1b[m\n", u"a <0+1 f2>\nb <0+1 f2>"_s);
    row("bright, background, bold", "\x1b[1;93;44mx\x1b[22;39;49my\n", u"xy <0+1 f11 b4 bold>"_s);
    row("256 colours", "\x1b[38;5;9ma\x1b[38;5;196mb\x1b[48;5;244mc\x1b[0m\n",
        u"abc <0+1 f9> <1+1 f1ff0000> <2+1 f1ff0000 b1808080>"_s);
    row("true colour", "\x1b[38;2;1;2;255mx\x1b[48:2::16:32:48my\x1b[0m\n",
        u"xy <0+1 f10102ff> <1+1 f10102ff b1102030>"_s);
    row("true colour, colons", "\x1b[38:5:1mx\n", u"x <0+1 f1>"_s);
    row("cut off colour", "\x1b[38;5mx\n", u"x"_s);
    row("underlined in parts", "\x1b[4:3mx\x1b[0m\n", u"x"_s);
    row("equal runs are one", "\x1b[31ma\x1b[31mb\n", u"ab <0+2 f1>"_s);

    row("cursor and erase", "\x1b[2J\x1b[H\x1b[?25lx\x1b[?25h\x1b[10;20Hy\n", u"xy"_s);
    row("title, BEL", "\x1b]0;title\x07text\n", u"text"_s);
    row("title, ST", "\x1b]0;title\x1b\\text\n", u"text"_s);
    row("link", "\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\!\n", u"link!"_s);
    row("DCS, APC, PM, SOS", "\x1bPq#0\x1b\\a\x1b_x\x1b\\b\x1b^y\x1b\\c\x1bXz\x1b\\d\n", u"abcd"_s);
    row("clipboard", "\x1b]52;c;ZXZpbA==\x07ok\n", u"ok"_s);
    row("charset, keypad, save",
        "\x1b(B\x1b=\x1b>\x1b"
        "7\x1b"
        "8\x1b#8x\n",
        u"x"_s);
    row("C1",
        "\xc2\x9b"
        "31mred\xc2\x9b"
        "0m\xc2\x9d"
        "0;t\xc2\x9c.\n",
        u"red. <0+3 f1>"_s);
    row("control characters",
        QByteArray("a\0b\x07"
                   "c\x0b"
                   "d\x0c"
                   "e\x7f"
                   "f\x01\n",
                   13),
        u"abcdef"_s);
    row("line separators",
        "a\xe2\x80\xa8"
        "b\xe2\x80\xa9"
        "c\n",
        u"a b c"_s);
    row("sequence without end", "\x1b]0;never\nnext\n", u"\nnext"_s);
    row("cancelled", "\x1b[31\x18x\n", u"x"_s);
    row("sequence in a sequence", "\x1b[3\x1b[32mx\n", u"x <0+1 f2>"_s);
    row("title, then a colour", "\x1b]0;t\x1b[31mx\n", u"x <0+1 f1>"_s);
    row("lone escape at the end", "x\x1b", u"x"_s);
    row("markup is text", "<b>&amp;</b>\n", u"<b>&amp;</b>"_s);

    row("progress", "10%\r50%\r100%\n", u"100%"_s);
    row("progress, erased", "working\r\x1b[Kdone\n", u"done"_s);
    row("progress, colour", "\x1b[31m10%\r\x1b[32m100%\x1b[0m\n", u"100% <0+4 f2>"_s);
    row("return at the end", "kept\r", u"kept"_s);
    row("returns and line end", "kept\r\r\n", u"kept"_s);
    row("backspace", "abc\b\bX\n", u"aX"_s);
    row("spinner", "|\b/\b-\b\\\bok\n", u"ok"_s);
    row("backspace over a pair", "a𝄞\bb\n", u"ab"_s);
    row("backspace in colour", "\x1b[31mab\b\b\b\x1b[0mc\n", u"c"_s);
}

/// However the bytes come, the lines are the same.
void TestLineSplitter::text()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    for (const qsizetype piece : {bytes.size(), qsizetype(1), qsizetype(2), qsizetype(3), qsizetype(7)})
        QCOMPARE(shown(split(bytes, std::max<qsizetype>(1, piece))), expected);
}

void TestLineSplitter::longLines()
{
    LineSplitter splitter(1000);
    QByteArray line(5000, 'x');
    QList<StyledLine> lines = splitter.feed(line);
    QVERIFY(lines.isEmpty());
    lines = splitter.feed(QByteArray(line + "\nnext\n"));
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0].cut, 9000);
    QVERIFY(lines[0].text.startsWith(QString(1000, u'x') + u' '));
    QVERIFY(lines[0].text.contains(u"9000"_s));
    QVERIFY(lines[0].text.size() < 1100);
    QCOMPARE(lines[1].text, u"next"_s);
    QCOMPARE(lines[1].cut, 0);
    // A cut goes through no character.
    LineSplitter odd(3);
    lines = odd.feed("ab𝄞c\n");
    QVERIFY(lines[0].text.startsWith(u"ab …"_s) || lines[0].text.startsWith(u"ab "_s));
    QVERIFY(!lines[0].text.contains(QChar(0xd834)));
}

void TestLineSplitter::partial()
{
    LineSplitter splitter;
    QVERIFY(splitter.feed("Continue? ").isEmpty());
    QVERIFY(splitter.hasPartial());
    QCOMPARE(shown(splitter.takePartial()), u"Continue? "_s);
    QVERIFY(!splitter.hasPartial());
    QCOMPARE(shown(splitter.feed("yes\n")), u"yes"_s);
}

/// Any bytes at all: no crash, no control character in any text, spans within their line.
void TestLineSplitter::anyBytes()
{
    quint32 state = 12345;
    const auto next = [&state] { return state = state * 1664525 + 1013904223; };
    static constexpr char likely[] = "\x1b[]m;:0123456789\n\r\b\x07\\P_X^?Kx\xe2\x82\xac\xc2\x9b";
    for (int round = 0; round < 2000; ++round) {
        QByteArray bytes;
        for (int i = 0; i < 200; ++i) {
            const quint32 r = next() >> 8;
            bytes.append(r % 4 == 0 ? char(r >> 8) : likely[(r >> 8) % (sizeof likely - 1)]);
        }
        for (const StyledLine &line : split(bytes, 1 + next() % 50)) {
            for (const QChar c : line.text)
                QVERIFY2(c == u'\t' || (c.unicode() >= 0x20 && (c.unicode() < 0x7f || c.unicode() > 0x9f)),
                         qPrintable(line.text));
            int end = 0;
            for (const Span &span : line.spans) {
                QVERIFY(span.start >= end && span.length > 0);
                end = span.start + span.length;
            }
            QVERIFY(end <= line.text.size());
        }
    }
}

void TestLineSplitter::levels_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<Level>("level");
    const auto row = [](const char *line, Level level) { QTest::newRow(line) << QString::fromUtf8(line) << level; };
    row("[ERROR] it failed", Level::Error);
    row("12:00:01.123 ERROR it failed", Level::Error);
    row("2026-01-02T03:04:05.678Z [WARN] slow", Level::Warn);
    row("error: could not resolve", Level::Error);
    row("TypeError: x is not a function", Level::Error);
    row("Uncaught ReferenceError: y", Level::Error);
    row("Error: boom", Level::Error);
    row("warning: deprecated", Level::Warn);
    row("[debug] cache miss", Level::Debug);
    row("DEBUG cache miss", Level::Debug);
    row("INFO  [users] created", Level::Info);
    row("{\"level\":\"warn\",\"msg\":\"x\"}", Level::Warn);
    row("{\"time\":1,\"level\":50,\"msg\":\"x\"}", Level::Error);
    row("{\"level\":30}", Level::Info);
    row("fatal: not a git repository", Level::Error);
    // Fall back to the default, Info:
    row("no error occurred", Level::Info);
    row("handled error in 3 ms", Level::Info);
    row("errors: 0", Level::Info);
    row("listening on 3000", Level::Info);
    row("the word warn alone", Level::Info);
    row("", Level::Info);
}

void TestLineSplitter::levels()
{
    QFETCH(QString, line);
    QFETCH(Level, level);
    QVERIFY2(detectLevel(line) == level, toString(detectLevel(line)).data());
    QVERIFY(detectLevel(u"nothing said", Level::Warn) == Level::Warn);
}

QTEST_GUILESS_MAIN(TestLineSplitter)
#include "tst_linesplitter.moc"
