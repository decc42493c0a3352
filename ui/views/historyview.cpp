// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/historyview.h"

#include "delegates/feeddelegate.h"
#include "models/roles.h"
#include "theme/icons.h"
#include "theme/theme.h"
#include "widgets/misc.h"
#include "widgets/paint.h"
#include "words.h"

#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QShowEvent>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::HistoryModel;

namespace {

enum class Period { Any, Hour, Day, Week, Month };

QDateTime beginOf(Period period)
{
    const QDateTime now = QDateTime::currentDateTime();
    switch (period) {
    case Period::Any: return {};
    case Period::Hour: return now.addSecs(-3600);
    case Period::Day: return now.date().startOfDay();
    case Period::Week: return now.addDays(-7);
    case Period::Month: return now.addDays(-30);
    }
    Q_UNREACHABLE();
}

/// "14:03:11" today, "Mon 14:03" within a week, else the date.
QString when(const QDateTime &at)
{
    const QDateTime local = at.toLocalTime();
    const qint64 days = local.date().daysTo(QDate::currentDate());
    if (days == 0)
        return local.toString(u"HH:mm:ss"_s);
    return days < 7 ? QLocale().toString(local, u"ddd HH:mm"_s) : QLocale().toString(local, u"d MMM yyyy"_s);
}

} // namespace

void HistoryDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    painter->save();
    paint::rowGround(painter, option);
    const QRectF rect = QRectF(option.rect).adjusted(8, 0, -4, 0);
    const QVariant record = index.data(models::RecordRole);
    if (!record.isValid()) { // on its way from the file
        painter->restore();
        return;
    }
    const auto entry = record.value<history::Entry>();
    switch (index.column()) {
    case HistoryModel::Time: paint::text(painter, rect, when(entry.at), Theme::uiFont(), t.muted); break;
    case HistoryModel::Subject: {
        QFont font = Theme::uiFont();
        font.setWeight(QFont::Medium);
        paint::text(painter, rect, entry.subject, font, t.text);
        break;
    }
    case HistoryModel::Kind: paint::text(painter, rect, words::kind(entry.kind), Theme::uiFont(), t.muted); break;
    case HistoryModel::Outcome: {
        const QString word = entry.outcome ? words::outcome(*entry.outcome) : tr("Unfinished");
        const words::Tone tone = entry.outcome ? words::toneOf(*entry.outcome) : words::Tone::Warn;
        paint::chip(painter, rect, rect.left() + paint::chipWidth(word), word, tone);
        break;
    }
    case HistoryModel::Latency:
        paint::text(painter, rect.adjusted(0, 0, -8, 0), entry.ms > 0 ? words::duration(entry.ms) : u"–"_s,
                    Theme::uiFont(), t.muted, Qt::AlignRight);
        break;
    default: paint::text(painter, rect, QString(entry.text).replace(u'\n', u' '), Theme::uiFont(), t.faint);
    }
    painter->restore();
}

QSize HistoryDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {option.rect.width(), qMax(28, QFontMetrics(Theme::uiFont()).height() + 11)};
}

HistoryView::HistoryView(QWidget *parent)
    : QWidget(parent),
      m_details(nullptr, 1),
      m_text(new FilterEdit(tr("Filter by name"), this)),
      m_kind(new QComboBox(this)),
      m_outcome(new QComboBox(this)),
      m_time(new QComboBox(this)),
      m_count(mutedLabel({}, this)),
      m_export(new QToolButton(this)),
      m_list(new QTreeView(this)),
      m_detailView(new QTreeView(this))
{
    m_text->setObjectName(u"historyFilter"_s);
    m_text->setMinimumWidth(140);
    m_text->setMaximumWidth(300);
    m_text->setView(m_list);
    m_kind->setObjectName(u"historyKind"_s);
    m_kind->setAccessibleName(tr("Kind of change"));
    m_kind->addItem(tr("All kinds"), -1);
    for (int kind = 0; kind <= int(change::Kind::Broken); ++kind)
        m_kind->addItem(words::kind(change::Kind(kind)), kind);
    m_outcome->setObjectName(u"historyOutcome"_s);
    m_outcome->setAccessibleName(tr("Outcome"));
    m_outcome->addItem(tr("All outcomes"), -1);
    for (int outcome = 0; outcome <= int(session::Outcome::None); ++outcome)
        m_outcome->addItem(words::outcome(session::Outcome(outcome)), outcome);
    m_time->setObjectName(u"historyTime"_s);
    m_time->setAccessibleName(tr("Time"));
    m_time->addItem(tr("Any time"), int(Period::Any));
    m_time->addItem(tr("Last hour"), int(Period::Hour));
    m_time->addItem(tr("Today"), int(Period::Day));
    m_time->addItem(tr("Last 7 days"), int(Period::Week));
    m_time->addItem(tr("Last 30 days"), int(Period::Month));
    m_count->setObjectName(u"historyCount"_s);
    m_export->setObjectName(u"historyExport"_s);
    m_export->setIcon(icons::get(u"open"_s));
    m_export->setText(tr("Export…"));
    m_export->setToolTip(tr("Write the whole history into a file that another Paddock opens"));
    m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_export->setAutoRaise(true);

    m_list->setObjectName(u"historyList"_s);
    m_list->setAccessibleName(tr("Past changes"));
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new HistoryDelegate(m_list));
    m_list->setRootIsDecorated(false);
    m_list->setIndentation(0);
    m_list->setUniformRowHeights(true); // so that a hundred thousand rows need not be asked
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionsMovable(false);
    m_list->header()->setHighlightSections(false);
    m_list->header()->setSectionResizeMode(QHeaderView::Fixed);
    auto *empty = new EmptyState(u"history"_s, tr("No past changes"),
                                 tr("What each save did is kept here, across sessions."), this);
    empty->watch(m_list);

    m_detailView->setObjectName(u"historyDetails"_s);
    m_detailView->setAccessibleName(tr("Details of the change"));
    m_detailView->setModel(&m_details);
    m_detailView->setItemDelegate(new FeedDelegate(m_detailView));
    m_detailView->setHeaderHidden(true);
    m_detailView->setFrameShape(QFrame::NoFrame);
    m_detailView->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_detailView->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_detailView->setIndentation(20);
    (new EmptyState(u"info"_s, tr("Select a change"), tr("Stages, proof and ledger of a change appear here."), this))
        ->watch(m_detailView);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    bar->setSpacing(8);
    bar->addWidget(m_text, 1);
    bar->addWidget(m_kind);
    bar->addWidget(m_outcome);
    bar->addWidget(m_time);
    bar->addStretch(1);
    bar->addWidget(m_count);
    bar->addWidget(m_export);
    auto *splitter = new QSplitter(this);
    splitter->setObjectName(u"historySplitter"_s);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(1);
    splitter->addWidget(m_list);
    splitter->addWidget(m_detailView);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    m_list->setMinimumWidth(240);
    m_detailView->setMinimumWidth(240);
    m_list->viewport()->installEventFilter(this);
    m_detailView->viewport()->installEventFilter(this);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(splitter, 1);

    m_typing.setSingleShot(true);
    m_typing.setInterval(60);
    connect(&m_typing, &QTimer::timeout, this, &HistoryView::applyFilter);
    connect(m_text, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    for (QComboBox *box : {m_kind, m_outcome, m_time})
        connect(box, &QComboBox::currentIndexChanged, this, &HistoryView::applyFilter);
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(150);
    connect(&m_refresh, &QTimer::timeout, this, [this] {
        if (isVisible())
            m_model.refresh();
        else
            m_isStale = true;
    });
    connect(&m_model, &HistoryModel::loaded, this, &HistoryView::showCount);
    connect(&m_model, &HistoryModel::failed, this, [this](const Error &error) { m_count->setText(error.message); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        if (index.isValid())
            m_model.requestDetails(m_model.id(index.row()));
        else
            m_details.clear();
    });
    connect(&m_model, &HistoryModel::detailsReady, this, [this](qint64 id, const session::ChangeRecord &record) {
        if (m_model.id(m_list->currentIndex().row()) != id)
            return; // another one was chosen meanwhile
        m_details.clear();
        m_details.apply(record);
        m_detailView->expandAll();
        m_detailView->doItemsLayout();
    });
    connect(m_detailView, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const QString file = index.data(models::FileRole).toString(); !file.isEmpty())
            Q_EMIT openRequested(file, index.data(models::LineRole).toInt());
    });
    connect(m_export, &QToolButton::clicked, this, [this] { Q_EMIT exportRequested(m_model.file(), 0); });
    connect(m_list, &QTreeView::customContextMenuRequested, this, [this](const QPoint &position) {
        const QModelIndex index = m_list->indexAt(position);
        if (!index.isValid())
            return;
        const qint64 id = m_model.id(index.row());
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(icons::get(u"open"_s), tr("Export this change…"), this,
                        [this, id] { Q_EMIT exportRequested(m_model.file(), id); });
        menu->popup(m_list->viewport()->mapToGlobal(position));
    });
}

void HistoryView::setFile(const QString &file)
{
    m_details.clear();
    m_export->setEnabled(!file.isEmpty());
    if (!isVisible() && !file.isEmpty()) {
        m_pendingFile = file; // most windows never show it
        return;
    }
    m_pendingFile.clear();
    m_model.setFile(file);
}

void HistoryView::refreshLater()
{
    if (!m_refresh.isActive())
        m_refresh.start();
}

void HistoryView::applyFilter()
{
    history::Filter filter;
    filter.text = m_text->text().trimmed();
    if (const int kind = m_kind->currentData().toInt(); kind >= 0)
        filter.kind = change::Kind(kind);
    if (const int outcome = m_outcome->currentData().toInt(); outcome >= 0)
        filter.outcome = session::Outcome(outcome);
    filter.since = beginOf(Period(m_time->currentData().toInt()));
    m_model.setFilter(filter);
}

void HistoryView::showCount()
{
    m_count->setText(tr("%Ln change(s)", nullptr, m_model.rowCount()));
}

void HistoryView::fitColumns()
{
    // The kind gives way first; the reason takes what is left, or nothing: the details say it, too.
    const int all = m_list->viewport()->width();
    int rest = all;
    const int fixed[] = {88, 0, 116, 100, 76};
    const bool hasKind = all >= 480;
    const bool hasText = all >= 680;
    m_list->setColumnHidden(HistoryModel::Kind, !hasKind);
    m_list->setColumnHidden(HistoryModel::Text, !hasText);
    for (const int column : {HistoryModel::Time, HistoryModel::Kind, HistoryModel::Outcome, HistoryModel::Latency}) {
        m_list->setColumnWidth(column, fixed[column]);
        if (!m_list->isColumnHidden(column))
            rest -= fixed[column];
    }
    const int subject = hasText ? 132 : qMax(80, rest);
    m_list->setColumnWidth(HistoryModel::Subject, subject);
    m_list->setColumnWidth(HistoryModel::Text, qMax(80, rest - subject));
}

bool HistoryView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && watched == m_list->viewport())
        fitColumns();
    else if (event->type() == QEvent::Resize && watched == m_detailView->viewport())
        // Facts wrap to the new width; not from within the layout that has just changed it.
        QMetaObject::invokeMethod(m_detailView, [view = m_detailView] { view->doItemsLayout(); }, Qt::QueuedConnection);
    return QWidget::eventFilter(watched, event);
}

void HistoryView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!m_pendingFile.isEmpty())
        m_model.setFile(std::exchange(m_pendingFile, {}));
    else if (std::exchange(m_isStale, false))
        m_model.refresh();
    fitColumns();
}

} // namespace paddock::ui
