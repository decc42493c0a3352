// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/hotreloadview.h"

#include "delegates/feeddelegate.h"
#include "delegates/summarydelegate.h"
#include "models/roles.h"
#include "sourcemodels.h"
#include "theme/theme.h"
#include "widgets/misc.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHeaderView>
#include <QMenu>
#include <QMouseEvent>
#include <QTableView>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::SummaryModel;

HotReloadView::HotReloadView(SourceModels *models, QWidget *parent)
    : QWidget(parent),
      m_models(models),
      m_table(new QTableView(this)),
      m_feed(new QTreeView(this)),
      m_count(mutedLabel({}, this))
{
    m_table->setObjectName(u"summaryTable"_s);
    m_table->setAccessibleName(tr("What changes and what hot reload does"));
    m_table->setModel(&models->summary);
    m_table->setItemDelegate(new SummaryDelegate(m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setTabKeyNavigation(false);
    m_table->setMouseTracking(true);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsClickable(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSectionResizeMode(QHeaderView::Fixed);

    m_feed->setObjectName(u"changeFeed"_s);
    m_feed->setAccessibleName(tr("Changes"));
    m_feed->setModel(&models->feed);
    m_feed->setItemDelegate(new FeedDelegate(m_feed));
    m_feed->setHeaderHidden(true);
    m_feed->setFrameShape(QFrame::NoFrame);
    m_feed->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_feed->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_feed->setIndentation(20);
    m_feed->setMouseTracking(true);
    m_feed->setContextMenuPolicy(Qt::CustomContextMenu);
    m_feed->setExpandsOnDoubleClick(false);
    auto *empty =
        new EmptyState(u"swap"_s, tr("Nothing has changed yet"),
                       tr("Save a file of a plugin or a route, or reload a plugin: what happens to the running "
                          "server, and why, appears here."),
                       this);
    empty->setObjectName(u"feedEmpty"_s);
    empty->watch(m_feed);

    m_feed->viewport()->installEventFilter(this);
    auto *heading = new QLabel(tr("Changes"), this);
    heading->setFont(Theme::strongFont());
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 14, 16, 8);
    bar->setSpacing(8);
    bar->addWidget(heading);
    bar->addWidget(m_count);
    bar->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_table);
    column->addLayout(bar);
    column->addWidget(m_feed, 1);

    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) {
        if (const qint64 id = index.data(SummaryModel::ChangeIdRole).toLongLong(); id > 0)
            showChange(id);
    });
    connect(m_feed, &QTreeView::activated, this, [this](const QModelIndex &index) {
        const QString file = index.data(models::FileRole).toString();
        if (index.data(models::StateRole).toString() == models::TypeFact)
            Q_EMIT typesRequested(index.parent().data(models::RecordRole).value<session::ChangeRecord>().id);
        else if (index.parent().isValid() && !file.isEmpty())
            Q_EMIT openRequested(file, index.data(models::LineRole).toInt());
        else
            m_feed->setExpanded(index, !m_feed->isExpanded(index));
    });
    connect(m_feed, &QTreeView::customContextMenuRequested, this, [this](const QPoint &position) {
        const QModelIndex index = m_feed->indexAt(position);
        if (!index.isValid())
            return;
        const QString file = index.data(models::FileRole).toString();
        const int line = index.data(models::LineRole).toInt();
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        if (!file.isEmpty())
            menu->addAction(tr("Open in editor"), this, [this, file, line] { Q_EMIT openRequested(file, line); });
        const QModelIndex change = index.parent().isValid() ? index.parent() : index;
        const auto record = change.data(models::RecordRole).value<session::ChangeRecord>();
        if (!record.types.isEmpty())
            menu->addAction(tr("Show changes of types"), this, [this, id = record.id] { Q_EMIT typesRequested(id); });
        menu->addAction(tr("Copy"), this, &HotReloadView::copyCurrent);
        menu->popup(m_feed->viewport()->mapToGlobal(position));
    });
    const auto count = [this] {
        const int changes = m_models->feed.rowCount();
        m_count->setText(changes == 0 ? QString() : tr("%n, newest first", nullptr, changes));
    };
    connect(&models->feed, &QAbstractItemModel::rowsInserted, this, count);
    connect(&models->feed, &QAbstractItemModel::rowsRemoved, this, count);
    fitTable();
}

bool HotReloadView::showChange(qint64 id)
{
    const QModelIndex index = m_models->feed.change(id);
    if (!index.isValid())
        return false;
    m_feed->setCurrentIndex(index);
    m_feed->expand(index);
    m_feed->scrollTo(index, QAbstractItemView::PositionAtTop);
    return true;
}

void HotReloadView::copyCurrent()
{
    const QModelIndex index = m_feed->currentIndex();
    QStringList lines{index.data(Qt::DisplayRole).toString()};
    for (int row = 0; row < m_models->feed.rowCount(index); ++row)
        lines.append(u"  "_s + m_models->feed.index(row, 0, index).data(Qt::DisplayRole).toString());
    QApplication::clipboard()->setText(lines.join(u'\n'));
}

void HotReloadView::fitTable()
{
    // Fixed shares: the table never scrolls and never jumps while values come in.
    static constexpr int minimum[] = {170, 204, 108, 116, 100, 84};
    static constexpr int weight[] = {1, 2, 4, 0, 3, 2};
    int rest = width();
    int weights = 0;
    for (int column = 0; column < SummaryModel::ColumnCount; ++column) {
        rest -= minimum[column];
        weights += weight[column];
    }
    for (int column = 0; column < SummaryModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, minimum[column] + qMax(0, rest) * weight[column] / weights);
    const int row = m_table->itemDelegate()->sizeHint({}, {}).height();
    m_table->verticalHeader()->setDefaultSectionSize(row);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() + m_models->summary.rowCount() * row);
    m_feed->doItemsLayout(); // facts wrap to the new width
}

/// The chip of a change's types is a link.
bool HotReloadView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_feed->viewport() ||
        (event->type() != QEvent::MouseButtonPress && event->type() != QEvent::MouseMove))
        return QWidget::eventFilter(watched, event);
    const auto *mouse = static_cast<QMouseEvent *>(event);
    const QModelIndex index = m_feed->indexAt(mouse->pos());
    const bool onChip =
        index.isValid() && FeedDelegate::typesChip(m_feed->visualRect(index), index).contains(mouse->pos());
    m_feed->viewport()->setCursor(onChip ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (onChip && event->type() == QEvent::MouseButtonPress && mouse->button() == Qt::LeftButton) {
        Q_EMIT typesRequested(index.data(models::RecordRole).value<session::ChangeRecord>().id);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void HotReloadView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitTable();
}

void HotReloadView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange)
        fitTable();
    QWidget::changeEvent(event);
}

} // namespace paddock::ui
