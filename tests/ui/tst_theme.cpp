// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.h"
#include "words.h"

#include <QApplication>
#include <QTest>
#include <cmath>

using namespace paddock::ui;

namespace {

double luminance(const QColor &colour)
{
    const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

} // namespace

/// WCAG AA for texts of this size: 4.5 : 1.
class ThemeTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textsCanBeRead_data()
    {
        QTest::addColumn<QColor>("ink");
        QTest::addColumn<QColor>("ground");
        for (const bool dark : {false, true}) {
            const Tokens &t = Theme::tokensOf(dark);
            const char *name = dark ? "dark" : "light";
            const std::pair<const char *, QColor> inks[] = {{"text", t.text}, {"muted", t.muted}, {"faint", t.faint}};
            const std::pair<const char *, QColor> grounds[] = {{"chrome", t.chrome},
                                                               {"surface", t.surface},
                                                               {"raised", t.raised},
                                                               {"hover", t.hover},
                                                               {"inactive", t.selectionInactive}};
            for (const auto &[inkName, ink] : inks) {
                for (const auto &[groundName, ground] : grounds)
                    QTest::addRow("%s: %s on %s", name, inkName, groundName) << ink << ground;
            }
            QTest::addRow("%s: text on selection", name) << t.text << t.selection;
            QTest::addRow("%s: muted on selection", name) << t.muted << t.selection;
            const std::tuple<const char *, QColor, QColor> tones[] = {
                {"ok", t.ok, t.okSoft},       {"warn", t.warn, t.warnSoft},       {"error", t.error, t.errorSoft},
                {"info", t.info, t.infoSoft}, {"accent", t.accent, t.accentSoft}, {"neutral", t.muted, t.neutralSoft}};
            for (const auto &[toneName, ink, soft] : tones) {
                QTest::addRow("%s: %s on its chip", name, toneName) << ink << soft;
                QTest::addRow("%s: %s on surface", name, toneName) << ink << t.surface;
                QTest::addRow("%s: text on %s", name, toneName) << t.text << soft;
            }
            QTest::addRow("%s: default button", name) << t.onAccent << t.accent;
        }
    }

    void textsCanBeRead()
    {
        QFETCH(QColor, ink);
        QFETCH(QColor, ground);
        QCOMPARE_GE(contrast(ink, ground), 4.5);
    }

    void theChoiceTakesEffectAtOnce()
    {
        Theme theme;
        theme.setChoice(ThemeChoice::Dark);
        QVERIFY(theme.isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::tokensOf(true).surface);
        theme.setChoice(ThemeChoice::Light);
        QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::tokensOf(false).surface);
    }

    void durationsRead_data()
    {
        QTest::addColumn<double>("ms");
        QTest::addColumn<QString>("text");
        QTest::newRow("small") << 4.21 << QStringLiteral("4.2 ms");
        QTest::newRow("rounds up to ten") << 9.97 << QStringLiteral("10 ms");
        QTest::newRow("hundreds") << 641.7 << QStringLiteral("642 ms");
        QTest::newRow("seconds") << 1840.0 << QStringLiteral("1.8 s");
        QTest::newRow("minutes") << 125'000.0 << QStringLiteral("2 min 5 s");
    }

    void durationsRead()
    {
        QFETCH(double, ms);
        QFETCH(QString, text);
        QLocale::setDefault(QLocale::c());
        QCOMPARE(words::duration(ms), text);
    }
};

QTEST_MAIN(ThemeTest)
#include "tst_theme.moc"
