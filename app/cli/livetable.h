// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/summarymodel.h"
#include "printer.h"
#include "session/session.h"
#include "terminal.h"

#include <QTimer>
#include <functional>

namespace paddock::cli {

/// `dev` in a terminal: below the lines that scroll by, the server, the five rows of the summary, the last changes,
/// what waits, and the keys.
class LiveTable final : public QObject
{
    Q_OBJECT

public:
    LiveTable(const Printer &out, session::Session &session);

    void print(const QString &line) { m_terminal.print(line); }

Q_SIGNALS:
    void quitRequested();

private:
    void later();
    void draw();
    void take(const session::ChangeRecord &record);
    void press(char key);
    void reload();
    void say(const QString &text); ///< in answer to a key
    template <class T>
    void report(const QString &done, const Result<T> &result)
    {
        say(result ? done : result.error().message + u' ' + result.error().remedy);
    }
    [[nodiscard]] QString serverLine() const;
    [[nodiscard]] QString summaryLine(int row) const;
    [[nodiscard]] bool isStartWaiting() const;
    [[nodiscard]] QString waitingLine() const;
    [[nodiscard]] QString keysLine() const;

    const Printer &m_out;
    session::Session &m_session;
    Terminal m_terminal;
    models::SummaryModel m_summary;
    QTimer m_timer; ///< redraws at the rate of a screen at most
    QList<session::ChangeRecord> m_last;
    QString m_lastPlugin; ///< of the last change, for a reload by key
};

} // namespace paddock::cli
