// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSize>
#include <QString>
#include <QStringList>
#include <memory>

class QSocketNotifier;

namespace paddock::cli {

/// The terminal that the program runs in: keys one at a time, lines that scroll by, and below them a block that is
/// redrawn in place. However the program ends short of SIGKILL (a return, a signal, a crash, Ctrl+Z), the terminal is
/// left as it was. One object at a time.
class Terminal final : public QObject
{
    Q_OBJECT

public:
    /// Whether standard output is a terminal in whose foreground we are and that understands control sequences.
    [[nodiscard]] static bool isUsable();

    explicit Terminal(QObject *parent = nullptr);
    ~Terminal() override;

    [[nodiscard]] QSize size() const;
    [[nodiscard]] int room() const;  ///< lines that a block may have; what is more is cut off at its end
    void print(const QString &line); ///< above the block
    /// Lines as they are, colours included; each is cut at the terminal's width.
    void setBlock(const QStringList &lines);

Q_SIGNALS:
    void keyPressed(char key);
    void resized();
    void continued(); ///< after Ctrl+Z and fg

private:
    void readKeys();
    void takeWake();
    [[nodiscard]] QString erasing() const;
    [[nodiscard]] QString drawing() const;
    void write(const QString &text);

    std::unique_ptr<QSocketNotifier> m_keys;
    std::unique_ptr<QSocketNotifier> m_wakes;
    QStringList m_block; ///< as drawn: cut
    QStringList m_wanted;
    int m_width = 80;
};

/// Columns that text takes in a terminal; control sequences take none.
[[nodiscard]] int columnsOf(QStringView text);
/// The beginning of a text that fits into so many columns, with an ellipsis where it was cut. Colours are kept and
/// ended.
[[nodiscard]] QString fitted(const QString &text, int columns);

} // namespace paddock::cli
