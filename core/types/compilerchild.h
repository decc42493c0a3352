// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "types/compilers.h"

#include <QFuture>
#include <QJsonObject>
#include <QObject>
#include <QPromise>
#include <memory>

namespace paddock::types {

struct ChildOptions
{
    QString root;      ///< absolute folder of the workspace
    QString bun;       ///< absolute
    QString framework; ///< package whose `InferService` reads a plugin: "@donkeylabs/server"
    QString tsconfig;  ///< relative to the root; empty: tsconfig.json
    QList<Compiler> compilers;
    QString compilerProblem;           ///< said where there is none: "TypeScript 5.1 is too old …"
    qint64 memoryLimit = 1600LL << 20; ///< resident bytes of child and compiler; past it both are started anew
    int timeoutMs = 120'000;           ///< an answer that takes longer ends the child
    QString registryFolder;            ///< see process::ProcessOptions
};

/// The child that reads types through a compiler (resources/types, PROTOCOL.md). It starts with the first request,
/// stays warm, and is started again after a crash. It reads the workspace's files and runs none of them. Requests are
/// answered one after the other.
class CompilerChild final : public QObject
{
    Q_OBJECT

public:
    explicit CompilerChild(ChildOptions options, QObject *parent = nullptr);
    ~CompilerChild() override;

    struct Request
    {
        qint64 id = 0;
        QFuture<Result<QJsonObject>> result;
    };
    /// Errors: "no-compiler" (none, too old, or it does not open the workspace), "types-crashed", "types-timeout",
    /// "cancelled", or what the child says.
    Request request(const QString &method, const QJsonObject &params);
    /// One that nobody waits for: it is cancelled as soon as there is any other.
    Request requestAside(const QString &method, const QJsonObject &params);
    /// Its result is "cancelled", unless it is there already.
    void cancel(qint64 id);
    /// Ends the child; open requests end as cancelled. The next request starts it again.
    void stop();

    /// Stands still while set, with its compiler: for the moments in which something else wants the machine. Not for
    /// long: the time counts towards an answer's limit.
    void setSuspended(bool suspended);

    [[nodiscard]] QString compiler() const; ///< "typescript 7.0.2"; empty: none is open
    [[nodiscard]] qint64 pid() const;       ///< 0: it does not run
    [[nodiscard]] qint64
    memory() const; ///< resident bytes of child and compiler; 0: it does not run. Asks for all processes
    [[nodiscard]] int starts() const;

    /// The folder with main.ts: PADDOCK_TYPES_DIR, else the one carried inside the program, laid out in the cache.
    [[nodiscard]] static Result<QString> installedFolder();

Q_SIGNALS:
    void progressed(qint64 id, int done, int total);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace paddock::types
