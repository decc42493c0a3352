// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/codepaint.h"

#include <QFont>
#include <QGlyphRun>
#include <QPainter>
#include <QRawFont>
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

namespace paddock::ui {

namespace {

constexpr char16_t FirstGlyph = 0x20;
constexpr char16_t LastGlyph = 0x7e;

/// The glyphs of a font, once.
struct Glyphs
{
    QFont font;
    QRawFont raw;
    std::array<quint32, LastGlyph - FirstGlyph + 1> indexes{};

    explicit Glyphs(const QFont &wanted) : font(wanted), raw(QRawFont::fromFont(wanted))
    {
        QString all;
        for (char16_t c = FirstGlyph; c <= LastGlyph; ++c)
            all += QChar(c);
        const QList<quint32> found = raw.glyphIndexesForString(all);
        std::copy_n(found.begin(), std::min(size_t(found.size()), indexes.size()), indexes.begin());
    }
};

const Glyphs &glyphsOf(const QFont &font)
{
    static std::unique_ptr<Glyphs> known;
    if (!known || known->font != font)
        known = std::make_unique<Glyphs>(font);
    return *known;
}

bool isPlain(const QString &text)
{
    return std::ranges::all_of(
        text, [](QChar c) { return (c.unicode() >= FirstGlyph && c.unicode() <= LastGlyph) || c.unicode() == u'\t'; });
}

QList<QTextLayout::FormatRange> formatsOf(const QList<CodeInk> &inks)
{
    QList<QTextLayout::FormatRange> formats;
    for (const CodeInk &one : inks) {
        QTextCharFormat format;
        if (one.ink.isValid())
            format.setForeground(one.ink);
        if (one.ground.isValid())
            format.setBackground(one.ground);
        formats.append({one.start, one.length, format});
    }
    return formats;
}

} // namespace

qreal paintLaidOut(QPainter &painter, const QRectF &line, const QString &text,
                   const QList<QTextLayout::FormatRange> &formats, const QFont &font, qreal tab)
{
    QTextLayout layout(text, font);
    layout.setFormats(formats);
    QTextOption option;
    option.setWrapMode(QTextOption::NoWrap);
    if (tab > 0)
        option.setTabStopDistance(tab);
    layout.setTextOption(option);
    layout.setCacheEnabled(false);
    layout.beginLayout();
    const QTextLine laid = layout.createLine();
    layout.endLayout();
    if (!laid.isValid())
        return 0;
    layout.draw(&painter, QPointF(line.left(), line.top() + (line.height() - laid.height()) / 2));
    return laid.naturalTextWidth();
}

void paintCode(QPainter &painter, const QRectF &line, const QString &text, const QList<CodeInk> &inks,
               const QFont &font, qreal advance, const QColor &ink)
{
    painter.setPen(ink);
    if (!isPlain(text))
        return void(paintLaidOut(painter, line, text, formatsOf(inks), font, advance));
    const Glyphs &glyphs = glyphsOf(font);
    std::vector<QRgb> colours(size_t(text.size()), ink.rgba());
    for (const CodeInk &one : inks) {
        if (one.ground.isValid())
            painter.fillRect(QRectF(line.left() + one.start * advance, line.top(), one.length * advance, line.height()),
                             one.ground);
        const qsizetype end = std::min<qsizetype>(one.start + one.length, text.size());
        if (one.ink.isValid())
            for (qsizetype i = std::max(0, one.start); i < end; ++i)
                colours[size_t(i)] = one.ink.rgba();
    }
    const qreal height = glyphs.raw.ascent() + glyphs.raw.descent();
    const qreal base = std::round(line.top() + (line.height() - height) / 2 + glyphs.raw.ascent());
    QList<quint32> indexes;
    QList<QPointF> places;
    for (qsizetype at = 0; at < text.size();) {
        const QRgb colour = colours[size_t(at)];
        indexes.clear();
        places.clear();
        for (; at < text.size() && colours[size_t(at)] == colour; ++at) {
            if (text[at].isSpace())
                continue;
            indexes.append(glyphs.indexes[size_t(text[at].unicode() - FirstGlyph)]);
            places.append(QPointF(line.left() + double(at) * advance, base));
        }
        if (indexes.isEmpty())
            continue;
        QGlyphRun run;
        run.setRawFont(glyphs.raw);
        run.setGlyphIndexes(indexes);
        run.setPositions(places);
        painter.setPen(QColor::fromRgba(colour));
        painter.drawGlyphRun({}, run);
    }
}

} // namespace paddock::ui
