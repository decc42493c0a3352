// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/schemapage.h"

#include "models/roles.h"
#include "session/migrationdesk.h"
#include "theme/icons.h"
#include "theme/theme.h"
#include "views/migrations/migrationdelegate.h"
#include "widgets/misc.h"
#include "words.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

SchemaPage::SchemaPage(QWidget *parent)
    : QWidget(parent),
      m_filter(new FilterEdit(tr("Filter tables and columns"), this)),
      m_facts(mutedLabel({}, this)),
      m_refresh(new QToolButton(this)),
      m_view(new QTreeView(this)),
      m_empty(new EmptyState(u"database"_s, {}, {}, this))
{
    m_filter->setObjectName(u"schemaFilter"_s);
    m_filter->setMaximumWidth(320);
    m_filter->setView(m_view);
    m_facts->setObjectName(u"schemaFacts"_s);
    m_refresh->setObjectName(u"schemaRefresh"_s);
    m_refresh->setIcon(icons::get(u"restart"_s));
    m_refresh->setToolTip(tr("Read the schema again"));
    m_refresh->setAccessibleName(tr("Read the schema again"));
    m_refresh->setAutoRaise(true);
    m_view->setObjectName(u"schemaView"_s);
    m_view->setAccessibleName(tr("Schema"));
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new SchemaDelegate(m_view));
    m_view->setHeaderHidden(true);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setUniformRowHeights(true);
    m_view->setMouseTracking(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_empty->watch(m_view);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    bar->setSpacing(8);
    bar->addWidget(m_filter, 1);
    bar->addStretch(1);
    bar->addWidget(m_facts);
    bar->addWidget(m_refresh);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(m_view, 1);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { show(m_schema); });
    connect(m_refresh, &QToolButton::clicked, this, &SchemaPage::read);
    connect(m_view, &QTreeView::customContextMenuRequested, this, &SchemaPage::openMenu);
    connect(m_view, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const QString sql = queryFor(index); !sql.isEmpty() && index.parent().isValid())
            Q_EMIT queryRequested(sql);
    });
}

void SchemaPage::setDesk(session::MigrationDesk *desk)
{
    m_desk = desk;
    m_schema = {};
    show(m_schema);
    invalidate();
}

void SchemaPage::invalidate()
{
    m_isStale = true;
    if (isVisible())
        read();
}

void SchemaPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_isStale)
        read();
}

void SchemaPage::read()
{
    if (!m_desk || m_isReading)
        return;
    m_isStale = false;
    m_isReading = true;
    if (m_schema.tables.isEmpty())
        m_empty->setTexts(tr("Reading the schema"), {});
    QElapsedTimer timer;
    timer.start();
    m_desk->schema().then(this, [this, timer](const Result<migrations::Schema> &schema) {
        m_isReading = false;
        m_schema = schema.value_or(migrations::Schema{});
        if (schema)
            m_empty->setTexts(tr("No tables yet"), tr("They appear when migrations have run."));
        else if (schema.error().code == "no-database"_L1)
            m_empty->setTexts(tr("There is no database yet"), schema.error().remedy);
        else
            m_empty->setTexts(schema.error().message, schema.error().remedy);
        show(m_schema);
        m_facts->setText(schema ? tr("%n table(s), read in %1", nullptr, int(m_schema.tables.size()))
                                      .arg(words::duration(double(timer.nsecsElapsed()) / 1e6))
                                : QString());
        if (m_isStale && isVisible())
            read();
    });
}

void SchemaPage::show(const migrations::Schema &schema)
{
    const QString filter = m_filter->text().trimmed();
    m_model.setSchema(schema, filter);
    if (!filter.isEmpty())
        m_view->expandAll();
    else if (schema.tables.size() <= 6)
        m_view->expandAll(); // a small schema is seen at a glance
}

QString SchemaPage::queryFor(const QModelIndex &index) const
{
    const QModelIndex table = index.parent().isValid() ? index.parent() : index;
    const QString name = table.data(models::NameRole).toString();
    if (name.isEmpty() || !m_desk)
        return {};
    const bool isMysql = m_desk->database().engine == migrations::Engine::Mysql;
    const auto quoted = [isMysql](QString text) {
        const QChar mark = isMysql ? u'`' : u'"';
        return mark + text.replace(mark, QString(2, mark)) + mark;
    };
    const bool isColumn = index.data(models::StateRole).toString() == "column"_L1;
    const QString column = isColumn ? quoted(index.data(models::NameRole).toString()) : QString();
    return isColumn ? u"select %1, count(*) from %2 group by %1 order by 2 desc"_s.arg(column, quoted(name))
                    : u"select * from "_s + quoted(name);
}

void SchemaPage::openMenu(const QPoint &position)
{
    const QModelIndex index = m_view->indexAt(position);
    if (!index.isValid())
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QModelIndex table = index.parent().isValid() ? index.parent() : index;
    menu->addAction(tr("Show the rows of %1").arg(table.data(models::NameRole).toString()), this,
                    [this, sql = queryFor(table)] { Q_EMIT queryRequested(sql); });
    if (index.data(models::StateRole).toString() == "column"_L1)
        menu->addAction(tr("Count its values"), this, [this, sql = queryFor(index)] { Q_EMIT queryRequested(sql); });
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

} // namespace paddock::ui
