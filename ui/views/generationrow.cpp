// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/generationrow.h"

#include "widgets/paint.h"

#include <QPainter>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

constexpr int Padding = 4;

int lineHeight()
{
    return QFontMetrics(Theme::uiFont()).height();
}

} // namespace

GenerationRow::GenerationRow(const session::PluginGeneration &generation, bool canPutBack, QWidget *parent)
    : QWidget(parent), m_generation(generation)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    const QString reason = generation.reason.isEmpty() ? tr("As the server started") : generation.reason;
    setToolTip(reason);
    setAccessibleName(tr("Generation %1").arg(generation.generation));
    setAccessibleDescription(generation.isCurrent ? tr("In service. %1").arg(reason) : reason);
    if (generation.isCurrent)
        return;
    m_putBack = new QPushButton(tr("Put back"), this);
    m_putBack->setObjectName(u"putBack%1"_s.arg(generation.generation));
    m_putBack->setAutoDefault(false);
    m_putBack->setEnabled(canPutBack);
    m_putBack->setToolTip(
        canPutBack ? tr("Serve with the code of generation %1 again; files stay as they are").arg(generation.generation)
                   : tr("The server does not answer"));
    connect(m_putBack, &QPushButton::clicked, this, [this] { Q_EMIT putBackRequested(m_generation.generation); });
}

QSize GenerationRow::sizeHint() const
{
    return {120, 2 * lineHeight() + 3 * Padding};
}

void GenerationRow::resizeEvent(QResizeEvent *)
{
    if (!m_putBack)
        return;
    const QSize size = m_putBack->sizeHint();
    m_putBack->setGeometry(width() - size.width() - 8, (height() - size.height()) / 2, size.width(), size.height());
}

void GenerationRow::paintEvent(QPaintEvent *)
{
    const Tokens &t = Theme::tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int line = lineHeight();
    QRectF upper(8, Padding, width() - 16, line);
    QRectF lower(8, 2 * Padding + line, width() - 16, line);
    if (m_putBack) {
        upper.setRight(m_putBack->x() - 8);
        lower.setRight(m_putBack->x() - 8);
    } else {
        upper.setRight(paint::chip(&painter, upper, upper.right(), tr("in service"), words::Tone::Ok) - 8);
    }
    const QString number = tr("g%1", "generation").arg(m_generation.generation);
    const qreal used =
        paint::text(&painter, upper, number, Theme::strongFont(), m_generation.isCurrent ? t.accent : t.text);
    upper.setLeft(upper.left() + used + 8);
    QString when = words::clock(m_generation.at);
    if (m_generation.code != m_generation.generation)
        when += tr("  code of g%1", "generation").arg(m_generation.code);
    paint::text(&painter, upper, when, Theme::smallFont(), t.muted);
    QString reason = m_generation.reason.isEmpty() ? tr("As the server started") : m_generation.reason;
    reason.replace(u'\n', u' ');
    paint::text(&painter, lower, reason, Theme::smallFont(), t.faint);
}

} // namespace paddock::ui
