// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `dev` in a terminal of its own: what it draws, its keys, and that the terminal is left as it was.
#include "runtimes.h"

#include <QRegularExpression>
#include <QSocketNotifier>
#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

/// A program in a pseudo terminal, and enough of a terminal to know what stands on its screen.
class Pty final
{
public:
    Pty(const TestWorkspace &workspace, const QStringList &arguments, int rows = 30, int columns = 100)
        : m_rows(rows), m_columns(columns)
    {
        winsize size{};
        size.ws_row = ushort(rows);
        size.ws_col = ushort(columns);
        int slave = -1;
        if (::openpty(&m_master, &slave, nullptr, nullptr, &size) != 0)
            return;
        ::tcgetattr(slave, &m_before);
        // All that allocates comes before fork().
        std::vector<QByteArray> words{paddockctlProgram().toLocal8Bit()};
        for (const QString &argument : QStringList{u"-C"_s, workspace.root()} + arguments)
            words.push_back(argument.toLocal8Bit());
        auto environment = workspace.environment();
        environment.insert(u"TERM"_s, u"xterm-256color"_s);
        environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
        environment.remove(u"NO_COLOR"_s);
        std::vector<QByteArray> variables;
        for (const QString &variable : environment.toStringList())
            variables.push_back(variable.toLocal8Bit());
        std::vector<char *> argv, envp;
        for (QByteArray &word : words)
            argv.push_back(word.data());
        for (QByteArray &variable : variables)
            envp.push_back(variable.data());
        argv.push_back(nullptr);
        envp.push_back(nullptr);
        int said[2];
        if (::pipe2(said, O_CLOEXEC) != 0)
            return;
        m_shell = ::fork();
        if (m_shell == 0) {
            ::setsid();
            ::ioctl(slave, TIOCSCTTY, 0);
            for (int fd = 0; fd < 3; ++fd)
                ::dup2(slave, fd);
            actAsShell(argv.data(), envp.data(), said[1]);
        }
        ::close(said[1]);
        m_said = said[0];
        (void)!::read(m_said, &m_pid, sizeof m_pid);
        ::fcntl(m_said, F_SETFL, O_NONBLOCK);
        m_slave = slave; // kept open: its settings are looked at after the program has gone
        ::fcntl(m_master, F_SETFL, O_NONBLOCK);
    }

    ~Pty()
    {
        if (!m_hasEnded) {
            ::kill(m_pid, SIGKILL);
            ::waitpid(m_shell, nullptr, 0);
        }
        ::close(m_said);
        ::close(m_master);
        ::close(m_slave);
    }

    void read()
    {
        char bytes[65536];
        for (ssize_t count; (count = ::read(m_master, bytes, sizeof bytes)) > 0;)
            m_text += QByteArray(bytes, count);
    }

    [[nodiscard]] bool waitForText(const QString &text, int timeoutMs = 30'000)
    {
        return QTest::qWaitFor(
            [&] {
                read();
                return plain().contains(text);
            },
            timeoutMs);
    }

    [[nodiscard]] bool waitForScreen(const QString &text, int timeoutMs = 30'000)
    {
        return QTest::qWaitFor(
            [&] {
                read();
                return screen().join(u'\n').contains(text);
            },
            timeoutMs);
    }

    void press(char key) { (void)!::write(m_master, &key, 1); }
    void signal(int number) { ::kill(m_pid, number); }

    void resize(int rows, int columns)
    {
        m_rows = rows;
        m_columns = columns;
        winsize size{};
        size.ws_row = ushort(rows);
        size.ws_col = ushort(columns);
        ::ioctl(m_master, TIOCSWINSZ, &size);
    }

    /// The exit status; 128 + signal if it was signalled; -1 if it did not end.
    int waitForEnd(int timeoutMs = 30'000)
    {
        int status = 0;
        const bool ended = QTest::qWaitFor(
            [&] {
                read();
                return ::waitpid(m_shell, &status, WNOHANG) == m_shell;
            },
            timeoutMs);
        if (!ended)
            return -1;
        m_hasEnded = true;
        read();
        return WEXITSTATUS(status); // which the shell has made of it
    }

    [[nodiscard]] bool waitForStop(int timeoutMs = 10'000)
    {
        char stopped = 0;
        return QTest::qWaitFor([&] { return ::read(m_said, &stopped, 1) == 1; }, timeoutMs) && stopped == 'S';
    }

    [[nodiscard]] bool isAsBefore() const
    {
        termios now;
        ::tcgetattr(m_slave, &now);
        return now.c_lflag == m_before.c_lflag && now.c_iflag == m_before.c_iflag && now.c_oflag == m_before.c_oflag;
    }

    [[nodiscard]] bool isCursorShown() const
    {
        return m_text.lastIndexOf("\x1b[?25h") > m_text.lastIndexOf("\x1b[?25l");
    }

    [[nodiscard]] QString plain() const
    {
        static const QRegularExpression sequences(u"\x1b\\[[0-9;?]*[A-Za-z]"_s);
        return QString::fromUtf8(m_text).remove(sequences);
    }

    /// What a terminal of this width shows of all that was written; enough for what `dev` writes.
    [[nodiscard]] QStringList screen() const
    {
        QStringList lines{QString()};
        qsizetype row = 0, column = 0;
        const QString text = QString::fromUtf8(m_text);
        const auto at = [&](qsizetype wanted) -> QString & {
            while (lines.size() <= wanted)
                lines.append(QString());
            return lines[wanted];
        };
        for (qsizetype i = 0; i < text.size(); ++i) {
            const QChar c = text[i];
            if (c == u'\x1b' && i + 1 < text.size() && text[i + 1] == u'[') {
                qsizetype end = i + 2;
                while (end < text.size() && !text[end].isLetter())
                    ++end;
                if (end >= text.size())
                    break;
                const QString parameters = text.sliced(i + 2, end - i - 2);
                if (text[end] == u'A')
                    row = std::max<qsizetype>(0, row - std::max(1, parameters.toInt()));
                else if (text[end] == u'J') {
                    at(row) = at(row).left(column);
                    lines.resize(row + 1);
                }
                i = end;
            } else if (c == u'\r') {
                column = 0;
            } else if (c == u'\n') {
                at(++row);
            } else {
                QString &line = at(row);
                if (line.size() < column)
                    line = line.leftJustified(column);
                line.replace(column, 1, c);
                if (++column >= m_columns) {
                    column = 0;
                    at(++row);
                }
            }
        }
        return lines;
    }

private:
    /// Job control as a shell does it; a program without a shell could not be stopped.
    [[noreturn]] static void actAsShell(char **argv, char **envp, int said)
    {
        ::signal(SIGTTOU, SIG_IGN);
        const pid_t program = ::fork();
        if (program == 0) {
            ::setpgid(0, 0);
            ::tcsetpgrp(0, ::getpid());
            ::signal(SIGTTOU, SIG_DFL);
            ::execve(argv[0], argv, envp);
            ::_exit(127);
        }
        ::signal(SIGHUP, SIG_IGN);
        (void)!::write(said, &program, sizeof program);
        for (int status = 0; ::waitpid(program, &status, WUNTRACED) == program;) {
            if (WIFSTOPPED(status))
                (void)!::write(said, "S", 1);
            else
                ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        }
        ::_exit(126);
    }

    int m_master = -1, m_slave = -1, m_said = -1;
    pid_t m_shell = -1;
    pid_t m_pid = -1; ///< of the program
    int m_rows, m_columns;
    bool m_hasEnded = false;
    termios m_before{};
    QByteArray m_text;
};

} // namespace

class E2eTerminal final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        m_workspace = std::make_unique<TestWorkspace>(runtime);
        QVERIFY2(m_workspace->isValid(), qPrintable(m_workspace->problem()));
    }

    void tableAndKeys()
    {
        Pty terminal(*m_workspace, {u"dev"_s, u"--trust"_s});
        QVERIFY2(terminal.waitForScreen(u"server running"_s, 60'000), qPrintable(terminal.plain().right(2000)));
        for (const QString &part : {u"Route handlers"_s, u"Plugin structure"_s, u"Database changes"_s, u"q quit"_s})
            QVERIFY2(terminal.waitForScreen(part), qPrintable(part));
        m_workspace->edit(u"src/plugins/pricing/discounts.ts"_s, u"BULK_PERCENT = 8"_s, u"BULK_PERCENT = 9"_s);
        QVERIFY(terminal.waitForScreen(u"swapped   pricing"_s));
        // Drawn in place: the table stands there once.
        QCOMPARE(terminal.screen().filter(u"Database changes"_s).size(), 1);
        terminal.press('r');
        QVERIFY(terminal.waitForText(u"A reload of “pricing” was asked for"_s));
        terminal.press('t');
        QVERIFY(terminal.waitForText(u"Types are generated."_s));
        terminal.press('m');
        QVERIFY(terminal.waitForText(u"All migrations have run."_s));
        terminal.press('p');
        QVERIFY(terminal.waitForScreen(u"paused, nothing waits"_s));
        m_workspace->edit(u"src/plugins/pricing/discounts.ts"_s, u"BULK_PERCENT = 9"_s, u"BULK_PERCENT = 10"_s);
        QVERIFY(terminal.waitForScreen(u"1 waiting: src/plugins/pricing/discounts.ts"_s));
        QVERIFY(terminal.waitForScreen(u"r apply"_s));
        terminal.press('p');
        QVERIFY(terminal.waitForScreen(u"p pause"_s));
        QVERIFY(QTest::qWaitFor(
            [&] {
                terminal.read();
                return !terminal.screen().join(u'\n').contains(u"waiting:"_s);
            },
            20'000));
        terminal.press('R');
        QVERIFY(terminal.waitForText(u"restarting the server"_s));
        QVERIFY(terminal.waitForScreen(u"server running"_s));
        terminal.press('q');
        QCOMPARE(terminal.waitForEnd(), 0);
        QVERIFY(terminal.isAsBefore());
        QVERIFY(terminal.isCursorShown());
        QVERIFY(!terminal.screen().join(u'\n').contains(u"Database changes"_s)); // the table has gone with it
    }

    void restartQuestion()
    {
        m_workspace->save(u"paddock.toml"_s, u"restart = \"ask\"\n"_s);
        Pty terminal(*m_workspace, {u"dev"_s, u"--trust"_s});
        QVERIFY(terminal.waitForScreen(u"server running"_s, 60'000));
        m_workspace->edit(u"src/index.ts"_s, u"Good night!"_s, u"Sleep well!"_s);
        QVERIFY(terminal.waitForScreen(u"restart the server? y yes"_s));
        terminal.press('y');
        QVERIFY(terminal.waitForText(u"restarted"_s));
        QVERIFY(terminal.waitForScreen(u"server running"_s));
        terminal.press('q');
        QCOMPARE(terminal.waitForEnd(), 0);
    }

    void narrower()
    {
        Pty terminal(*m_workspace, {u"dev"_s, u"--trust"_s}, 40, 120);
        QVERIFY(terminal.waitForScreen(u"server running"_s, 60'000));
        terminal.resize(20, 40);
        QVERIFY(terminal.waitForScreen(u"Database changes"_s));
        // Each line of the table now fits into 40 columns.
        QVERIFY(QTest::qWaitFor(
            [&] {
                terminal.read();
                const QStringList rows = terminal.screen().filter(u"Route handlers"_s);
                return !rows.isEmpty() && rows.last().size() < 40;
            },
            10'000));
        terminal.press('q');
        QCOMPARE(terminal.waitForEnd(), 0);
        QVERIFY(terminal.isAsBefore());
    }

    // What gives way in a low terminal are the latest changes, not the keys.
    void low()
    {
        Pty terminal(*m_workspace, {u"dev"_s, u"--trust"_s}, 12, 100);
        QVERIFY(terminal.waitForScreen(u"server running"_s, 60'000));
        for (const QString &percent : {u"9"_s, u"10"_s, u"11"_s}) {
            const QString text = m_workspace->read(u"src/plugins/pricing/discounts.ts"_s);
            static const QRegularExpression number(u"BULK_PERCENT = \\d+"_s);
            QVERIFY(text.contains(number));
            m_workspace->save(u"src/plugins/pricing/discounts.ts"_s,
                              QString(text).replace(number, u"BULK_PERCENT = "_s + percent));
            QVERIFY(terminal.waitForScreen(u" %1  pricing"_s.arg(percent.toInt() - 8)));
        }
        const QString screen = terminal.screen().join(u'\n');
        for (const QString &part : {u"server running"_s, u"Route handlers"_s, u"Database changes"_s, u"q quit"_s})
            QVERIFY2(screen.contains(part), qPrintable(screen));
        terminal.press('q');
        QCOMPARE(terminal.waitForEnd(), 0);
    }

    void restored_data()
    {
        QTest::addColumn<int>("signal");
        QTest::addColumn<int>("status");
        QTest::newRow("Ctrl+C") << SIGINT << 0;
        QTest::newRow("SIGTERM") << SIGTERM << 0;
        QTest::newRow("SIGHUP") << SIGHUP << 0;
        QTest::newRow("a crash") << SIGSEGV << 128 + SIGSEGV;
        QTest::newRow("an abort") << SIGABRT << 128 + SIGABRT;
    }

    void restored()
    {
        QFETCH(int, signal);
        QFETCH(int, status);
        Pty terminal(*m_workspace, {u"dev"_s, u"--trust"_s});
        QVERIFY(terminal.waitForScreen(u"server running"_s, 60'000));
        QVERIFY(!terminal.isAsBefore());
        if (signal == SIGINT)
            terminal.press('\x03'); // as the keyboard gives it
        else
            terminal.signal(signal);
        QCOMPARE(terminal.waitForEnd(), status);
        QVERIFY(terminal.isAsBefore());
        QVERIFY(terminal.isCursorShown());
    }

    void stoppedAndContinued()
    {
        Pty terminal(*m_workspace, {u"dev"_s, u"--trust"_s});
        QVERIFY(terminal.waitForScreen(u"server running"_s, 60'000));
        terminal.signal(SIGTSTP);
        QVERIFY(terminal.waitForStop());
        terminal.read();
        QVERIFY(terminal.isAsBefore());
        QVERIFY(terminal.isCursorShown());
        terminal.signal(SIGCONT);
        QVERIFY(QTest::qWaitFor(
            [&] {
                terminal.read();
                return !terminal.isAsBefore() && !terminal.isCursorShown();
            },
            10'000));
        terminal.press('p');
        QVERIFY(terminal.waitForScreen(u"paused"_s));
        terminal.press('q');
        QCOMPARE(terminal.waitForEnd(), 0);
        QVERIFY(terminal.isAsBefore());
    }

    void plainLines()
    {
        Pty terminal(*m_workspace, {u"dev"_s, u"--trust"_s, u"--plain"_s});
        QVERIFY(terminal.waitForText(u" ready"_s, 60'000));
        QVERIFY(!terminal.plain().contains(u"Database changes"_s));
        terminal.signal(SIGINT);
        QCOMPARE(terminal.waitForEnd(), 0);
    }

private:
    std::unique_ptr<TestWorkspace> m_workspace;
};

QTEST_GUILESS_MAIN(E2eTerminal)
#include "e2e_terminal.moc"
