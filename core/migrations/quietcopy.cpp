// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/quietcopy.h"

#include <QDir>
#include <QFile>
#include <QScopeGuard>
#include <QTemporaryFile>
#include <QThread>
#include <algorithm>
#include <array>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 LargestCopy = 32 << 20;

/// What changes with each write: the counter in the header, the size, the time.
struct Stamp
{
    std::array<char, 4> counter{};
    qint64 size = 0;
    qint64 changedNs = 0;
    friend bool operator==(const Stamp &, const Stamp &) = default;
};

/// Whether a journal is in use: one that is over is gone, empty, or begins with zeros. Pages are written to the
/// database only once its first bytes are there.
bool isBeingWritten(const QByteArray &file)
{
    const QByteArray path = file + "-journal";
    const int journal = ::open(path.constData(), O_RDONLY | O_CLOEXEC);
    if (journal < 0)
        return false;
    char first = 0;
    const bool isHot = ::read(journal, &first, 1) == 1 && first != 0;
    ::close(journal);
    return isHot;
}

/// How a database is written, from its header; 0: it is empty, or none.
enum class Mode : char { None = 0, Rollback = 1, Log = 2 };

Mode modeOf(int descriptor)
{
    char version = 0;
    const bool known = descriptor >= 0 && ::pread(descriptor, &version, 1, 18) == 1;
    return known && (version == 1 || version == 2) ? Mode(version) : Mode::None;
}

/// Whether a write-ahead log holds anything: without one, all is in the database itself.
bool hasLog(const QByteArray &file)
{
    struct stat info{};
    const QByteArray log = file + "-wal";
    return ::stat(log.constData(), &info) == 0 && info.st_size > 0;
}

bool isInUse(const QByteArray &file, Mode mode)
{
    return isBeingWritten(file) || (mode == Mode::Log && hasLog(file));
}

std::optional<Stamp> stampOf(int descriptor)
{
    struct stat info{};
    Stamp stamp;
    if (::fstat(descriptor, &info) != 0)
        return {};
    stamp.size = info.st_size;
    stamp.changedNs = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec;
    if (stamp.size > 0 && ::pread(descriptor, stamp.counter.data(), 4, 24) != 4)
        return {};
    return stamp;
}

bool copyAll(int from, QTemporaryFile &to, qint64 size)
{
    std::array<char, 1 << 16> buffer;
    for (qint64 at = 0; at < size;) {
        const ssize_t count = ::pread(from, buffer.data(), buffer.size(), at);
        if (count <= 0 || to.write(buffer.data(), count) != count)
            return false;
        at += count;
    }
    return to.flush();
}

} // namespace

bool Patience::wait()
{
    using namespace std::chrono_literals;
    constexpr std::chrono::microseconds Longest = 8ms;
    if (m_deadline.hasExpired())
        return false;
    QThread::sleep(m_next);
    m_next = std::min<std::chrono::microseconds>(2 * m_next, Longest);
    return true;
}

std::unique_lock<std::recursive_mutex> sqliteFilesInUse()
{
    static std::recursive_mutex mutex;
    return std::unique_lock(mutex);
}

struct QuietReading::State
{
    QByteArray file;
    int descriptor = -1;
    Mode mode = Mode::Rollback;
    std::optional<Stamp> stamp;
};

QuietReading::QuietReading(std::unique_ptr<State> state) : m_state(std::move(state)) {}

QuietReading::~QuietReading()
{
    const auto guard = sqliteFilesInUse();
    ::close(m_state->descriptor);
}

std::unique_ptr<QuietReading> QuietReading::of(const QString &path)
{
    const auto guard = sqliteFilesInUse();
    const QByteArray file = QFile::encodeName(path);
    const int descriptor = ::open(file.constData(), O_RDONLY | O_CLOEXEC);
    const Mode mode = modeOf(descriptor);
    if (mode == Mode::Rollback || (mode == Mode::Log && !hasLog(file)))
        return std::unique_ptr<QuietReading>(new QuietReading(
            std::make_unique<State>(State{.file = file, .descriptor = descriptor, .mode = mode, .stamp = {}})));
    if (descriptor >= 0)
        ::close(descriptor);
    return {};
}

QuietReading::Moment QuietReading::begin()
{
    const auto now = stampOf(m_state->descriptor);
    if (!now || isInUse(m_state->file, m_state->mode))
        return Moment::Busy;
    const bool isSame = now == m_state->stamp;
    m_state->stamp = now;
    return isSame ? Moment::Same : Moment::Changed;
}

bool QuietReading::isUndisturbed() const
{
    return !isInUse(m_state->file, m_state->mode) && m_state->stamp && stampOf(m_state->descriptor) == m_state->stamp;
}

namespace {

enum class Attempt { Copied, Disturbed, Hopeless };

Attempt tryToCopy(const QByteArray &file, std::unique_ptr<QTemporaryFile> &copy)
{
    const auto guard = sqliteFilesInUse();
    const int from = ::open(file.constData(), O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return Attempt::Hopeless;
    const auto close = qScopeGuard([from] { ::close(from); });
    const Mode mode = modeOf(from);
    if (mode == Mode::None || (mode == Mode::Log && hasLog(file)))
        return Attempt::Hopeless;
    const auto before = stampOf(from);
    if (!before || before->size > LargestCopy)
        return Attempt::Hopeless;
    if (isBeingWritten(file))
        return Attempt::Disturbed;
    copy = std::make_unique<QTemporaryFile>(QDir::tempPath() + u"/paddock-read-XXXXXX.db"_s);
    if (!copy->open() || !copyAll(from, *copy, before->size))
        return Attempt::Hopeless;
    if (mode == Mode::Log) { // the copy has no log, and is to get none
        constexpr std::array<char, 2> Versions{char(Mode::Rollback), char(Mode::Rollback)};
        if (!copy->seek(18) || copy->write(Versions.data(), Versions.size()) != Versions.size() || !copy->flush())
            return Attempt::Hopeless;
    }
    return !isInUse(file, mode) && stampOf(from) == before ? Attempt::Copied : Attempt::Disturbed;
}

} // namespace

std::unique_ptr<QTemporaryFile> quietCopy(const QString &path, int waitMs)
{
    const QByteArray file = QFile::encodeName(path);
    Patience patience(waitMs);
    std::unique_ptr<QTemporaryFile> copy;
    do {
        const Attempt attempt = tryToCopy(file, copy);
        if (attempt == Attempt::Copied)
            return copy;
        if (attempt == Attempt::Hopeless)
            return {};
    } while (patience.wait());
    return {};
}

} // namespace paddock::migrations
