// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

namespace paddock::ui {

/// A text for QToolTip::showText() that is shown as it is, wrapped: a bare one that holds "<b>" would be taken for
/// markup.
[[nodiscard]] QString plainTip(const QString &text);

/// Shows the tool tips of all widgets and of all items of views as plain text, since many hold words of the workspace:
/// messages, names, cells of a database. An event filter for the application.
class PlainTips final : public QObject
{
    Q_OBJECT

public:
    explicit PlainTips(QObject *parent = nullptr) : QObject(parent) {}
    bool eventFilter(QObject *watched, QEvent *event) override;
};

} // namespace paddock::ui
