// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logfiltermodel.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QToolButton;

namespace paddock::ui {

class FilterEdit;
class LogView;
class SourceModels;

/// Logs: the lines, and above them level, plugin, text or expression, follow, clear.
class LogsView final : public QWidget
{
    Q_OBJECT

public:
    explicit LogsView(SourceModels *models, QWidget *parent = nullptr);

    void showPlugin(const QString &plugin); ///< filters on it
    void focusFilter();
    [[nodiscard]] LogView *view() const { return m_view; }
    [[nodiscard]] QVariantMap saveState() const;
    void restoreState(const QVariantMap &state);

Q_SIGNALS:
    void locationActivated(const QString &file, int line);

private:
    void applyFilter();
    void refreshPlugins();
    void refreshCount();

    SourceModels *m_models;
    models::LogFilterModel m_filterModel;
    QComboBox *m_level;
    QComboBox *m_plugin;
    FilterEdit *m_text;
    QToolButton *m_regex;
    QToolButton *m_follow;
    QLabel *m_count;
    QLabel *m_dropped;
    LogView *m_view;
    QString m_wantedPlugin; ///< restored before the plugin has said anything
    QTimer m_countTimer;
};

} // namespace paddock::ui
