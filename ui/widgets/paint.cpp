// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/paint.h"

#include "theme/icons.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyleOptionViewItem>
#include <QTextLayout>
#include <algorithm>
#include <cmath>

namespace paddock::ui::paint {

namespace {
constexpr qreal ChipHeight = 18;
constexpr qreal ChipPadding = 6;
constexpr qreal ChipIcon = 12;
} // namespace

qreal chipWidth(const QString &text, bool hasIcon)
{
    const qreal label = text.isEmpty() ? 0 : QFontMetricsF(Theme::smallFont()).horizontalAdvance(text);
    return std::ceil(label + 2 * ChipPadding + (hasIcon ? ChipIcon + (text.isEmpty() ? 0 : 4) : 0));
}

qreal chip(QPainter *painter, const QRectF &rect, qreal right, const QString &label, words::Tone tone,
           const QString &iconName)
{
    const qreal width = chipWidth(label, !iconName.isEmpty());
    const qreal height = qMax(ChipHeight, std::ceil(QFontMetricsF(Theme::smallFont()).height()) + 2);
    QRectF box(right - width, std::floor(rect.center().y() - height / 2), width, height);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(words::ground(tone));
    painter->drawRoundedRect(box, 4, 4);
    painter->restore();
    qreal left = box.left() + ChipPadding;
    if (!iconName.isEmpty()) {
        icon(painter, QRectF(left, box.top(), ChipIcon, box.height()), iconName, words::ink(tone), int(ChipIcon));
        left += ChipIcon + 4;
    }
    text(painter, QRectF(left, box.top(), box.right() - left, box.height()), label, Theme::smallFont(),
         words::ink(tone), Qt::AlignLeft, Qt::ElideNone);
    return box.left();
}

qreal text(QPainter *painter, const QRectF &rect, const QString &label, const QFont &font, const QColor &colour,
           Qt::Alignment alignment, Qt::TextElideMode elide)
{
    if (rect.width() <= 0 || label.isEmpty())
        return 0;
    const QFontMetricsF metrics(font);
    const QString shown = elide == Qt::ElideNone ? label : metrics.elidedText(label, elide, rect.width());
    painter->setFont(font);
    painter->setPen(colour);
    painter->drawText(rect, int(alignment | Qt::AlignVCenter) | Qt::TextSingleLine | Qt::TextDontClip, shown);
    return std::ceil(metrics.horizontalAdvance(shown));
}

namespace {

/// Names that are wider than the line may be broken, but between their words: ProductNot|Found, src/|plugins/|shop.ts.
QString breakable(const QString &text, const QFont &font, qreal width)
{
    constexpr QChar Break(0x200b);
    const QFontMetricsF metrics(font);
    if (metrics.horizontalAdvance(text) <= width)
        return text;
    QStringList words = text.split(u' ');
    for (QString &word : words) {
        if (metrics.horizontalAdvance(word) <= width)
            continue;
        QString parts;
        for (qsizetype i = 0; i < word.size(); ++i) {
            const bool isHump = i > 0 && word[i].isUpper() && word[i - 1].isLower();
            const bool isPart = i > 0 && (word[i - 1] == u'/' || word[i - 1] == u'_' || word[i - 1] == u'.');
            if (isHump || isPart)
                parts += Break;
            parts += word[i];
        }
        word = parts;
    }
    return words.join(u' ');
}

} // namespace

qreal wrapped(const QString &text, const QFont &font, qreal width, int lines, QPainter *painter, const QPointF &at)
{
    QTextLayout layout(breakable(text, font, width).replace(u'\n', QChar(QChar::LineSeparator)), font);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    layout.beginLayout();
    qreal height = 0;
    for (; lines > 0; --lines) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        line.setPosition({0, height});
        height += line.height();
    }
    layout.endLayout();
    if (painter)
        layout.draw(painter, at);
    return height;
}

void icon(QPainter *painter, const QRectF &rect, const QString &name, const QColor &colour, int size)
{
    const QPixmap pixmap = icons::pixmap(name, colour, size, painter->device()->devicePixelRatioF());
    painter->drawPixmap(QPointF(std::round(rect.center().x() - size / 2.0), std::round(rect.center().y() - size / 2.0)),
                        pixmap);
}

void dot(QPainter *painter, const QPointF &centre, qreal radius, const QColor &colour)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colour);
    painter->drawEllipse(centre, radius, radius);
    painter->restore();
}

void sparkline(QPainter *painter, const QRectF &rect, const QList<double> &values, const QColor &colour)
{
    if (values.isEmpty())
        return;
    const QRectF box = rect.adjusted(2, 3, -3, -3);
    const double top = *std::ranges::max_element(values);
    const double step = box.width() / double(qMax<qsizetype>(values.size() - 1, 5));
    // Newest at the right edge; a square root keeps one slow outlier from flattening the rest.
    const auto at = [&](qsizetype i) {
        const double share = values.size() == 1 ? 0.5 : top > 0 ? std::sqrt(values[i] / top) : 0;
        return QPointF(box.right() - double(values.size() - 1 - i) * step, box.bottom() - share * box.height());
    };
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QPainterPath path(at(0));
    for (qsizetype i = 1; i < values.size(); ++i)
        path.lineTo(at(i));
    if (values.size() > 1) {
        QPainterPath area = path;
        area.lineTo(box.right(), box.bottom() + 2);
        area.lineTo(at(0).x(), box.bottom() + 2);
        QColor wash = colour;
        wash.setAlphaF(0.12F);
        painter->fillPath(area, wash);
    }
    painter->setPen(QPen(colour, 1.25, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPath(path);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colour);
    painter->drawEllipse(at(values.size() - 1), 2, 2);
    painter->restore();
}

void rowGround(QPainter *painter, const QStyleOptionViewItem &option)
{
    const Tokens &t = Theme::tokens();
    const bool active = option.state.testFlag(QStyle::State_Active);
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, active ? t.selection : t.selectionInactive);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(option.rect, t.hover);
    const bool current =
        option.state.testFlag(QStyle::State_HasFocus) &&
        (option.state.testFlag(QStyle::State_Selected) || option.state.testFlag(QStyle::State_KeyboardFocusChange));
    if (current && active && option.rect.left() < 40)
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 2, option.rect.height()), t.accent);
}

} // namespace paddock::ui::paint
