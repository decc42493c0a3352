// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QObject>

namespace paddock::ui {

class Source;

/// Everything that can be done to the open workspace, enabled by its state; a tool tip says why not.
class Actions final : public QObject
{
    Q_OBJECT

public:
    explicit Actions(QWidget *window);

    /// `plugin`: the one that "Reload plugin" would reload; empty: none chosen.
    void refresh(const Source *source, const QString &plugin);
    [[nodiscard]] QList<QAction *> all() const { return m_all; }
    /// What the Types view offers: `selected` findings, all of them `approved`; null: there is no view to speak of.
    void refreshTypes(const Source *source, bool selected, bool approved, bool hasSideBySide, bool isFolded);

    QAction *start, *stop, *restart, *attach, *reloadPlugin, *rollback, *generateTypes, *pause;
    QAction *focusPlugin, *manual, *applyWaiting;
    QAction *restartYes, *restartAsk, *restartNo, *restartAlways;
    QAction *showJournal, *focusJournal;
    QAction *doctor, *showHistory, *openHistory, *exportHistory;
    QAction *openFolder, *openSample, *closeWorkspace, *quit;
    QAction *palette, *shortcuts, *focusTree, *focusLogs, *clearLogs;
    QAction *runMigrations, *rehearseMigrations, *newMigration, *backUp, *applyHeld;
    QAction *showMigrations, *showSchema, *showQuery, *giveDatabase;
    QAction *showHotReload, *showTypes, *showRoutes, *showLogs, *showJobs, *showProblems;
    QAction *saveBaseline, *approveTypes;
    QAction *nextDifference, *previousDifference, *sideBySide, *foldEqual, *findInDifference;
    QAction *themeSystem, *themeLight, *themeDark;

private:
    QAction *add(const char *name, const QString &text, const QString &icon, const QList<QKeySequence> &keys,
                 const QString &tip);
    /// Enabled if `why` is empty; else disabled, and the tool tip says why.
    static void enable(QAction *action, const QString &why);

    QList<QAction *> m_all;
};

} // namespace paddock::ui
