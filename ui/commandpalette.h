// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QIcon>
#include <functional>

class QLineEdit;
class QListView;
class QStandardItemModel;

namespace paddock::ui {

struct Command
{
    QString id; ///< for the order of equal matches: recently run first
    QString title;
    QString group; ///< "Action", "Plugin", "Route"
    QString icon;  ///< name of an icon
    QString hint;  ///< a shortcut, or why it cannot run now
    bool isEnabled = true;
    std::function<void()> run;
};

/// A list of everything that can be done or gone to, filtered while typing. Opens over its parent, closes on Escape, on
/// a click elsewhere and after it has run something.
class CommandPalette final : public QFrame
{
    Q_OBJECT

public:
    explicit CommandPalette(QWidget *parent);

    void open(QList<Command> commands);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void filter(const QString &text);
    void runCurrent();
    void place();

    QLineEdit *m_edit;
    QListView *m_list;
    QStandardItemModel *m_model;
    QList<Command> m_commands;
    QStringList m_recent; ///< ids, newest first
    QWidget *m_focusBefore = nullptr;
};

} // namespace paddock::ui
