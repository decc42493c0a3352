// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/doctor.h"

#include <QDialog>

class QVBoxLayout;

namespace paddock::ui {

/// Doctor: the checks of workspace and machine, each with its remedy, some with a button that does it.
class DoctorDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit DoctorDialog(const QString &root, QWidget *parent = nullptr);

    void examine(); ///< anew; on another thread
    void show(const QList<session::Check> &checks);

Q_SIGNALS:
    void actionRequested(const QString &action); ///< see session::Check

private:
    QString m_root;
    class QLabel *m_summary;
    class QPushButton *m_again;
    QVBoxLayout *m_rows;
};

} // namespace paddock::ui
