// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/logsview.h"

#include "sourcemodels.h"
#include "theme/icons.h"
#include "theme/theme.h"
#include "widgets/logview.h"
#include "widgets/misc.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

QToolButton *toolButton(const QString &icon, const QString &text, const QString &name, bool checkable, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setIcon(icons::get(icon));
    button->setToolTip(text);
    button->setAccessibleName(text);
    button->setObjectName(name);
    button->setCheckable(checkable);
    button->setAutoRaise(true);
    return button;
}

} // namespace

LogsView::LogsView(SourceModels *models, QWidget *parent)
    : QWidget(parent),
      m_models(models),
      m_filterModel(&models->logs),
      m_level(new QComboBox(this)),
      m_plugin(new QComboBox(this)),
      m_text(new FilterEdit(tr("Filter lines"), this)),
      m_regex(toolButton(u"regex"_s, tr("Regular expression"), u"logRegex"_s, true, this)),
      m_follow(toolButton(u"follow"_s, tr("Follow the newest line"), u"logFollow"_s, true, this)),
      m_count(mutedLabel({}, this)),
      m_dropped(new QLabel(this)),
      m_view(new LogView(&m_filterModel, this))
{
    m_level->setObjectName(u"logLevel"_s);
    m_level->setAccessibleName(tr("Lowest level shown"));
    m_level->addItem(tr("All levels"), int(logs::Level::Debug));
    m_level->addItem(tr("Info and above"), int(logs::Level::Info));
    m_level->addItem(tr("Warnings and errors"), int(logs::Level::Warn));
    m_level->addItem(tr("Errors"), int(logs::Level::Error));
    m_plugin->setObjectName(u"logPlugin"_s);
    m_plugin->setAccessibleName(tr("Plugin whose lines are shown"));
    m_plugin->addItem(tr("All plugins"), QString());
    m_plugin->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_text->setObjectName(u"logFilter"_s);
    m_text->setMinimumWidth(160);
    m_text->setMaximumWidth(360);
    m_text->setView(m_view);
    m_view->setObjectName(u"logView"_s);
    m_follow->setChecked(true);
    m_count->setObjectName(u"logCount"_s);
    m_dropped->setObjectName(u"logDropped"_s);
    m_dropped->setFont(Theme::smallFont());
    m_dropped->setToolTip(tr("Lines that came faster than they could be kept"));
    m_dropped->hide();
    QToolButton *copy = toolButton(u"copy"_s, tr("Copy the selected lines"), u"logCopy"_s, false, this);
    QToolButton *clear = toolButton(u"trash"_s, tr("Clear the log"), u"logClear"_s, false, this);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    bar->setSpacing(8);
    bar->addWidget(m_text, 1);
    bar->addWidget(m_regex);
    bar->addWidget(m_level);
    bar->addWidget(m_plugin);
    bar->addStretch(1);
    bar->addWidget(m_dropped);
    bar->addWidget(m_count);
    bar->addWidget(m_follow);
    bar->addWidget(copy);
    bar->addWidget(clear);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(m_view, 1);

    connect(m_text, &QLineEdit::textChanged, this, &LogsView::applyFilter);
    connect(m_regex, &QToolButton::toggled, this, &LogsView::applyFilter);
    connect(m_level, &QComboBox::currentIndexChanged, this, &LogsView::applyFilter);
    connect(m_plugin, &QComboBox::currentIndexChanged, this, &LogsView::applyFilter);
    connect(m_follow, &QToolButton::toggled, m_view, &LogView::setFollowing);
    connect(m_view, &LogView::followingChanged, m_follow, &QToolButton::setChecked);
    connect(m_view, &LogView::locationActivated, this, &LogsView::locationActivated);
    connect(copy, &QToolButton::clicked, m_view, &LogView::copy);
    connect(clear, &QToolButton::clicked, &models->logs, &models::LogModel::clear);
    connect(&models->logs, &models::LogModel::pluginsChanged, this, &LogsView::refreshPlugins);
    m_countTimer.setSingleShot(true);
    m_countTimer.setInterval(100);
    connect(&m_countTimer, &QTimer::timeout, this, &LogsView::refreshCount);
    connect(&m_filterModel, &QAbstractItemModel::rowsRemoved, this, [this] {
        if (m_models->logs.rowCount() == 0)
            refreshCount();
    });
    const auto later = [this] {
        if (!m_countTimer.isActive())
            m_countTimer.start();
    };
    connect(&m_filterModel, &QAbstractItemModel::rowsInserted, this, later);
    connect(&m_filterModel, &QAbstractItemModel::rowsRemoved, this, later);
    connect(&m_filterModel, &QAbstractItemModel::modelReset, this, later);
    connect(&m_filterModel, &models::LogFilterModel::scanningChanged, this, later);
    connect(models, &SourceModels::droppedLinesChanged, this, [this](qint64 count) {
        m_dropped->setText(tr("%L1 dropped").arg(count));
        QPalette palette = m_dropped->palette();
        palette.setColor(QPalette::WindowText, Theme::tokens().warn);
        m_dropped->setPalette(palette);
        m_dropped->setVisible(count > 0);
    });
    refreshCount();
}

void LogsView::applyFilter()
{
    models::LogFilter filter;
    filter.minimum = logs::Level(m_level->currentData().toInt());
    filter.plugin = m_plugin->currentData().toString();
    filter.text = m_text->text();
    filter.isRegex = m_regex->isChecked();
    m_filterModel.setFilter(filter);
    const QString error = m_filterModel.expressionError();
    m_text->setInvalid(error.isEmpty() ? QString() : tr("Not a regular expression: %1").arg(error));
    m_view->setMarked(filter.isRegex ? QString() : filter.text);
    refreshCount();
}

void LogsView::refreshPlugins()
{
    const QString current = m_wantedPlugin.isEmpty() ? m_plugin->currentData().toString() : m_wantedPlugin;
    const QStringList plugins = m_models->logs.plugins();
    for (int i = 0; i < plugins.size(); ++i) {
        if (m_plugin->itemData(i + 1).toString() != plugins[i])
            m_plugin->insertItem(i + 1, plugins[i], plugins[i]);
    }
    if (const int index = m_plugin->findData(current); index > 0 && !m_wantedPlugin.isEmpty()) {
        m_wantedPlugin.clear();
        m_plugin->setCurrentIndex(index);
    }
}

void LogsView::refreshCount()
{
    const int shown = m_filterModel.rowCount();
    const int all = m_models->logs.rowCount();
    if (m_filterModel.isScanning())
        m_count->setText(tr("%L1 of %L2 lines, still looking…").arg(shown).arg(all));
    else if (shown != all)
        m_count->setText(tr("%L1 of %L2 lines").arg(shown).arg(all));
    else
        m_count->setText(all == 0 ? QString() : tr("%Ln line(s)", nullptr, all));
    if (all == 0)
        m_view->setEmptyTexts(tr("No log lines yet"), tr("What the server and its plugins write appears here."));
    else
        m_view->setEmptyTexts(tr("No line matches"), tr("Change or clear the filters above."));
}

void LogsView::showPlugin(const QString &plugin)
{
    if (const int index = m_plugin->findData(plugin); index >= 0)
        m_plugin->setCurrentIndex(index);
    else
        m_wantedPlugin = plugin;
}

void LogsView::focusFilter()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

QVariantMap LogsView::saveState() const
{
    return {{u"level"_s, m_level->currentIndex()},
            {u"plugin"_s, m_plugin->currentData()},
            {u"text"_s, m_text->text()},
            {u"regex"_s, m_regex->isChecked()}};
}

void LogsView::restoreState(const QVariantMap &state)
{
    m_level->setCurrentIndex(qBound(0, state.value(u"level"_s).toInt(), m_level->count() - 1));
    m_regex->setChecked(state.value(u"regex"_s).toBool());
    m_text->setText(state.value(u"text"_s).toString());
    if (const QString plugin = state.value(u"plugin"_s).toString(); !plugin.isEmpty())
        showPlugin(plugin);
}

} // namespace paddock::ui
