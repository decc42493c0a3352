// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/codeedit.h"

#include "theme/theme.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>
#include <QKeyEvent>
#include <QScrollBar>

using namespace Qt::StringLiterals;

namespace paddock::ui {

KSyntaxHighlighting::Repository &syntaxRepository()
{
    static KSyntaxHighlighting::Repository instance;
    return instance;
}

/// Lists of differences ("+ table notes", "~ column a: text → integer") have the colours that differences have
/// everywhere in the window; those of a theme for code say something else.
class CodeHighlighter final : public KSyntaxHighlighting::SyntaxHighlighter
{
public:
    using SyntaxHighlighter::SyntaxHighlighter;
    bool isDifference = false;

protected:
    void highlightBlock(const QString &text) override
    {
        if (!isDifference)
            return SyntaxHighlighter::highlightBlock(text);
        const Tokens &t = Theme::tokens();
        if (text.startsWith(u'+'))
            setFormat(0, int(text.size()), t.ok);
        else if (text.startsWith(u'-'))
            setFormat(0, int(text.size()), t.error);
        else if (text.startsWith(u'~'))
            setFormat(0, int(text.size()), t.warn);
    }
};

CodeEdit::CodeEdit(const QString &language, QWidget *parent)
    : QPlainTextEdit(parent), m_highlighter(new CodeHighlighter(document()))
{
    setProperty("boxed", true);
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    document()->setDocumentMargin(8);
    setLanguage(language);
    applyTheme();
    connect(Theme::instance(), &Theme::changed, this, &CodeEdit::applyTheme);
    connect(this, &QPlainTextEdit::textChanged, this, &CodeEdit::fitHeight);
}

void CodeEdit::setLanguage(const QString &language)
{
    m_highlighter->isDifference = language == "Diff"_L1;
    m_highlighter->setDefinition(syntaxRepository().definitionForName(language));
}

void CodeEdit::setLines(int atLeast, int atMost)
{
    m_least = atLeast;
    m_most = atMost;
    fitHeight();
}

void CodeEdit::fitHeight()
{
    if (m_most == 0)
        return;
    const int lines = qBound(m_least, blockCount(), m_most);
    const int bar = horizontalScrollBar()->sizeHint().height();
    setFixedHeight(lines * QFontMetrics(font()).lineSpacing() + 2 * int(document()->documentMargin()) +
                   2 * frameWidth() + bar);
}

void CodeEdit::applyTheme()
{
    const bool dark = Theme::instance()->isDark();
    m_highlighter->setTheme(syntaxRepository().theme(dark ? u"GitHub Dark"_s : u"GitHub Light"_s));
    setFont(Theme::monoFont());
    setTabStopDistance(QFontMetricsF(font()).horizontalAdvance(u' ') * 2);
    m_highlighter->rehighlight();
    fitHeight();
}

void CodeEdit::keyPressEvent(QKeyEvent *event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn && event->modifiers().testFlag(Qt::ControlModifier))
        return Q_EMIT submitted();
    QPlainTextEdit::keyPressEvent(event);
}

} // namespace paddock::ui
