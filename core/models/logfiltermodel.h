// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logmodel.h"

#include <QRegularExpression>
#include <QTimer>

namespace paddock::models {

struct LogFilter
{
    logs::Level minimum = logs::Level::Debug;
    QString plugin; ///< empty: all
    QString text;   ///< empty: all
    bool isRegex = false;

    [[nodiscard]] bool isEmpty() const { return minimum == logs::Level::Debug && plugin.isEmpty() && text.isEmpty(); }
    friend bool operator==(const LogFilter &, const LogFilter &) = default;
};

/// The lines of a LogModel that pass a filter. A new filter is applied from the newest line backwards, a few
/// milliseconds at a time, so that a million lines never hold up the window and the end of the log is there at once.
class LogFilterModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    explicit LogFilterModel(LogModel *source, QObject *parent = nullptr);

    /// An expression that does not compile leaves the earlier filter in force; see expressionError().
    void setFilter(const LogFilter &filter);
    [[nodiscard]] const LogFilter &filter() const { return m_filter; }
    [[nodiscard]] QString expressionError() const { return m_expressionError; }
    [[nodiscard]] bool isScanning() const { return m_scanEnd > m_source->firstSequence() && !m_isIdentity; }

    [[nodiscard]] LogModel *source() const { return m_source; }
    [[nodiscard]] qint64 sequence(int row) const;
    [[nodiscard]] int rowAt(qint64 sequence) const; ///< of the first line not before `sequence`; may be rowCount()

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    void scanningChanged(bool scanning);

private:
    [[nodiscard]] bool accepts(qint64 sequence) const;
    void onInserted(int first, int last);
    void onRemoved(int count);
    void scanSlice();

    LogModel *m_source;
    LogFilter m_filter;
    QRegularExpression m_expression;
    QString m_expressionError;
    bool m_isIdentity = true;       ///< no filter: rows are those of the source
    std::deque<qint64> m_sequences; ///< of the lines that pass, ascending
    qint64 m_scanEnd = 0;           ///< lines before it are still to be looked at
    QTimer m_timer;
};

} // namespace paddock::models
