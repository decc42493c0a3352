// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/detailspane.h"

#include "session/migrationdesk.h"
#include "theme/theme.h"
#include "views/migrations/findings.h"
#include "widgets/codeedit.h"
#include "widgets/diffview.h"
#include "widgets/flowrow.h"
#include "widgets/misc.h"
#include "widgets/paint.h"

#include <QFile>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using migrations::Direction;
using migrations::Entry;
using migrations::Repair;
using migrations::Selection;
using migrations::State;

namespace {

/// Below this a line of code has no room beside another.
constexpr int WidthForTwo = 620;

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

QString repairText(Repair repair)
{
    switch (repair) {
    case Repair::Retry: return DetailsPane::tr("Run it again");
    case Repair::MarkApplied: return DetailsPane::tr("Mark as applied");
    case Repair::MarkReverted: return DetailsPane::tr("Mark as not applied");
    case Repair::Restore: return DetailsPane::tr("Restore a backup…");
    case Repair::PutBack: return DetailsPane::tr("Put the file back");
    case Repair::NewFromDifference: return DetailsPane::tr("New migration from the difference");
    case Repair::Adopt: return DetailsPane::tr("Adopt the file as it is");
    case Repair::Up: return DetailsPane::tr("Run it now");
    }
    Q_UNREACHABLE();
}

QString repairTip(Repair repair)
{
    switch (repair) {
    case Repair::Retry: return DetailsPane::tr("Run it once more. A part may have taken effect already.");
    case Repair::MarkApplied: return DetailsPane::tr("Record it as applied without running it");
    case Repair::MarkReverted: return DetailsPane::tr("Record it as not applied without running anything");
    case Repair::Restore: return DetailsPane::tr("Put the database back as it was before");
    case Repair::PutBack: return DetailsPane::tr("Give the file the text that was applied; the edit is lost");
    case Repair::NewFromDifference:
        return DetailsPane::tr("Put the applied text back, and keep the edited one as a migration of its own");
    case Repair::Adopt:
        return DetailsPane::tr("Take the text on disk as what was applied. The database stays as it is.");
    case Repair::Up: return DetailsPane::tr("Run it although later ones are applied already");
    }
    Q_UNREACHABLE();
}

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

void DetailsPane::addRepairs(const Entry &entry)
{
    QList<Repair> repairs = entry.repairs;
    if (entry.isCore() || repairs.isEmpty())
        return;
    const bool isOrdinary = entry.state == State::Applied; // it may be adopted, but nothing is wrong
    addHeading(isOrdinary ? tr("Its text is not recorded") : tr("How it can be settled"));
    if (isOrdinary)
        addText(tr("The framework applied it. Adopt it, and later edits of the file are noticed."));
    auto *row = new FlowRow(m_page);
    for (const Repair repair : std::as_const(repairs)) {
        if (repair == Repair::Restore && m_desk->database().engine != migrations::Engine::Sqlite)
            continue; // there are no backups
        auto *button = new QPushButton(repairText(repair), m_page);
        button->setObjectName(u"repair-"_s + toString(repair));
        button->setToolTip(repairTip(repair));
        button->setAutoDefault(false);
        connect(button, &QPushButton::clicked, this, [this, repair, key = m_key] {
            if (repair == Repair::Restore)
                Q_EMIT restoreRequested();
            else if (repair == Repair::Retry || repair == Repair::Up) {
                const Entry *now = m_desk ? m_desk->entry(key) : nullptr;
                if (!now)
                    return;
                // What broke off on its way down is taken further down.
                Selection selection{.direction = now->isApplied() ? Direction::Down : Direction::Up,
                                    .plugin = key.first,
                                    .retry = true};
                selection.only = {key};
                Q_EMIT runRequested(selection);
            } else {
                Q_EMIT repairRequested({.repair = repair, .plugin = key.first, .name = key.second});
            }
        });
        row->add(button);
    }
    m_column->addWidget(row);
}

void DetailsPane::addFindings(const Entry &entry)
{
    const bool up = !entry.isApplied();
    if (entry.path.isEmpty() || entry.isCore() || entry.state == State::Unknown || entry.state == State::Running)
        return;
    auto *box = new QWidget(m_page);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 8, 0, 0);
    auto *heading = mutedLabel(up ? tr("What running it does") : tr("What reverting it does"), box);
    auto *list = new FindingsList(box);
    list->setObjectName(u"detailsFindings"_s);
    column->addWidget(heading);
    column->addWidget(list);
    m_column->addWidget(box);
    Selection selection{.direction = up ? Direction::Up : Direction::Down, .plugin = entry.plugin, .retry = true};
    selection.only = {m_key};
    m_desk->prepare(selection).then(list, [list, heading, up](const Result<QList<migrations::PlannedStep>> &planned) {
        if (!planned) {
            heading->setText(planned.error().message);
            return;
        }
        QList<migrations::Finding> findings;
        for (const migrations::PlannedStep &one : *planned)
            findings += one.findings;
        list->setFindings(findings);
        if (findings.isEmpty())
            heading->setText(up ? DetailsPane::tr("Running it loses nothing.")
                                : DetailsPane::tr("Reverting it loses nothing."));
    });
}

void DetailsPane::addDifference(const Entry &entry)
{
    const bool isMissing = entry.state == State::Missing;
    if (!entry.isRecorded) {
        addText(tr("Paddock did not apply it, so its text is not known."));
        return;
    }
    if (isMissing) {
        CodeEdit *code = addCode(tr("The text that was applied"), u"detailsDifference"_s, 18);
        m_desk->difference(m_key).then(code, [code](const Result<std::pair<QString, QString>> &texts) {
            code->setPlainText(texts ? texts->first : texts.error().message);
        });
        return;
    }
    auto *bar = new QWidget(m_page);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 8, 0, 0);
    row->addWidget(mutedLabel(tr("What was applied, and the file now"), bar), 1);
    auto *sideBySide = new QToolButton(bar);
    sideBySide->setObjectName(u"detailsSideBySide"_s);
    sideBySide->setText(tr("Side by side"));
    sideBySide->setToolTip(tr("The two texts beside each other, or in one column"));
    sideBySide->setCheckable(true);
    sideBySide->setAutoRaise(true);
    row->addWidget(sideBySide);
    m_column->addWidget(bar);
    auto *diff = new DiffView(m_page);
    diff->setObjectName(u"detailsDifference"_s);
    diff->setProperty("boxed", true);
    diff->setContext(1); // the pane is low, and the whole file stands below
    m_column->addWidget(diff);
    const auto fit = [diff] { diff->setFixedHeight(diff->heightOf(qBound(3, int(diff->shown().size()), 18))); };
    connect(diff, &DiffView::loaded, diff, fit);
    connect(sideBySide, &QToolButton::toggled, diff, [diff, fit](bool isOn) {
        diff->setDiffLayout(isOn ? types::DiffLayout::SideBySide : types::DiffLayout::Unified);
        fit();
    });
    diff->setDiffLayout(types::DiffLayout::Unified);
    sideBySide->setChecked(viewport()->width() >= WidthForTwo);
    fit();
    m_desk->difference(m_key).then(diff, [diff, name = entry.name](const Result<std::pair<QString, QString>> &texts) {
        if (texts)
            diff->setTexts(texts->first.toUtf8(), texts->second.toUtf8(), name);
        else
            diff->setEmptyTexts(tr("The difference is not known"), texts.error().message);
    });
}

void DetailsPane::addSource(const Entry &entry)
{
    CodeEdit *code = addCode(tr("The file"), u"detailsSource"_s, 40);
    QtConcurrent::run([path = entry.path] {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }).then(code, [code](const QString &text) { code->setPlainText(text.trimmed()); });
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
