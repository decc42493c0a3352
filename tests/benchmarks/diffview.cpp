// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// bench_diffview: a difference of 50,000 lines in the window's widget. What counts is how long the GUI thread is ever
// busy in one go: a timer of no delay beats as often as it is let, and the longest pause between two beats is reported.
#include "widgets/diffview.h"
#include "theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QTextStream>
#include <QTimer>
#include <functional>

using namespace Qt::StringLiterals;
using namespace paddock;

namespace {

QByteArray client(int lines, bool other)
{
    QByteArray text;
    for (int i = 0; i < lines; ++i) {
        const QByteArray n = QByteArray::number(i);
        text += "  method" + n + "(input: { id: string; page?: number }): Promise<" +
                (other && i % 25 == 7 ? "Other" : "Result") + n + ">; // line " + n + "\n";
    }
    return text;
}

class Pulse final : public QObject
{
public:
    Pulse()
    {
        m_timer.setInterval(0);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            const double pause = double(m_clock.nsecsElapsed()) / 1e6;
            m_longest = std::max(m_longest, pause);
            m_clock.start();
        });
    }
    void start()
    {
        m_longest = 0;
        m_clock.start();
        m_timer.start();
    }
    double stop()
    {
        m_timer.stop();
        return m_longest;
    }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_longest = 0;
};

} // namespace

int main(int argc, char *argv[])
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const ui::Theme theme;
    const bool json = application.arguments().contains(u"--json"_s);
    QTextStream out(stdout);
    Pulse pulse;
    const auto measure = [&](const QString &name, const std::function<void()> &act, const std::function<bool()> &done) {
        QElapsedTimer clock;
        clock.start();
        pulse.start();
        act();
        while (!done() && clock.elapsed() < 60'000)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        const double all = double(clock.nsecsElapsed()) / 1e6;
        const double longest = pulse.stop();
        if (json)
            out << QJsonDocument(QJsonObject{{u"name"_s, name}, {u"longestMs"_s, longest}, {u"totalMs"_s, all}})
                       .toJson(QJsonDocument::Compact)
                << '\n';
        else
            out << name.leftJustified(44)
                << u"longest %1 ms   until done %2 ms\n"_s.arg(longest, 7, 'f', 1).arg(all, 8, 'f', 1);
        out.flush();
    };

    ui::DiffView view;
    view.resize(1200, 700);
    view.show();
    const QByteArray before = client(50'000, false);
    const QByteArray after = client(50'000, true);
    measure(
        u"load and highlight 50,000 lines"_s, [&] { view.setTexts(before, after, u"client.ts"_s); },
        [&] { return view.highlightedLines() == 100'000; });
    measure(u"show all lines"_s, [&] { view.setFolded(false); }, [&] { return view.shown().size() == 50'000; });
    measure(u"one column"_s, [&] { view.setDiffLayout(types::DiffLayout::Unified); }, [] { return true; });
    int matches = -1;
    QObject::connect(&view, &ui::DiffView::matchesChanged, &view, [&](int, int count) { matches = count; });
    measure(u"find a word that is everywhere"_s, [&] { view.find(u"promise"_s); }, [&] { return matches >= 0; });
    view.find({});
    int pages = 0;
    QTimer scroll;
    QObject::connect(&scroll, &QTimer::timeout, &view, [&] {
        view.verticalScrollBar()->setValue(++pages * 250);
        view.viewport()->repaint();
    });
    measure(u"200 pages, each painted"_s, [&] { scroll.start(0); }, [&] { return pages >= 200; });
    return 0;
}
