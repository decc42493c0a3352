// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables.h"

#include "models/roles.h"
#include "sourcemodels.h"
#include "theme/icons.h"
#include "widgets/misc.h"
#include "widgets/paint.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace paddock::ui {

void setUpList(QTreeView *view)
{
    view->setRootIsDecorated(false);
    view->setIndentation(0);
    view->setUniformRowHeights(true);
    view->setFrameShape(QFrame::NoFrame);
    view->setMouseTracking(true);
    view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void setUpTable(QTreeView *view, QAbstractItemModel *model)
{
    setUpList(view);
    view->setModel(model);
    view->setItemDelegate(new TableDelegate(view));
    view->setAllColumnsShowFocus(true);
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    view->header()->setStretchLastSection(false);
    view->header()->setSectionsMovable(false);
    view->header()->setHighlightSections(false);
}

void TableDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    painter->save();
    paint::rowGround(painter, option);
    QRectF rect = QRectF(option.rect).adjusted(8, 0, -4, 0);
    const QVariant record = index.data(models::RecordRole);
    const bool isProblem = record.metaType() == QMetaType::fromType<session::Problem>();
    const QString text = index.data().toString();
    if (isProblem) {
        if (index.column() == 0) {
            const QString severity = index.data(models::SeverityRole).toString();
            paint::icon(painter, QRectF(rect.left(), rect.top(), 16, rect.height()), words::iconOfSeverity(severity),
                        words::ink(words::toneOfSeverity(severity)));
            rect.setLeft(rect.left() + 24);
            const qreal used = paint::text(painter, rect, QString(text).replace(u'\n', u' '), Theme::uiFont(), t.text);
            rect.setLeft(rect.left() + used + 12);
            if (rect.width() > 60)
                paint::text(painter, rect, index.data(models::DetailRole).toString(), Theme::uiFont(), t.faint);
        } else if (index.column() == 1) {
            paint::text(painter, rect, text, Theme::smallMonoFont(), t.muted, Qt::AlignLeft, Qt::ElideMiddle);
        } else {
            paint::text(painter, rect, text, Theme::uiFont(), t.faint);
        }
    } else {
        const auto job = record.value<session::JobRecord>();
        switch (index.column()) {
        case models::JobModel::Name: {
            QFont font = Theme::uiFont();
            font.setWeight(QFont::Medium);
            paint::text(painter, rect, text, font, t.text);
            break;
        }
        case models::JobModel::Command: paint::text(painter, rect, text, Theme::smallMonoFont(), t.muted); break;
        case models::JobModel::State: {
            QString word = words::jobState(job.state);
            if (job.state == session::JobState::Failed)
                word = tr("Failed (%1)").arg(job.exitCode);
            paint::chip(painter, rect, rect.left() + paint::chipWidth(word), word, words::toneOf(job.state));
            break;
        }
        case models::JobModel::Duration:
            paint::text(painter, rect, job.ms > 0 ? words::duration(job.ms) : u"–"_s, Theme::uiFont(), t.muted);
            break;
        default: paint::text(painter, rect, text, Theme::uiFont(), t.faint);
        }
    }
    painter->restore();
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    Q_UNUSED(index)
    return {option.rect.width(), qMax(28, QFontMetrics(Theme::uiFont()).height() + 11)};
}

ProblemsView::ProblemsView(SourceModels *models, QWidget *parent) : QTreeView(parent)
{
    setObjectName(u"problemsView"_s);
    setAccessibleName(tr("Problems"));
    setUpTable(this, &models->problems);
    header()->setSectionResizeMode(models::ProblemModel::Message, QHeaderView::Stretch);
    header()->resizeSection(models::ProblemModel::Location, 260);
    header()->resizeSection(models::ProblemModel::Source, 110);
    (new EmptyState(u"check"_s, tr("No problems"),
                    tr("What Paddock finds wrong with the workspace or the server appears here, with a remedy."), this))
        ->watch(this);
    connect(this, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const QString file = index.data(models::FileRole).toString(); !file.isEmpty())
            Q_EMIT openRequested(file, index.data(models::LineRole).toInt());
    });
    connect(this, &QTreeView::customContextMenuRequested, this, &ProblemsView::showMenu);
}

void ProblemsView::showMenu(const QPoint &position)
{
    const QModelIndex index = indexAt(position);
    if (!index.isValid())
        return;
    const auto problem = index.data(models::RecordRole).value<session::Problem>();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (!problem.file.isEmpty())
        menu->addAction(icons::get(u"open"_s), tr("Open in editor"), this,
                        [this, problem] { Q_EMIT openRequested(problem.file, problem.line); });
    menu->addAction(icons::get(u"copy"_s), tr("Copy"), this, [problem] {
        QString text = problem.message;
        if (!problem.file.isEmpty())
            text += u"\n%1:%2"_s.arg(problem.file).arg(problem.line);
        if (!problem.remedy.isEmpty())
            text += u'\n' + problem.remedy;
        QApplication::clipboard()->setText(text);
    });
    menu->popup(viewport()->mapToGlobal(position));
}

} // namespace paddock::ui
