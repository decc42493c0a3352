// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/workspaceview.h"

#include "delegates/treedelegate.h"
#include "models/roles.h"
#include "models/treenodes.h"
#include "sourcemodels.h"
#include "theme/icons.h"
#include "widgets/misc.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::NodeKind;

/// Many rows are opened at once: the layout comes after all of them.
class WorkspaceTree final : public QTreeView
{
public:
    using QTreeView::QTreeView;
    using QTreeView::scheduleDelayedItemsLayout;
};

WorkspaceView::WorkspaceView(SourceModels *models, QWidget *parent)
    : QWidget(parent),
      m_models(models),
      m_edit(new FilterEdit(tr("Filter plugins, methods, routes"), this)),
      m_tree(new WorkspaceTree(this)),
      m_delegate(new TreeDelegate(m_tree))
{
    m_edit->setObjectName(u"treeFilter"_s);
    m_edit->setView(m_tree);
    m_tree->setObjectName(u"workspaceTree"_s);
    m_tree->setAccessibleName(tr("Workspace"));
    m_tree->setModel(&models->tree);
    m_tree->setItemDelegate(m_delegate);
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setMouseTracking(true);
    (new EmptyState(u"search"_s, tr("Nothing to show"),
                    tr("No plugin, method or route matches the filter, or the workspace has none yet."), this))
        ->watch(m_tree);

    auto *top = new QHBoxLayout;
    top->setContentsMargins(8, 4, 8, 8);
    top->addWidget(m_edit);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(m_tree, 1);

    connect(m_edit, &QLineEdit::textChanged, this, &WorkspaceView::applyFilter);
    connect(m_edit, &QLineEdit::returnPressed, this, [this] { m_tree->setFocus(Qt::TabFocusReason); });
    connect(models, &SourceModels::treeUpdated, this, &WorkspaceView::showUpdated);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this] { Q_EMIT currentChanged(current()); });
    connect(m_tree, &QTreeView::activated, this, &WorkspaceView::activate);
    connect(m_tree, &QTreeView::customContextMenuRequested, this, &WorkspaceView::showMenu);
}

QModelIndex WorkspaceView::current() const
{
    return m_tree->currentIndex();
}

QString WorkspaceView::currentPlugin() const
{
    for (QModelIndex index = current(); index.isValid(); index = index.parent()) {
        if (NodeKind(index.data(models::KindRole).toInt()) == NodeKind::Plugin)
            return index.data(models::NameRole).toString();
    }
    return current().data(models::OwnerRole).toString();
}

void WorkspaceView::selectPlugin(const QString &name)
{
    const QModelIndex index = m_models->tree.plugin(name);
    if (!index.isValid()) {
        m_wanted = m_models->treeFilter().isEmpty() ? QString() : name; // it is filtered away
        return m_edit->clear();
    }
    m_wanted.clear();
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
}

void WorkspaceView::focusFilter()
{
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
}

QString WorkspaceView::filterText() const
{
    return m_edit->text();
}

void WorkspaceView::setFilterText(const QString &text)
{
    m_edit->setText(text);
}

void WorkspaceView::applyFilter(const QString &text)
{
    if (m_words.isEmpty() && m_models->treeFilter().isEmpty() && !text.trimmed().isEmpty()) {
        m_expanded.clear();
        const auto remember = [this](const auto &self, const QModelIndex &parent, const QString &path) -> void {
            for (int row = 0; row < m_models->tree.rowCount(parent); ++row) {
                const QModelIndex index = m_models->tree.index(row, 0, parent);
                if (!m_tree->isExpanded(index))
                    continue;
                const QString name = path + u'/' + m_models->tree.keyOf(index);
                m_expanded.insert(name);
                self(self, index, name);
            }
        };
        remember(remember, {}, {});
    }
    m_delegate->setFilterText(text);
    m_models->setTreeFilter(text);
    m_tree->viewport()->update();
}

void WorkspaceView::showUpdated()
{
    if (m_models->tree.rowCount() == 0 && m_models->shownTreeFilter().isEmpty())
        m_seen.clear(); // another workspace starts afresh
    if (m_words != m_models->shownTreeFilter())
        expandForFilter();
    if (m_words.isEmpty())
        expandDefaults();
    if (!m_wanted.isEmpty() && m_words.isEmpty())
        selectPlugin(std::exchange(m_wanted, {}));
}

/// Opens the way to each match, not what is below it; without a filter, what was open before there was one.
void WorkspaceView::expandForFilter()
{
    m_words = m_models->shownTreeFilter();
    m_tree->collapseAll();
    m_tree->scheduleDelayedItemsLayout();
    const auto open = [this](const auto &self, const QModelIndex &parent, const QString &path) -> void {
        for (int row = 0; row < m_models->tree.rowCount(parent); ++row) {
            const QModelIndex index = m_models->tree.index(row, 0, parent);
            const QString name = m_words.isEmpty() ? path + u'/' + m_models->tree.keyOf(index) : QString();
            if (m_words.isEmpty() ? !m_expanded.contains(name) : !index.data(models::MatchBelowRole).toBool())
                continue;
            m_tree->expand(index);
            self(self, index, name);
        }
    };
    open(open, {}, {});
    if (m_words.isEmpty() && m_tree->currentIndex().isValid())
        m_tree->scrollTo(m_tree->currentIndex());
}

void WorkspaceView::expandDefaults()
{
    for (int row = 0; row < m_models->tree.rowCount(); ++row) {
        const QModelIndex index = m_models->tree.index(row, 0);
        const QString key = m_models->tree.keyOf(index);
        if (m_seen.contains(key) || m_models->tree.rowCount(index) == 0)
            continue;
        m_seen.insert(key);
        m_tree->setExpanded(index, key == "plugins"_L1 || key == "routes"_L1);
    }
}

void WorkspaceView::activate(const QModelIndex &index)
{
    const auto kind = NodeKind(index.data(models::KindRole).toInt());
    if (kind == NodeKind::Group || kind == NodeKind::Section)
        return m_tree->setExpanded(index, !m_tree->isExpanded(index));
    if (kind == NodeKind::Route)
        return Q_EMIT routeActivated(index.data(models::RecordRole).toString());
    if (kind == NodeKind::Dependency || kind == NodeKind::Dependant)
        return selectPlugin(index.data(models::NameRole).toString());
    if (const QString file = index.data(models::FileRole).toString(); !file.isEmpty())
        Q_EMIT openRequested(file, index.data(models::LineRole).toInt());
}

void WorkspaceView::showMenu(const QPoint &position)
{
    const QModelIndex index = m_tree->indexAt(position);
    if (!index.isValid())
        return;
    const QString plugin = currentPlugin();
    const QString file = index.data(models::FileRole).toString();
    const int line = index.data(models::LineRole).toInt();
    const QString name = index.data(models::NameRole).toString();
    const QString route = index.data(models::RecordRole).toString();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (!route.isEmpty())
        menu->addAction(icons::get(u"send"_s), tr("Try this route"), this,
                        [this, route] { Q_EMIT routeActivated(route); });
    if (NodeKind(index.data(models::KindRole).toInt()) == NodeKind::Migration)
        menu->addAction(
            icons::get(u"database"_s), tr("Show in Migrations"), this,
            [this, owner = index.data(models::OwnerRole).toString(), name] { Q_EMIT migrationActivated(owner, name); });
    if (!plugin.isEmpty()) {
        menu->addAction(icons::get(u"swap"_s), tr("Reload plugin “%1”").arg(plugin), this,
                        [this, plugin] { Q_EMIT reloadRequested(plugin); });
        menu->addAction(icons::get(u"history"_s), tr("Put its earlier generation back"), this,
                        [this, plugin] { Q_EMIT rollbackRequested(plugin, 0); })
            ->setEnabled(m_models->tree.plugin(plugin).data(models::GenerationRole).toInt() > 1);
        menu->addAction(icons::get(u"logs"_s), tr("Show its log lines"), this,
                        [this, plugin] { Q_EMIT logsRequested(plugin); });
    }
    if (!file.isEmpty())
        menu->addAction(icons::get(u"open"_s), tr("Open in editor"), this,
                        [this, file, line] { Q_EMIT openRequested(file, line); });
    if (!menu->isEmpty())
        menu->addSeparator();
    menu->addAction(icons::get(u"copy"_s), tr("Copy name"), this, [name] { QApplication::clipboard()->setText(name); });
    menu->popup(m_tree->viewport()->mapToGlobal(position));
}

} // namespace paddock::ui
