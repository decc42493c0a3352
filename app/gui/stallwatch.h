// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <functional>

/// An application that can tell what keeps its thread: with PADDOCK_STALLS=MS each event whose handling took that much
/// processor time, or more, is named on standard error. Processor time, because other programs do not lengthen it.
class StallWatch final : public QApplication
{
public:
    StallWatch(int &argc, char **argv);
    bool notify(QObject *receiver, QEvent *event) override;
    /// Every event is told to `told` from now on, with its time in ms.
    void tell(std::function<void(double ms, const QString &what)> told) { m_told = std::move(told); }

private:
    std::function<void(double, const QString &)> m_told;
    double m_limitMs = 0; ///< 0: nothing is measured
    int m_depth = 0;
};
