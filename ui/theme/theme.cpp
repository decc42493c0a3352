// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.h"

#include "theme/style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPixmapCache>
#include <QStyleHints>
#include <QTranslator>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

Theme *s_instance = nullptr;

Tokens makeTokens(bool dark)
{
    Tokens t;
    if (dark) {
        t.chrome = QColor(0x15171c);
        t.surface = QColor(0x1b1e24);
        t.raised = QColor(0x24282f);
        t.hover = QColor(0x23272f);
        t.selection = QColor(0x2a3658);
        t.selectionInactive = QColor(0x2a2f39);
        t.border = QColor(0x2b303a);
        t.borderStrong = QColor(0x414957);
        t.text = QColor(0xe6e9ee);
        t.muted = QColor(0xa3acba);
        t.faint = QColor(0x9199a8);
        t.disabled = QColor(0x636c7a);
        t.accent = QColor(0x86a2ff);
        t.onAccent = QColor(0x10131a);
        t.accentSoft = QColor(0x263154);
        t.ok = QColor(0x5fcb92);
        t.okSoft = QColor(0x1b3428);
        t.warn = QColor(0xe3b25a);
        t.warnSoft = QColor(0x3a2f19);
        t.error = QColor(0xf58386);
        t.errorSoft = QColor(0x43252a);
        t.info = QColor(0x74b9f2);
        t.infoSoft = QColor(0x1c3145);
        t.neutralSoft = QColor(0x2b303a);
    } else {
        t.chrome = QColor(0xf4f5f8);
        t.surface = QColor(0xffffff);
        t.raised = QColor(0xffffff);
        t.hover = QColor(0xf3f5f9);
        t.selection = QColor(0xe2e9fd);
        t.selectionInactive = QColor(0xe9ecf1);
        t.border = QColor(0xe2e5eb);
        t.borderStrong = QColor(0xc5cbd6);
        t.text = QColor(0x1a1e26);
        t.muted = QColor(0x535c6b);
        t.faint = QColor(0x606978);
        t.disabled = QColor(0x9aa2af);
        t.accent = QColor(0x3656d4);
        t.onAccent = QColor(0xffffff);
        t.accentSoft = QColor(0xe6ebfd);
        t.ok = QColor(0x17703d);
        t.okSoft = QColor(0xe1f4e8);
        t.warn = QColor(0x855200);
        t.warnSoft = QColor(0xfcf0d9);
        t.error = QColor(0xb42328);
        t.errorSoft = QColor(0xfde8e8);
        t.info = QColor(0x185f97);
        t.infoSoft = QColor(0xe2f0fb);
        t.neutralSoft = QColor(0xedeff3);
    }
    return t;
}

QPalette paletteOf(const Tokens &t, bool dark)
{
    QPalette p;
    const auto set = [&](QPalette::ColorRole role, const QColor &colour) { p.setColor(role, colour); };
    set(QPalette::Window, t.chrome);
    set(QPalette::WindowText, t.text);
    set(QPalette::Base, t.surface);
    set(QPalette::AlternateBase, t.chrome);
    set(QPalette::Text, t.text);
    set(QPalette::PlaceholderText, t.faint);
    set(QPalette::Button, t.raised);
    set(QPalette::ButtonText, t.text);
    set(QPalette::BrightText, t.error);
    set(QPalette::ToolTipBase, dark ? t.raised : t.text);
    set(QPalette::ToolTipText, dark ? t.text : t.surface);
    set(QPalette::Highlight, t.selection);
    set(QPalette::HighlightedText, t.text);
    set(QPalette::Link, t.accent);
    set(QPalette::LinkVisited, t.accent);
    set(QPalette::Accent, t.accent);
    set(QPalette::Light, t.raised);
    set(QPalette::Midlight, t.border);
    set(QPalette::Mid, t.borderStrong);
    set(QPalette::Dark, t.borderStrong);
    set(QPalette::Shadow, dark ? QColor(0x0b0c0f) : QColor(0xa9b0bd));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, t.disabled);
    p.setColor(QPalette::Inactive, QPalette::Highlight, t.selectionInactive);
    return p;
}

// 13 px at the usual 96 dpi; a larger system font is respected, a tiny one is not.
qreal basePointSize()
{
    static const qreal size = qBound(9.75, QFontDatabase::systemFont(QFontDatabase::GeneralFont).pointSizeF(), 16.0);
    return size;
}

QString firstInstalled(const QStringList &families, QFontDatabase::SystemFont fallback)
{
    for (const QString &family : families) {
        if (QFontDatabase::hasFamily(family))
            return family;
    }
    return QFontDatabase::systemFont(fallback).family();
}

QFont uiFontOf(qreal scale, QFont::Weight weight)
{
    static const QString family = firstInstalled({u"Inter"_s, u"Inter Variable"_s}, QFontDatabase::GeneralFont);
    QFont font(family);
    font.setPointSizeF(basePointSize() * scale);
    font.setWeight(weight);
    return font;
}

QFont monoFontOf(qreal scale)
{
    static const QString family =
        firstInstalled({u"JetBrains Mono"_s, u"JetBrains Mono NL"_s}, QFontDatabase::FixedFont);
    QFont font(family);
    font.setStyleHint(QFont::Monospace);
    font.setPointSizeF(basePointSize() * scale);
    return font;
}

} // namespace

Theme::Theme(QObject *parent) : QObject(parent)
{
    s_instance = this;
    // The texts in the sources are English, yet their plurals are not.
    auto *translator = new QTranslator(this);
    if (translator->load(u":/translations/paddock_en.qm"_s))
        QCoreApplication::installTranslator(translator);
    QApplication::setStyle(new Style);
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
        if (m_choice == ThemeChoice::System)
            apply();
    });
    apply();
}

Theme::~Theme()
{
    s_instance = nullptr;
}

Theme *Theme::instance()
{
    return s_instance;
}

const Tokens &Theme::tokensOf(bool dark)
{
    static const Tokens light = makeTokens(false);
    static const Tokens night = makeTokens(true);
    return dark ? night : light;
}

const Tokens &Theme::tokens()
{
    return tokensOf(s_instance && s_instance->m_isDark);
}

void Theme::setChoice(ThemeChoice choice)
{
    if (choice == m_choice)
        return;
    m_choice = choice;
    apply();
}

void Theme::apply()
{
    m_isDark = m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::System &&
                                                 QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark);
    QPixmapCache::clear();
    QApplication::setFont(uiFont());
    QApplication::setPalette(paletteOf(tokens(), m_isDark));
    Q_EMIT changed();
}

QFont Theme::uiFont()
{
    return uiFontOf(1.0, QFont::Normal);
}

QFont Theme::smallFont()
{
    return uiFontOf(0.88, QFont::Normal);
}

QFont Theme::strongFont()
{
    return uiFontOf(1.0, QFont::DemiBold);
}

QFont Theme::titleFont()
{
    return uiFontOf(1.24, QFont::DemiBold);
}

QFont Theme::monoFont()
{
    return monoFontOf(0.94);
}

QFont Theme::smallMonoFont()
{
    return monoFontOf(0.86);
}

} // namespace paddock::ui
