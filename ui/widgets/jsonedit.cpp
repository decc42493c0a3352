// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jsonedit.h"

#include "theme/theme.h"
#include "widgets/codeedit.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>
#include <QKeyEvent>

using namespace Qt::StringLiterals;

namespace paddock::ui {

JsonEdit::JsonEdit(QWidget *parent)
    : QPlainTextEdit(parent), m_highlighter(new KSyntaxHighlighting::SyntaxHighlighter(document()))
{
    setFont(Theme::monoFont());
    setProperty("boxed", true);
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setTabStopDistance(QFontMetricsF(font()).horizontalAdvance(u' ') * 2);
    document()->setDocumentMargin(8);
    m_highlighter->setDefinition(syntaxRepository().definitionForName(u"JSON"_s));
    applyTheme();
    connect(Theme::instance(), &Theme::changed, this, &JsonEdit::applyTheme);
}

void JsonEdit::applyTheme()
{
    const bool dark = Theme::instance()->isDark();
    m_highlighter->setTheme(syntaxRepository().theme(dark ? u"GitHub Dark"_s : u"GitHub Light"_s));
    setFont(Theme::monoFont());
    m_highlighter->rehighlight();
}

void JsonEdit::keyPressEvent(QKeyEvent *event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn && event->modifiers().testFlag(Qt::ControlModifier))
        return Q_EMIT submitted();
    QPlainTextEdit::keyPressEvent(event);
}

} // namespace paddock::ui
