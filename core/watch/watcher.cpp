// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watcher.h"

#include "watch/watchworker.h"

#include <QCoreApplication>
#include <QThread>

namespace paddock::watch {

using namespace Qt::StringLiterals;

class Watcher::Private
{
public:
    WatchOptions options;
    QHash<QString, QByteArray> baseline;
    std::shared_ptr<Expectations> expected = std::make_shared<Expectations>();
    std::unique_ptr<QThread> thread;
    std::unique_ptr<QObject> relay; ///< receives the worker's signals; what is queued for it goes when it goes
    WatchWorker *worker = nullptr;  ///< lives on `thread`, which deletes it when it ends
    bool started = false;

    template <class Function>
    void onThread(Function function) const
    {
        if (worker != nullptr)
            QMetaObject::invokeMethod(worker, std::move(function), Qt::QueuedConnection);
    }
};

Watcher::Watcher(WatchOptions options, QObject *parent) : QObject(parent), d(std::make_unique<Private>())
{
    qRegisterMetaType<Batch>();
    qRegisterMetaType<Error>();
    d->options = std::move(options);
}

Watcher::~Watcher()
{
    stop();
}

void Watcher::start()
{
    if (d->worker != nullptr)
        return;
    d->thread = std::make_unique<QThread>();
    d->thread->setObjectName(u"watcher"_s);
    d->worker = new WatchWorker(d->options, d->baseline, d->expected);
    d->worker->moveToThread(d->thread.get());
    connect(d->thread.get(), &QThread::finished, d->worker, &QObject::deleteLater);
    d->relay = std::make_unique<QObject>();
    QObject *relay = d->relay.get();
    connect(d->worker, &WatchWorker::started, relay, [this](int folders) {
        d->started = true;
        Q_EMIT started(folders);
    });
    connect(d->worker, &WatchWorker::startFailed, relay, [this](const Error &error) { Q_EMIT startFailed(error); });
    connect(d->worker, &WatchWorker::batchReady, relay, [this](const Batch &batch) { Q_EMIT batchReady(batch); });
    connect(d->worker, &WatchWorker::ignored, relay,
            [this](const QString &file, const QString &reason) { Q_EMIT ignored(file, reason); });
    connect(d->worker, &WatchWorker::merged, relay, [this](const QString &file) { Q_EMIT merged(file); });
    connect(d->worker, &WatchWorker::waiting, relay,
            [this](const QString &file, const QString &reason) { Q_EMIT waiting(file, reason); });
    connect(d->worker, &WatchWorker::problem, relay, [this](const Error &error) { Q_EMIT problem(error); });
    connect(d->worker, &WatchWorker::heldChanged, relay,
            [this](bool held, const QString &reason) { Q_EMIT heldChanged(held, reason); });
    d->thread->start();
    d->onThread([worker = d->worker] { worker->start(); });
}

void Watcher::stop()
{
    if (d->worker == nullptr)
        return;
    // Perhaps this is called from one of its signals: it goes later, but brings nothing any more.
    d->worker->disconnect(d->relay.get());
    QCoreApplication::removePostedEvents(d->relay.get(), QEvent::MetaCall);
    d->relay.release()->deleteLater();
    d->thread->quit();
    d->thread->wait(); // the worker works in slices of some milliseconds
    d->thread.reset();
    d->worker = nullptr;
    d->started = false;
}

bool Watcher::isStarted() const
{
    return d->started;
}

void Watcher::setBaseline(const QHash<QString, QByteArray> &hashes)
{
    d->baseline = hashes;
    d->onThread([worker = d->worker, hashes] { worker->setBaseline(hashes); });
}

void Watcher::expect(const QString &file, const QByteArray &hash, const QString &reason)
{
    d->expected->add(file, hash, reason);
}

void Watcher::rescan()
{
    d->onThread([worker = d->worker] { worker->rescan(); });
}

void Watcher::setReaderStalled(bool stalled)
{
    if (d->worker != nullptr)
        QMetaObject::invokeMethod(
            d->worker, [worker = d->worker, stalled] { worker->setStalled(stalled); }, Qt::BlockingQueuedConnection);
}

} // namespace paddock::watch
