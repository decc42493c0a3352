// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// historykiller FILE: writes changes into a history until it is killed; "ready" says that it has begun.
#include "core/history/historyrecords.h"
#include "history/historystore.h"

#include <QCoreApplication>
#include <QTimer>
#include <cstdio>

int main(int argc, char *argv[])
{
    using namespace paddock;
    QCoreApplication application(argc, argv);
    history::HistoryStore store(application.arguments().value(1));
    qint64 number = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &store, [&] {
        for (int i = 0; i < 20; ++i) {
            auto record = test::changeRecord(++number);
            if (i == 19)
                record.outcome.reset(); // one is always under way
            store.put(record);
        }
    });
    QObject::connect(&store, &history::HistoryStore::written, &store, [said = false]() mutable {
        if (!std::exchange(said, true)) {
            std::puts("ready");
            std::fflush(stdout);
        }
    });
    QObject::connect(&store, &history::HistoryStore::problem, &store, [](const Error &error) {
        std::printf("problem %s %s\n", qPrintable(error.code), qPrintable(error.message));
        std::fflush(stdout);
    });
    store.begin(QStringLiteral("/shop"), QStringLiteral("shop"));
    timer.start(5);
    return QCoreApplication::exec();
}
