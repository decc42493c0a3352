// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

namespace paddock::ui {

/// The colours of one theme by what they are for. Texts on their grounds keep a contrast of 4.5 : 1 or more
/// (tst_theme checks it).
struct Tokens
{
    QColor chrome;    ///< ground of the window: bars, docks' titles
    QColor surface;   ///< ground of lists and pages
    QColor raised;    ///< ground of cards, buttons, pop-ups
    QColor hover;     ///< ground of a row under the pointer
    QColor selection; ///< ground of a selected row
    QColor selectionInactive;
    QColor border;       ///< hairlines
    QColor borderStrong; ///< outlines of controls
    QColor text, muted, faint, disabled;
    QColor accent, onAccent, accentSoft;
    QColor ok, okSoft;
    QColor warn, warnSoft;
    QColor error, errorSoft;
    QColor info, infoSoft;
    QColor neutralSoft; ///< ground of a chip that says nothing good or bad
};

enum class ThemeChoice { System, Light, Dark };

/// The look of the program: palette, fonts and tokens, following the system unless the user chose. One for the
/// process, made by main() (or a test) after the application object.
class Theme final : public QObject
{
    Q_OBJECT

public:
    explicit Theme(QObject *parent = nullptr);
    ~Theme() override;

    [[nodiscard]] static Theme *instance();
    [[nodiscard]] static const Tokens &tokens();
    [[nodiscard]] static const Tokens &tokensOf(bool dark);

    [[nodiscard]] bool isDark() const { return m_isDark; }
    [[nodiscard]] ThemeChoice choice() const { return m_choice; }
    void setChoice(ThemeChoice choice);

    [[nodiscard]] static QFont uiFont();
    [[nodiscard]] static QFont smallFont();  ///< chips, counts, second lines
    [[nodiscard]] static QFont strongFont(); ///< names that lead a row
    [[nodiscard]] static QFont titleFont();  ///< headings of pages and of the inspector
    [[nodiscard]] static QFont monoFont();   ///< code, logs, JSON
    [[nodiscard]] static QFont smallMonoFont();

Q_SIGNALS:
    void changed();

private:
    void apply();

    ThemeChoice m_choice = ThemeChoice::System;
    bool m_isDark = false;
};

} // namespace paddock::ui
