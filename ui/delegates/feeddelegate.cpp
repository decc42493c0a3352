// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/feeddelegate.h"

#include "delegates/typesdelegate.h"
#include "models/roles.h"
#include "widgets/paint.h"

#include <QAbstractItemView>
#include <QPainter>
#include <algorithm>
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

/// The most severe of what a change did to callers, counted; empty: nothing, or it is not known.
std::pair<QString, words::Tone> typesText(const session::ChangeRecord &record)
{
    for (const types::Severity severity :
         {types::Severity::Breaking, types::Severity::Dangerous, types::Severity::Safe}) {
        const auto count =
            std::ranges::count(record.types, QString(toString(severity)), &session::TypeChange::severity);
        if (count > 0)
            return {countOf(severity, int(count)), toneOf(severity)};
    }
    return {};
}

/// The first line of a change, from the right: clock, time it took, outcome, generation, types.
struct UpperLine
{
    QRectF all;
    qreal clockWidth = 0;
    qreal timeRight = 0;
    qreal timeWidth = 0;
    qreal outcomeRight = 0;
    qreal generationRight = 0; ///< 0: it took no effect
    qreal typesRight = 0;
    qreal rest = 0; ///< what is left for the name ends here

    UpperLine(const QRect &row, const session::ChangeRecord &record)
    {
        const QRectF rect = QRectF(row).adjusted(4, 1, -16, 0);
        all = QRectF(rect.left(), rect.top() + 8, rect.width(), QFontMetrics(Theme::uiFont()).height());
        const QFontMetricsF small(Theme::smallFont()); // digits differ in width
        clockWidth =
            std::ceil(qMax(small.horizontalAdvance(u"00:00:00"_s), small.horizontalAdvance(words::clock(record.at)))) +
            1;
        qreal right = timeRight = all.right() - clockWidth - 12;
        if (record.outcome) {
            const QFontMetricsF metrics(Theme::uiFont());
            timeWidth = std::ceil(qMax(metrics.horizontalAdvance(words::duration(session::latency(record))),
                                       metrics.horizontalAdvance(u"000 ms"_s)));
            right -= timeWidth + 12;
        }
        outcomeRight = right;
        right -= paint::chipWidth(outcomeText(record)) + 8;
        const bool took = session::wasSwapped(record) || record.outcome == session::Outcome::Restarted;
        if (record.generation > 0 && took) {
            generationRight = right;
            right -= paint::chipWidth(generationText(record)) + 8;
        }
        typesRight = right;
        if (const QString types = typesText(record).first; !types.isEmpty())
            right -= paint::chipWidth(types, true) + 8;
        rest = right;
    }

    static QString outcomeText(const session::ChangeRecord &record)
    {
        return record.outcome ? words::outcome(*record.outcome) : FeedDelegate::tr("Running…");
    }
    static QString generationText(const session::ChangeRecord &record)
    {
        return FeedDelegate::tr("g%1", "generation").arg(record.generation);
    }
};

QString factText(const QModelIndex &index)
{
    const QString text = index.data(models::DetailRole).toString();
    if (NodeKind(index.data(models::KindRole).toInt()) == NodeKind::Stage)
        return text;
    const QString file = index.data(models::FileRole).toString();
    const int line = index.data(models::LineRole).toInt();
    return file.isEmpty() || line == 0 || text.contains(file) ? text : u"%1  (%2:%3)"_s.arg(text, file).arg(line);
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
    const UpperLine places(option.rect, record);
    const QRectF &upper = places.all;
    const QRectF lower(rect.left(), upper.bottom() + 4, rect.width(), line);

    paint::text(painter, QRectF(upper.right() - places.clockWidth, upper.top(), places.clockWidth, line),
                words::clock(record.at), Theme::smallFont(), t.faint, Qt::AlignRight);
    const words::Tone tone = record.outcome ? words::toneOf(*record.outcome) : words::Tone::Accent;
    if (record.outcome && record.ms > 0)
        paint::text(painter, QRectF(places.timeRight - places.timeWidth, upper.top(), places.timeWidth, line),
                    words::duration(session::latency(record)), Theme::uiFont(), t.text, Qt::AlignRight);
    paint::chip(painter, upper, places.outcomeRight, UpperLine::outcomeText(record), tone);
    if (places.generationRight > 0)
        paint::chip(painter, upper, places.generationRight, UpperLine::generationText(record), words::Tone::Accent);
    if (const auto [text, severity] = typesText(record); !text.isEmpty())
        paint::chip(painter, upper, places.typesRight, text, severity, u"types"_s);
    qreal right = places.rest;

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

QRectF FeedDelegate::typesChip(const QRect &row, const QModelIndex &index)
{
    if (NodeKind(index.data(models::KindRole).toInt()) != NodeKind::Change)
        return {};
    const auto record = index.data(models::RecordRole).value<session::ChangeRecord>();
    const QString text = typesText(record).first;
    if (text.isEmpty())
        return {};
    const UpperLine places(row, record);
    const qreal width = paint::chipWidth(text, true);
    return QRectF(places.typesRight - width, places.all.top() - 2, width, places.all.height() + 4);
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
