// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/backupspage.h"

#include "models/roles.h"
#include "session/migrationdesk.h"
#include "theme/theme.h"
#include "views/tables.h"
#include "widgets/misc.h"
#include "widgets/paint.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

class BackupDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Theme::tokens();
        painter->save();
        paint::rowGround(painter, option);
        QRectF rect = QRectF(option.rect).adjusted(12, 0, -12, 0);
        QRectF size = rect;
        size.setLeft(size.right() - 90);
        paint::text(painter, size, index.data(models::DetailRole).toString(), Theme::uiFont(), t.muted, Qt::AlignRight);
        rect.setRight(size.left() - 8);
        QRectF time = rect;
        time.setWidth(150);
        paint::text(painter, time, index.data().toString(), Theme::uiFont(), t.text);
        rect.setLeft(time.right() + 8);
        const QString reason = reasonText(index.data(models::StateRole).toString());
        paint::text(painter, rect, reason, Theme::uiFont(), t.muted);
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        return {option.rect.width(), qMax(28, QFontMetrics(Theme::uiFont()).height() + 11)};
    }

private:
    static QString reasonText(const QString &reason)
    {
        if (reason == "up"_L1)
            return BackupsPage::tr("before migrations ran");
        if (reason == "down"_L1)
            return BackupsPage::tr("before migrations were reverted");
        if (reason == "before-restore"_L1)
            return BackupsPage::tr("before a backup was restored");
        return BackupsPage::tr("made by hand");
    }
};

} // namespace

BackupsPage::BackupsPage(QWidget *parent)
    : QWidget(parent),
      m_facts(mutedLabel({}, this)),
      m_make(new QPushButton(tr("Back up now"), this)),
      m_restore(new QPushButton(tr("Restore…"), this)),
      m_view(new QTreeView(this)),
      m_empty(new EmptyState(u"history"_s, tr("No backups yet"),
                             tr("One is made before migrations run, and whenever you ask for it."), this))
{
    m_make->setObjectName(u"backupNow"_s);
    m_make->setAutoDefault(false);
    m_restore->setObjectName(u"backupRestore"_s);
    m_restore->setAutoDefault(false);
    m_view->setObjectName(u"backupList"_s);
    m_view->setAccessibleName(tr("Backups"));
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new BackupDelegate(m_view));
    m_view->setHeaderHidden(true);
    setUpList(m_view);
    m_empty->watch(m_view);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->setSpacing(8);
    bar->addWidget(m_facts, 1);
    bar->addWidget(m_make);
    bar->addWidget(m_restore);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(m_view, 1);
    connect(m_make, &QPushButton::clicked, this, &BackupsPage::backupRequested);
    const auto restore = [this] {
        const QVariant record = m_view->currentIndex().data(models::RecordRole);
        if (record.isValid())
            Q_EMIT restoreRequested(record.value<migrations::Backup>());
    };
    connect(m_restore, &QPushButton::clicked, this, restore);
    connect(m_view, &QTreeView::activated, this, restore);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &BackupsPage::refresh);
    refresh();
}

void BackupsPage::setDesk(session::MigrationDesk *desk)
{
    m_desk = desk;
    m_model.setNodes({});
    invalidate();
}

void BackupsPage::invalidate()
{
    refresh();
    if (isVisible())
        read();
}

void BackupsPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    read();
}

void BackupsPage::refresh()
{
    const migrations::Engine engine = m_desk ? m_desk->database().engine : migrations::Engine::Unknown;
    const bool canBackUp = engine == migrations::Engine::Sqlite;
    m_make->setEnabled(canBackUp && !m_desk->isBusy());
    m_restore->setEnabled(canBackUp && !m_desk->isBusy() && m_view->currentIndex().isValid());
    if (engine == migrations::Engine::Unknown)
        m_empty->setTexts(tr("No backups yet"), tr("It is not known where the database is."));
    else if (!canBackUp)
        m_empty->setTexts(tr("No backups of this engine"),
                          tr("Backups are made of SQLite databases. Here migrations are undone by reverting them; use "
                             "the engine's own tools for backups."));
    else
        m_empty->setTexts(tr("No backups yet"), tr("One is made before migrations run, and whenever you ask for it."));
}

void BackupsPage::read()
{
    if (!m_desk || m_desk->database().engine != migrations::Engine::Sqlite)
        return m_model.setNodes({});
    m_desk->backups().then(this, [this](const Result<QList<migrations::Backup>> &backups) {
        const QList<migrations::Backup> list = backups.value_or(QList<migrations::Backup>());
        m_model.setNodes(models::backupNodes(list));
        qint64 bytes = 0;
        for (const migrations::Backup &one : list)
            bytes += one.size;
        m_facts->setText(list.isEmpty()
                             ? QString()
                             : tr("%n backup(s), %1; old ones are removed by age and size", nullptr, int(list.size()))
                                   .arg(QLocale().formattedDataSize(bytes)));
        refresh();
    });
}

} // namespace paddock::ui
