// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"

#include <QModelIndex>
#include <QScrollArea>
#include <functional>

class QPushButton;
class QVBoxLayout;

namespace paddock::ui {

class Source;
class SourceModels;

/// What is known of the selected row of the tree, as facts and links.
class Inspector final : public QScrollArea
{
    Q_OBJECT

public:
    explicit Inspector(SourceModels *models, QWidget *parent = nullptr);

    void setSource(Source *source);
    void show(const QModelIndex &index); ///< of the tree model; invalid: says how to choose something
    void refresh();

Q_SIGNALS:
    void openRequested(const QString &file, int line);
    void routeRequested(const QString &route);
    void pluginRequested(const QString &plugin);
    void reloadRequested(const QString &plugin);
    void rollbackRequested(const QString &plugin, int generation);

private:
    void rebuild();
    void addHeading(const QString &icon, const QString &title, const QString &kind);
    void addFact(const QString &label, const QString &text, bool isCode = false);
    void addError(const QString &text);
    void addSection(const QString &title);
    void addLink(const QString &icon, const QString &text, const QString &toolTip, const std::function<void()> &action);
    void addButton(QPushButton *button);
    void addPlugin(const QString &name, const QModelIndex &index);
    void addGenerations(const QString &plugin);
    void askForGenerations(const QString &plugin);

    SourceModels *m_models;
    Source *m_source = nullptr; ///< outlives its being set here
    QPersistentModelIndex m_index;
    QVBoxLayout *m_column = nullptr;
    QWidget *m_content = nullptr;
    bool m_isDirty = false;
    QString m_generationsOf; ///< what the list below is of: plugin and generation in service
    QString m_generationsAsked;
    QList<session::PluginGeneration> m_generations;
};

} // namespace paddock::ui
