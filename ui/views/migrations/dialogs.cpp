// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/dialogs.h"

#include "migrations/prepare.h"
#include "theme/theme.h"
#include "views/migrations/findings.h"
#include "widgets/banner.h"
#include "widgets/misc.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using migrations::Severity;

namespace {

QLabel *plain(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

/// What is lost, each with its rows, in words.
QStringList losses(const QList<migrations::PlannedStep> &planned)
{
    QStringList lines;
    for (const migrations::PlannedStep &one : planned)
        for (const migrations::Finding &finding : one.findings)
            if (finding.severity == Severity::Destructive)
                lines << one.step.name.section(u'.', 0, -2) + u": "_s + finding.message +
                             (finding.rows < 0 ? QString() : u" ("_s + words::rowCount(finding.rows) + u')');
    return lines;
}

} // namespace

PlanDialog::PlanDialog(const QList<migrations::PlannedStep> &planned, const migrations::Location &database,
                       QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"planDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    const bool up = planned.isEmpty() || planned.first().step.direction == migrations::Direction::Up;
    const QString title = up ? tr("Run %n migration(s)", nullptr, int(planned.size()))
                             : tr("Revert %n migration(s)", nullptr, int(planned.size()));
    setWindowTitle(title);
    const QStringList lost = losses(planned);
    m_losesData = !lost.isEmpty();
    const auto may = migrations::mayRun(planned, false);
    m_isEmpty = !may && may.error().code == "empty-migration"_L1;
    const bool isHopeless = std::ranges::any_of(planned, [](const migrations::PlannedStep &one) {
        return std::ranges::any_of(one.findings,
                                   [](const migrations::Finding &f) { return f.severity == Severity::Error; });
    });

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    auto *heading = plain(title, this);
    heading->setFont(Theme::titleFont());
    column->addWidget(heading);
    column->addWidget(new WrapLabel(tr("on %1").arg(database.shown()), Theme::smallFont(), this));
    if (isHopeless) {
        auto *banner = new Banner(words::Tone::Error, tr("This cannot succeed"),
                                  tr("Correct what is marked below first. Nothing was run."), this);
        banner->setClosable(false);
        column->addWidget(banner);
    } else if (m_isEmpty) {
        auto *banner = new Banner(words::Tone::Warn, tr("This does nothing yet"),
                                  tr("It would be recorded as applied, and what is written into it later would never "
                                     "run."),
                                  this);
        banner->setClosable(false);
        column->addWidget(banner);
    } else if (m_losesData) {
        auto *banner = new Banner(words::Tone::Error, tr("This loses data"), lost.join(u'\n'), this);
        banner->setObjectName(u"planLosses"_s);
        banner->setClosable(false);
        column->addWidget(banner);
    }

    auto *page = new QWidget(this);
    auto *steps = new QVBoxLayout(page);
    steps->setContentsMargins(0, 0, 8, 0);
    steps->setSpacing(6);
    for (const migrations::PlannedStep &one : planned) {
        auto *name = new ElidedLabel(one.step.plugin + u" / "_s + one.step.name, page, Qt::ElideMiddle);
        name->setFont(Theme::strongFont());
        steps->addWidget(name);
        if (one.findings.isEmpty()) {
            steps->addWidget(
                mutedLabel(up ? tr("Running it loses nothing.") : tr("Reverting it loses nothing."), page));
        } else {
            auto *findings = new FindingsList(page);
            findings->setFindings(one.findings);
            steps->addWidget(findings);
        }
        steps->addSpacing(8);
    }
    steps->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setObjectName(u"planSteps"_s);
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    column->addWidget(scroll, 1);
    QString undo;
    switch (database.engine) {
    case migrations::Engine::Sqlite: undo = tr("A backup is made first; Backups puts it back."); break;
    case migrations::Engine::Postgres:
        undo = tr("Each migration is one transaction: one that fails leaves nothing behind. There is no backup.");
        break;
    case migrations::Engine::Mysql:
        undo = tr("This engine cannot roll changes of the schema back, and there is no backup.");
        break;
    case migrations::Engine::Unknown: break;
    }
    column->addWidget(plain(undo, this));

    auto *buttons = new QDialogButtonBox(this);
    QPushButton *cancel = buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole);
    cancel->setObjectName(u"planCancel"_s);
    QPushButton *run = buttons->addButton(m_losesData ? tr("Run and lose the data")
                                          : m_isEmpty ? tr("Record as applied")
                                          : up        ? tr("Run")
                                                      : tr("Revert"),
                                          QDialogButtonBox::AcceptRole);
    run->setObjectName(u"planRun"_s);
    run->setEnabled(!isHopeless && !planned.isEmpty());
    if (up && !isHopeless) {
        QPushButton *rehearse = buttons->addButton(tr("Rehearse first"), QDialogButtonBox::ActionRole);
        rehearse->setObjectName(u"planRehearse"_s);
        rehearse->setAutoDefault(false);
        connect(rehearse, &QPushButton::clicked, this, [this] {
            Q_EMIT rehearseRequested();
            reject();
        });
    }
    for (QPushButton *button : {cancel, run})
        button->setAutoDefault(false);
    ((isConsent() || isHopeless) ? cancel : run)->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    resize(600, qMin(560, 190 + int(planned.size()) * 80 + (isConsent() ? 60 : 0)));
    ((isConsent() || isHopeless) ? cancel : run)->setFocus();
}

NewMigrationDialog::NewMigrationDialog(const QStringList &plugins, const QString &plugin, Create create,
                                       QWidget *parent)
    : QDialog(parent),
      m_create(std::move(create)),
      m_plugin(new QComboBox(this)),
      m_name(new QLineEdit(this)),
      m_hint(plain({}, this))
{
    setObjectName(u"newMigration"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("New migration"));
    m_plugin->setObjectName(u"newMigrationPlugin"_s);
    m_plugin->addItems(plugins);
    m_plugin->setCurrentText(plugin);
    m_name->setObjectName(u"newMigrationName"_s);
    m_name->setPlaceholderText(u"add_stock"_s);
    m_name->setMinimumWidth(300);
    m_hint->setObjectName(u"newMigrationHint"_s);
    m_hint->setFont(Theme::smallFont());
    auto *form = new QFormLayout(this);
    form->setContentsMargins(20, 16, 20, 16);
    form->addRow(tr("Plugin"), m_plugin);
    form->addRow(tr("What it does"), m_name);
    form->addRow(QString(), m_hint);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_ok = buttons->addButton(tr("Create"), QDialogButtonBox::AcceptRole);
    m_ok->setObjectName(u"newMigrationCreate"_s);
    m_ok->setDefault(true);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &NewMigrationDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_name, &QLineEdit::textChanged, this, &NewMigrationDialog::check);
    connect(m_plugin, &QComboBox::currentTextChanged, this, &NewMigrationDialog::check);
    check();
    m_name->setFocus();
}

void NewMigrationDialog::check()
{
    static const QRegularExpression allowed(u"^[a-z][a-z0-9_-]*$"_s);
    const QString name = m_name->text().trimmed();
    const bool isFine = allowed.match(name).hasMatch() && name.size() <= 80;
    m_ok->setEnabled(isFine);
    setInk(m_hint, name.isEmpty() || isFine ? Theme::tokens().muted : Theme::tokens().error);
    m_hint->setText(isFine ? tr("A file with the next number is written into the plugin's migrations.")
                           : tr("Lower-case letters, digits and underscores, beginning with a letter."));
}

void NewMigrationDialog::accept()
{
    const auto path = m_create(m_plugin->currentText(), m_name->text().trimmed());
    if (!path) {
        setInk(m_hint, Theme::tokens().error);
        m_hint->setText(path.error().message + u' ' + path.error().remedy);
        return;
    }
    Q_EMIT created(*path);
    QDialog::accept();
}

DatabaseDialog::DatabaseDialog(const QString &shown, const QString &origin, bool isGiven, Give give, QWidget *parent)
    : QDialog(parent), m_give(std::move(give)), m_edit(new QLineEdit(this)), m_error(plain({}, this))
{
    setObjectName(u"databaseDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Where is the database?"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(10);
    column->addWidget(plain(shown.isEmpty() ? tr("Neither the server nor the workspace's files tell where it is.")
                                            : tr("Paddock uses %1 (%2).").arg(shown, origin),
                            this));
    m_edit->setObjectName(u"databaseEdit"_s);
    m_edit->setPlaceholderText(u"postgres://user:password@localhost/shop"_s);
    m_edit->setMinimumWidth(420);
    m_edit->setAccessibleName(tr("Address of the database"));
    column->addWidget(m_edit);
    m_error->setObjectName(u"databaseError"_s);
    m_error->setFont(Theme::smallFont());
    setInk(m_error, Theme::tokens().muted);
    m_error->setText(tr("A URL, or the path of an SQLite file. It is remembered for this workspace unless it holds a "
                        "password: such an address is forgotten when Paddock ends."));
    column->addWidget(m_error);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    QPushButton *use = buttons->addButton(tr("Use it"), QDialogButtonBox::AcceptRole);
    use->setObjectName(u"databaseUse"_s);
    use->setDefault(true);
    if (isGiven) {
        QPushButton *forget = buttons->addButton(tr("Find it again"), QDialogButtonBox::ResetRole);
        forget->setObjectName(u"databaseForget"_s);
        connect(forget, &QPushButton::clicked, this, [this] { this->give({}); });
    }
    connect(buttons, &QDialogButtonBox::accepted, this, [this] { this->give(m_edit->text()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    m_edit->setFocus();
}

void DatabaseDialog::give(const QString &text)
{
    if (const auto given = m_give(text); !given) {
        setInk(m_error, Theme::tokens().error);
        m_error->setText(given.error().message + u' ' + given.error().remedy);
        return;
    }
    accept();
}

} // namespace paddock::ui
