// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include <QSocketNotifier>

#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cwchar>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

// What signal handlers need lies here: they may touch nothing else.
termios savedMode;
termios rawMode;
volatile sig_atomic_t isRaw = 0;
volatile sig_atomic_t hasKeys = 0;
int wakePipe[2] = {-1, -1};
constexpr int Crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
constexpr char Hide[] = "\x1b[?25l";
constexpr char Show[] = "\x1b[?25h";

void writeRaw(const char *text, size_t length)
{
    while (length > 0) {
        const ssize_t done = ::write(STDOUT_FILENO, text, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EAGAIN) {
            ::usleep(1000); // a slow terminal; lines must not be torn
            continue;
        }
        if (done <= 0)
            return; // it has gone
        text += done;
        length -= size_t(done);
    }
}

void enter()
{
    if (hasKeys)
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &rawMode);
    writeRaw(Hide, sizeof Hide - 1);
    isRaw = 1;
}

/// Safe in a signal handler.
void restore()
{
    if (!isRaw)
        return;
    isRaw = 0;
    if (hasKeys)
        ::tcsetattr(STDIN_FILENO, TCSANOW, &savedMode);
    writeRaw(Show, sizeof Show - 1);
}

void wake(char what)
{
    const int kept = errno;
    (void)!::write(wakePipe[1], &what, 1);
    errno = kept;
}

void onCrash(int signal)
{
    restore();
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

void onStop(int)
{
    const int kept = errno;
    restore();
    // Really stop, with the default action; the handler goes on here when the shell continues the program.
    ::signal(SIGTSTP, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    ::raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    ::signal(SIGTSTP, onStop);
    wake('c');
    errno = kept;
}

void onResize(int)
{
    wake('w');
}

} // namespace

bool Terminal::isUsable()
{
    const QByteArray kind = qgetenv("TERM");
    return ::isatty(STDOUT_FILENO) && kind != "dumb" && !kind.isEmpty() &&
           (!::isatty(STDIN_FILENO) || ::tcgetpgrp(STDIN_FILENO) == ::getpgrp());
}

Terminal::Terminal(QObject *parent) : QObject(parent)
{
    std::setlocale(LC_CTYPE, ""); // for wcwidth()
    if (::pipe2(wakePipe, O_CLOEXEC | O_NONBLOCK) == 0) {
        m_wakes = std::make_unique<QSocketNotifier>(wakePipe[0], QSocketNotifier::Read);
        connect(m_wakes.get(), &QSocketNotifier::activated, this, &Terminal::takeWake);
    }
    if (::isatty(STDIN_FILENO) && ::tcgetattr(STDIN_FILENO, &savedMode) == 0) {
        rawMode = savedMode;
        rawMode.c_lflag &= ~tcflag_t(ICANON | ECHO); // Ctrl+C and Ctrl+Z stay signals
        rawMode.c_cc[VMIN] = 1;
        rawMode.c_cc[VTIME] = 0;
        hasKeys = 1;
        m_keys = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
        connect(m_keys.get(), &QSocketNotifier::activated, this, &Terminal::readKeys);
    }
    for (const int signal : Crashes)
        ::signal(signal, onCrash);
    ::signal(SIGTSTP, onStop);
    ::signal(SIGWINCH, onResize);
    std::atexit(restore);
    enter();
}

Terminal::~Terminal()
{
    write(erasing());
    restore();
    for (const int signal : Crashes)
        ::signal(signal, SIG_DFL);
    ::signal(SIGTSTP, SIG_DFL);
    ::signal(SIGWINCH, SIG_DFL);
    m_wakes.reset();
    for (int &end : wakePipe) {
        ::close(end);
        end = -1;
    }
}

QSize Terminal::size() const
{
    winsize window{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
        return {80, 24};
    return {window.ws_col, window.ws_row};
}

void Terminal::readKeys()
{
    char keys[64];
    const ssize_t count = ::read(STDIN_FILENO, keys, sizeof keys);
    if (count == 0) {
        m_keys->setEnabled(false); // the terminal has gone; SIGHUP says the rest
        return;
    }
    if (count > 0 && keys[0] == '\x1b')
        return; // an arrow or function key: none of ours
    for (ssize_t i = 0; i < count; ++i)
        Q_EMIT keyPressed(keys[i]);
}

void Terminal::takeWake()
{
    char what[64];
    const ssize_t count = ::read(wakePipe[0], what, sizeof what);
    bool isContinued = false;
    for (ssize_t i = 0; i < count; ++i)
        isContinued |= what[i] == 'c';
    if (isContinued) {
        enter();
        m_block.clear(); // the shell has written below it
        setBlock(m_wanted);
        Q_EMIT continued();
        return;
    }
    setBlock(m_wanted);
    Q_EMIT resized();
}

/// Takes the cursor from the end of the block to its beginning and clears what follows. After the terminal became
/// narrower, lines of the block take several rows.
QString Terminal::erasing() const
{
    if (m_block.isEmpty())
        return u"\r\x1b[J"_s;
    const int width = std::max(1, size().width());
    int rows = 0;
    for (const QString &line : m_block)
        rows += std::max(1, (columnsOf(line) + width - 1) / width);
    return u"\r"_s + (rows > 1 ? u"\x1b[%1A"_s.arg(rows - 1) : QString()) + u"\x1b[J"_s;
}

QString Terminal::drawing() const
{
    return m_block.join("\r\n"_L1);
}

void Terminal::write(const QString &text)
{
    // One write, marked as one frame for terminals that know frames: no half-drawn block is ever seen.
    const QByteArray bytes = "\x1b[?2026h" + text.toUtf8() + "\x1b[?2026l";
    writeRaw(bytes.constData(), size_t(bytes.size()));
}

void Terminal::print(const QString &line)
{
    write(erasing() + line + u"\r\n"_s + drawing());
}

int Terminal::room() const
{
    return std::max(1, size().height() - 2);
}

void Terminal::setBlock(const QStringList &lines)
{
    const QString erase = erasing();
    const QSize now = size();
    m_wanted = lines;
    m_width = now.width();
    m_block.clear();
    for (const QString &line : lines.first(std::min<qsizetype>(lines.size(), room())))
        m_block.append(fitted(line, m_width - 1)); // (a full line would wrap in some terminals)
    write(erase + drawing());
}

int columnsOf(QStringView text)
{
    int columns = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'\x1b') {
            while (++i < text.size() && !(text[i] >= u'A' && text[i] <= u'Z') && !(text[i] >= u'a' && text[i] <= u'z'))
                ;
            continue;
        }
        char32_t character = text[i].unicode();
        if (text[i].isHighSurrogate() && i + 1 < text.size())
            character = QChar::surrogateToUcs4(text[i], text[i + 1]), ++i;
        columns += std::max(0, ::wcwidth(wchar_t(character)));
    }
    return columns;
}

QString fitted(const QString &text, int columns)
{
    if (columnsOf(text) <= columns)
        return text;
    QString result;
    int used = 0;
    for (qsizetype i = 0; i < text.size() && used < columns - 1; ++i) {
        qsizetype end = i + 1;
        if (text[i] == u'\x1b')
            while (end < text.size() && !text[end - 1].isLetter())
                ++end;
        else if (text[i].isHighSurrogate())
            ++end;
        const QString piece = text.sliced(i, std::min(end, text.size()) - i);
        const int width = columnsOf(piece);
        if (used + width > columns - 1)
            break;
        result += piece;
        used += width;
        i = end - 1;
    }
    return result + u"…\x1b[0m"_s;
}

} // namespace paddock::cli
