// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/inotifybackend.h"

#include <QFile>
#include <QSocketNotifier>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace paddock::watch {

using namespace Qt::StringLiterals;

namespace {

constexpr uint32_t mask = IN_CREATE | IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB |
                          IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

QString limit(QLatin1StringView name)
{
    QFile file("/proc/sys/fs/inotify/"_L1 + name);
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll().trimmed()) : u"?"_s;
}

std::optional<RawEvent> translate(const inotify_event &event)
{
    using What = RawEvent::What;
    const uint32_t bits = event.mask;
    if (bits & IN_Q_OVERFLOW)
        return RawEvent{What::Overflow, -1, {}};
    if (bits & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT))
        return RawEvent{What::SelfGone, event.wd, {}};
    if (event.len == 0)
        return bits & IN_ATTRIB ? std::optional(RawEvent{What::Attributes, event.wd, {}}) : std::nullopt;
    RawEvent raw{What::Modified, event.wd, QFile::decodeName(event.name), event.cookie};
    const bool folder = bits & IN_ISDIR;
    if (bits & (IN_DELETE | IN_MOVED_FROM))
        raw.what = folder ? What::FolderGone : What::Removed;
    else if (folder && (bits & (IN_CREATE | IN_MOVED_TO)))
        raw.what = What::FolderAdded;
    else if (bits & IN_ATTRIB)
        raw.what = What::Attributes;
    else if (folder)
        return std::nullopt;
    else if (bits & (IN_CLOSE_WRITE | IN_MOVED_TO))
        raw.what = What::Written;
    else if (bits & IN_CREATE)
        raw.what = What::Created;
    else if (!(bits & IN_MODIFY))
        return std::nullopt;
    return raw;
}

} // namespace

std::unique_ptr<WatchBackend> WatchBackend::create()
{
    return std::make_unique<InotifyBackend>();
}

InotifyBackend::InotifyBackend() = default;

InotifyBackend::~InotifyBackend()
{
    m_notifier.reset();
    if (m_fd >= 0)
        ::close(m_fd);
}

Result<> InotifyBackend::open()
{
    m_fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (m_fd < 0) {
        const int error = errno;
        if (error == EMFILE)
            m_openError = {u"watch-limit"_s,
                           u"The system allows no further file watcher (%1 for each user), so files are only looked at "
                           "every now and then."_s.arg(limit("max_user_instances"_L1)),
                           {},
                           {},
                           u"Raise it: sudo sysctl fs.inotify.max_user_instances=512"_s};
        else
            m_openError = {u"unsupported"_s,
                           u"The system offers no file watcher, so files are only looked at every now and then."_s,
                           QString::fromLocal8Bit(std::strerror(error)),
                           {},
                           {}};
        return std::unexpected(m_openError);
    }
    m_notifier = std::make_unique<QSocketNotifier>(m_fd, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &WatchBackend::readable);
    return {};
}

Result<int> InotifyBackend::add(const QString &folder)
{
    if (m_fd < 0)
        return std::unexpected(m_openError);
    const int watch = ::inotify_add_watch(m_fd, QFile::encodeName(folder).constData(), mask);
    if (watch >= 0)
        return watch;
    const int error = errno;
    const QString detail = QString::fromLocal8Bit(std::strerror(error));
    switch (error) {
    case ENOSPC:
        return fail(
            u"watch-limit"_s,
            u"The system's limit of %1 watched folders for each user is reached."_s.arg(limit("max_user_watches"_L1)),
            u"Raise it: sudo sysctl fs.inotify.max_user_watches=524288"_s, folder, detail);
    case EACCES:
        return fail(u"unreadable"_s, u"The folder may not be read, so changes in it are not seen."_s,
                    u"Give yourself the right to read it."_s, folder, detail);
    case ENOENT:
    case ENOTDIR:
    case ELOOP: return fail(u"gone"_s, u"The folder is not there any more."_s, {}, folder, detail);
    default: return fail(u"unsupported"_s, u"The folder cannot be watched."_s, {}, folder, detail);
    }
}

void InotifyBackend::remove(int watch)
{
    if (m_fd >= 0 && watch >= 0)
        ::inotify_rm_watch(m_fd, watch);
}

QList<RawEvent> InotifyBackend::take(int waitUs)
{
    QList<RawEvent> events;
    if (m_fd < 0 || m_stalled)
        return events;
    if (waitUs > 0) {
        pollfd wake{m_fd, POLLIN, 0};
        const timespec time{waitUs / 1'000'000, waitUs % 1'000'000 * 1000L};
        ::ppoll(&wake, 1, &time, nullptr);
    }
    alignas(inotify_event) std::array<char, 64 * 1024> buffer;
    // Bounded: whoever writes without end must not keep the reader from ever looking at the files.
    for (int round = 0; round < 64; ++round) {
        const ssize_t got = ::read(m_fd, buffer.data(), buffer.size());
        if (got <= 0)
            break;
        for (ssize_t at = 0; at < got;) {
            const auto *event = reinterpret_cast<const inotify_event *>(buffer.data() + at);
            if (auto raw = translate(*event))
                events.append(std::move(*raw));
            at += ssize_t(sizeof(inotify_event)) + event->len;
        }
    }
    return events;
}

void InotifyBackend::setStalled(bool stalled)
{
    m_stalled = stalled;
    if (m_notifier)
        m_notifier->setEnabled(!stalled);
}

} // namespace paddock::watch
