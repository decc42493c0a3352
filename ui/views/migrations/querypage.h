// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/querymodel.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QTableView;

namespace paddock::session {
class MigrationDesk;
}

namespace paddock::ui {

class BannerStack;
class CodeEdit;
class EmptyState;

/// A query of the user's own, on a connection that cannot write, with a limit of rows, and its result as a table.
class QueryPage final : public QWidget
{
    Q_OBJECT

public:
    explicit QueryPage(QWidget *parent = nullptr);

    void setDesk(session::MigrationDesk *desk);
    void ask(const QString &sql); ///< puts it into the box and runs it
    void run();
    void focusEdit();

private:
    void showState();
    void copy();

    session::MigrationDesk *m_desk = nullptr; ///< outlives its being set here
    models::QueryModel m_model;
    BannerStack *m_banners;
    CodeEdit *m_edit;
    QComboBox *m_limit;
    QLabel *m_facts;
    QPushButton *m_run;
    QPushButton *m_cancel;
    QTableView *m_table;
    EmptyState *m_empty;
    bool m_isRunning = false;
};

} // namespace paddock::ui
