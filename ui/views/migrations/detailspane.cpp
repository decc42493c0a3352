// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a page is built of; a migration's repairs, findings and texts are in detailspane_parts.cpp.
#include "views/migrations/detailspane.h"

#include "session/migrationdesk.h"
#include "theme/theme.h"
#include "views/migrations/findings.h"
#include "widgets/codeedit.h"
#include "widgets/flowrow.h"
#include "widgets/misc.h"
#include "widgets/paint.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using migrations::Direction;
using migrations::Entry;
using migrations::Repair;
using migrations::State;

namespace {

/// The state as a chip, with what else is known behind it.
class StateLine final : public QWidget
{
public:
    StateLine(const Entry &entry, const QString &facts, QWidget *parent)
        : QWidget(parent), m_state(entry.state), m_facts(facts)
    {
        setObjectName(u"detailsState"_s);
        setAccessibleName(words::migrationState(entry.state) + u' ' + facts);
    }
    [[nodiscard]] QSize sizeHint() const override { return {120, 24}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QString word = words::migrationState(m_state);
        const qreal width = paint::chipWidth(word);
        paint::chip(&painter, QRectF(rect()), width, word, words::toneOf(m_state));
        paint::text(&painter, QRectF(rect()).adjusted(width + 10, 0, 0, 0), m_facts, Theme::smallFont(),
                    Theme::tokens().muted);
    }

private:
    State m_state;
    QString m_facts;
};

} // namespace

DetailsPane::DetailsPane(QWidget *parent) : QScrollArea(parent)
{
    setObjectName(u"migrationDetails"_s);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    showNothing();
}

void DetailsPane::setDesk(session::MigrationDesk *desk)
{
    m_desk = desk;
    showNothing();
}

void DetailsPane::showMigration(const migrations::Key &key)
{
    m_key = key;
    m_plugin.clear();
    build();
}

void DetailsPane::showPlugin(const QString &plugin)
{
    m_key = {};
    m_plugin = plugin;
    build();
}

void DetailsPane::showNothing()
{
    m_key = {};
    m_plugin.clear();
    build();
}

void DetailsPane::refresh()
{
    build();
}

void DetailsPane::build()
{
    const Entry *entry = m_desk && !m_key.second.isEmpty() ? m_desk->entry(m_key) : nullptr;
    // What has not changed is not built anew: texts keep their place and selection.
    QString identity = m_plugin + u'|' + m_key.first + u'|' + m_key.second;
    const auto describe = [&identity](const Entry &one) {
        identity += u'|' + QString(toString(one.state)) + one.reason + one.appliedAt + QString::fromLatin1(one.hash);
    };
    if (entry)
        describe(*entry);
    if (m_desk && !m_plugin.isEmpty())
        for (const Entry &one : m_desk->status().entries)
            if (one.plugin == m_plugin)
                describe(one);
    if (m_page && identity == std::exchange(m_shown, identity))
        return;
    m_shown = identity;
    m_page = new QWidget;
    m_page->setObjectName(u"detailsPage"_s);
    m_column = new QVBoxLayout(m_page);
    m_column->setContentsMargins(14, 10, 14, 12);
    m_column->setSpacing(6);
    if (entry) {
        buildMigration(*entry);
    } else if (m_desk && !m_plugin.isEmpty()) {
        buildPlugin();
    } else {
        m_column->addStretch(1);
        auto *hint = mutedLabel(tr("Select a migration to see what it does and how it stands."), m_page);
        hint->setAlignment(Qt::AlignCenter);
        hint->setWordWrap(true);
        m_column->addWidget(hint);
        m_column->addStretch(2);
    }
    setWidget(m_page); // the earlier page goes
}

void DetailsPane::addHeading(const QString &title)
{
    auto *label = mutedLabel(title, m_page);
    label->setContentsMargins(0, 8, 0, 0);
    m_column->addWidget(label);
}

CodeEdit *DetailsPane::addCode(const QString &title, const QString &name, int mostLines)
{
    addHeading(title);
    auto *code = new CodeEdit(u"TypeScript"_s, m_page);
    code->setObjectName(name);
    code->setAccessibleName(title);
    code->setReadOnly(true);
    code->setLines(3, mostLines);
    m_column->addWidget(code);
    return code;
}

void DetailsPane::addText(const QString &text)
{
    m_column->addWidget(new WrapLabel(text, Theme::uiFont(), m_page));
}

bool DetailsPane::isLastApplied(const Entry &entry) const
{
    return std::ranges::none_of(m_desk->status().entries, [&](const Entry &other) {
        return other.plugin == entry.plugin && other.appliedId > entry.appliedId;
    });
}

void DetailsPane::buildMigration(const Entry &entry)
{
    auto *title = new ElidedLabel(entry.name, m_page, Qt::ElideMiddle);
    title->setObjectName(u"detailsTitle"_s);
    title->setFont(Theme::titleFont());
    m_column->addWidget(title);
    QStringList facts{entry.plugin};
    if (!entry.appliedAt.isEmpty())
        facts << tr("applied %1").arg(entry.appliedAt);
    if (entry.ms > 0)
        facts << words::duration(entry.ms);
    if (entry.state == State::Applied && !entry.isRecorded && !entry.isCore())
        facts << tr("by the framework");
    m_column->addWidget(new StateLine(entry, facts.join(u"  ·  "_s), m_page));
    if (!entry.reason.isEmpty())
        addText(entry.reason);

    const bool differs = entry.state == State::Edited || entry.state == State::Missing;
    if (differs) { // that is what there is to know
        addDifference(entry);
        addRepairs(entry);
    }
    auto *row = new FlowRow(m_page);
    const auto button = [&](const QString &text, const char *name, bool isDefault, auto go) {
        auto *made = new QPushButton(text, m_page);
        made->setObjectName(QString::fromLatin1(name));
        made->setAutoDefault(false);
        made->setDefault(isDefault);
        connect(made, &QPushButton::clicked, this, go);
        row->add(made);
    };
    const QString plugin = entry.plugin, name = entry.name, path = entry.path;
    const bool canRun = !entry.isApplied() && !entry.path.isEmpty() && entry.isCertain && !entry.isCore() &&
                        entry.state != State::Unknown && entry.state != State::Running;
    if (canRun) {
        button(tr("Run up to here"), "detailsRun", true,
               [this, plugin, name] { Q_EMIT runRequested({.plugin = plugin, .to = name}); });
        button(tr("Rehearse"), "detailsRehearse", false,
               [this, plugin, name] { Q_EMIT rehearseRequested({.plugin = plugin, .to = name}); });
    }
    if (entry.isApplied() && !entry.isCore() && entry.state != State::Running) {
        if (isLastApplied(entry))
            button(tr("Revert"), "detailsRevert", false, [this, plugin] {
                Q_EMIT runRequested({.direction = Direction::Down, .plugin = plugin, .steps = 1});
            });
        else
            button(tr("Revert to here"), "detailsRevertTo", false, [this, plugin, name] {
                Q_EMIT runRequested({.direction = Direction::Down, .plugin = plugin, .to = name});
            });
    }
    if (!path.isEmpty())
        button(tr("Open file"), "detailsOpen", false, [this, path] { Q_EMIT openRequested(path, 0); });
    if (row->count() > 0)
        m_column->addWidget(row);
    else
        delete row;
    if (entry.isCore())
        addText(tr("The framework runs its own migrations as it starts; they are not run here."));
    if (!differs)
        addRepairs(entry);
    addFindings(entry);
    if (!entry.path.isEmpty())
        addSource(entry);
    m_column->addStretch(1);
}

void DetailsPane::buildPlugin()
{
    auto *title = new ElidedLabel(m_plugin, m_page);
    title->setObjectName(u"detailsTitle"_s);
    title->setFont(Theme::titleFont());
    m_column->addWidget(title);
    QMap<State, int> counts;
    bool canAdopt = false;
    for (const Entry &entry : m_desk->status().entries) {
        if (entry.plugin != m_plugin)
            continue;
        ++counts[entry.state];
        canAdopt |= entry.state == State::Applied && !entry.isRecorded;
    }
    QStringList facts;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        facts << u"%1 %2"_s.arg(it.value()).arg(words::migrationState(it.key()));
    addText(facts.join(u", "_s));
    if (migrations::isCore(m_plugin)) {
        addText(tr("The framework runs its own migrations as it starts; they are not run here."));
        m_column->addStretch(1);
        return;
    }
    auto *row = new FlowRow(m_page);
    const auto button = [&](const QString &text, const char *name, bool isDefault, auto go) {
        auto *made = new QPushButton(text, m_page);
        made->setObjectName(QString::fromLatin1(name));
        made->setAutoDefault(false);
        made->setDefault(isDefault);
        connect(made, &QPushButton::clicked, this, go);
        row->add(made);
    };
    const int pending = counts.value(State::Pending) + counts.value(State::OutOfOrder);
    const QString plugin = m_plugin;
    if (pending > 0) {
        button(tr("Run its %n pending", nullptr, pending), "pluginRun", true,
               [this, plugin] { Q_EMIT runRequested({.plugin = plugin}); });
        button(tr("Rehearse"), "pluginRehearse", false,
               [this, plugin] { Q_EMIT rehearseRequested({.plugin = plugin}); });
    }
    if (counts.value(State::Applied) + counts.value(State::Edited) > 0)
        button(tr("Revert the last"), "pluginRevert", false,
               [this, plugin] { Q_EMIT runRequested({.direction = Direction::Down, .plugin = plugin, .steps = 1}); });
    if (canAdopt)
        button(tr("Adopt all"), "pluginAdopt", false,
               [this, plugin] { Q_EMIT repairRequested({.repair = Repair::Adopt, .plugin = plugin}); });
    button(tr("New migration…"), "pluginNew", false, [this, plugin] { Q_EMIT newRequested(plugin); });
    m_column->addWidget(row);
    m_column->addStretch(1);
}

} // namespace paddock::ui
