// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QSortFilterProxyModel>
#include <QWidget>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSplitter;
class QTreeView;
class QTreeWidget;

namespace paddock::ui {

class FilterEdit;
class JsonEdit;
class Source;
class SourceModels;

/// Routes: the list, and a place to try one: JSON in, status, time and JSON out, the calls made so far.
class RoutesView final : public QWidget
{
    Q_OBJECT

public:
    explicit RoutesView(SourceModels *models, QWidget *parent = nullptr);

    void setSource(Source *source);
    void showRoute(const QString &name);
    void send();

Q_SIGNALS:
    void openRequested(const QString &file, int line);

private:
    void showCurrent();
    void refreshSend();
    void showResponse(const QString &status, int tone, const QString &facts, const QString &body);
    void finish(const QString &route, const QString &input, const QJsonObject &result, double ms, const QString &error);

    SourceModels *m_models;
    Source *m_source = nullptr; ///< outlives its being set here
    QSortFilterProxyModel m_filter;
    FilterEdit *m_edit;
    QTreeView *m_list;
    QLabel *m_name;
    QLabel *m_detail;
    JsonEdit *m_input;
    QLabel *m_inputError;
    QPushButton *m_send;
    QLabel *m_status;
    QLabel *m_facts;
    JsonEdit *m_output;
    QTreeWidget *m_history;
    QString m_route;
    QHash<QString, QString> m_inputs; ///< what was typed for each route
    bool m_isSending = false;
};

} // namespace paddock::ui
