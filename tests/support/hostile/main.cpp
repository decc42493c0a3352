// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// hostile MODE [ARGUMENT…]: a child program that does what children should not. It says "ready PID…" on its standard
// output once it is as it should be, so that tests need not guess. No mode ends by itself unless it says so.

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

void say(const std::string &text)
{
    size_t at = 0;
    while (at < text.size()) {
        const ssize_t done = write(1, text.data() + at, text.size() - at);
        if (done < 0 && errno != EINTR)
            _exit(3);
        at += done > 0 ? size_t(done) : 0;
    }
}

void ready(const std::vector<pid_t> &others = {})
{
    std::string line = "ready " + std::to_string(getpid());
    for (const pid_t pid : others)
        line += ' ' + std::to_string(pid);
    say(line + '\n');
}

[[noreturn]] void stay()
{
    for (;;)
        pause();
}

void onSignal(int) {}

/// Waits for SIGUSR1, which is blocked in main().
void waitForGo()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    int got = 0;
    sigwait(&set, &got);
}

/// A grandchild in a session of its own whose parent is gone; its pid.
pid_t detach(bool ignoreTerm)
{
    int pipes[2];
    if (pipe(pipes) != 0)
        _exit(3);
    const pid_t middle = fork();
    if (middle == 0) {
        setsid();
        const pid_t last = fork();
        if (last == 0) {
            setsid();
            if (ignoreTerm)
                signal(SIGTERM, SIG_IGN);
            const pid_t self = getpid();
            if (write(pipes[1], &self, sizeof self) < 0)
                _exit(3);
            close(pipes[0]);
            close(pipes[1]);
            stay();
        }
        _exit(0);
    }
    waitpid(middle, nullptr, 0);
    pid_t pid = 0;
    if (read(pipes[0], &pid, sizeof pid) != sizeof pid)
        _exit(3);
    close(pipes[0]);
    close(pipes[1]);
    return pid;
}

void flood(long long bytes)
{
    std::string block;
    for (int i = 0; block.size() < 64 * 1024; ++i)
        block += "line " + std::to_string(i) + " of a flood that says nothing at all\n";
    for (long long left = bytes; bytes < 0 || left > 0; left -= (long long)block.size())
        say(bytes >= 0 && left < (long long)block.size() ? block.substr(0, size_t(left)) : block);
}

[[noreturn]] void listenOn(int port)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(uint16_t(port));
    socklen_t size = sizeof address;
    if (bind(fd, reinterpret_cast<sockaddr *>(&address), size) != 0 || listen(fd, 1) != 0)
        _exit(4);
    getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
    say("ready " + std::to_string(getpid()) + ' ' + std::to_string(ntohs(address.sin_port)) + '\n');
    stay();
}

} // namespace

int main(int argc, char **argv)
{
    const std::string mode = argc > 1 ? argv[1] : "";
    const long long number = argc > 2 ? atoll(argv[2]) : -1;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, nullptr);

    if (mode == "stay") {
        ready();
        stay();
    } else if (mode == "exit") { // at once, with a status
        return int(number);
    } else if (mode == "ends-on-term") { // with status 5
        struct sigaction action = {};
        action.sa_handler = onSignal;
        sigaction(SIGTERM, &action, nullptr);
        ready();
        pause();
        say("bye\n");
        return 5;
    } else if (mode == "ignore-term") {
        for (const int each : {SIGTERM, SIGINT, SIGHUP})
            signal(each, SIG_IGN);
        ready();
        stay();
    } else if (mode == "flood") { // so many bytes, then the end; without a number: for ever
        flood(number);
        if (number >= 0)
            say("\nthe end\n");
    } else if (mode == "half-character") { // the first two bytes of "€"; the rest after SIGUSR1, then the end
        say("price: \xe2\x82");
        waitForGo();
        say("\xac\n");
    } else if (mode == "half-character-end") {
        say("price: \xe2\x82");
    } else if (mode == "spin") {
        ready();
        for (volatile unsigned long i = 0; i == 0;) {
        }
    } else if (mode == "crash") {
        say("about to crash\nlast words");
        raise(SIGSEGV);
    } else if (mode == "double-fork") { // stays, with a detached grandchild that ignores SIGTERM
        const pid_t lost = detach(true);
        ready({lost});
        stay();
    } else if (mode == "double-fork-exit") { // the same, but ends
        const pid_t lost = detach(true);
        ready({lost});
    } else if (mode == "hold-pipe") { // ends, while a child keeps its output open
        const pid_t child = fork();
        if (child == 0)
            stay();
        ready({child});
    } else if (mode == "family") { // stays, with children and grandchildren in its group
        std::vector<pid_t> children;
        for (int i = 0; i < 3; ++i) {
            const pid_t child = fork();
            if (child == 0)
                stay();
            children.push_back(child);
        }
        ready(children);
        stay();
    } else if (mode == "listen") {
        listenOn(int(number));
    } else if (mode == "environment") { // prints a variable and the working folder
        const char *value = argc > 2 ? getenv(argv[2]) : nullptr;
        char folder[4096];
        say(std::string(value == nullptr ? "(unset)" : value) + '\n' + (getcwd(folder, sizeof folder) ? folder : "?") +
            '\n');
    } else if (mode == "descriptors") { // how many files it was given beside the three
        int count = 0;
        for (int fd = 3; fd < 1024; ++fd)
            count += dup2(fd, fd) >= 0 ? 1 : 0;
        say(std::to_string(count) + '\n');
    } else {
        fprintf(stderr, "hostile: no mode '%s'\n", mode.c_str());
        return 2;
    }
    return 0;
}
