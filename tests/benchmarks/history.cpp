// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A history of 100,000 changes: how long until it is open with its first page, how long a page takes anywhere in it,
// and how long the window's thread is kept while its model is scrolled through from end to end.
#include "core/history/historyrecords.h"
#include "history/database.h"
#include "history/historyreader.h"
#include "history/recordjson.h"
#include "models/historymodel.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>
#include <ctime>

using namespace paddock;
using namespace Qt::StringLiterals;

namespace {

constexpr int Changes = 100'000;

bool fill(const QString &file)
{
    auto database = history::Database::open(file, history::Database::Mode::Write);
    if (!database)
        return false;
    history::Transaction transaction(**database);
    if (!transaction.begin())
        return false;
    const QStringList plugins{u"pricing"_s, u"orders"_s, u"catalog"_s, u"stats"_s, u"customers"_s};
    bool ok = true;
    for (int session = 1; session <= 100; ++session)
        ok &= (*database)
                  ->run(u"INSERT INTO sessions (root, name, version, pid, start_ticks, started_at, ended_at)"
                        " VALUES ('/shop', 'shop', '0', 1, 1, 0, 1)"_s)
                  .has_value();
    QSqlQuery change((*database)->sql()), details((*database)->sql());
    change.prepare(u"INSERT INTO changes (session, number, at, kind, subject_type, subject, summary_row, outcome, ms,"
                   " served_ms, generation, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s);
    details.prepare(u"INSERT INTO details (change, record) VALUES (?, ?)"_s);
    for (int number = 1; number <= Changes; ++number) {
        const auto record = test::changeRecord(number, plugins[number % plugins.size()]);
        const QVariantList values{1 + number / 1001,
                                  number,
                                  record.at.toMSecsSinceEpoch(),
                                  QString(toString(record.change.kind)),
                                  QString(toString(record.change.subject.type)),
                                  record.change.subject.name,
                                  QString(toString(*record.change.row)),
                                  QString(toString(*record.outcome)),
                                  record.ms,
                                  record.servedMs,
                                  number,
                                  record.change.reason};
        for (qsizetype i = 0; i < values.size(); ++i)
            change.bindValue(int(i), values[i]);
        ok &= change.exec();
        details.bindValue(0, number);
        details.bindValue(1, QString::fromUtf8(QJsonDocument(history::toJson(record)).toJson(QJsonDocument::Compact)));
        ok &= details.exec();
    }
    return ok && transaction.commit();
}

struct Figures
{
    QString name;
    QList<double> values;
    [[nodiscard]] double at(double share) const { return values[qsizetype(share * double(values.size() - 1))]; }
};

/// Of this thread: what others do on a busy machine is no stall of the window's.
double cpuMs()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

double ms(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const bool json = application.arguments().contains(u"--json"_s);
    QTemporaryDir folder;
    const QString file = folder.filePath(u"history.sqlite"_s);
    if (!fill(file)) {
        std::fprintf(stderr, "the history could not be filled\n");
        return 1;
    }
    QList<Figures> all;
    QElapsedTimer timer;
    Figures opening{u"open, first page of 100, summary of all rows"_s, {}};
    Figures openingCpu{u"the same, CPU"_s, {}};
    for (int round = 0; round < 15; ++round) {
        timer.start();
        const double before = cpuMs();
        auto reader = history::HistoryReader::open(file);
        if (!reader || reader->page({}, 0, 100)->size() != 100 || (*reader->summary())[0].changes == 0)
            return 1;
        opening.values.append(ms(timer));
        openingCpu.values.append(cpuMs() - before);
    }
    all << opening << openingCpu;

    auto reader = history::HistoryReader::open(file);
    Figures page{u"a page of 100 anywhere"_s, {}}, filtered{u"a page of 100, filtered by plugin and outcome"_s, {}},
        details{u"all of one change"_s, {}};
    for (int round = 0; round < 200; ++round) {
        const qint64 at = QRandomGenerator::global()->bounded(200, Changes);
        timer.start();
        if (reader->page({}, at, 100)->size() != 100)
            return 1;
        page.values.append(ms(timer));
        timer.start();
        (void)reader->page({.plugin = u"orders"_s, .outcome = session::Outcome::Swapped}, at, 100);
        filtered.values.append(ms(timer));
        timer.start();
        (void)reader->details(at);
        details.values.append(ms(timer));
    }
    all << page << filtered << details;

    Figures model{u"the window's list: from the file's name to its first rows"_s, {}};
    Figures stall{u"the window's thread: longest stretch while scrolling, CPU"_s, {}};
    for (int round = 0; round < 5; ++round) {
        models::HistoryModel list;
        timer.start();
        list.setFile(file);
        const auto isFilled = [&](int row) { return list.index(row, 0).data(Qt::DisplayRole).isValid(); };
        while (list.rowCount() == 0 || !isFilled(0))
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 1000);
        model.values.append(ms(timer));
        double longest = 0;
        for (int row = 0; row < list.rowCount(); row += 37) {
            const double before = cpuMs();
            for (int shown = row; shown < std::min(row + 30, list.rowCount()); ++shown)
                (void)list.index(shown, 0).data(Qt::DisplayRole);
            QCoreApplication::processEvents();
            longest = std::max(longest, cpuMs() - before);
        }
        stall.values.append(longest);
    }
    all << model << stall;

    QJsonArray results;
    for (Figures &figures : all) {
        std::ranges::sort(figures.values);
        if (json)
            results.append(QJsonObject{{u"name"_s, figures.name},
                                       {u"medianMs"_s, figures.at(0.5)},
                                       {u"p95Ms"_s, figures.at(0.95)},
                                       {u"rounds"_s, figures.values.size()}});
        else
            std::printf("%-64s median %8.3f ms   p95 %8.3f ms   (%lld)\n", qPrintable(figures.name), figures.at(0.5),
                        figures.at(0.95), static_cast<long long>(figures.values.size()));
    }
    if (json)
        std::printf(
            "%s\n",
            QJsonDocument(QJsonObject{{u"benchmark"_s, u"history"_s}, {u"changes"_s, Changes}, {u"results"_s, results}})
                .toJson(QJsonDocument::Compact)
                .constData());
    return 0;
}
