// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// bench_diffview: a difference of 50,000 lines in the window's widget, and 5,000 findings in its list. What counts is
// how long the GUI thread is ever busy in one go: a timer of no delay beats as often as it is let, and the longest
// pause between two beats is reported.
#include "widgets/diffview.h"
#include "delegates/typesdelegate.h"
#include "models/typefindingsmodel.h"
#include "theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QTextStream>
#include <QTimer>
#include <QTreeView>
#include <ctime>
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

QList<types::Finding> findings(int count)
{
    QList<types::Finding> result;
    for (int i = 0; i < count; ++i) {
        const QString n = QString::number(i);
        result.append(
            {.symbol = u"route api.group%1.method%2 output"_s.arg(QString::number(i % 50), n),
             .rule = u"property-removed"_s,
             .severity = types::Severity(2 - i * 3 / count),
             .path = u"().items[].customer.address"_s,
             .before =
                 u"{ id: string; name: string; address: { street: string; city: string; zip%1: string } }"_s.arg(n),
             .after = u"{ id: string; name: string; address: { street: string; city: string } }"_s,
             .message = u"().items[].customer.address: A property is gone."_s,
             .example = u"result.items[0].customer.address.zip%1 // gone"_s.arg(n),
             .fingerprint = u"f"_s + n,
             .file = u"src/routes/group.ts"_s,
             .line = i});
    }
    return result;
}

class Pulse final : public QObject
{
public:
    Pulse()
    {
        m_timer.setInterval(0);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_longest = std::max(m_longest, double(m_clock.nsecsElapsed()) / 1e6);
            m_longestCpu = std::max(m_longestCpu, threadMs() - m_cpu);
            ++m_beats;
            begin();
        });
    }
    void start()
    {
        m_longest = m_longestCpu = 0;
        m_beats = 0;
        begin();
        m_timer.start();
    }
    [[nodiscard]] double longestCpu() const { return m_longestCpu; }
    [[nodiscard]] int beats() const { return m_beats; }
    double stop()
    {
        m_timer.stop();
        return m_longest;
    }

private:
    /// Of this thread alone, which other work on the machine does not disturb.
    static double threadMs()
    {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
    }
    void begin()
    {
        m_clock.start();
        m_cpu = threadMs();
    }

    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_cpu = 0;
    double m_longest = 0;
    double m_longestCpu = 0;
    int m_beats = 0;
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
        do // at least once: what it asked for is painted then
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        while ((!done() || pulse.beats() < 3) && clock.elapsed() < 60'000);
        const double all = double(clock.nsecsElapsed()) / 1e6;
        const double longest = pulse.stop();
        if (json)
            out << QJsonDocument(QJsonObject{{u"name"_s, name},
                                             {u"longestMs"_s, longest},
                                             {u"longestCpuMs"_s, pulse.longestCpu()},
                                             {u"totalMs"_s, all}})
                       .toJson(QJsonDocument::Compact)
                << '\n';
        else
            out << name.leftJustified(44)
                << u"longest %1 ms (CPU %2 ms)   until done %3 ms\n"_s.arg(longest, 7, 'f', 1)
                       .arg(pulse.longestCpu(), 6, 'f', 1)
                       .arg(all, 8, 'f', 1);
        out.flush();
    };

    {
        models::TypeFindingsModel model;
        models::TypeFindingsFilter filter(&model);
        QTreeView list; // as the Types view has it
        list.setModel(&filter);
        list.setItemDelegate(new ui::TypesDelegate(&list));
        list.setHeaderHidden(true);
        list.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
        list.resize(1000, 500);
        list.show();
        const QList<types::Finding> many = findings(5000);
        QList<types::Impact> impacts;
        for (const types::Finding &one : many)
            impacts.append({.symbol = one.symbol, .uses = {}, .isChecked = true});
        measure(u"a first few findings"_s, [&] { model.setFindings(findings(20)); }, [] { return true; });
        measure(u"5,000 findings"_s, [&] { model.setFindings(many); }, [&] { return model.rowCount() == 5000; });
        measure(u"their impact is known"_s, [&] { model.setImpacts(impacts); }, [] { return true; });
        measure(u"one of them is opened"_s, [&] { list.expand(filter.index(2, 0)); }, [] { return true; });
        measure(u"scrolled to the last"_s, [&] { list.scrollToBottom(); }, [] { return true; });
        measure(u"filtered to a tenth"_s, [&] { filter.setText(u"method4"_s); }, [] { return true; });
        measure(u"all of them again"_s, [&] { filter.setText({}); }, [] { return true; });
        measure(u"others instead"_s, [&] { model.setFindings(findings(4000)); }, [] { return true; });
    }

    ui::DiffView view;
    view.resize(1200, 700);
    view.show();
    // In the window, fonts and colours have been in use for a while.
    const QByteArray small = client(60, false);
    measure(
        u"a first, short one"_s, [&] { view.setTexts(small, client(60, true), u"client.ts"_s); },
        [&] { return view.highlightedLines() == 120; });
    const QByteArray before = client(50'000, false);
    const QByteArray after = client(50'000, true);
    measure(
        u"load and highlight 50,000 lines"_s, [&] { view.setTexts(before, after, u"client.ts"_s); },
        [&] { return view.highlightedLines() == 100'000; });
    measure(
        u"replace them by a short one"_s, [&] { view.setTexts(small, small, u"client.ts"_s); },
        [&] { return view.document().before.size() == 60; });
    measure(
        u"load and highlight them again"_s, [&] { view.setTexts(before, after, u"client.ts"_s); },
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
    scroll.stop();
    // Lines of 40,000 characters each, all changed: as minified code is.
    QByteArray wide[2];
    for (int line = 0; line < 200; ++line)
        for (int side = 0; side < 2; ++side)
            wide[side] += client(400, side == 1).replace('\n', ' ') + '\n';
    measure(
        u"lines of 40,000 characters"_s, [&] { view.setTexts(wide[0], wide[1], u"client.js"_s); },
        [&] { return view.highlightedLines() == 400; });
    // … and of 1,900, which are compared by words
    QByteArray broad[2];
    for (int line = 0; line < 400; ++line)
        for (int side = 0; side < 2; ++side)
            broad[side] += client(18, side == 1).replace('\n', ' ') + '\n';
    measure(
        u"lines of 1,900 characters"_s, [&] { view.setTexts(broad[0], broad[1], u"client.js"_s); },
        [&] { return view.highlightedLines() == 800; });
    return 0;
}
