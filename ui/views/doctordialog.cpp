// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/doctordialog.h"

#include "theme/icons.h"
#include "theme/theme.h"
#include "widgets/misc.h"
#include "words.h"

#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <QtConcurrentRun>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using session::Check;

namespace {

QString wordOf(const QString &action)
{
    if (action == "generate-types"_L1)
        return DoctorDialog::tr("Generate types");
    if (action == "install"_L1)
        return DoctorDialog::tr("Install packages");
    if (action == "trust"_L1)
        return DoctorDialog::tr("Trust and start");
    if (action == "restart"_L1)
        return DoctorDialog::tr("Restart server");
    return {};
}

} // namespace

DoctorDialog::DoctorDialog(const QString &root, QWidget *parent)
    : QDialog(parent),
      m_root(root),
      m_summary(new QLabel(this)),
      m_again(new QPushButton(tr("Look again"), this)),
      m_rows(new QVBoxLayout)
{
    setObjectName(u"doctor"_s);
    setWindowTitle(tr("Doctor"));
    resize(680, 560);
    m_summary->setFont(Theme::titleFont());
    m_summary->setObjectName(u"doctorSummary"_s);
    m_again->setObjectName(u"doctorAgain"_s);
    m_again->setAutoDefault(false);
    auto *heading = new QHBoxLayout;
    heading->setContentsMargins(20, 16, 20, 12);
    heading->addWidget(m_summary, 1);
    heading->addWidget(m_again);
    auto *page = new QWidget;
    page->setLayout(m_rows);
    m_rows->setContentsMargins(20, 8, 20, 16);
    m_rows->setSpacing(0);
    auto *area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(page);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(heading);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(area, 1);
    connect(m_again, &QPushButton::clicked, this, &DoctorDialog::examine);
}

void DoctorDialog::examine()
{
    m_summary->setText(tr("Looking…"));
    m_again->setEnabled(false);
    QtConcurrent::run([root = m_root] {
        return session::examine(root);
    }).then(this, [this](const QList<Check> &checks) {
        m_again->setEnabled(true);
        show(checks);
    });
}

void DoctorDialog::show(const QList<Check> &checks)
{
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int faults = 0;
    // What needs a hand comes first.
    QList<Check> sorted = checks;
    std::ranges::stable_sort(sorted, std::greater<>(), [](const Check &check) { return int(check.state); });
    for (const Check &check : sorted) {
        const bool isOk = check.state == Check::State::Ok;
        faults += !isOk;
        auto *row = new QWidget(this);
        row->setObjectName(u"check-"_s + check.id);
        auto *line = new QHBoxLayout(row);
        line->setContentsMargins(0, 9, 0, 9);
        line->setSpacing(12);
        const words::Tone tone = isOk                                   ? words::Tone::Ok
                                 : check.state == Check::State::Warning ? words::Tone::Warn
                                                                        : words::Tone::Error;
        auto *icon = new QLabel(row);
        icon->setPixmap(icons::pixmap(isOk                                   ? u"check"_s
                                      : check.state == Check::State::Warning ? u"warning"_s
                                                                             : u"error"_s,
                                      words::ink(tone), 16, devicePixelRatioF()));
        icon->setFixedWidth(16);
        line->addWidget(icon, 0, Qt::AlignTop);
        auto *title = new QLabel(check.title, row);
        title->setFont(isOk ? Theme::uiFont() : Theme::strongFont());
        title->setFixedWidth(132);
        line->addWidget(title, 0, Qt::AlignTop);
        auto *texts = new QVBoxLayout;
        texts->setSpacing(2);
        const auto text = [&](const QString &words, const QColor &ink) {
            auto *label = new QLabel(words, row);
            label->setTextFormat(Qt::PlainText);
            label->setWordWrap(true);
            label->setTextInteractionFlags(Qt::TextSelectableByMouse);
            setInk(label, ink);
            texts->addWidget(label);
        };
        text(check.message, isOk ? Theme::tokens().muted : Theme::tokens().text);
        if (!check.remedy.isEmpty())
            text(check.remedy, Theme::tokens().muted);
        line->addLayout(texts, 1);
        if (const QString word = wordOf(check.action); !word.isEmpty() && !isOk) {
            auto *button = new QPushButton(word, row);
            button->setObjectName(u"do-"_s + check.action);
            button->setAutoDefault(false);
            line->addWidget(button, 0, Qt::AlignTop);
            connect(button, &QPushButton::clicked, this, [this, button, action = check.action] {
                button->setEnabled(false);
                Q_EMIT actionRequested(action);
            });
        }
        m_rows->addWidget(row);
        m_rows->addWidget(new Rule(Qt::Horizontal, this));
    }
    m_rows->addStretch(1);
    m_summary->setText(faults == 0 ? tr("Everything is in order") : tr("%n thing(s) to look at", nullptr, faults));
}

} // namespace paddock::ui
