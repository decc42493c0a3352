// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

class QWidget;

namespace paddock::ui {

/// Puts a ring around whatever scrolls and has been given the focus by a key, where nothing else shows that: a page, a
/// log, a list without rows. (Lists show it by their current row, boxes of text by their frame.) One for a window.
class FocusRing final : public QObject
{
    Q_OBJECT

public:
    explicit FocusRing(QWidget *window);

private:
    void follow(QWidget *now);

    QWidget *m_window;
    QPointer<QWidget> m_ring; ///< goes with what it is around
};

} // namespace paddock::ui
