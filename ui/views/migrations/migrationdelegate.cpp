// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/migrationdelegate.h"

#include "migrations/schema.h"
#include "models/roles.h"
#include "theme/theme.h"
#include "views/migrations/findings.h"
#include "widgets/paint.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

QSize rowSize(const QStyleOptionViewItem &option)
{
    return {option.rect.width(), qMax(28, QFontMetrics(Theme::uiFont()).height() + 11)};
}

bool isGroup(const QModelIndex &index)
{
    return !index.parent().isValid();
}

} // namespace

void MigrationDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    painter->save();
    paint::rowGround(painter, option);
    QRectF rect = QRectF(option.rect).adjusted(4, 0, -8, 0);
    const QString name = index.data(models::NameRole).toString();
    if (isGroup(index)) {
        if (const int pending = index.data(models::PendingRole).toInt(); pending > 0)
            rect.setRight(
                paint::chip(painter, rect, rect.right(), tr("%n pending", nullptr, pending), words::Tone::Warn) - 6);
        if (const QString attention = index.data(models::ErrorRole).toString(); !attention.isEmpty())
            rect.setRight(paint::chip(painter, rect, rect.right(), attention, words::Tone::Error, u"warning"_s) - 6);
        const bool isCore = migrations::isCore(name);
        rect.setLeft(rect.left() + paint::text(painter, rect, name, Theme::strongFont(), isCore ? t.muted : t.text) +
                     8);
        paint::text(painter, rect, index.data(models::DetailRole).toString(), Theme::smallFont(), t.faint);
        painter->restore();
        return;
    }
    const auto entry = index.data(models::RecordRole).value<migrations::Entry>();
    rect.setRight(
        paint::chip(painter, rect, rect.right(), words::migrationState(entry.state), words::toneOf(entry.state)) - 8);
    constexpr qreal StateColumn = 92;
    rect.setRight(qMin(rect.right(), QRectF(option.rect).right() - StateColumn));
    if (option.rect.width() >= 440) {
        QRectF time = rect;
        time.setLeft(time.right() - 64);
        paint::text(painter, time, entry.ms > 0 ? words::duration(entry.ms) : QString(), Theme::smallFont(), t.muted,
                    Qt::AlignRight);
        rect.setRight(time.left() - 8);
    }
    if (option.rect.width() >= 360) {
        QRectF at = rect;
        at.setLeft(at.right() - 124);
        paint::text(painter, at, index.data(models::DetailRole).toString(), Theme::smallFont(), t.faint,
                    Qt::AlignRight);
        rect.setRight(at.left() - 8);
    }
    paint::text(painter, rect, name, Theme::uiFont(),
                entry.state == migrations::State::Unknown || entry.isCore() ? t.muted : t.text, Qt::AlignLeft,
                Qt::ElideMiddle);
    painter->restore();
}

QSize MigrationDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return rowSize(option);
}

bool MigrationDelegate::helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option,
                                  const QModelIndex &index)
{
    if (event->type() != QEvent::ToolTip || isGroup(index))
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    QStringList lines{index.data(models::NameRole).toString()};
    if (const QString at = index.data(models::DetailRole).toString(); !at.isEmpty())
        lines << tr("Applied at %1").arg(at);
    if (const QString reason = index.data(models::ErrorRole).toString(); !reason.isEmpty())
        lines << reason;
    QString html;
    for (const QString &line : std::as_const(lines))
        html += (html.isEmpty() ? QString() : u"<br>"_s) + line.toHtmlEscaped();
    QToolTip::showText(event->globalPos(), u"<p style='white-space:pre-wrap'>"_s + html + u"</p>"_s, view);
    return true;
}

void SchemaDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    painter->save();
    paint::rowGround(painter, option);
    QRectF rect = QRectF(option.rect).adjusted(4, 0, -12, 0);
    const QString kind = index.data(models::StateRole).toString();
    const QString name = index.data(models::NameRole).toString();
    const QString detail = index.data(models::DetailRole).toString();
    if (kind == "table"_L1) {
        const auto table = index.data(models::RecordRole).value<migrations::Table>();
        const QString rows = detail.isEmpty() ? tr("rows not counted") : words::rowCount(table.rows);
        QRectF right = rect;
        right.setLeft(right.right() - 120);
        paint::text(painter, right, rows, Theme::smallFont(), t.muted, Qt::AlignRight);
        rect.setRight(right.left());
        paint::icon(painter, QRectF(rect.left(), rect.top(), 16, rect.height()), u"database"_s, t.accent);
        rect.setLeft(rect.left() + 24);
        paint::text(painter, rect, name, Theme::strongFont(), t.text);
        painter->restore();
        return;
    }
    const qreal nameWidth = qBound(120.0, rect.width() * 0.34, 260.0);
    QRectF left = rect;
    left.setWidth(nameWidth - 8);
    const bool isColumn = kind == "column"_L1;
    paint::text(painter, left, name, isColumn ? Theme::monoFont() : Theme::smallMonoFont(),
                isColumn ? t.text : t.muted);
    rect.setLeft(rect.left() + nameWidth);
    if (isColumn) {
        const auto column = index.data(models::RecordRole).value<migrations::Column>();
        if (column.primaryKey)
            rect.setRight(paint::chip(painter, rect, rect.right(), tr("primary key"), words::Tone::Accent) - 6);
        if (column.notNull && !column.primaryKey)
            rect.setRight(paint::chip(painter, rect, rect.right(), tr("not null"), words::Tone::Neutral) - 6);
        const qreal used = paint::text(painter, rect, detail, Theme::monoFont(), t.info);
        rect.setLeft(rect.left() + used + 12);
        if (!column.defaultValue.isEmpty())
            paint::text(painter, rect, tr("default %1").arg(column.defaultValue), Theme::smallMonoFont(), t.faint);
    } else {
        rect.setRight(paint::chip(painter, rect, rect.right(), kind == "index"_L1 ? tr("index") : tr("key"),
                                  kind == "index"_L1 ? words::Tone::Neutral : words::Tone::Info) -
                      6);
        paint::text(painter, rect, detail, Theme::smallMonoFont(), t.faint);
    }
    painter->restore();
}

QSize SchemaDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return rowSize(option);
}

} // namespace paddock::ui
