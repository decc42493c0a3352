// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace KSyntaxHighlighting {
class Repository;
} // namespace KSyntaxHighlighting

namespace paddock::ui {

class CodeHighlighter;

/// All that is known of languages and themes. Reading it takes tens of milliseconds, so there is one.
[[nodiscard]] KSyntaxHighlighting::Repository &syntaxRepository();

/// Code as highlighted plain text, in the theme's colours: to write, or (read only) to read.
class CodeEdit final : public QPlainTextEdit
{
    Q_OBJECT

public:
    /// `language` as KSyntaxHighlighting calls it: "SQL", "TypeScript", "Diff".
    explicit CodeEdit(const QString &language, QWidget *parent = nullptr);

    void setLanguage(const QString &language);
    /// As high as its text, between so many lines.
    void setLines(int atLeast, int atMost);

Q_SIGNALS:
    void submitted(); ///< Ctrl+Return

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void applyTheme();
    void fitHeight();

    CodeHighlighter *m_highlighter;
    int m_least = 0;
    int m_most = 0; ///< 0: any height
};

} // namespace paddock::ui
