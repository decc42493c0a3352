// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"

#include <QWidget>

class QPushButton;

namespace paddock::ui {

/// A generation of a plugin: number, when, which change brought its code, whether it is in service, and a way back.
class GenerationRow final : public QWidget
{
    Q_OBJECT

public:
    GenerationRow(const session::PluginGeneration &generation, bool canPutBack, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void putBackRequested(int generation);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    session::PluginGeneration m_generation;
    QPushButton *m_putBack = nullptr;
};

} // namespace paddock::ui
