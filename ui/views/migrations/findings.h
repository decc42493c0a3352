// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/service.h"
#include "words.h"

#include <QWidget>

namespace paddock::ui {

/// How migrations read to a person.
namespace words {
[[nodiscard]] QString migrationState(migrations::State state);
[[nodiscard]] Tone toneOf(migrations::State state);
[[nodiscard]] QString severity(migrations::Severity severity);
[[nodiscard]] Tone toneOf(migrations::Severity severity);
[[nodiscard]] QString rowCount(qint64 rows); ///< "120 rows"; empty: not counted
} // namespace words

/// What lint says of a migration, worst first: severity, what happens and to how many rows, remedy, rule and line.
class FindingsList final : public QWidget
{
    Q_OBJECT

public:
    explicit FindingsList(QWidget *parent = nullptr);

    void setFindings(const QList<migrations::Finding> &findings);
    [[nodiscard]] int count() const { return int(m_rows.size()); }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Row
    {
        words::Tone tone;
        QString severity;
        QString text;
        QString detail;
    };
    int layoutRows(int width, class QPainter *painter) const;
    QList<Row> m_rows;
};

} // namespace paddock::ui
