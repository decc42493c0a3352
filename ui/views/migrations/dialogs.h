// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/service.h"

#include <QDialog>
#include <functional>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace paddock::ui {

/// Before anything runs: which migrations, what lint says of each, and, where data is lost, what and how much. Nothing
/// runs unless it is accepted; where data is lost, Enter alone does not accept it.
class PlanDialog final : public QDialog
{
    Q_OBJECT

public:
    PlanDialog(const QList<migrations::PlannedStep> &planned, const migrations::Location &database,
               QWidget *parent = nullptr);
    /// Accepting it is consent to data that is lost, or to what does nothing yet.
    [[nodiscard]] bool isConsent() const { return m_losesData || m_isEmpty; }

Q_SIGNALS:
    void rehearseRequested();

private:
    bool m_losesData = false;
    bool m_isEmpty = false;
};

/// A new migration: its plugin and name, with the file that will be written.
class NewMigrationDialog final : public QDialog
{
    Q_OBJECT

public:
    using Create = std::function<Result<QString>(const QString &plugin, const QString &name)>;
    NewMigrationDialog(const QStringList &plugins, const QString &plugin, Create create, QWidget *parent = nullptr);

Q_SIGNALS:
    void created(const QString &path);

private:
    void check();
    void accept() override;

    Create m_create;
    QComboBox *m_plugin;
    QLineEdit *m_name;
    QLabel *m_hint;
    QPushButton *m_ok;
};

/// Where the database is.
class DatabaseDialog final : public QDialog
{
    Q_OBJECT

public:
    using Give = std::function<Result<>(const QString &text)>;
    /// `shown`: where it is thought to be, without secrets; empty: not known.
    DatabaseDialog(const QString &shown, const QString &origin, bool isGiven, Give give, QWidget *parent = nullptr);

private:
    void give(const QString &text);

    Give m_give;
    QLineEdit *m_edit;
    QLabel *m_error;
};

} // namespace paddock::ui
