// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "statusbar.h"

#include "source.h"
#include "theme/icons.h"
#include "waitingstart.h"
#include "widgets/misc.h"
#include "widgets/paint.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace paddock::ui {

class StatusDot final : public QWidget
{
public:
    explicit StatusDot(QWidget *parent) : QWidget(parent) { setFixedSize(16, 16); }

    void setTone(words::Tone tone)
    {
        m_tone = tone;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paint::dot(&painter, {8, 8}, 7, words::ground(m_tone));
        paint::dot(&painter, {8, 8}, 4, words::ink(m_tone));
    }

private:
    words::Tone m_tone = words::Tone::Neutral;
};

StatusBar::StatusBar(QWidget *parent)
    : QStatusBar(parent),
      m_dot(new StatusDot(this)),
      m_state(new QLabel(this)),
      m_migrate(new QToolButton(this)),
      m_port(new QToolButton(this)),
      m_pid(mutedLabel({}, this)),
      m_memory(mutedLabel({}, this)),
      m_runtime(mutedLabel({}, this)),
      m_agent(mutedLabel({}, this)),
      m_watching(mutedLabel({}, this)),
      m_pending(mutedLabel({}, this))
{
    setSizeGripEnabled(false);
    setObjectName(u"statusBar"_s);
    m_state->setObjectName(u"serverState"_s);
    m_migrate->setObjectName(u"serverMigrate"_s);
    m_migrate->setFont(Theme::smallFont());
    m_migrate->setText(tr("Run them and start…"));
    m_migrate->setToolTip(tr("Shows what they do, and asks before anything runs"));
    m_migrate->setAutoRaise(true);
    m_migrate->setFocusPolicy(Qt::TabFocus);
    m_port->setObjectName(u"serverPort"_s);
    m_pid->setObjectName(u"serverPid"_s);
    m_memory->setObjectName(u"serverMemory"_s);
    m_runtime->setObjectName(u"serverRuntime"_s);
    m_agent->setObjectName(u"agentState"_s);
    m_watching->setObjectName(u"watchState"_s);
    m_pending->setObjectName(u"pendingWork"_s);
    QFont strong = Theme::smallFont();
    strong.setWeight(QFont::Medium);
    m_state->setFont(strong);
    m_port->setFont(Theme::smallFont());
    m_port->setAutoRaise(true);
    m_port->setToolTip(tr("Copy the address of the server"));
    m_port->setFocusPolicy(Qt::TabFocus);
    auto *box = new QWidget(this);
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(12, 0, 0, 0);
    row->setSpacing(14);
    auto *state = new QHBoxLayout;
    state->setSpacing(6);
    state->addWidget(m_dot);
    state->addWidget(m_state);
    row->addLayout(state);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_migrate, m_port, m_pid, m_memory, m_runtime, m_agent})
        row->addWidget(widget);
    row->addStretch();
    addWidget(box, 1);
    auto *end = new QWidget(this);
    auto *endRow = new QHBoxLayout(end);
    endRow->setContentsMargins(0, 0, 12, 0);
    endRow->setSpacing(14);
    endRow->addStretch();
    endRow->addWidget(m_watching);
    endRow->addWidget(m_pending);
    addPermanentWidget(end);
    setMinimumHeight(30);
    connect(m_port, &QToolButton::clicked, this, [this] {
        QApplication::clipboard()->setText(m_port->property("url").toString());
        showMessage(tr("Address copied: %1").arg(m_port->property("url").toString()), 3000);
    });
    connect(m_migrate, &QToolButton::clicked, this, &StatusBar::migrateRequested);
    connect(Theme::instance(), &Theme::changed, m_dot, qOverload<>(&QWidget::update));
    setSource(nullptr);
}

void StatusBar::setSource(Source *source)
{
    if (m_source)
        m_source->disconnect(this);
    m_source = source;
    if (source) {
        connect(source, &QObject::destroyed, this, [this, source] {
            if (m_source == source)
                m_source = nullptr;
        });
        connect(source, &Source::serverChanged, this, &StatusBar::showServer);
        // Why a start failed is told a moment after it did.
        connect(source, &Source::problemsChanged, this, [this] {
            if (m_source && m_source->server().state == session::ServerState::Crashed)
                showServer(m_source->server());
        });
        connect(source, &Source::pendingWorkChanged, this, &StatusBar::showPending);
        connect(source, &Source::pausedChanged, this, &StatusBar::showWatching);
        connect(source, &Source::waitingFilesChanged, this, &StatusBar::showWatching);
        connect(source, &Source::opened, this, &StatusBar::showWatching);
    }
    setVisible(source != nullptr);
    showServer(source ? source->server() : session::ServerStatus());
    showPending(source ? source->pendingWork() : 0);
    showWatching();
}

void StatusBar::showServer(const session::ServerStatus &status)
{
    const std::optional<Error> waits = m_source ? waitingStart(*m_source) : std::nullopt;
    m_dot->setTone(waits ? words::Tone::Warn : words::toneOf(status.state));
    m_state->setText(waits ? tr("Not started: waits for a word about migrations") : words::server(status.state));
    m_state->setToolTip(waits ? waits->message : status.message);
    m_dot->setToolTip(m_state->toolTip());
    m_migrate->setVisible(waits.has_value());
    const bool isUp = status.pid > 0;
    const QString url = u"http://localhost:%1"_s.arg(status.port);
    m_port->setText(tr("Port %1").arg(status.port));
    m_port->setProperty("url", url);
    m_port->setVisible(isUp && status.port > 0);
    m_pid->setText(tr("pid %1").arg(status.pid));
    m_pid->setVisible(isUp);
    m_memory->setText(words::bytes(status.memory));
    m_memory->setToolTip(tr("Memory of the server process"));
    m_memory->setVisible(isUp && status.memory > 0);
    m_runtime->setText(status.runtime);
    m_runtime->setToolTip(status.framework);
    m_runtime->setVisible(!status.runtime.isEmpty());
    m_agent->setText(words::agent(status.agent));
    m_agent->setVisible(isUp);
}

void StatusBar::showPending(int count)
{
    m_pending->setText(count > 0 ? tr("%n task(s) at work", nullptr, count) : tr("Idle"));
    m_pending->setVisible(m_source != nullptr);
}

void StatusBar::showWatching()
{
    if (!m_source)
        return m_watching->hide();
    m_watching->show();
    if (!m_source->isPaused())
        return m_watching->setText(tr("Watching"));
    const int files = m_source->waitingFiles();
    m_watching->setText(files > 0 ? tr("Watching paused, %n file(s) changed", nullptr, files) : tr("Watching paused"));
}

} // namespace paddock::ui
