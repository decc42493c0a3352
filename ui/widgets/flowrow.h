// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace paddock::ui {

/// Buttons beside each other that go on in the next line where the width ends.
class FlowRow final : public QWidget
{
    Q_OBJECT

public:
    explicit FlowRow(QWidget *parent = nullptr);

    void add(QWidget *widget); ///< takes it
    [[nodiscard]] int count() const { return int(m_widgets.size()); }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override { return place(width, false); }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    int place(int width, bool move) const;
    QList<QWidget *> m_widgets;
};

} // namespace paddock::ui
