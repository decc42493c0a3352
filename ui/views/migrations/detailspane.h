// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/service.h"

#include <QScrollArea>

class QVBoxLayout;

namespace paddock::session {
class MigrationDesk;
}

namespace paddock::ui {

class CodeEdit;

/// One migration: how it stands and why, what running or reverting it would do, how it can be settled, the difference
/// to what was applied, and its text. Or a plugin: what can be done with all of its migrations.
class DetailsPane final : public QScrollArea
{
    Q_OBJECT

public:
    explicit DetailsPane(QWidget *parent = nullptr);

    void setDesk(session::MigrationDesk *desk);
    void showMigration(const migrations::Key &key);
    void showPlugin(const QString &plugin);
    void showNothing();
    void refresh(); ///< the states are new

Q_SIGNALS:
    void runRequested(const paddock::migrations::Selection &selection);
    void rehearseRequested(const paddock::migrations::Selection &selection);
    void repairRequested(const paddock::migrations::RepairRequest &request);
    void restoreRequested();
    void newRequested(const QString &plugin);
    void openRequested(const QString &file, int line);

private:
    void build();
    void buildMigration(const migrations::Entry &entry);
    void buildPlugin();
    void addHeading(const QString &title);
    /// A text that can be read and copied, below its title; `name` is the object's.
    CodeEdit *addCode(const QString &title, const QString &name, int mostLines);
    void addText(const QString &text);
    void addRepairs(const migrations::Entry &entry);
    void addFindings(const migrations::Entry &entry);
    void addDifference(const migrations::Entry &entry);
    void addSource(const migrations::Entry &entry);
    [[nodiscard]] bool isLastApplied(const migrations::Entry &entry) const;

    session::MigrationDesk *m_desk = nullptr; ///< outlives its being set here
    migrations::Key m_key;
    QString m_plugin;
    QString m_shown; ///< what the page was built from
    QWidget *m_page = nullptr;
    QVBoxLayout *m_column = nullptr;
};

} // namespace paddock::ui
