// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the window offers of types.
#include "mainwindow.h"

#include "actions.h"
#include "source.h"
#include "sourcemodels.h"
#include "views/hotreloadview.h"
#include "views/typesview.h"
#include "widgets/diffview.h"

using namespace Qt::StringLiterals;

namespace paddock::ui {

void MainWindow::connectTypes()
{
    connect(m_types, &TypesView::openRequested, this, &MainWindow::openInEditor);
    connect(m_types, &TypesView::failed, this, [this](const Error &error) { report(u"types-view"_s, &error); });
    connect(m_types, &TypesView::succeeded, this, [this] { report(u"types-view"_s, nullptr); });
    connect(m_types, &TypesView::selectionChanged, this, &MainWindow::refreshTypes);
    connect(m_hotReload, &HotReloadView::typesRequested, this, [this](qint64 change) {
        showTab(u"types"_s);
        m_types->showChange(change);
    });
    connect(m_actions->showTypes, &QAction::triggered, this, [this] { showTab(u"types"_s); });
    const auto on = [this](QAction *action, void (TypesView::*slot)()) {
        connect(action, &QAction::triggered, m_types, [this, slot] {
            showTab(u"types"_s);
            (m_types->*slot)();
        });
    };
    on(m_actions->saveBaseline, &TypesView::saveBaseline);
    on(m_actions->approveTypes, &TypesView::approveSelected);
    on(m_actions->nextDifference, &TypesView::nextChange);
    on(m_actions->previousDifference, &TypesView::previousChange);
    on(m_actions->sideBySide, &TypesView::toggleLayout);
    on(m_actions->foldEqual, &TypesView::toggleFolding);
    on(m_actions->findInDifference, &TypesView::focusSearch);
}

void MainWindow::refreshTypes()
{
    m_actions->refreshTypes(m_source.get(), m_types->hasFindings(), m_types->isApproved(),
                            m_types->diff()->diffLayout() == types::DiffLayout::SideBySide,
                            m_types->diff()->isFolded());
}

} // namespace paddock::ui
