// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logfiltermodel.h"
#include "session/records.h"

#include <QWidget>

class QLabel;
class QMenu;
class QToolButton;
class QTreeView;

namespace paddock::ui {

class LogView;
class Source;
class SourceModels;

/// Jobs: the list, and beside it the selected one: command line, working folder, environment, exit status, and its
/// output as it comes, in colour. Above the list: run, run again, cancel.
class JobsView final : public QWidget
{
    Q_OBJECT

public:
    explicit JobsView(SourceModels *models, QWidget *parent = nullptr);

    void setSource(Source *source); ///< null: none
    [[nodiscard]] QMenu *runMenu() const { return m_runMenu; }

Q_SIGNALS:
    void runRequested(const QString &name);
    void runAgainRequested(qint64 job);
    void cancelRequested(qint64 job);
    void locationActivated(const QString &file, int line);

private:
    void showCurrent();
    void showFacts(const session::JobRecord &job);
    void takeLines(const QList<logs::LogLine> &lines);
    void fillRunMenu();
    void showMenu(const QPoint &position);
    [[nodiscard]] QString progressText(const session::JobRecord &job) const;
    [[nodiscard]] bool isOf(const session::JobRecord &job, const logs::LogLine &line) const;

    SourceModels *m_models;
    Source *m_source = nullptr; ///< outlives its being set here
    models::LogModel m_lines;   ///< output of the job that is shown
    models::LogFilterModel m_output;
    QMenu *m_runMenu;
    QToolButton *m_run;
    QToolButton *m_again;
    QToolButton *m_cancel;
    QTreeView *m_list;
    QLabel *m_title;
    QLabel *m_state;
    QWidget *m_facts = nullptr;
    class QVBoxLayout *m_side;
    LogView *m_view;
    session::JobRecord m_shown; ///< id 0: none
    int m_percent = -1;         ///< what the shown job says of itself; -1: nothing yet
};

} // namespace paddock::ui
