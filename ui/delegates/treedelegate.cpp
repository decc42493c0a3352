// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/treedelegate.h"

#include "models/fuzzy.h"
#include "models/roles.h"
#include "models/workspacetreemodel.h"
#include "theme/icons.h"
#include "widgets/paint.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::NodeKind;

namespace {

NodeKind kindOf(const QModelIndex &index)
{
    return NodeKind(index.data(models::KindRole).toInt());
}

words::Tone migrationTone(const QString &state)
{
    if (state == "applied"_L1)
        return words::Tone::Ok;
    if (state == "pending"_L1 || state == "out-of-order"_L1)
        return words::Tone::Warn;
    if (state == "running"_L1)
        return words::Tone::Accent;
    return state == "unknown"_L1 ? words::Tone::Neutral : words::Tone::Error;
}

QString migrationState(const QString &state)
{
    if (state == "applied"_L1)
        return TreeDelegate::tr("applied");
    if (state == "pending"_L1)
        return TreeDelegate::tr("pending");
    if (state == "missing"_L1)
        return TreeDelegate::tr("missing");
    if (state == "edited"_L1)
        return TreeDelegate::tr("edited");
    if (state == "out-of-order"_L1)
        return TreeDelegate::tr("out of order");
    if (state == "failed"_L1)
        return TreeDelegate::tr("failed");
    if (state == "interrupted"_L1)
        return TreeDelegate::tr("interrupted");
    if (state == "running"_L1)
        return TreeDelegate::tr("running");
    return TreeDelegate::tr("not known");
}

} // namespace

void TreeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    const NodeKind kind = kindOf(index);
    paint::rowGround(painter, option);
    QRectF rect = QRectF(option.rect).adjusted(2, 0, -8, 0);
    painter->save();

    // Badges first: they keep their place, the texts get what is left.
    qreal right = rect.right();
    const auto chip = [&](const QString &text, words::Tone tone, const QString &icon = {}) {
        right = paint::chip(painter, rect, right, text, tone, icon) - 4;
    };
    if (const QString mark = index.data(models::LiveMarkRole).toString(); !mark.isEmpty()) {
        constexpr int NameWidth = 140; // without its name the rest says little
        const bool hasRoom = rect.width() - paint::chipWidth(mark) >= NameWidth;
        chip(hasRoom ? mark : QString(), words::Tone::Warn, hasRoom ? QString() : u"warning"_s);
    }
    if (kind == NodeKind::Plugin && index.data(models::GenerationRole).toInt() > 0)
        chip(tr("g%1", "generation").arg(index.data(models::GenerationRole).toInt()), words::Tone::Accent);
    if (const int back = index.data(models::RolledBackRole).toInt(); back > 0)
        chip({}, words::Tone::Warn, u"history"_s);
    if (const int pending = index.data(models::PendingRole).toInt(); pending > 0)
        chip(QString::number(pending), words::Tone::Warn, u"database"_s);
    if (index.data(models::StaleRole).toBool())
        chip({}, words::Tone::Warn, u"types"_s);
    if (!index.data(models::ErrorRole).toString().isEmpty())
        chip({}, words::Tone::Error, u"error"_s);
    if (kind == NodeKind::Migration) {
        const QString state = index.data(models::StateRole).toString();
        if (state != "unknown"_L1)
            chip(migrationState(state), migrationTone(state));
    }
    rect.setRight(right - 4);

    const QString icon = icons::nameOf(int(kind));
    if (!icon.isEmpty()) {
        const bool leads = kind == NodeKind::Plugin || kind == NodeKind::Router;
        paint::icon(painter, QRectF(rect.left(), rect.top(), 16, rect.height()), icon, leads ? t.accent : t.faint);
        rect.setLeft(rect.left() + 24);
    }
    const QString name = index.data(models::NameRole).toString();
    const QString detail = index.data(models::DetailRole).toString();
    QFont font = Theme::uiFont();
    QColor colour = t.text;
    if (kind == NodeKind::Group)
        font = Theme::strongFont();
    else if (kind == NodeKind::Section)
        colour = t.muted;
    else if (kind == NodeKind::Plugin)
        font.setWeight(QFont::Medium);
    else if (kind == NodeKind::Method)
        font = Theme::monoFont();

    // What the filter found is underlined by a soft ground.
    if (!m_filter.isEmpty() && kind != NodeKind::Group && kind != NodeKind::Section) {
        const QFontMetricsF metrics(font);
        const auto words = m_filter.split(u' ', Qt::SkipEmptyParts);
        for (const QString &word : words) {
            const qsizetype at = name.indexOf(word, 0, Qt::CaseInsensitive);
            if (at < 0)
                continue;
            const qreal left = rect.left() + metrics.horizontalAdvance(name.first(at));
            const QRectF mark(left - 1, rect.center().y() - metrics.height() / 2,
                              metrics.horizontalAdvance(name.sliced(at, word.size())) + 2, metrics.height());
            painter->fillRect(mark.intersected(rect), t.warnSoft);
        }
    }
    const qreal used = paint::text(painter, rect, name, font, colour);
    rect.setLeft(rect.left() + used + (kind == NodeKind::Method ? 0 : 8));
    if (rect.width() > 16) {
        const QFont detailFont = kind == NodeKind::Method ? Theme::smallMonoFont() : Theme::smallFont();
        paint::text(painter, rect, detail, detailFont, t.faint);
    }
    painter->restore();
}

QSize TreeDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    Q_UNUSED(index)
    return {option.rect.width(), qMax(26, QFontMetrics(Theme::uiFont()).height() + 9)};
}

bool TreeDelegate::helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option,
                             const QModelIndex &index)
{
    if (event->type() != QEvent::ToolTip)
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    QStringList lines{index.data(models::NameRole).toString()};
    const QString detail = index.data(models::DetailRole).toString();
    if (kindOf(index) == NodeKind::Method)
        lines.first() += detail;
    else if (kindOf(index) != NodeKind::Group && kindOf(index) != NodeKind::Section && !detail.isEmpty())
        lines.append(detail);
    if (const QString mark = index.data(models::LiveMarkRole).toString(); !mark.isEmpty())
        lines.append(mark);
    if (const int generation = index.data(models::GenerationRole).toInt(); generation > 0)
        lines.append(tr("Generation %1").arg(generation));
    if (const int back = index.data(models::RolledBackRole).toInt(); back > 0)
        lines.append(
            tr("Rolled back to generation %1; the next save of this plugin goes on from what is on disk").arg(back));
    if (const int pending = index.data(models::PendingRole).toInt(); pending > 0)
        lines.append(tr("%n migration(s) have not run", nullptr, pending));
    if (index.data(models::StaleRole).toBool())
        lines.append(tr("The generated types are older than the code"));
    if (const QString error = index.data(models::ErrorRole).toString(); !error.isEmpty())
        lines.append(tr("Last error: %1").arg(error));
    if (const QString file = index.data(models::FileRole).toString(); !file.isEmpty()) {
        const int line = index.data(models::LineRole).toInt();
        lines.append(line > 0 ? u"%1:%2"_s.arg(file).arg(line) : file);
    }
    // Tool tips may hold names and messages from the workspace: escaped, so that they stay plain text.
    QString html = lines.takeFirst().toHtmlEscaped();
    for (const QString &line : std::as_const(lines))
        html += u"<br>"_s + line.toHtmlEscaped();
    QToolTip::showText(event->globalPos(), u"<p style='white-space:pre-wrap'>"_s + html + u"</p>"_s, view);
    return true;
}

} // namespace paddock::ui
