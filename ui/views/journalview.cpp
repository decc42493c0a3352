// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/journalview.h"

#include "models/roles.h"
#include "sourcemodels.h"
#include "theme/icons.h"
#include "theme/theme.h"
#include "views/tables.h"
#include "widgets/misc.h"
#include "widgets/paint.h"
#include "words.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::JournalModel;
using session::Fate;
using session::JournalEntry;

namespace {

JournalEntry entryOf(const QModelIndex &index)
{
    return index.data(models::RecordRole).value<JournalEntry>();
}

} // namespace

void JournalDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Theme::tokens();
    painter->save();
    paint::rowGround(painter, option);
    const QRectF rect = QRectF(option.rect).adjusted(8, 0, -4, 0);
    const QString text = index.data().toString();
    switch (index.column()) {
    case JournalModel::Time: paint::text(painter, rect, text, Theme::smallMonoFont(), t.faint); break;
    case JournalModel::Fate: {
        const Fate fate = entryOf(index).fate;
        const QString word = words::fate(fate);
        paint::chip(painter, rect, rect.left() + paint::chipWidth(word), word, words::toneOf(fate));
        break;
    }
    case JournalModel::File:
        paint::text(painter, rect, text, Theme::smallMonoFont(), t.text, Qt::AlignLeft, Qt::ElideMiddle);
        break;
    case JournalModel::Change: paint::text(painter, rect, text, Theme::uiFont(), t.accent); break;
    default: paint::text(painter, rect, QString(text).replace(u'\n', u' '), Theme::uiFont(), t.muted);
    }
    painter->restore();
}

QSize JournalDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {option.rect.width(), qMax(28, QFontMetrics(Theme::uiFont()).height() + 11)};
}

JournalView::JournalView(SourceModels *models, QWidget *parent)
    : QWidget(parent),
      m_models(models),
      m_text(new FilterEdit(tr("Filter by file or reason"), this)),
      m_fate(new QComboBox(this)),
      m_count(mutedLabel({}, this)),
      m_list(new QTreeView(this)),
      m_empty(new EmptyState(u"journal"_s, {}, {}, this))
{
    setObjectName(u"journal"_s);
    m_text->setObjectName(u"journalFilter"_s);
    m_text->setMinimumWidth(160);
    m_text->setMaximumWidth(360);
    m_text->setView(m_list);
    m_fate->setObjectName(u"journalFate"_s);
    m_fate->setAccessibleName(tr("Fate"));
    m_fate->addItem(tr("All fates"), -1);
    for (const Fate fate : {Fate::Applied, Fate::Held, Fate::Merged, Fate::Superseded, Fate::Ignored})
        m_fate->addItem(words::fate(fate), int(fate));
    m_count->setObjectName(u"journalCount"_s);
    m_list->setObjectName(u"journalList"_s);
    m_list->setAccessibleName(tr("What became of every save"));
    setUpTable(m_list, &models->journal);
    m_list->setItemDelegate(new JournalDelegate(m_list));
    m_list->header()->setSectionResizeMode(QHeaderView::Fixed);
    m_list->viewport()->installEventFilter(this);
    setFocusProxy(m_list);
    m_empty->watch(m_list);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    bar->setSpacing(8);
    bar->addWidget(m_text, 1);
    bar->addWidget(m_fate);
    bar->addStretch(1);
    bar->addWidget(m_count);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(m_list, 1);

    m_typing.setSingleShot(true);
    m_typing.setInterval(60);
    connect(&m_typing, &QTimer::timeout, this, &JournalView::applyFilter);
    connect(m_text, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_fate, &QComboBox::currentIndexChanged, this, &JournalView::applyFilter);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&models->journal, signal, this, &JournalView::showCount);
    connect(&models->journal, &QAbstractItemModel::modelReset, this, &JournalView::showCount);
    connect(m_list, &QTreeView::clicked, this, [this](const QModelIndex &index) {
        if (const qint64 change = entryOf(index).change; change > 0 && index.column() == JournalModel::Change)
            Q_EMIT changeRequested(change);
    });
    connect(m_list, &QTreeView::activated, this, [this](const QModelIndex &index) {
        const JournalEntry entry = entryOf(index);
        if (entry.change > 0)
            Q_EMIT changeRequested(entry.change);
        else
            Q_EMIT openRequested(entry.file, 0);
    });
    connect(m_list, &QTreeView::customContextMenuRequested, this, &JournalView::showMenu);
    showCount();
}

void JournalView::applyFilter()
{
    m_typing.stop();
    const int fate = m_fate->currentData().toInt();
    m_models->journal.setFilter(m_text->text().trimmed(), fate >= 0 ? std::optional(Fate(fate)) : std::nullopt);
}

void JournalView::showCount()
{
    const int shown = m_models->journal.rowCount();
    const int all = int(m_models->journal.total());
    if (shown != all)
        m_count->setText(tr("%L1 of %L2").arg(shown).arg(all));
    else
        m_count->setText(all == 0 ? QString() : tr("%Ln, newest first", nullptr, all));
    if (all == 0)
        m_empty->setTexts(tr("No save yet"), tr("What becomes of every save, and why, appears here."));
    else
        m_empty->setTexts(tr("Nothing matches"), tr("Change or clear the filters above."));
}

void JournalView::fitColumns()
{
    constexpr int Time = 104, FateWidth = 112, Change = 92;
    const int rest = qMax(200, m_list->viewport()->width() - Time - FateWidth - Change);
    const int file = qBound(120, rest * 2 / 5, 420);
    m_list->setColumnWidth(JournalModel::Time, Time);
    m_list->setColumnWidth(JournalModel::Fate, FateWidth);
    m_list->setColumnWidth(JournalModel::File, file);
    m_list->setColumnWidth(JournalModel::Reason, rest - file);
    m_list->setColumnWidth(JournalModel::Change, Change);
}

void JournalView::showMenu(const QPoint &position)
{
    const QModelIndex index = m_list->indexAt(position);
    if (!index.isValid())
        return;
    const JournalEntry entry = entryOf(index);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (entry.change > 0)
        menu->addAction(icons::get(u"swap"_s), tr("Go to the change"), this,
                        [this, entry] { Q_EMIT changeRequested(entry.change); });
    menu->addAction(icons::get(u"open"_s), tr("Open in editor"), this,
                    [this, entry] { Q_EMIT openRequested(entry.file, 0); });
    menu->addAction(icons::get(u"search"_s), tr("Only this file"), this,
                    [this, entry] { m_text->setText(entry.file); });
    menu->addAction(icons::get(u"copy"_s), tr("Copy"), this, [entry] {
        QApplication::clipboard()->setText(u"%1  %2  %3  %4"_s.arg(entry.at.toString(Qt::ISODateWithMs),
                                                                   toString(entry.fate), entry.file, entry.reason));
    });
    menu->popup(m_list->viewport()->mapToGlobal(position));
}

bool JournalView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        fitColumns();
    if (event->type() == QEvent::MouseMove && watched == m_list->viewport()) {
        const QModelIndex index = m_list->indexAt(static_cast<QMouseEvent *>(event)->position().toPoint());
        const bool isLink =
            index.isValid() && index.column() == JournalModel::Change && !index.data().toString().isEmpty();
        m_list->viewport()->setCursor(isLink ? Qt::PointingHandCursor : Qt::ArrowCursor);
    }
    return QWidget::eventFilter(watched, event);
}

void JournalView::focusFilter()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

QVariantMap JournalView::saveState() const
{
    return {{u"text"_s, m_text->text()}, {u"fate"_s, m_fate->currentIndex()}};
}

void JournalView::restoreState(const QVariantMap &state)
{
    m_text->setText(state.value(u"text"_s).toString());
    m_fate->setCurrentIndex(qBound(0, state.value(u"fate"_s).toInt(), m_fate->count() - 1));
    applyFilter();
}

} // namespace paddock::ui
