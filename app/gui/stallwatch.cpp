// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stallwatch.h"

#include <QEvent>
#include <QTimer>
#include <ctime>

namespace {

double threadMs()
{
#ifdef CLOCK_THREAD_CPUTIME_ID
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1000 + double(now.tv_nsec) / 1e6;
#else
    return 0;
#endif
}

} // namespace

StallWatch::StallWatch(int &argc, char **argv)
    : QApplication(argc, argv), m_limitMs(qEnvironmentVariable("PADDOCK_STALLS").toDouble())
{}

bool StallWatch::notify(QObject *receiver, QEvent *event)
{
    if ((m_limitMs <= 0 && !m_told) || m_depth > 0)
        return QApplication::notify(receiver, event);
    // Neither may be there any more afterwards.
    QByteArray name = receiver->metaObject()->className();
    if (const QObject *owner = receiver->parent(); owner && !receiver->isWidgetType())
        name += QByteArray(" of ") + owner->metaObject()->className();
    if (const auto *timer = qobject_cast<const QTimer *>(receiver))
        name += " every " + QByteArray::number(timer->interval());
    const QString object = receiver->objectName();
    const int type = event->type();
    ++m_depth;
    const double before = threadMs();
    const bool result = QApplication::notify(receiver, event);
    const double took = threadMs() - before;
    --m_depth;
    const auto what = [&] {
        return QString::asprintf("%s \"%s\", event %d", name.constData(), qPrintable(object), type);
    };
    if (m_told)
        m_told(took, what());
    if (m_limitMs > 0 && took >= m_limitMs)
        fprintf(stderr, "stall %.1f ms: %s\n", took, qPrintable(what()));
    return result;
}
