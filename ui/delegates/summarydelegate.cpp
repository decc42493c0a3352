// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/summarydelegate.h"

#include "models/roles.h"
#include "models/summarymodel.h"
#include "widgets/paint.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::SummaryModel;

namespace {

QString rowIcon(int row)
{
    switch (change::Row(row)) {
    case change::Row::RouteHandlers: return u"route"_s;
    case change::Row::RouteSchemas: return u"handler"_s;
    case change::Row::PluginMethods: return u"method"_s;
    case change::Row::PluginStructure: return u"plugin"_s;
    case change::Row::Database: return u"database"_s;
    }
    return {};
}

} // namespace

void SummaryDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    painter->save();
    paint::rowGround(painter, option);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), t.border);
    QRectF rect = QRectF(option.rect).adjusted(8, 0, -8, -1);
    const QString text = index.data().toString();
    const auto nothing = [&] { paint::text(painter, rect, u"–"_s, Theme::uiFont(), t.disabled); };
    switch (index.column()) {
    case SummaryModel::What: {
        paint::icon(painter, QRectF(rect.left(), rect.top(), 16, rect.height()), rowIcon(index.row()), t.accent);
        rect.setLeft(rect.left() + 26);
        QFont font = Theme::uiFont();
        font.setWeight(QFont::Medium);
        paint::text(painter, rect, text, font, t.text);
        break;
    }
    case SummaryModel::HotReload: paint::text(painter, rect, text, Theme::uiFont(), t.muted); break;
    case SummaryModel::LastChange: {
        if (text.isEmpty()) {
            nothing();
            break;
        }
        const auto record = index.data(models::RecordRole).value<session::ChangeRecord>();
        const qreal used = paint::text(painter, rect, text, Theme::uiFont(), t.text, Qt::AlignLeft, Qt::ElideLeft);
        rect.setLeft(rect.left() + used + 8);
        if (rect.width() > 48)
            paint::text(painter, rect, words::clock(record.at), Theme::smallFont(), t.faint);
        break;
    }
    case SummaryModel::LastOutcome: {
        if (index.data(SummaryModel::RunningRole).toBool()) {
            const QString running = tr("Running…");
            paint::chip(painter, rect, rect.left() + paint::chipWidth(running), running, words::Tone::Accent);
            break;
        }
        const QVariant outcome = index.data(models::OutcomeRole);
        if (!outcome.isValid()) {
            nothing();
            break;
        }
        const auto value = session::Outcome(outcome.toInt());
        const QString word = words::outcome(value);
        paint::chip(painter, rect, rect.left() + paint::chipWidth(word), word, words::toneOf(value));
        break;
    }
    case SummaryModel::Latency: {
        const QVariant latency = index.data(models::LatencyRole);
        if (!latency.isValid()) {
            nothing();
            break;
        }
        paint::text(painter, rect, words::duration(latency.toDouble()), Theme::uiFont(), t.text);
        const QRectF spark(rect.left() + 52, rect.top() + 5, qMin(rect.width() - 52, 96.0), rect.height() - 10);
        if (spark.width() > 24)
            paint::sparkline(painter, spark, index.data(models::SparklineRole).value<QList<double>>(), t.accent);
        break;
    }
    case SummaryModel::Count: {
        if (text.isEmpty()) {
            nothing();
            break;
        }
        qreal left = rect.left() + paint::text(painter, rect, text, Theme::uiFont(), t.text) + 8;
        const auto part = [&](int role, words::Tone tone) {
            const int count = index.data(role).toInt();
            if (count == 0 || left > rect.right() - 20)
                return;
            const QString label = QString::number(count);
            paint::dot(painter, {left + 3, rect.center().y() + 0.5}, 3, words::ink(tone));
            left += 10 +
                    paint::text(painter, QRectF(left + 9, rect.top(), 40, rect.height()), label, Theme::smallFont(),
                                t.muted) +
                    8;
        };
        part(SummaryModel::SwappedCountRole, words::Tone::Ok);
        part(SummaryModel::RestartedCountRole, words::Tone::Info);
        part(SummaryModel::KeptCountRole, words::Tone::Error);
        break;
    }
    default: break;
    }
    painter->restore();
}

QSize SummaryDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    Q_UNUSED(index)
    return {option.rect.width(), qMax(34, QFontMetrics(Theme::uiFont()).height() + 17)};
}

QString SummaryDelegate::displayText(const QVariant &value, const QLocale &) const
{
    return value.toString();
}

} // namespace paddock::ui
