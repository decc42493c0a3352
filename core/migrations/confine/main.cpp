// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// paddock-confine FOLDER[:FOLDER…] PROGRAM ARG…: becomes PROGRAM, which may then write to files nowhere but below these
// folders, and neither may anything that it starts. The kernel sees to it (Landlock). Where it cannot, the program runs
// as it is: the runner confines itself as well.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__linux__) && __has_include(<linux/landlock.h>)
#include <linux/landlock.h>

namespace {

constexpr std::uint64_t Write = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t Truncate = std::uint64_t(1) << 14; // since version 3 of the interface

void allow(int rules, const char *path, std::uint64_t access)
{
    const int file = ::open(path, O_PATH | O_CLOEXEC);
    if (file < 0)
        return;
    struct stat info{};
    landlock_path_beneath_attr rule{};
    // Rights over folders mean nothing for a file.
    rule.allowed_access = ::fstat(file, &info) == 0 && S_ISDIR(info.st_mode)
                              ? access
                              : access & (LANDLOCK_ACCESS_FS_WRITE_FILE | Truncate);
    rule.parent_fd = file;
    ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    ::close(file);
}

bool confine(std::string_view folders)
{
    const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return false;
    const std::uint64_t access = version >= 3 ? Write | Truncate : Write;
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = access;
    const int rules = int(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes.handled_access_fs), 0));
    if (rules < 0)
        return false;
    while (!folders.empty()) {
        const auto end = folders.find(':');
        allow(rules, std::string(folders.substr(0, end)).c_str(), access);
        folders.remove_prefix(end == std::string_view::npos ? folders.size() : end + 1);
    }
    for (const char *device : {"/dev/null", "/dev/zero", "/dev/tty"})
        allow(rules, device, access);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const bool done = ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    ::close(rules);
    return done;
}

} // namespace
#else
namespace {
bool confine(std::string_view)
{
    return false;
}
} // namespace
#endif

int main(int argc, char *argv[])
{
    if (argc < 3) {
        std::fputs("usage: paddock-confine FOLDERS PROGRAM [ARGUMENTS]\n", stderr);
        return 2;
    }
    if (confine(argv[1]))
        ::setenv("PADDOCK_CONFINED", "1", 1);
    ::execv(argv[2], argv + 2);
    std::perror(argv[2]);
    return 127;
}
