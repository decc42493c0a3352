// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/comparedfilesmodel.h"
#include "models/typefindingsmodel.h"
#include "session/typesdesk.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QProgressBar;
class QPushButton;
class QSplitter;
class QToolButton;
class QTreeView;

namespace paddock::ui {

class Actions;
class DiffView;
class EmptyState;
class FilterEdit;
class Source;

/// Types: what changed for callers between two states of the workspace, with severity, code that would break and where
/// it is used; below it the texts side by side. It compares only while it is seen.
class TypesView final : public QWidget
{
    Q_OBJECT

public:
    explicit TypesView(Actions *actions, QWidget *parent = nullptr);
    ~TypesView() override;

    void setSource(Source *source);
    void showChange(qint64 change); ///< what this change did
    void refresh();                 ///< buttons by what can be done

    void approveSelected();
    void saveBaseline();
    void focusSearch();
    void nextChange();
    void previousChange();
    void toggleLayout();
    void toggleFolding();
    [[nodiscard]] bool hasFindings() const;
    [[nodiscard]] bool isApproved() const; ///< all that is selected is
    [[nodiscard]] DiffView *diff() const { return m_diff; }

Q_SIGNALS:
    void openRequested(const QString &file, int line);
    void failed(const paddock::Error &error);
    void succeeded();
    void selectionChanged();

protected:
    bool event(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    // What the boxes of choices hold for a snapshot by its place in the session; others hold a name or an id.
    static constexpr QLatin1StringView Previous{"@previous"};
    static constexpr QLatin1StringView First{"@first"};
    static constexpr QLatin1StringView Now{"now"};
    static constexpr QLatin1StringView OfChange{"@change"};

    QWidget *makeBar();
    QWidget *makeFilters();
    QWidget *makeDiff();
    void makeSearch(QWidget *parent);
    void fillChoices();
    void takeChoices(const session::TypesChoices &choices);
    void choiceMade();
    void compareLater();
    void compare();
    void take(const session::TypesComparison &comparison);
    void findImpact();
    void showStatus();
    void showCounts();
    void showFile(const QModelIndex &index);
    void showEmptyTexts();
    void showMenu(const QPoint &position);
    void activate(const QModelIndex &index);
    void copyRow(const QModelIndex &index) const;
    void setAutomaticLayout();
    [[nodiscard]] QList<types::Finding> selectedFindings() const;
    [[nodiscard]] session::TypesDesk *desk() const;

    Source *m_source = nullptr;
    Actions *m_actions;
    models::TypeFindingsModel m_findings;
    models::TypeFindingsFilter m_filter;
    models::ComparedFilesModel m_files;
    QComboBox *m_from = nullptr;
    QComboBox *m_to = nullptr;
    QLabel *m_arrow = nullptr;
    QLabel *m_status = nullptr;
    QProgressBar *m_progress = nullptr;
    QToolButton *m_cancel = nullptr;
    QToolButton *m_generate = nullptr;
    QToolButton *m_severities[3] = {};
    QToolButton *m_approved = nullptr;
    FilterEdit *m_text = nullptr;
    QTreeView *m_list = nullptr;
    EmptyState *m_empty = nullptr;
    QListView *m_fileList = nullptr;
    DiffView *m_diff = nullptr;
    QLabel *m_fileName = nullptr;
    QLabel *m_place = nullptr;
    QWidget *m_searchBar = nullptr;
    QLineEdit *m_search = nullptr;
    QLabel *m_searchCount = nullptr;
    QSplitter *m_halves = nullptr;
    QSplitter *m_lower = nullptr;
    QTimer m_compare;
    QString m_toShow;    ///< file to show next; empty: the one that is
    qint64 m_change = 0; ///< whose findings are shown; 0: between the two that are chosen
    quint64 m_request = 0;
    quint64 m_choices = 0; ///< the latest time that choices were asked for
    bool m_isStale = true; ///< something changed while the view was not seen
    bool m_isComparing = false;
    bool m_layoutChosen = false; ///< by the user; else by the room there is
    bool m_isFresh = true;       ///< nothing has been compared for this source
};

} // namespace paddock::ui
