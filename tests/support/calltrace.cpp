// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/calltrace.h"

#include <QFile>
#include <QHash>
#include <QSet>
#include <QTemporaryFile>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace paddock::test {

using namespace Qt::StringLiterals;

namespace {

class Tracer final
{
public:
    Tracer(CallTrace &trace, pid_t root) : m_trace(trace), m_root(root) {}

    void run()
    {
        int status = 0;
        if (waitpid(m_root, &status, __WALL) != m_root || !WIFSTOPPED(status)) {
            m_trace.problem = u"it ended before it could be traced"_s;
            return;
        }
        // Whatever it starts is traced from its first instruction on, and none of it outlives this process.
        constexpr long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
        if (ptrace(PTRACE_SETOPTIONS, m_root, nullptr, options) != 0) {
            m_trace.problem = u"ptrace: "_s + QString::fromLocal8Bit(std::strerror(errno));
            kill(m_root, SIGKILL);
            waitpid(m_root, &status, __WALL);
            return;
        }
        m_known.insert(m_root);
        ptrace(PTRACE_SYSCALL, m_root, nullptr, nullptr);
        for (;;) {
            const pid_t task = waitpid(-1, &status, __WALL | __WNOTHREAD);
            if (task < 0 && errno == EINTR)
                continue;
            if (task < 0)
                return; // all of it has ended
            if (WIFSTOPPED(status)) {
                const int signal = stopped(task, status);
                ptrace(PTRACE_SYSCALL, task, nullptr, static_cast<long>(signal));
            } else if (task == m_root) {
                m_trace.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            }
        }
    }

private:
    /// Returns the signal that the task is to get.
    int stopped(pid_t task, int status)
    {
        const int signal = WSTOPSIG(status), event = status >> 16;
        if (signal == (SIGTRAP | 0x80)) {
            call(task);
            return 0;
        }
        if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
            unsigned long started = 0;
            ptrace(PTRACE_GETEVENTMSG, task, nullptr, &started);
            m_trace.processes += isThread(started) ? 0 : 1;
            return 0;
        }
        if (event != 0)
            return 0;
        if (signal == SIGSTOP && !m_known.contains(task)) { // with that each new task begins
            m_known.insert(task);
            return 0;
        }
        return signal;
    }

    /// However it was made: a thread is of another process than the one with its own number.
    static bool isThread(unsigned long task)
    {
        QFile file(u"/proc/%1/status"_s.arg(task));
        if (!file.open(QIODevice::ReadOnly))
            return false;
        const QByteArray text = file.readAll();
        const qsizetype at = text.indexOf("\nTgid:");
        return at >= 0 && text.sliced(at + 6, text.indexOf('\n', at + 1) - at - 6).trimmed().toULong() != task;
    }

    void call(pid_t task)
    {
        __ptrace_syscall_info info = {};
        if (ptrace(PTRACE_GET_SYSCALL_INFO, task, reinterpret_cast<void *>(sizeof info), &info) <= 0) {
            if (errno != ESRCH) // it was killed at this moment
                m_trace.problem = u"PTRACE_GET_SYSCALL_INFO: "_s + QString::fromLocal8Bit(std::strerror(errno));
            return;
        }
        if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
            return;
        if (m_arch == 0)
            m_arch = info.arch;
        if (info.arch != m_arch) { // its numbers mean something else
            m_trace.unseen.append(u"call %1 of another architecture"_s.arg(info.entry.nr));
            return;
        }
        const auto &args = info.entry.args;
        switch (info.entry.nr) {
        case SYS_execve: m_trace.executed.append(pathOf(task, AT_FDCWD, args[0])); break;
        case SYS_execveat: m_trace.executed.append(pathOf(task, static_cast<int>(args[0]), args[1])); break;
#ifdef SYS_open
        case SYS_open: opened(task, AT_FDCWD, args[0], args[1]); break;
        case SYS_creat: opened(task, AT_FDCWD, args[0], O_WRONLY | O_CREAT | O_TRUNC); break;
#endif
        case SYS_openat: opened(task, static_cast<int>(args[0]), args[1], args[2]); break;
        case SYS_openat2: {
            const QByteArray how = memory(task, args[2], sizeof(quint64)); // its first member: the flags
            quint64 flags = O_RDWR;
            if (how.size() == sizeof flags)
                std::memcpy(&flags, how.constData(), sizeof flags);
            opened(task, static_cast<int>(args[0]), args[1], flags);
            break;
        }
        case SYS_mmap:
            if ((args[2] & PROT_EXEC) && static_cast<int>(args[4]) >= 0)
                add(m_trace.code, descriptor(task, static_cast<int>(args[4])));
            break;
        case SYS_socket: m_trace.sockets.append(family(static_cast<int>(args[0]))); break;
        case SYS_io_uring_setup: m_trace.unseen.append(u"io_uring_setup"_s); break;
        case SYS_open_by_handle_at: m_trace.unseen.append(u"open_by_handle_at"_s); break;
        default:
#ifdef __x86_64__
            if (info.entry.nr & 0x40000000) // x32
                m_trace.unseen.append(u"call %1 of another architecture"_s.arg(info.entry.nr));
#endif
            break;
        }
    }

    void opened(pid_t task, int folder, quint64 address, quint64 flags)
    {
        if ((flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)))
            add(m_trace.written, pathOf(task, folder, address));
    }

    static void add(QStringList &list, const QString &path)
    {
        if (!list.contains(path))
            list.append(path);
    }

    static QByteArray memory(pid_t task, quint64 address, size_t size)
    {
        const int file =
            open(QByteArray("/proc/" + QByteArray::number(task) + "/mem").constData(), O_RDONLY | O_CLOEXEC);
        QByteArray bytes(static_cast<qsizetype>(size), Qt::Uninitialized);
        const ssize_t got = file < 0 ? -1 : pread(file, bytes.data(), size, static_cast<off_t>(address));
        if (file >= 0)
            close(file);
        bytes.truncate(std::max<ssize_t>(got, 0));
        return bytes;
    }

    /// The path at an address, absolute. (A read stops where memory does, which may be short of what was asked for.)
    static QString pathOf(pid_t task, int folder, quint64 address)
    {
        QByteArray path = memory(task, address, PATH_MAX);
        const qsizetype end = path.indexOf('\0');
        if (end < 0)
            return u"a path that cannot be read"_s;
        path.truncate(end);
        if (path.startsWith('/'))
            return QFile::decodeName(path);
        const QString base = folder == AT_FDCWD ? linkTarget(u"/proc/%1/cwd"_s.arg(task)) : descriptor(task, folder);
        return path.isEmpty() ? base : base + u'/' + QFile::decodeName(path);
    }
    static QString descriptor(pid_t task, int number) { return linkTarget(u"/proc/%1/fd/%2"_s.arg(task).arg(number)); }
    static QString linkTarget(const QString &link)
    {
        QByteArray target(PATH_MAX, Qt::Uninitialized);
        const ssize_t size = readlink(QFile::encodeName(link).constData(), target.data(), PATH_MAX);
        return size < 0 ? link : QFile::decodeName(target.first(size));
    }

    static QString family(int number)
    {
        static const QHash<int, QString> names{
            {AF_UNIX, u"AF_UNIX"_s}, {AF_INET, u"AF_INET"_s}, {AF_INET6, u"AF_INET6"_s}, {AF_NETLINK, u"AF_NETLINK"_s}};
        return names.value(number, u"family %1"_s.arg(number));
    }

    CallTrace &m_trace;
    pid_t m_root;
    QSet<pid_t> m_known; ///< tasks that have begun
    quint32 m_arch = 0;
};

QByteArray contentOf(QTemporaryFile &file)
{
    file.seek(0);
    return file.readAll();
}

} // namespace

CallTrace traceCalls(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment)
{
    CallTrace trace;
    QTemporaryFile output, errors;
    if (!output.open() || !errors.open()) {
        trace.problem = output.errorString() + errors.errorString();
        return trace;
    }
    // Between fork and exec nothing may be allocated.
    QByteArrayList words{QFile::encodeName(program)};
    for (const QString &argument : arguments)
        words.append(argument.toLocal8Bit());
    QByteArrayList variables;
    for (const QString &variable : environment.toStringList())
        variables.append(variable.toLocal8Bit());
    const auto pointers = [](QByteArrayList &list) {
        std::vector<char *> result;
        for (QByteArray &text : list)
            result.push_back(text.data());
        result.push_back(nullptr);
        return result;
    };
    const std::vector<char *> argv = pointers(words), envp = pointers(variables);
    const pid_t child = fork();
    if (child < 0) {
        trace.problem = u"fork: "_s + QString::fromLocal8Bit(std::strerror(errno));
        return trace;
    }
    if (child == 0) {
        dup2(output.handle(), STDOUT_FILENO);
        dup2(errors.handle(), STDERR_FILENO);
        if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
            _exit(126);
        raise(SIGSTOP); // until the tracer has said what it wants to see
        execve(argv[0], argv.data(), envp.data());
        _exit(127);
    }
    Tracer(trace, child).run();
    trace.output = contentOf(output);
    trace.errors = contentOf(errors);
    return trace;
}

} // namespace paddock::test
