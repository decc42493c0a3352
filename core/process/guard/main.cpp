// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// paddock-guard: stands between Paddock and a child process.
//
//   paddock-guard LIFELINE REPORTS PROGRAM [ARGUMENT…]
//
// Paddock holds the other ends of two pipes, given by number: the life line, which also brings commands, is read here,
// and reports are written here. The guard gathers everything that the child detaches (it is the subreaper) and ends all
// of it when the life line breaks, however Paddock ended. It ends itself as soon as nothing is left to guard.
//
// Commands, one byte each: 't' SIGTERM to all (and SIGCONT, for what is suspended), 'k' SIGKILL to all.
// Reports, one line each: "pid N" once the program runs or "failed ERRNO" if it cannot, then "exited CODE" or
// "signalled SIGNAL CORE", "left PID" for each process that it left behind, "done" when those have ended too.
//
// No Qt and no allocation to speak of: it starts in a millisecond and stays below a megabyte.

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <initializer_list>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

namespace {

constexpr int lifeLine = 3;
constexpr int reports = 4;
constexpr int graceMs = 1000; // for what is left when Paddock is gone, and after the child has ended
constexpr int lastMs = 100;   // for what ends by itself right after the child
constexpr int mostProcesses = 65536;

int wakePipe[2];
pid_t child = 0;
bool childEnded = false;

__attribute__((format(printf, 1, 2))) void report(const char *format, ...)
{
    char line[128];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[size] = '\n';
    // Paddock may be gone: SIGPIPE is ignored, and so is the error.
    if (write(reports, line, size_t(size) + 1) < 0)
        return;
}

void onChild(int)
{
    const int saved = errno;
    const char byte = 'c';
    if (write(wakePipe[1], &byte, 1) < 0) // full: it will wake up anyway
        errno = 0;
    errno = saved;
}

long nowMs()
{
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void reap()
{
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != child)
            continue;
        childEnded = true;
        if (WIFEXITED(status))
            report("exited %d", WEXITSTATUS(status));
        else
            report("signalled %d %d", WTERMSIG(status), WCOREDUMP(status) ? 1 : 0);
    }
}

struct Entry
{
    pid_t pid, parent;
    bool zombie, ours;
};
Entry table[mostProcesses];

/// Calls `visit` for every living descendant of this process; how many there are.
template <class Visit>
int forDescendants(Visit visit)
{
    int size = 0;
    DIR *proc = opendir("/proc");
    if (proc == nullptr)
        return 0;
    while (const dirent *entry = readdir(proc)) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9' || size == mostProcesses)
            continue;
        char path[64];
        snprintf(path, sizeof path, "/proc/%.20s/stat", entry->d_name);
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        char text[1024];
        const ssize_t got = read(fd, text, sizeof text - 1);
        close(fd);
        if (got <= 0)
            continue;
        text[got] = 0;
        char state = 0;
        int parent = 0;
        const char *name = strrchr(text, ')'); // the name itself may hold brackets
        if (name == nullptr || sscanf(name + 1, " %c %d", &state, &parent) != 2)
            continue;
        table[size++] = {pid_t(atoi(entry->d_name)), pid_t(parent), state == 'Z' || state == 'X', false};
    }
    closedir(proc);
    const pid_t self = getpid();
    for (bool found = true; found;) {
        found = false;
        for (int i = 0; i < size; ++i) {
            if (table[i].ours)
                continue;
            bool ours = table[i].parent == self;
            for (int j = 0; !ours && j < size; ++j)
                ours = table[j].ours && table[j].pid == table[i].parent;
            table[i].ours = ours;
            found = found || ours;
        }
    }
    int count = 0;
    for (int i = 0; i < size; ++i) {
        if (table[i].ours && !table[i].zombie) {
            visit(table[i].pid);
            ++count;
        }
    }
    return count;
}

void signalAll(int signal)
{
    if (child > 0 && !childEnded)
        kill(-child, signal); // the group at once, so that a shell's children do not see the shell go first
    forDescendants([signal](pid_t pid) { kill(pid, signal); });
}

/// SIGTERM, which reaches what is suspended as well.
void terminateAll()
{
    signalAll(SIGTERM);
    signalAll(SIGCONT);
}

int countAll()
{
    return forDescendants([](pid_t) {});
}

/// SIGTERM, some time, SIGKILL until nothing is left; then the end.
[[noreturn]] void endAll(bool sayWhat)
{
    reap();
    int left = 0;
    // Some take a moment longer than the child, such as the last part of a shell's pipeline: those are no leftovers.
    for (const long until = nowMs() + lastMs; sayWhat && countAll() > 0 && nowMs() < until; reap()) {
        pollfd wake{wakePipe[0], POLLIN, 0};
        poll(&wake, 1, 10);
        char drained[64];
        while (read(wakePipe[0], drained, sizeof drained) > 0) {
        }
    }
    if (sayWhat)
        left = forDescendants([](pid_t pid) { report("left %d", int(pid)); });
    if (left > 0 || !sayWhat) {
        terminateAll();
        const long until = nowMs() + graceMs;
        while (countAll() > 0) {
            if (nowMs() >= until)
                signalAll(SIGKILL);
            pollfd wake{wakePipe[0], POLLIN, 0};
            poll(&wake, 1, 20);
            char drained[64];
            while (read(wakePipe[0], drained, sizeof drained) > 0) {
            }
            reap();
        }
    }
    reap();
    report("done");
    _exit(0);
}

void runChild(char **command, pid_t guard, int failure)
{
    setsid();
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != guard) // it went before that took effect
        _exit(1);
#endif
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD})
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execvp(command[0], command);
    const int error = errno;
    if (write(failure, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

void start(char **command)
{
    int failure[2]; // closed by a successful exec, else it brings the error
    if (pipe(failure) != 0)
        _exit(2);
    fcntl(failure[0], F_SETFD, FD_CLOEXEC);
    fcntl(failure[1], F_SETFD, FD_CLOEXEC);
    const pid_t guard = getpid();
    child = fork();
    if (child == 0)
        runChild(command, guard, failure[1]);
    close(failure[1]);
    int error = child < 0 ? errno : 0;
    if (child > 0) {
        while (read(failure[0], &error, sizeof error) < 0 && errno == EINTR) {
        }
    }
    close(failure[0]);
    if (error != 0) {
        report("failed %d", error);
        if (child > 0)
            waitpid(child, nullptr, 0);
        _exit(0);
    }
    report("pid %d", int(child));
}

} // namespace

int main(int argc, char **argv)
{
    const int life = argc > 3 ? atoi(argv[1]) : -1;
    const int out = argc > 3 ? atoi(argv[2]) : -1;
    // Both are given as numbers above those that they get here.
    if (life <= reports || out <= reports || dup2(life, lifeLine) < 0 || dup2(out, reports) < 0) {
        fputs("paddock-guard is started by Paddock, with the numbers of two pipes\n", stderr);
        return 2;
    }
    close(life);
    close(out);
    setsid(); // a terminal's Ctrl+C is for Paddock, which then ends the child in order
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
        signal(number, SIG_IGN);
    fcntl(lifeLine, F_SETFD, FD_CLOEXEC);
    fcntl(reports, F_SETFD, FD_CLOEXEC);
#ifdef __linux__
    // Nothing that Paddock has open is any business of the child's.
    syscall(SYS_close_range, 5U, ~0U, 0U);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
    if (pipe(wakePipe) != 0)
        return 2;
    for (const int fd : wakePipe) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, O_NONBLOCK);
    }
    struct sigaction action = {};
    action.sa_handler = onChild;
    action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, nullptr);

    start(argv + 3);
    // The child alone holds its input and output: their ends must be seen when it ends.
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; ++fd)
        dup2(null, fd);

    for (;;) {
        pollfd fds[] = {{lifeLine, POLLIN, 0}, {wakePipe[0], POLLIN, 0}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            endAll(false);
        char bytes[64];
        while (read(wakePipe[0], bytes, sizeof bytes) > 0) {
        }
        reap();
        if (fds[0].revents != 0) {
            const ssize_t got = read(lifeLine, bytes, sizeof bytes);
            if (got <= 0)
                endAll(false);
            for (ssize_t i = 0; i < got; ++i)
                bytes[i] == 'k' ? signalAll(SIGKILL) : terminateAll();
        }
        if (childEnded)
            endAll(true);
    }
}
