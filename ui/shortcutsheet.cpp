// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shortcutsheet.h"

#include "theme/theme.h"
#include "widgets/misc.h"
#include "widgets/paint.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

/// A key as a cap.
class KeyCap final : public QWidget
{
public:
    KeyCap(QString text, QWidget *parent) : QWidget(parent), m_text(std::move(text))
    {
        setFixedSize(int(paint::chipWidth(m_text)), 24);
        setAccessibleName(m_text);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paint::chip(&painter, rect(), width(), m_text, words::Tone::Neutral);
    }

private:
    QString m_text;
};

} // namespace

ShortcutSheet::ShortcutSheet(const QList<QAction *> &actions, QWidget *parent) : QDialog(parent)
{
    setObjectName(u"shortcutSheet"_s);
    setWindowTitle(tr("Keyboard shortcuts"));
    QList<std::pair<QString, QString>> rows;
    for (const QAction *action : actions) {
        QStringList keys;
        for (const QKeySequence &key : action->shortcuts())
            keys.append(key.toString(QKeySequence::NativeText));
        if (!keys.isEmpty())
            rows.append({action->iconText().isEmpty() ? action->text() : action->iconText(), keys.join(u'\n')});
    }
    rows.append({tr("In a filter: clear it, then go to the list"), tr("Esc")});
    rows.append({tr("In a filter: go to the list"), tr("Down")});
    rows.append({tr("In a list: open in the editor, or unfold"), tr("Return")});
    rows.append({tr("In a route's input: send"), u"Ctrl+Return"_s});
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(24, 20, 24, 24);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(6);
    const qsizetype half = (rows.size() + 1) / 2;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const int row = int(i % half);
        const int column = i < half ? 0 : 3;
        auto *label = new QLabel(rows[i].first, this);
        grid->addWidget(label, row, column);
        auto *keys = new QWidget(this);
        auto *line = new QHBoxLayout(keys);
        line->setContentsMargins(0, 0, 0, 0);
        line->setSpacing(6);
        for (const QString &key : rows[i].second.split(u'\n'))
            line->addWidget(new KeyCap(key, keys));
        grid->addWidget(keys, row, column + 1, Qt::AlignRight);
    }
    grid->setColumnMinimumWidth(2, 24);
}

} // namespace paddock::ui
