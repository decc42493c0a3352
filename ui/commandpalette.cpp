// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandpalette.h"

#include "models/fuzzy.h"
#include "theme/icons.h"
#include "widgets/misc.h"
#include "widgets/paint.h"

#include <QApplication>
#include <QGraphicsDropShadowEffect>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QPointer>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

constexpr int ShownCommands = 200;
constexpr int ShownRows = 11; // the rest scrolls
enum CommandRole { NumberRole = Qt::UserRole + 1, PositionsRole };

class Delegate final : public QStyledItemDelegate
{
public:
    Delegate(const QList<Command> *commands, QObject *parent) : QStyledItemDelegate(parent), m_commands(commands) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Theme::tokens();
        const Command &command = m_commands->at(index.data(NumberRole).toInt());
        painter->save();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, t.selection);
        QRectF rect = QRectF(option.rect).adjusted(16, 0, -16, 0);
        paint::icon(painter, QRectF(rect.left(), rect.top(), 16, rect.height()), command.icon,
                    command.isEnabled ? t.muted : t.disabled);
        rect.setLeft(rect.left() + 28);
        const QString right = command.hint.isEmpty() ? command.group : command.hint;
        const qreal width = QFontMetricsF(Theme::smallFont()).horizontalAdvance(right) + 4;
        const qreal space = qMin(width, rect.width() / 2);
        paint::text(painter, QRectF(rect.right() - space, rect.top(), space, rect.height()), right, Theme::smallFont(),
                    t.faint, Qt::AlignRight);
        rect.setRight(rect.right() - space - 12);
        // Matched characters stand out by weight; the text is drawn in runs.
        const auto positions = index.data(PositionsRole).value<QList<int>>();
        const QFont plain = Theme::uiFont();
        const QFont strong = Theme::strongFont();
        const QString title = QFontMetricsF(strong).elidedText(command.title, Qt::ElideMiddle, rect.width());
        for (qsizetype i = 0; i < title.size();) {
            const bool hit = title == command.title && positions.contains(int(i));
            qsizetype end = i + 1;
            while (end < title.size() && (title == command.title && positions.contains(int(end))) == hit)
                ++end;
            const QString run = title.sliced(i, end - i);
            const QFont &font = hit ? strong : plain;
            const QColor colour = !command.isEnabled ? t.disabled : hit ? t.accent : t.text;
            paint::text(painter, rect, run, font, colour, Qt::AlignLeft, Qt::ElideNone);
            rect.setLeft(rect.left() + QFontMetricsF(font).horizontalAdvance(run));
            i = end;
        }
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {100, QFontMetrics(Theme::uiFont()).height() + 17};
    }

private:
    const QList<Command> *m_commands;
};

} // namespace

CommandPalette::CommandPalette(QWidget *parent)
    : QFrame(parent), m_edit(new QLineEdit(this)), m_list(new QListView(this)), m_model(new QStandardItemModel(this))
{
    setObjectName(u"commandPalette"_s);
    m_edit->setObjectName(u"paletteEdit"_s);
    m_edit->setFrame(false);
    m_edit->setPlaceholderText(tr("Run an action, go to a plugin or a route"));
    m_edit->setAccessibleName(m_edit->placeholderText());
    QFont font = Theme::uiFont();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    m_edit->setFont(font);
    m_edit->setMinimumHeight(44);
    m_edit->setTextMargins(12, 0, 12, 0);
    m_list->setObjectName(u"paletteList"_s);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new Delegate(&m_commands, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addWidget(m_edit);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(m_list, 1);
    auto *shadow = new QGraphicsDropShadowEffect(this);
    shadow->setBlurRadius(32);
    shadow->setOffset(0, 8);
    shadow->setColor(QColor(0, 0, 0, 70));
    setGraphicsEffect(shadow);
    setAutoFillBackground(true);
    hide();

    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListView::clicked, this, &CommandPalette::runCurrent);
    m_edit->installEventFilter(this);
    parent->installEventFilter(this);
}

void CommandPalette::open(QList<Command> commands)
{
    if (!isVisible())
        m_focusBefore = QApplication::focusWidget();
    m_commands = std::move(commands);
    m_edit->clear();
    filter({});
    place();
    show();
    raise();
    m_edit->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::place()
{
    const QWidget *area = parentWidget();
    const int width = qMin(640, area->width() - 64);
    const int row = m_list->itemDelegate()->sizeHint({}, {}).height();
    const int wanted = m_edit->minimumHeight() + 3 + qBound(1, m_model->rowCount(), ShownRows) * row;
    const int height = qMin(wanted, area->height() - 128);
    setGeometry((area->width() - width) / 2, 72, width, height);
}

void CommandPalette::filter(const QString &text)
{
    struct Hit
    {
        int number;
        int score;
        QList<int> positions;
    };
    std::vector<Hit> hits;
    for (int i = 0; i < m_commands.size(); ++i) {
        auto match = models::fuzzyMatch(text, m_commands[i].title);
        if (!match)
            continue;
        const qsizetype recent = m_recent.indexOf(m_commands[i].id);
        const int bonus = recent >= 0 ? 30 - int(qMin<qsizetype>(recent, 20)) : 0;
        hits.push_back({i, match->score + bonus + (m_commands[i].isEnabled ? 0 : -40), match->positions});
    }
    std::ranges::stable_sort(hits, std::ranges::greater{}, &Hit::score);
    m_model->clear();
    for (const Hit &hit : hits) {
        if (m_model->rowCount() >= ShownCommands)
            break;
        auto *item = new QStandardItem(m_commands[hit.number].title);
        item->setData(hit.number, NumberRole);
        item->setData(QVariant::fromValue(hit.positions), PositionsRole);
        m_model->appendRow(item);
    }
    m_list->setCurrentIndex(m_model->index(0, 0));
    if (isVisible())
        place();
}

void CommandPalette::runCurrent()
{
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid())
        return;
    const Command command = m_commands.at(index.data(NumberRole).toInt());
    if (!command.isEnabled)
        return;
    m_recent.removeAll(command.id);
    m_recent.prepend(command.id);
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::PopupFocusReason);
    command.run();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched != m_edit)
        return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut && static_cast<QFocusEvent *>(event)->reason() != Qt::PopupFocusReason) {
        hide();
    } else if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        switch (key->key()) {
        case Qt::Key_Escape:
            hide();
            if (m_focusBefore)
                m_focusBefore->setFocus(Qt::PopupFocusReason);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter: runCurrent(); return true;
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown: QApplication::sendEvent(m_list, event); return true;
        default: break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::tokens().surface);
    painter.setPen(Theme::tokens().borderStrong);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

} // namespace paddock::ui
