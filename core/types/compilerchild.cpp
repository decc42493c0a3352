// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/compilerchild.h"

#include "base/carriedfiles.h"
#include "process/managedprocess.h"
#include "process/processinfo.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>
#include <QtConcurrentRun>
#include <deque>
#include <map>

static void registerTypesResource()
{
    Q_INIT_RESOURCE(typeschild);
}

namespace paddock::types {

using namespace Qt::StringLiterals;
using process::ManagedProcess;

namespace {

using Answer = Result<QJsonObject>;
constexpr qsizetype LongestErrorOutput = 4000;
/// Longer answers are read on another thread: this one shows a window. (Nothing overtakes them: the child works on one
/// request at a time, and the next is sent when the answer has been taken.)
constexpr qsizetype ReadAtOnce = 64 << 10;
constexpr int CrashesAllowed = 3;
constexpr qint64 CrashesForgottenMs = 180'000;
/// Answers with whole snapshots are a few hundred KiB; more than this is no answer of ours.
constexpr qsizetype LongestLine = 256 << 20;

/// Resident bytes of a child and what it started.
qint64 memoryOf(qint64 child)
{
    qint64 bytes = 0;
    if (child > 0)
        for (const process::ProcessInfo &info : process::allProcesses())
            if (info.session == child)
                bytes += process::residentBytes(info.pid);
    return bytes;
}

} // namespace

class CompilerChild::Private
{
public:
    struct Waiting
    {
        QString method;
        QPromise<Answer> promise;
        bool givesWay = false;
    };

    Private(CompilerChild *owner, ChildOptions o) : q(owner), options(std::move(o)) {}

    Request ask(const QString &method, const QJsonObject &params);
    void pump();
    [[nodiscard]] Result<> start();
    void send(qint64 id, const QString &method, const QJsonObject &params);
    void take(const QByteArray &bytes);
    void takeMessage(const QJsonObject &message);
    void ended(const process::ExitReason &reason);
    void settle(qint64 id, const Answer &answer);
    void settleAll(const Answer &answer);
    void release();
    void checkMemory();

    CompilerChild *q;
    ChildOptions options;
    std::unique_ptr<ManagedProcess> process;
    std::map<qint64, std::unique_ptr<Waiting>> waiting; ///< asked and not yet answered
    std::deque<std::pair<qint64, QJsonObject>> queue;   ///< not sent yet: one is with the child at a time
    qint64 sent = 0;                                    ///< id of the request with the child; 0: none
    bool opened = false;
    bool stopping = false;
    bool isTooLarge = false; ///< goes as soon as it has answered
    QByteArray rest;
    QByteArray errors;
    QString compiler;
    qint64 lastId = 0;
    int starts = 0;
    QList<qint64> crashes; ///< times, by `clock`
    QElapsedTimer clock;
    QTimer timeout;
};

CompilerChild::CompilerChild(ChildOptions options, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(options)))
{
    d->clock.start();
    d->timeout.setSingleShot(true);
    connect(&d->timeout, &QTimer::timeout, this, [this] {
        const qint64 id = d->sent;
        d->settle(id,
                  fail(u"types-timeout"_s, u"The compiler did not answer in %1 s."_s.arg(d->options.timeoutMs / 1000)));
        d->release();
        d->pump();
    });
}

CompilerChild::~CompilerChild()
{
    d->timeout.stop();
    d->settleAll(fail(u"cancelled"_s, u"The compiler was stopped."_s));
    if (d->process)
        d->process->disconnect(this);
}

Result<QString> CompilerChild::installedFolder()
{
    if (const QString folder = qEnvironmentVariable("PADDOCK_TYPES_DIR"); !folder.isEmpty())
        return QDir(folder).absolutePath();
    registerTypesResource();
    return layOutCarriedFiles(u":/paddock/types"_s, u"types"_s);
}

CompilerChild::Request CompilerChild::request(const QString &method, const QJsonObject &params)
{
    QList<qint64> aside;
    for (const auto &[id, waiting] : d->waiting)
        if (waiting->givesWay)
            aside.append(id);
    for (const qint64 id : std::as_const(aside))
        cancel(id);
    return d->ask(method, params);
}

CompilerChild::Request CompilerChild::requestAside(const QString &method, const QJsonObject &params)
{
    const Request request = d->ask(method, params);
    d->waiting.at(request.id)->givesWay = true;
    return request;
}

CompilerChild::Request CompilerChild::Private::ask(const QString &method, const QJsonObject &params)
{
    auto asked = std::make_unique<Waiting>();
    asked->method = method;
    asked->promise.start();
    const qint64 id = ++lastId;
    const Request request{id, asked->promise.future()};
    waiting.emplace(id, std::move(asked));
    queue.emplace_back(id, params);
    QMetaObject::invokeMethod(q, [this] { pump(); }, Qt::QueuedConnection);
    return request;
}

void CompilerChild::Private::pump()
{
    if (sent != 0 || stopping)
        return;
    if (std::exchange(isTooLarge, false))
        release(); // the next request starts it afresh
    if (queue.empty())
        return;
    if (!process || process->state() == ManagedProcess::State::Ended) {
        if (auto started = start(); !started) {
            queue.clear();
            settleAll(std::unexpected(started.error()));
        }
        return; // the answer to `open` comes first
    }
    if (!opened)
        return;
    const auto [id, params] = queue.front();
    queue.pop_front();
    const auto it = waiting.find(id);
    if (it == waiting.end())
        return pump(); // cancelled meanwhile
    send(id, it->second->method, params);
}

Result<> CompilerChild::Private::start()
{
    if (options.compilers.isEmpty())
        return fail(u"no-compiler"_s,
                    options.compilerProblem.isEmpty() ? u"There is no TypeScript that could read the types."_s
                                                      : options.compilerProblem,
                    u"Add TypeScript to the workspace: bun add --dev typescript"_s, options.root);
    crashes.removeIf([now = clock.elapsed()](qint64 at) { return now - at > CrashesForgottenMs; });
    if (crashes.size() >= CrashesAllowed)
        return fail(u"types-crashed"_s, u"The compiler crashed %1 times in three minutes."_s.arg(crashes.size()), {},
                    {}, QString::fromUtf8(errors));
    const auto folder = installedFolder();
    if (!folder)
        return std::unexpected(folder.error());
    // Nothing of the user's may be loaded into it, and nothing of the workspace: bun reads bunfig.toml and .env where
    // it is started.
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const auto &name : {u"BUN_OPTIONS"_s, u"NODE_OPTIONS"_s, u"BUN_CONFIG_FILE"_s})
        environment.remove(name);
    process = std::make_unique<ManagedProcess>(process::ProcessOptions{
        .program = options.bun,
        .arguments = {u"--no-install"_s, *folder + u"/main.ts"_s},
        .folder = *folder,
        .environment = environment,
        .name = u"types"_s,
        .workspace = options.root,
        .registryFolder = options.registryFolder,
        .givesWay = true,
        .hasInput = true,
    });
    QObject::connect(process.get(), &ManagedProcess::output, q,
                     [this](process::Stream stream, const QByteArray &bytes) {
                         if (stream == process::Stream::Output)
                             take(bytes);
                         else
                             errors = QByteArray(errors + bytes).right(LongestErrorOutput);
                     });
    QObject::connect(process.get(), &ManagedProcess::finished, q,
                     [this](const process::ExitReason &reason) { ended(reason); });
    opened = false;
    rest.clear();
    errors.clear();
    ++starts;
    process->start();
    QJsonArray compilers;
    for (const Compiler &one : options.compilers)
        compilers.append(QJsonObject{{u"kind"_s, one.kind == Compiler::Kind::Native ? u"native"_s : u"classic"_s},
                                     {u"folder"_s, one.folder}});
    QJsonObject open{{u"root"_s, options.root}, {u"framework"_s, options.framework}, {u"compilers"_s, compilers}};
    if (!options.tsconfig.isEmpty())
        open.insert(u"tsconfig"_s, options.tsconfig);
    send(-1, u"open"_s, open);
    return {};
}

void CompilerChild::Private::send(qint64 id, const QString &method, const QJsonObject &params)
{
    sent = id;
    timeout.start(options.timeoutMs);
    // Those of thousands of types are megabytes: they are written out on another thread, too.
    QtConcurrent::run([message = QJsonObject{{u"id"_s, id}, {u"method"_s, method}, {u"params"_s, params}}] {
        return QByteArray(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    }).then(q, [this, id, to = process.get()](const QByteArray &line) {
        if (sent == id && process.get() == to)
            process->write(line);
    });
}

void CompilerChild::Private::take(const QByteArray &bytes)
{
    qsizetype searchFrom = rest.size(); // what was there has no end of a line
    rest += bytes;
    qsizetype from = 0;
    for (qsizetype end = 0; (end = rest.indexOf('\n', std::max(from, searchFrom))) >= 0; from = end + 1) {
        const QByteArray line = rest.sliced(from, end - from);
        if (line.size() > ReadAtOnce)
            QtConcurrent::run([line] {
                return QJsonDocument::fromJson(line).object();
            }).then(q, [this](const QJsonObject &message) { takeMessage(message); });
        else if (const auto document = QJsonDocument::fromJson(line); document.isObject())
            takeMessage(document.object());
    }
    rest.remove(0, from);
    if (rest.size() > LongestLine) {
        rest.clear();
        process->kill();
    }
}

void CompilerChild::Private::takeMessage(const QJsonObject &message)
{
    const qint64 id = message.value("id"_L1).toInteger();
    if (message.contains("progress"_L1)) {
        const QJsonObject progress = message.value("progress"_L1).toObject();
        timeout.start();
        Q_EMIT q->progressed(id, progress.value("done"_L1).toInt(), progress.value("total"_L1).toInt());
        return;
    }
    if (id != sent)
        return;
    sent = 0;
    timeout.stop();
    Answer answer = message.value("result"_L1).toObject();
    if (const QJsonObject error = message.value("error"_L1).toObject(); !error.isEmpty()) {
        const QString code = error.value("code"_L1).toString();
        answer = code == "compiler"_L1
                     ? fail(u"no-compiler"_s, u"No compiler could open the workspace."_s,
                            u"Add TypeScript 5.4 or later to the workspace: bun add --dev typescript"_s, options.root,
                            error.value("message"_L1).toString())
                     : fail(code == "cancelled"_L1 ? code : u"types-failed"_s, error.value("message"_L1).toString());
    }
    if (id == -1) {
        if (!answer) {
            queue.clear();
            settleAll(answer);
            release();
            return;
        }
        opened = true;
        compiler = answer->value("compiler"_L1).toString();
    } else {
        settle(id, answer);
        checkMemory();
    }
    pump();
}

void CompilerChild::Private::ended(const process::ExitReason &reason)
{
    timeout.stop();
    if (!stopping)
        crashes.append(clock.elapsed());
    const Answer error = stopping ? fail(u"cancelled"_s, u"The compiler was stopped."_s)
                                  : fail(u"types-crashed"_s, u"The compiler ended by itself: %1."_s.arg(reason.text()),
                                         {}, {}, QString::fromUtf8(errors));
    stopping = false;
    opened = false;
    compiler.clear();
    const qint64 lost = std::exchange(sent, 0);
    process.release()->deleteLater(); // this is its signal
    if (lost == -1 || reason.how == process::ExitReason::How::FailedToStart) {
        queue.clear();
        settleAll(reason.how == process::ExitReason::How::FailedToStart ? Answer(std::unexpected(reason.error))
                                                                        : error);
    } else if (lost != 0) {
        settle(lost, error);
    }
    pump();
}

void CompilerChild::Private::settle(qint64 id, const Answer &answer)
{
    const auto it = waiting.find(id);
    if (it == waiting.end())
        return;
    const auto one = std::move(it->second);
    waiting.erase(it);
    one->promise.addResult(answer);
    one->promise.finish();
}

void CompilerChild::Private::settleAll(const Answer &answer)
{
    while (!waiting.empty())
        settle(waiting.begin()->first, answer);
}

/// Looked at on another thread: there may be thousands of processes.
void CompilerChild::Private::checkMemory()
{
    const qint64 child = q->pid();
    QtConcurrent::run([child] { return memoryOf(child); }).then(q, [this, child](qint64 bytes) {
        if (bytes <= options.memoryLimit || q->pid() != child)
            return;
        isTooLarge = true;
        pump();
    });
}

/// Lets go of the child; its guard ends it and all that it started.
void CompilerChild::Private::release()
{
    timeout.stop();
    sent = 0;
    opened = false;
    compiler.clear();
    if (!process)
        return;
    process->disconnect(q);
    process->kill();
    process.release()->deleteLater(); // this may be its signal
}

void CompilerChild::cancel(qint64 id)
{
    if (d->sent == id && d->process && id != 0) {
        const QJsonObject message{{u"id"_s, 0}, {u"method"_s, u"cancel"_s}, {u"params"_s, QJsonObject{{u"id"_s, id}}}};
        d->process->write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    }
    d->settle(id, fail(u"cancelled"_s, u"The request was cancelled."_s));
}

void CompilerChild::stop()
{
    d->queue.clear();
    d->settleAll(fail(u"cancelled"_s, u"The compiler was stopped."_s));
    d->release();
}

void CompilerChild::setSuspended(bool suspended)
{
    if (d->process)
        d->process->setSuspended(suspended);
}

QString CompilerChild::compiler() const
{
    return d->compiler;
}

qint64 CompilerChild::pid() const
{
    return d->process && d->process->state() == ManagedProcess::State::Running ? d->process->pid() : 0;
}

qint64 CompilerChild::memory() const
{
    return memoryOf(pid());
}

int CompilerChild::starts() const
{
    return d->starts;
}

} // namespace paddock::types
