// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/feeddelegate.h"

#include "models/roles.h"
#include "widgets/paint.h"

#include <QAbstractItemView>
#include <QPainter>
#include <cmath>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::NodeKind;

namespace {

constexpr int LabelWidth = 128;
constexpr int FactIndent = 8;
constexpr int MostLines = 6; // of a fact; all of it can be copied

QString subjectIcon(change::Subject::Type type)
{
    switch (type) {
    case change::Subject::Type::Plugin: return u"plugin"_s;
    case change::Subject::Type::Route: return u"route"_s;
    case change::Subject::Type::Migration: return u"database"_s;
    case change::Subject::Type::Module: return u"service"_s;
    case change::Subject::Type::Config: return u"handler"_s;
    }
    return {};
}

QString stageIcon(session::StageState state)
{
    switch (state) {
    case session::StageState::Done: return u"check"_s;
    case session::StageState::Failed: return u"error"_s;
    case session::StageState::Running: return u"restart"_s;
    case session::StageState::Waiting: return u"clock"_s;
    default: return u"more"_s;
    }
}

QString stageText(const session::StageRun &run)
{
    const QString name = words::stage(run.stage);
    const bool hasTime =
        run.ms > 0 && (run.state == session::StageState::Done || run.state == session::StageState::Failed);
    return hasTime ? QString(name + u"  " + words::duration(run.ms)) : name;
}

QString factText(const QModelIndex &index)
{
    const QString text = index.data(models::DetailRole).toString();
    if (NodeKind(index.data(models::KindRole).toInt()) == NodeKind::Stage)
        return text;
    const QString file = index.data(models::FileRole).toString();
    const int line = index.data(models::LineRole).toInt();
    return file.isEmpty() || line == 0 ? text : u"%1  (%2:%3)"_s.arg(text, file).arg(line);
}

} // namespace

void FeedDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    paint::rowGround(painter, option);
    if (NodeKind(index.data(models::KindRole).toInt()) == NodeKind::Change)
        paintChange(painter, option, index);
    else
        paintFact(painter, option, index);
    painter->restore();
}

void FeedDelegate::paintChange(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    const auto record = index.data(models::RecordRole).value<session::ChangeRecord>();
    const int line = QFontMetrics(Theme::uiFont()).height();
    painter->fillRect(QRect(0, option.rect.top(), option.rect.right() + 1, 1), t.border);
    const QRectF rect = QRectF(option.rect).adjusted(4, 1, -16, 0);
    const QRectF upper(rect.left(), rect.top() + 8, rect.width(), line);
    const QRectF lower(rect.left(), upper.bottom() + 4, rect.width(), line);

    // First line, from the right: clock, time it took, generation, outcome.
    const QFont small = Theme::smallFont();
    const QString clock = words::clock(record.at);
    const QFontMetricsF smallMetrics(small); // digits differ in width
    const qreal clockWidth =
        std::ceil(qMax(smallMetrics.horizontalAdvance(u"00:00:00"_s), smallMetrics.horizontalAdvance(clock))) + 1;
    paint::text(painter, QRectF(upper.right() - clockWidth, upper.top(), clockWidth, line), clock, small, t.faint,
                Qt::AlignRight);
    qreal right = upper.right() - clockWidth - 12;
    words::Tone tone = words::Tone::Accent;
    QString word = tr("Running…");
    if (record.outcome) {
        tone = words::toneOf(*record.outcome);
        word = words::outcome(*record.outcome);
        const QString time = words::duration(session::latency(record));
        const qreal width = std::ceil(QFontMetricsF(Theme::uiFont()).horizontalAdvance(time));
        const qreal column = qMax(width, std::ceil(QFontMetricsF(Theme::uiFont()).horizontalAdvance(u"000 ms"_s)));
        if (record.ms > 0)
            paint::text(painter, QRectF(right - column, upper.top(), column, line), time, Theme::uiFont(), t.text,
                        Qt::AlignRight);
        right -= column + 12;
    }
    right = paint::chip(painter, upper, right, word, tone) - 8;
    const bool took = session::wasSwapped(record) || record.outcome == session::Outcome::Restarted;
    if (record.generation > 0 && took)
        right =
            paint::chip(painter, upper, right, tr("g%1", "generation").arg(record.generation), words::Tone::Accent) - 8;

    QRectF left(upper.left(), upper.top(), right - upper.left(), line);
    paint::icon(painter, QRectF(left.left(), left.top(), 16, line), subjectIcon(record.change.subject.type),
                words::ink(tone));
    left.setLeft(left.left() + 24);
    const qreal used = paint::text(painter, left, record.change.subject.name, Theme::strongFont(), t.text,
                                   Qt::AlignLeft, Qt::ElideMiddle);
    left.setLeft(left.left() + used + 8);
    if (left.width() > 40)
        paint::text(painter, left, words::kind(record.change.kind), Theme::uiFont(), t.muted);

    // Second line: stages on the right, why (or what went wrong) on the left.
    right = lower.right();
    for (qsizetype i = record.stages.size() - 1; i >= 0; --i) {
        const session::StageRun &run = record.stages[i];
        if (right - lower.left() < 240)
            break;
        right = paint::chip(painter, lower, right, stageText(run), words::toneOf(run.state), stageIcon(run.state)) - 4;
    }
    const bool bad = record.outcome == session::Outcome::KeptOld || record.outcome == session::Outcome::Held;
    // What does not parse is said best by the reason; what threw, by its message.
    const bool threw = record.outcome == session::Outcome::KeptOld && !record.message.isEmpty();
    const QString why = threw ? record.message : record.change.reason;
    QString oneLine = why;
    oneLine.replace(u'\n', u' ');
    paint::text(painter, QRectF(lower.left() + 24, lower.top(), right - lower.left() - 36, line), oneLine,
                Theme::uiFont(), bad ? t.error : t.muted);
}

void FeedDelegate::paintFact(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    const bool isStage = NodeKind(index.data(models::KindRole).toInt()) == NodeKind::Stage;
    const QString severity = index.data(models::SeverityRole).toString();
    QRectF rect = QRectF(option.rect).adjusted(FactIndent, 3, -16, -3);
    const int line = QFontMetrics(Theme::uiFont()).height();
    QString label = index.data(models::NameRole).toString();
    QString text = factText(index);
    QColor colour = severity.isEmpty() ? t.text : words::ink(words::toneOfSeverity(severity));
    if (isStage) {
        const QString state = index.data(models::StateRole).toString();
        const double ms = index.data(models::LatencyRole).toDouble();
        label = tr("Stage %1").arg(label);
        const QString head = ms > 0 ? tr("%1 in %2").arg(state, words::duration(ms)) : state;
        text = text.isEmpty() ? head : tr("%1: %2").arg(head, text);
    }
    paint::text(painter, QRectF(rect.left(), rect.top(), LabelWidth - 8, line), label, Theme::uiFont(), t.muted);
    rect.setLeft(rect.left() + LabelWidth);
    painter->setPen(colour);
    paint::wrapped(text, Theme::uiFont(), rect.width(), MostLines, painter, rect.topLeft());
}

QSize FeedDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int line = QFontMetrics(Theme::uiFont()).height();
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    const int width = view ? view->viewport()->width() : option.rect.width();
    if (NodeKind(index.data(models::KindRole).toInt()) == NodeKind::Change)
        return {width, 2 * line + 8 + 4 + 9};
    const int available = qMax(120, width - LabelWidth - FactIndent - 16 - 40);
    const int height = int(std::ceil(paint::wrapped(factText(index), Theme::uiFont(), available, MostLines)));
    return {width, qMax(line, height) + 6};
}

} // namespace paddock::ui
