// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/findings.h"

#include "theme/theme.h"
#include "widgets/paint.h"

#include <QLocale>
#include <QPainter>
#include <cmath>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using migrations::Severity;
using migrations::State;

namespace words {

QString migrationState(State state)
{
    switch (state) {
    case State::Applied: return FindingsList::tr("applied");
    case State::Pending: return FindingsList::tr("pending");
    case State::Missing: return FindingsList::tr("file is gone");
    case State::Edited: return FindingsList::tr("edited");
    case State::OutOfOrder: return FindingsList::tr("out of order");
    case State::Failed: return FindingsList::tr("failed");
    case State::Interrupted: return FindingsList::tr("interrupted");
    case State::Running: return FindingsList::tr("running");
    case State::Unknown: break;
    }
    return FindingsList::tr("not known");
}

Tone toneOf(State state)
{
    switch (state) {
    case State::Applied: return Tone::Ok;
    case State::Pending:
    case State::OutOfOrder: return Tone::Warn;
    case State::Running: return Tone::Accent;
    case State::Missing:
    case State::Edited:
    case State::Failed:
    case State::Interrupted: return Tone::Error;
    case State::Unknown: break;
    }
    return Tone::Neutral;
}

QString severity(Severity severity)
{
    switch (severity) {
    case Severity::Info: return FindingsList::tr("note");
    case Severity::Warning: return FindingsList::tr("warning");
    case Severity::Destructive: return FindingsList::tr("loses data");
    case Severity::Error: return FindingsList::tr("will fail");
    }
    Q_UNREACHABLE();
}

Tone toneOf(Severity severity)
{
    switch (severity) {
    case Severity::Info: return Tone::Info;
    case Severity::Warning: return Tone::Warn;
    case Severity::Destructive:
    case Severity::Error: return Tone::Error;
    }
    Q_UNREACHABLE();
}

QString rowCount(qint64 rows)
{
    return rows < 0 ? QString() : FindingsList::tr("%Ln row(s)", nullptr, int(qMin<qint64>(rows, INT_MAX)));
}

} // namespace words

namespace {
constexpr int Gap = 10;
constexpr int ChipColumn = 84;
} // namespace

FindingsList::FindingsList(QWidget *parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void FindingsList::setFindings(const QList<migrations::Finding> &given)
{
    QList<migrations::Finding> findings = given;
    std::ranges::stable_sort(findings, std::ranges::greater(), &migrations::Finding::severity);
    m_rows.clear();
    QStringList spoken;
    for (const migrations::Finding &finding : std::as_const(findings)) {
        QString text = finding.message;
        if (finding.rows >= 0 && finding.severity >= Severity::Warning && !finding.table.isEmpty())
            text += u" ("_s + words::rowCount(finding.rows) + u')';
        QString detail = finding.remedy;
        detail += (detail.isEmpty() ? QString() : u"  ·  "_s) + finding.rule;
        if (finding.line > 0)
            detail += u"  ·  "_s + tr("line %1").arg(finding.line);
        m_rows.append({words::toneOf(finding.severity), words::severity(finding.severity), text, detail});
        spoken << words::severity(finding.severity) + u": "_s + text + u' ' + detail;
    }
    setAccessibleName(tr("Findings"));
    setAccessibleDescription(spoken.join(u'\n'));
    updateGeometry();
    update();
}

int FindingsList::layoutRows(int width, QPainter *painter) const
{
    const Tokens &t = Theme::tokens();
    qreal y = 0;
    const qreal left = ChipColumn;
    for (const Row &row : m_rows) {
        if (painter)
            paint::chip(painter, QRectF(0, y, ChipColumn, 20), paint::chipWidth(row.severity), row.severity, row.tone);
        if (painter)
            painter->setPen(t.text);
        y += paint::wrapped(row.text, Theme::uiFont(), width - left, 6, painter, {left, y});
        y += 2;
        if (painter)
            painter->setPen(t.muted);
        y += paint::wrapped(row.detail, Theme::smallFont(), width - left, 4, painter, {left, y});
        y += Gap;
    }
    return m_rows.isEmpty() ? 0 : int(std::ceil(y)) - Gap;
}

QSize FindingsList::sizeHint() const
{
    return {320, heightForWidth(320)};
}

int FindingsList::heightForWidth(int width) const
{
    return layoutRows(width, nullptr);
}

void FindingsList::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    layoutRows(width(), &painter);
}

} // namespace paddock::ui
