// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/asker.h"

#include "migrations/backend.h"
#include "migrations/runnerprocess.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QPromise>
#include <QThreadPool>
#include <QTimer>
#include <QUuid>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

Error notTold(const QString &message, const QString &root, const QByteArray &said)
{
    return {u"database-unknown"_s, message, QString::fromUtf8(said.right(2000)), root,
            u"Set DATABASE_URL, or give --database URL."_s};
}

/// What the entry said; blocks where the candidate has to be asked, too.
Result<Location> read(const QByteArray &text, const QByteArray &mark, const QString &root, const Location &candidate)
{
    for (const QByteArray &line : text.split('\n')) {
        if (!line.startsWith(mark))
            continue;
        const QJsonObject told = QJsonDocument::fromJson(line.sliced(mark.size())).object();
        LocateRequest request{.root = root, .given = {}, .inspection = {}, .environment = QProcessEnvironment()};
        request.inspection.insert(u"database"_s, told);
        auto location = locate(request);
        if (location && location->origin == LiveServer) {
            location->origin = ServerEntry;
            return location;
        }
        const QString same = told.value("same"_L1).toString();
        if (same.isEmpty() || candidate.engine == Engine::Unknown)
            break;
        const auto backend = openBackend(candidate);
        const auto mine = backend ? (*backend)->fingerprint() : std::unexpected(backend.error());
        if (!mine)
            return std::unexpected(mine.error());
        if (*mine != same)
            return std::unexpected(
                notTold(u"The server uses another database than %1 names."_s.arg(candidate.origin), root, text));
        Location sure = candidate;
        sure.origin = ServerEntry;
        return sure;
    }
    return std::unexpected(notTold(u"The server's entry does not tell where its database is."_s, root, text));
}

} // namespace

QFuture<Result<Location>> askEntry(const QString &root, const QString &entry, const QString &bun,
                                   const QProcessEnvironment &environment, int patienceMs, const Location &candidate)
{
    const auto runner = installedRunner();
    if (!runner)
        return QtFuture::makeReadyValueFuture(Result<Location>(std::unexpected(runner.error())));
    struct Asking
    {
        std::unique_ptr<process::ManagedProcess> process;
        QByteArray text;
        QPromise<Result<Location>> promise;
    };
    auto asking = std::make_shared<Asking>();
    const QByteArray mark = '\x1e' + QUuid::createUuid().toRfc4122().toHex() + ' ';
    asking->process = std::make_unique<process::ManagedProcess>(process::ProcessOptions{
        .program = bun,
        .arguments = {u"--no-install"_s, QFileInfo(*runner).path() + u"/ask.ts"_s, root, entry,
                      QString::fromLatin1(mark)},
        .folder = root,
        .environment = environment,
        .name = u"database"_s,
        .workspace = root,
        .registryFolder = {},
    });
    asking->promise.start();
    auto future = asking->promise.future();
    auto *child = asking->process.get();
    QObject::connect(child, &process::ManagedProcess::output, child,
                     [asking = asking.get()](process::Stream, const QByteArray &bytes) {
                         asking->text = QByteArray(asking->text + bytes).right(64 * 1024);
                     });
    QTimer::singleShot(patienceMs, child, [child] { child->stop({.polite = {}, .politeMs = 0}); });
    QObject::connect(child, &process::ManagedProcess::finished, child,
                     [asking, mark, root, candidate](const process::ExitReason &) mutable {
                         asking->process.release()->deleteLater(); // we are inside its signal
                         QThreadPool::globalInstance()->start([asking, mark, root, candidate] {
                             asking->promise.addResult(read(asking->text, mark, root, candidate));
                             asking->promise.finish();
                         });
                     });
    child->start();
    return future;
}

} // namespace paddock::migrations
