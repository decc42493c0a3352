// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/typesdelegate.h"

#include "models/comparedfilesmodel.h"
#include "models/roles.h"
#include "models/typefindingsmodel.h"
#include "widgets/paint.h"

#include <QAbstractItemView>
#include <QPainter>
#include <cmath>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::TypeRow;
using types::Severity;

namespace {

constexpr int LabelWidth = 92;
constexpr qsizetype MostLines = 16; // of code; all of it can be copied

TypeRow rowOf(const QModelIndex &index)
{
    return TypeRow(index.data(models::TypeRowRole).toInt());
}

bool isCode(TypeRow row)
{
    return row == TypeRow::Example || row == TypeRow::Was || row == TypeRow::Is;
}

int heightOf(const QFont &font)
{
    return int(std::ceil(QFontMetricsF(font).height()));
}

QString iconOf(Severity severity)
{
    switch (severity) {
    case Severity::Breaking: return u"error"_s;
    case Severity::Dangerous: return u"warning"_s;
    case Severity::Safe: break;
    }
    return u"check"_s;
}

QStringList codeLines(const QModelIndex &index)
{
    QStringList lines = index.data(models::DetailRole).toString().split(u'\n');
    if (lines.size() > MostLines) {
        const auto more = lines.size() - MostLines + 1;
        lines.resize(MostLines - 1);
        lines << TypesDelegate::tr("… %n more line(s)", nullptr, int(more));
    }
    return lines;
}

} // namespace

words::Tone toneOf(Severity severity)
{
    switch (severity) {
    case Severity::Breaking: return words::Tone::Error;
    case Severity::Dangerous: return words::Tone::Warn;
    case Severity::Safe: break;
    }
    return words::Tone::Ok;
}

QString wordOf(Severity severity)
{
    switch (severity) {
    case Severity::Breaking: return TypesDelegate::tr("breaking");
    case Severity::Dangerous: return TypesDelegate::tr("dangerous");
    case Severity::Safe: break;
    }
    return TypesDelegate::tr("safe");
}

QString countOf(Severity severity, int count)
{
    return TypesDelegate::tr("%1 %2", "2 breaking").arg(count).arg(wordOf(severity));
}

Severity severityOf(const QString &word)
{
    return word == "breaking"_L1 ? Severity::Breaking : word == "dangerous"_L1 ? Severity::Dangerous : Severity::Safe;
}

void TypesDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    paint::rowGround(painter, option);
    switch (rowOf(index)) {
    case TypeRow::Finding: paintFinding(painter, option, index); break;
    case TypeRow::Use: paintUse(painter, option, index); break;
    default: paintDetail(painter, option, index);
    }
    painter->restore();
}

void TypesDelegate::paintFinding(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    const auto finding = index.data(models::RecordRole).value<types::Finding>();
    const int line = heightOf(Theme::uiFont());
    const QRectF rect = QRectF(option.rect).adjusted(4, 0, -12, 0);
    const QRectF upper(rect.left(), rect.top() + 5, rect.width(), line);
    const QRectF lower(rect.left(), upper.bottom() + 2, rect.width(), line);
    const words::Tone tone = finding.approved ? words::Tone::Neutral : toneOf(finding.severity);
    paint::icon(painter, QRectF(upper.left(), upper.top(), 16, line), iconOf(finding.severity), words::ink(tone));

    qreal right = upper.right();
    if (finding.approved)
        right = paint::chip(painter, upper, right, tr("Approved"), words::Tone::Ok, u"check"_s) - 6;
    const QVariant uses = index.data(models::UseCountRole);
    if (uses.isValid() && right - upper.left() > 320) {
        const QVariant broken = index.data(models::BrokenCountRole);
        if (broken.toInt() > 0)
            right = paint::chip(painter, upper, right, tr("%n no longer compile", nullptr, broken.toInt()),
                                words::Tone::Error) -
                    6;
        right =
            paint::chip(painter, upper, right, tr("%n call site(s)", nullptr, uses.toInt()), words::Tone::Neutral) - 6;
    }
    if (finding.decidedBy == types::DecidedBy::Text && right - upper.left() > 420)
        right = paint::chip(painter, upper, right, tr("by text"), words::Tone::Info) - 6;
    QRectF left(upper.left() + 24, upper.top(), right - upper.left() - 30, line);
    const qreal used = paint::text(painter, left, finding.symbol, Theme::strongFont(),
                                   finding.approved ? t.muted : t.text, Qt::AlignLeft, Qt::ElideMiddle);
    left.setLeft(left.left() + used + 10);
    if (left.width() > 60)
        paint::text(painter, left, finding.rule, Theme::smallMonoFont(), t.faint);
    paint::text(painter, lower.adjusted(24, 0, 0, 0), QString(finding.message).replace(u'\n', u' '), Theme::uiFont(),
                t.muted);
}

void TypesDelegate::paintDetail(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    const int line = heightOf(Theme::uiFont());
    QRectF rect = QRectF(option.rect).adjusted(8, 3, -12, -3);
    paint::text(painter, QRectF(rect.left(), rect.top(), LabelWidth - 8, line + 2),
                index.data(models::NameRole).toString(), Theme::uiFont(), t.muted);
    rect.setLeft(rect.left() + LabelWidth);
    if (!isCode(rowOf(index))) {
        painter->setPen(t.text);
        paint::wrapped(index.data(models::DetailRole).toString(), Theme::uiFont(), rect.width(), 4, painter,
                       rect.topLeft());
        return;
    }
    const bool isExample = rowOf(index) == TypeRow::Example;
    painter->fillRect(rect, t.chrome);
    painter->fillRect(QRectF(rect.left(), rect.top(), 2, rect.height()), isExample ? t.error : t.borderStrong);
    const QFont font = Theme::smallMonoFont();
    const int step = heightOf(font) + 1;
    qreal y = rect.top() + 3;
    for (const QString &text : codeLines(index)) {
        paint::text(painter, QRectF(rect.left() + 10, y, rect.width() - 14, step), text, font, t.text);
        y += step;
    }
}

void TypesDelegate::paintUse(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    const QString problem = index.data(models::ErrorRole).toString();
    const int line = heightOf(Theme::uiFont());
    QRectF rect = QRectF(option.rect).adjusted(4, 2, -12, -2);
    QRectF first(rect.left(), rect.top(), rect.width(), line);
    paint::icon(painter, QRectF(first.left(), first.top(), 14, line), problem.isEmpty() ? u"dependant"_s : u"error"_s,
                problem.isEmpty() ? t.faint : t.error, 14);
    first.setLeft(first.left() + 22);
    const QString place = index.data(models::NameRole).toString();
    const qreal used = paint::text(painter, QRectF(first.left(), first.top(), first.width() * 0.5, line), place,
                                   Theme::smallMonoFont(), t.muted, Qt::AlignLeft, Qt::ElideMiddle);
    first.setLeft(first.left() + used + 12);
    paint::text(painter, first, index.data(models::DetailRole).toString(), Theme::smallMonoFont(), t.text);
    if (!problem.isEmpty())
        paint::text(painter, QRectF(rect.left() + 22, rect.top() + line + 1, rect.width() - 22, line), problem,
                    Theme::smallFont(), t.error);
}

QSize TypesDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int line = heightOf(Theme::uiFont());
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    const int width = view ? view->viewport()->width() : option.rect.width();
    switch (rowOf(index)) {
    case TypeRow::Finding: return {width, 2 * line + 12};
    case TypeRow::Use: return {width, (index.data(models::ErrorRole).toString().isEmpty() ? 1 : 2) * line + 5};
    case TypeRow::Example:
    case TypeRow::Was:
    case TypeRow::Is: return {width, int(codeLines(index).size()) * (heightOf(Theme::smallMonoFont()) + 1) + 12};
    default: break;
    }
    const int available = qMax(120, width - LabelWidth - 8 - 12 - 40);
    const int height =
        int(std::ceil(paint::wrapped(index.data(models::DetailRole).toString(), Theme::uiFont(), available, 4)));
    return {width, qMax(line, height) + 6};
}

void ComparedFilesDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    painter->save();
    paint::rowGround(painter, option);
    const QRectF rect = QRectF(option.rect).adjusted(10, 0, -8, 0);
    const int added = index.data(models::ComparedFilesModel::AddedRole).toInt();
    const int removed = index.data(models::ComparedFilesModel::RemovedRole).toInt();
    const QFont small = Theme::smallMonoFont();
    qreal right = rect.right();
    const auto count = [&](const QString &text, const QColor &colour) {
        const qreal width = std::ceil(QFontMetricsF(small).horizontalAdvance(text));
        paint::text(painter, QRectF(right - width, rect.top(), width + 1, rect.height()), text, small, colour);
        right -= width + 6;
    };
    if (removed > 0)
        count(u"−%1"_s.arg(removed), t.error);
    if (added > 0)
        count(u"+%1"_s.arg(added), t.ok);
    const bool generated = index.data(models::ComparedFilesModel::GeneratedRole).toBool();
    paint::icon(painter, QRectF(rect.left(), rect.top(), 14, rect.height()), generated ? u"open"_s : u"types"_s,
                t.muted, 14);
    // The name first: it is what tells files apart where there is no room for all of the path.
    const QString path = index.data().toString();
    QRectF left(rect.left() + 22, rect.top(), right - rect.left() - 28, rect.height());
    const qreal used =
        paint::text(painter, left, path.section(u'/', -1), Theme::uiFont(), t.text, Qt::AlignLeft, Qt::ElideMiddle);
    left.setLeft(left.left() + used + 8);
    const QString folder = path.section(u'/', 0, -2);
    if (left.width() >= QFontMetricsF(Theme::smallFont()).horizontalAdvance(folder)) // whole, or not at all
        paint::text(painter, left, folder, Theme::smallFont(), t.faint);
    painter->restore();
}

QSize ComparedFilesDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {option.rect.width(), qMax(26, heightOf(Theme::uiFont()) + 9)};
}

} // namespace paddock::ui
