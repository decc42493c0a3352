// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/migrationdesk.h"
#include "words.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace paddock::ui {

class CodeEdit;
class EmptyState;
class WrapLabel;

/// What runs, line by line, and what came of it: outcome, schema difference, rows before and after, locks, and the SQL.
class ReportPane final : public QWidget
{
    Q_OBJECT

public:
    explicit ReportPane(QWidget *parent = nullptr);

    void clear();
    void setActivity(const session::MigrationActivity &activity);
    void append(const QString &line);
    void showRun(const migrations::RunReport &report);
    void showRehearsal(const migrations::RehearsalReport &report);
    void showError(const Error &error);

Q_SIGNALS:
    void cancelRequested();

private:
    void section(const QString &title, const QString &text, const QString &language, const QString &objectName);
    void note(const QString &text, words::Tone tone);
    void emptySections();
    void setHeading(const QString &title, const QString &facts, words::Tone tone);

    QWidget *m_page;
    QWidget *m_nothing;
    QLabel *m_title;
    QLabel *m_facts;
    QProgressBar *m_progress;
    QPushButton *m_cancel;
    CodeEdit *m_output; ///< while it runs
    QWidget *m_sections;
    QVBoxLayout *m_sectionColumn;
    bool m_isRunning = false;
};

} // namespace paddock::ui
