// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/querypage.h"

#include "models/roles.h"
#include "session/migrationdesk.h"
#include "theme/theme.h"
#include "widgets/banner.h"
#include "widgets/codeedit.h"
#include "widgets/misc.h"
#include "words.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

/// NULL and blobs read differently from texts that spell the same.
class CellDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /// With the margin that the headings have.
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem cell = option;
        initStyleOption(&cell, index);
        cell.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, cell.widget);
        const bool isSelected = cell.state.testFlag(QStyle::State_Selected);
        const QRect text = cell.rect.adjusted(Margin, 0, -Margin, 0);
        painter->save();
        painter->setFont(cell.font);
        painter->setPen(cell.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text));
        painter->drawText(text, int(cell.displayAlignment),
                          QFontMetrics(cell.font).elidedText(cell.text, Qt::ElideRight, text.width()));
        painter->restore();
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(2 * Margin, 0);
    }

protected:
    static constexpr int Margin = 8;

    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const QString kind = index.data(models::StateRole).toString();
        option->font = Theme::monoFont();
        if (kind == "null"_L1 || kind == "blob"_L1) {
            option->palette.setColor(QPalette::Text, Theme::tokens().faint);
            option->palette.setColor(QPalette::HighlightedText, Theme::tokens().muted);
        }
    }
};

} // namespace

QueryPage::QueryPage(QWidget *parent)
    : QWidget(parent),
      m_banners(new BannerStack(this)),
      m_edit(new CodeEdit(u"SQL"_s, this)),
      m_limit(new QComboBox(this)),
      m_facts(mutedLabel({}, this)),
      m_run(new QPushButton(tr("Run"), this)),
      m_cancel(new QPushButton(tr("Cancel"), this)),
      m_table(new QTableView(this)),
      m_empty(new EmptyState(u"search"_s, tr("Ask the database"),
                             tr("Queries only read: the connection cannot write. Ctrl+Return runs what is written."),
                             this))
{
    m_edit->setObjectName(u"queryEdit"_s);
    m_edit->setAccessibleName(tr("Query"));
    m_edit->setPlaceholderText(u"select * from …"_s);
    m_limit->setObjectName(u"queryLimit"_s);
    m_limit->setAccessibleName(tr("Most rows"));
    for (const int rows : {100, 500, 5000})
        m_limit->addItem(tr("%Ln row(s)", nullptr, rows), rows);
    m_limit->setCurrentIndex(1);
    m_facts->setObjectName(u"queryFacts"_s);
    m_run->setObjectName(u"queryRun"_s);
    m_run->setDefault(true);
    m_run->setAutoDefault(false);
    m_run->setToolTip(tr("Run the query (Ctrl+Return)"));
    m_cancel->setObjectName(u"queryCancel"_s);
    m_cancel->setAutoDefault(false);
    m_table->setObjectName(u"queryResult"_s);
    m_table->setAccessibleName(tr("Rows"));
    m_table->setModel(&m_model);
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->setDefaultSectionSize(qMax(26, QFontMetrics(Theme::monoFont()).height() + 8));
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_empty->watch(m_table);

    auto *top = new QWidget(this);
    auto *bar = new QHBoxLayout;
    bar->setSpacing(8);
    bar->addWidget(m_facts, 1);
    bar->addWidget(m_limit);
    bar->addWidget(m_cancel);
    bar->addWidget(m_run);
    auto *topColumn = new QVBoxLayout(top);
    topColumn->setContentsMargins(12, 10, 12, 8);
    topColumn->addWidget(m_edit, 1);
    topColumn->addLayout(bar);
    auto *bottom = new QWidget(this);
    auto *bottomColumn = new QVBoxLayout(bottom);
    bottomColumn->setContentsMargins(0, 0, 0, 0);
    bottomColumn->setSpacing(0);
    bottomColumn->addWidget(new Rule(Qt::Horizontal, this));
    bottomColumn->addWidget(m_banners);
    bottomColumn->addWidget(m_table, 1);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"querySplitter"_s);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(top);
    splitter->addWidget(bottom);
    splitter->setSizes({150, 300});
    splitter->setStretchFactor(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);
    connect(m_run, &QPushButton::clicked, this, &QueryPage::run);
    connect(m_edit, &CodeEdit::submitted, this, &QueryPage::run);
    connect(m_edit, &QPlainTextEdit::textChanged, this, &QueryPage::showState);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_desk)
            m_desk->cancelQuery();
    });
    auto *copyKey = new QShortcut(QKeySequence::Copy, m_table, nullptr, nullptr, Qt::WidgetShortcut);
    connect(copyKey, &QShortcut::activated, this, &QueryPage::copy);
    showState();
}

void QueryPage::setDesk(session::MigrationDesk *desk)
{
    m_desk = desk;
    m_model.setResult({});
    m_banners->clear();
    m_facts->clear();
    m_isRunning = false;
    showState();
}

void QueryPage::ask(const QString &sql)
{
    m_edit->setPlainText(sql);
    run();
}

void QueryPage::focusEdit()
{
    m_edit->setFocus(Qt::ShortcutFocusReason);
}

void QueryPage::showState()
{
    m_run->setEnabled(m_desk && !m_isRunning && !m_edit->toPlainText().trimmed().isEmpty());
    m_cancel->setVisible(m_isRunning);
}

void QueryPage::run()
{
    if (!m_desk || m_isRunning || m_edit->toPlainText().trimmed().isEmpty())
        return;
    m_isRunning = true;
    m_facts->setText(tr("Running…"));
    m_banners->clear();
    showState();
    migrations::QueryLimits limits;
    limits.rows = m_limit->currentData().toInt();
    m_desk->query(m_edit->toPlainText(), limits)
        .then(this, [this, asked = m_desk](const Result<migrations::QueryResult> &result) {
            if (asked != m_desk)
                return; // another workspace is open by now
            m_isRunning = false;
            showState();
            if (!result) {
                m_facts->clear();
                m_model.setResult({});
                const bool isCancelled = result.error().code == "query-cancelled"_L1;
                if (isCancelled)
                    m_banners->show(u"query"_s, words::Tone::Info, result.error().message, {});
                else
                    m_banners->showError(u"query"_s, result.error());
                m_empty->setTexts(tr("No result"), {});
                return;
            }
            m_empty->setTexts(tr("No rows"), tr("The query found nothing."));
            m_model.setResult(*result);
            m_table->resizeColumnsToContents();
            for (int i = 0; i < m_model.columnCount(); ++i)
                m_table->setColumnWidth(i, qBound(60, m_table->columnWidth(i) + 16, 360));
            QString facts = tr("%Ln row(s)", nullptr, m_model.rowCount());
            if (result->isCut)
                facts = tr("the first %Ln row(s); there are more", nullptr, m_model.rowCount());
            m_facts->setText(tr("%1, %2").arg(facts, words::duration(result->ms)));
        });
}

/// The cells that are selected, by row, with tabs between them.
void QueryPage::copy()
{
    QModelIndexList cells = m_table->selectionModel()->selectedIndexes();
    std::ranges::sort(cells);
    QString text;
    for (qsizetype i = 0; i < cells.size(); ++i) {
        if (i > 0)
            text += cells[i].row() == cells[i - 1].row() ? u'\t' : u'\n';
        text += cells[i].data(Qt::ToolTipRole).toString();
    }
    QApplication::clipboard()->setText(text);
}

} // namespace paddock::ui
