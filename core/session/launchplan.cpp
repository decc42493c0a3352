// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/launchplan.h"

#include "session/shellwords.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr int DeepestNesting = 8; ///< of scripts that only run each other

bool isSourceFile(const QString &word)
{
    static const QRegularExpression ending(u"\\.[cm]?[jt]sx?$"_s);
    return !word.startsWith(u'-') && ending.match(word).hasMatch();
}

/// Options of bun that take their value as the next word.
bool takesValue(const QString &option)
{
    static const QStringList options{
        u"--preload"_s,  u"-r"_s,           u"--config"_s, u"-c"_s,        u"--cwd"_s,
        u"--env-file"_s, u"--port"_s,       u"--define"_s, u"-d"_s,        u"--loader"_s,
        u"-l"_s,         u"--conditions"_s, u"--import"_s, u"--require"_s, u"--tsconfig-override"_s};
    return options.contains(option);
}

bool isReloader(const QString &option)
{
    return option == "--watch"_L1 || option == "--hot"_L1 || option == "--no-clear-screen"_L1;
}

Problem reloaderNote(const QString &script, const QString &what)
{
    return {.severity = u"info"_s,
            .code = u"reloader-replaced"_s,
            .message = u"The script “%1” reloads with %2. Paddock starts it without, and swaps the code that changed "
                       "into the running server instead."_s.arg(script, what),
            .file = u"package.json"_s,
            .source = u"launch"_s};
}

/// `--watch` and `--hot` of every bun in a script, also in quotes (as for concurrently); nothing else of it changes.
QString withoutReloaders(const QString &text, QStringList &found)
{
    static const QRegularExpression option(
        u"(\\bbun\\b(?:\\s+[^\\s&|;\"']+)*?)\\s+(--watch|--hot|--no-clear-screen)(?=$|[\\s&|;\"'])"_s);
    QString result = text;
    for (auto match = option.match(result); match.hasMatch(); match = option.match(result)) {
        if (match.captured(2) != "--no-clear-screen"_L1 && !found.contains(match.captured(2)))
            found.append(match.captured(2));
        result.replace(match.capturedStart(), match.capturedLength(), match.captured(1));
    }
    return result;
}

/// One command that a script comes down to: run this file with bun.
struct FileRun
{
    QMap<QString, QString> environment;
    QStringList options; ///< of bun
    QString file;
    QStringList arguments;
    QStringList reloaders; ///< that were left out
};

class Planner
{
public:
    explicit Planner(const LaunchFacts &facts) : m_facts(facts) {}

    /// What a script (or a command in one) comes down to, if it is no more than that.
    std::optional<FileRun> follow(const QString &text, int depth = 0) const
    {
        const auto words = shellWords(text);
        if (!words || depth > DeepestNesting)
            return {};
        FileRun run;
        QStringList rest = *words;
        takeEnvironment(rest, run);
        if (rest.isEmpty())
            return {};
        const QString program = rest.takeFirst();
        if (program == "bun"_L1)
            return followBun(run, rest, depth);
        if (program == "nodemon"_L1)
            return followNodemon(run, rest, depth);
        const bool isRunner = program == "npm"_L1 || program == "pnpm"_L1 || program == "yarn"_L1;
        if (isRunner && rest.size() == 2 && rest[0] == "run"_L1)
            return followScript(run, rest[1], depth);
        return {};
    }

    std::optional<FileRun> followScript(FileRun run, const QString &name, int depth) const
    {
        const bool hasMore = m_facts.scripts.contains(u"pre"_s + name) || m_facts.scripts.contains(u"post"_s + name);
        if (hasMore || !m_facts.scripts.contains(name))
            return {};
        auto inner = follow(m_facts.scripts.value(name), depth + 1);
        if (!inner)
            return {};
        run.environment.insert(inner->environment); // what stands nearer to the command wins
        inner->environment = run.environment;
        inner->reloaders += run.reloaders;
        inner->options = run.options + inner->options;
        return inner;
    }

private:
    static void takeEnvironment(QStringList &words, FileRun &run)
    {
        static const QRegularExpression assignment(u"^([A-Za-z_][A-Za-z0-9_]*)=(.*)$"_s,
                                                   QRegularExpression::DotMatchesEverythingOption);
        while (!words.isEmpty()) {
            if (words.first() == "cross-env"_L1 || words.first() == "env"_L1) {
                words.removeFirst();
                continue;
            }
            const auto match = assignment.match(words.first());
            if (!match.hasMatch())
                return;
            run.environment.insert(match.captured(1), match.captured(2));
            words.removeFirst();
        }
    }

    std::optional<FileRun> followBun(FileRun run, QStringList words, int depth) const
    {
        const auto takeOptions = [&] {
            while (!words.isEmpty() && words.first().startsWith(u'-')) {
                const QString option = words.takeFirst();
                if (isReloader(option)) {
                    if (option != "--no-clear-screen"_L1)
                        run.reloaders.append(option);
                    continue;
                }
                run.options.append(option);
                if (takesValue(option) && !words.isEmpty())
                    run.options.append(words.takeFirst());
            }
        };
        takeOptions();
        const bool isRun = !words.isEmpty() && words.first() == "run"_L1;
        if (isRun) {
            words.removeFirst();
            takeOptions();
        }
        if (words.isEmpty())
            return {};
        const QString target = words.takeFirst();
        if (m_facts.scripts.contains(target))
            return words.isEmpty() ? followScript(run, target, depth) : std::nullopt;
        if (!isSourceFile(target))
            return {};
        run.file = target;
        // bun takes its options behind the file's name, too
        for (const QString &word : words) {
            if (isReloader(word))
                run.reloaders.append(word);
            else
                run.arguments.append(word);
        }
        return run;
    }

    std::optional<FileRun> followNodemon(const FileRun &run, const QStringList &words, int depth) const
    {
        for (qsizetype i = 0; i < words.size(); ++i) {
            const bool isExec = words[i] == "--exec"_L1 || words[i] == "-x"_L1;
            if (!isExec || i + 1 >= words.size())
                continue;
            // `--exec "bun run src/index.ts"`, or `--exec bun src/index.ts` with the file as nodemon's own argument
            QString command = words[i + 1];
            for (qsizetype k = i + 2; k < words.size(); ++k)
                if (isSourceFile(words[k]))
                    command += u' ' + words[k];
            auto inner = follow(command, depth + 1);
            if (!inner)
                return {};
            inner->environment.insert(run.environment);
            inner->reloaders.append(u"nodemon"_s);
            return inner;
        }
        return {};
    }

    const LaunchFacts &m_facts;
};

/// Whether a script could start the server at all, rather than compile or check something, or start Paddock.
bool mayStartServer(const QString &text)
{
    static const QRegularExpression runner(
        u"\\b(?:bunx?|vite|donkeylabs|nodemon|npm|npx|pnpm|yarn|concurrently|turbo|svelte-kit)\\b"_s);
    static const QRegularExpression paddock(u"\\bpaddock(?:ctl)?\\b"_s);
    return text.contains(runner) && !text.contains(paddock);
}

QString withAgent(const LaunchFacts &facts, bool inScript)
{
    const QString preload =
        facts.agent.contains(u' ') ? u"--preload=\"%1\""_s.arg(facts.agent) : u"--preload="_s + facts.agent;
    QStringList options{facts.bunOptions, inScript ? facts.inspect : QString(), preload};
    options.removeAll(QString());
    return options.join(u' ');
}

QStringList inspector(const LaunchFacts &facts)
{
    return facts.inspect.isEmpty() ? QStringList() : QStringList(facts.inspect);
}

LaunchPlan runFile(const LaunchFacts &facts, const QString &script, const FileRun &run)
{
    LaunchPlan plan{.program = facts.bun, .environment = run.environment, .script = script};
    const QString file = QDir::cleanPath(QDir(facts.root).absoluteFilePath(run.file));
    plan.arguments = inspector(facts) + run.options;
    if (file == facts.entry)
        plan.arguments << u"--preload"_s << facts.agent;
    else // a file that is not the entry may start the server as a process of its own
        plan.environment.insert(u"BUN_OPTIONS"_s, withAgent(facts, false));
    plan.arguments << file << run.arguments;
    QStringList reloaders = run.reloaders;
    reloaders.removeDuplicates();
    if (!reloaders.isEmpty())
        plan.notes.append(reloaderNote(script, reloaders.join(u" and "_s)));
    return plan;
}

LaunchPlan runScript(const LaunchFacts &facts, const QString &script)
{
    LaunchPlan plan{.program = facts.bun, .arguments = {u"run"_s, script}, .script = script, .inScript = true};
    plan.environment.insert(u"BUN_OPTIONS"_s, withAgent(facts, true));
    // Scripts call `bun` and the workspace's tools by name; they must get the one that Paddock means.
    QString path = QFileInfo(facts.bun).path();
    if (!facts.path.isEmpty())
        path += u':' + facts.path;
    QStringList reloaders;
    const QString text = facts.scripts.value(script);
    const QString rewritten = withoutReloaders(text, reloaders);
    if (rewritten != text) {
        path.prepend(facts.root + u"/node_modules/.bin:"_s);
        QString command = rewritten;
        if (facts.scripts.contains(u"pre"_s + script))
            command = u"bun run pre%1 && %2"_s.arg(script, command);
        plan.program = u"/bin/sh"_s;
        plan.arguments = {u"-c"_s, command};
        plan.environment.insert(u"npm_lifecycle_event"_s, script);
        if (!reloaders.isEmpty())
            plan.notes.append(reloaderNote(script, reloaders.join(u" and "_s)));
    }
    plan.environment.insert(u"PATH"_s, path);
    return plan;
}

} // namespace

Result<LaunchPlan> planLaunch(const LaunchFacts &facts)
{
    QString script = facts.script;
    if (!script.isEmpty() && !facts.scripts.contains(script))
        return fail(u"no-script"_s, u"package.json has no script “%1” to start the server with."_s.arg(script),
                    u"Add it, or name another one."_s, u"package.json"_s);
    for (const QString &usual : {u"dev"_s, u"start"_s})
        if (script.isEmpty() && mayStartServer(facts.scripts.value(usual)))
            script = usual;
    if (script.isEmpty()) {
        if (facts.entry.isEmpty())
            return fail(u"no-entry"_s,
                        u"No file of this workspace creates an AppServer, so there is nothing to start."_s,
                        u"Create one (new AppServer(…)), or name it as “main” in package.json."_s);
        return LaunchPlan{.program = facts.bun,
                          .arguments = inspector(facts) + QStringList{u"--preload"_s, facts.agent, facts.entry}};
    }
    if (const auto run = Planner(facts).followScript({}, script, 0))
        return runFile(facts, script, *run);
    return runScript(facts, script);
}

} // namespace paddock::session
