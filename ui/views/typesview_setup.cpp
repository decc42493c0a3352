// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How the Types view is put together; what it does is in typesview.cpp.
#include "actions.h"
#include "delegates/typesdelegate.h"
#include "models/roles.h"
#include "theme/icons.h"
#include "theme/theme.h"
#include "views/typesview.h"
#include "widgets/diffview.h"
#include "widgets/misc.h"

#include <QComboBox>
#include <QListView>
#include <QProgressBar>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

QToolButton *flatButton(QWidget *parent, QAction *action, bool withText = false)
{
    auto *button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setObjectName(action->objectName() + u"InTypes"_s);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolButtonStyle(withText ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    return button;
}

} // namespace

TypesView::TypesView(Actions *actions, QWidget *parent) : QWidget(parent), m_actions(actions), m_filter(&m_findings)
{
    m_list = new QTreeView(this);
    m_list->setObjectName(u"typesList"_s);
    m_list->setAccessibleName(tr("Changes of types"));
    m_list->setModel(&m_filter);
    m_list->setItemDelegate(new TypesDelegate(m_list));
    m_list->setHeaderHidden(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setIndentation(20);
    m_list->setMouseTracking(true);
    m_list->setExpandsOnDoubleClick(false);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setMinimumHeight(96);
    m_list->installEventFilter(this);
    m_list->viewport()->installEventFilter(this);
    m_empty = new EmptyState(u"types"_s, {}, {}, this);
    m_empty->setObjectName(u"typesEmpty"_s);
    m_empty->watch(m_list);

    m_halves = new QSplitter(Qt::Vertical, this);
    m_halves->setObjectName(u"typesSplitter"_s);
    m_halves->setChildrenCollapsible(false);
    m_halves->setHandleWidth(1);
    m_halves->addWidget(m_list);
    m_halves->addWidget(makeDiff());
    m_halves->setStretchFactor(0, 2);
    m_halves->setStretchFactor(1, 3);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(makeFilters());
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(m_halves, 1);

    m_compare.setSingleShot(true);
    m_compare.setInterval(30);
    connect(&m_compare, &QTimer::timeout, this, &TypesView::compare);
    connect(m_list, &QTreeView::activated, this, &TypesView::activate);
    connect(m_list, &QTreeView::customContextMenuRequested, this, &TypesView::showMenu);
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TypesView::selectionChanged);
    connect(m_fileList->selectionModel(), &QItemSelectionModel::currentChanged, this, &TypesView::showFile);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_filter, signal, this, &TypesView::showEmptyTexts);
    connect(Theme::instance(), &Theme::changed, this, [this] {
        showStatus();
        showCounts();
    });
    showStatus();
    showCounts();
}

QWidget *TypesView::makeBar()
{
    auto *bar = new QWidget(this);
    const auto choice = [&](const QString &name, const QString &what) {
        auto *box = new QComboBox(bar);
        box->setObjectName(name);
        box->setAccessibleName(what);
        box->setToolTip(what);
        box->setMinimumWidth(96);
        box->setMaximumWidth(260);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(10);
        box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(box, &QComboBox::activated, this, &TypesView::choiceMade);
        return box;
    };
    m_from = choice(u"typesFrom"_s, tr("Compare from"));
    m_to = choice(u"typesTo"_s, tr("Compare to"));
    m_arrow = mutedLabel(u"→"_s, bar);
    m_status = new ElidedLabel({}, bar);
    m_status->setObjectName(u"typesStatus"_s);
    m_status->setFont(Theme::smallFont());
    m_progress = new QProgressBar(bar);
    m_progress->setObjectName(u"typesProgress"_s);
    m_progress->setAccessibleName(tr("Progress of the check"));
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(72, 6);
    m_cancel = new QToolButton(bar);
    m_cancel->setObjectName(u"typesCancel"_s);
    m_cancel->setIcon(icons::get(u"close"_s));
    m_cancel->setText(tr("Cancel"));
    m_cancel->setToolTip(tr("Stop checking"));
    m_cancel->setAutoRaise(true);
    connect(m_cancel, &QToolButton::clicked, this, [this] {
        if (desk())
            desk()->cancelImpact();
    });
    m_generate = flatButton(bar, m_actions->generateTypes, true);
    m_generate->setObjectName(u"typesGenerate"_s);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 5, 8, 5);
    row->setSpacing(6);
    row->addWidget(m_from, 2);
    row->addWidget(m_arrow);
    row->addWidget(m_to, 2);
    row->addWidget(m_status, 3);
    row->addWidget(m_progress);
    row->addWidget(m_cancel);
    row->addWidget(m_generate);
    row->addWidget(flatButton(bar, m_actions->saveBaseline, true));
    return bar;
}

QWidget *TypesView::makeFilters()
{
    auto *bar = new QWidget(this);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 4, 8, 4);
    row->setSpacing(4);
    const auto toggle = [&](const QString &name, const QString &tip) {
        auto *button = new QToolButton(bar);
        button->setObjectName(name);
        button->setCheckable(true);
        button->setChecked(true);
        button->setAutoRaise(true);
        button->setToolTip(tip);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::TabFocus);
        row->addWidget(button);
        return button;
    };
    using types::Severity;
    for (const Severity severity : {Severity::Breaking, Severity::Dangerous, Severity::Safe}) {
        auto *button =
            toggle(u"types-%1"_s.arg(QString(toString(severity))), tr("Show what is %1").arg(wordOf(severity)));
        m_severities[int(severity)] = button;
        connect(button, &QToolButton::toggled, this,
                [this, severity](bool shown) { m_filter.setShown(severity, shown); });
    }
    m_approved = toggle(u"typesApproved"_s, tr("Show what has been approved"));
    connect(m_approved, &QToolButton::toggled, this, [this](bool shown) { m_filter.setApprovedShown(shown); });
    m_text = new FilterEdit(tr("Filter by symbol or rule"), bar);
    m_text->setObjectName(u"typesFilter"_s);
    m_text->setMinimumWidth(120);
    m_text->setMaximumWidth(260);
    m_text->setView(m_list);
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString &text) { m_filter.setText(text.trimmed()); });
    row->addStretch(1);
    row->addWidget(m_text, 2);
    auto *approve = flatButton(bar, m_actions->approveTypes, true);
    row->addWidget(approve);
    // What is above the list comes before it.
    setTabOrder(approve, m_list);
    setTabOrder(m_list, m_fileList);
    return bar;
}

QWidget *TypesView::makeDiff()
{
    auto *half = new QWidget(this);
    m_fileList = new QListView(half);
    m_fileList->setObjectName(u"typesFiles"_s);
    m_fileList->setAccessibleName(tr("Files that differ"));
    m_fileList->setModel(&m_files);
    m_fileList->setItemDelegate(new ComparedFilesDelegate(m_fileList));
    m_fileList->setFrameShape(QFrame::NoFrame);
    m_fileList->setMouseTracking(true);
    m_fileList->setUniformItemSizes(true);
    m_fileList->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_fileList->setMinimumWidth(110);
    m_diff = new DiffView(half);
    m_diff->setObjectName(u"typesDiff"_s);
    m_fileName = new ElidedLabel({}, half, Qt::ElideMiddle);
    m_fileName->setObjectName(u"typesFileName"_s);
    m_place = mutedLabel({}, half);
    m_place->setObjectName(u"typesPlace"_s);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(10, 2, 8, 2);
    bar->setSpacing(2);
    bar->addWidget(m_fileName, 1);
    bar->addWidget(m_place);
    bar->addSpacing(4);
    for (QAction *action : {m_actions->previousDifference, m_actions->nextDifference, m_actions->sideBySide,
                            m_actions->foldEqual, m_actions->findInDifference})
        bar->addWidget(flatButton(half, action));
    auto *right = new QWidget(half);
    auto *column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    makeSearch(right);
    column->addWidget(m_searchBar);
    column->addWidget(new Rule(Qt::Horizontal, right));
    column->addWidget(m_diff, 1);
    m_lower = new QSplitter(half);
    m_lower->setObjectName(u"typesFilesSplitter"_s);
    m_lower->setChildrenCollapsible(false);
    m_lower->setHandleWidth(1);
    m_lower->addWidget(m_fileList);
    m_lower->addWidget(right);
    m_lower->setStretchFactor(0, 0);
    m_lower->setStretchFactor(1, 1);
    m_lower->setSizes({190, 600});
    auto *all = new QVBoxLayout(half);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_lower);
    connect(m_diff, &DiffView::changeMoved, this, [this](int index, int count) {
        m_place->setText(tr("%1 of %2", "change 2 of 5").arg(index + 1).arg(count));
    });
    connect(m_diff, &DiffView::loaded, this, [this] {
        if (m_diff->document().changes.isEmpty())
            m_place->clear();
    });
    connect(m_diff, &DiffView::matchesChanged, this, [this](int index, int count) {
        m_searchCount->setText(m_search->text().isEmpty() ? QString()
                               : count == 0               ? tr("Not found")
                                                          : tr("%1 of %2", "match").arg(index + 1).arg(count));
    });
    return half;
}

void TypesView::makeSearch(QWidget *parent)
{
    m_searchBar = new QWidget(parent);
    m_searchBar->setObjectName(u"typesSearchBar"_s);
    m_search = new QLineEdit(m_searchBar);
    m_search->setObjectName(u"typesSearch"_s);
    m_search->setPlaceholderText(tr("Find in both texts"));
    m_search->setAccessibleName(tr("Find in both texts"));
    m_search->setClearButtonEnabled(true);
    m_searchCount = mutedLabel({}, m_searchBar);
    m_searchCount->setObjectName(u"typesSearchCount"_s);
    auto *row = new QHBoxLayout(m_searchBar);
    row->setContentsMargins(8, 2, 8, 4);
    row->setSpacing(8);
    row->addWidget(m_search, 1);
    row->addWidget(m_searchCount);
    m_searchBar->hide();
    m_search->installEventFilter(this);
    connect(m_search, &QLineEdit::textChanged, m_diff, &DiffView::find);
}

} // namespace paddock::ui
