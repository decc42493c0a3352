// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>
#include <optional>

/// What a workspace itself says about how Paddock treats it: `paddock.toml` beside package.json, or the key "paddock"
/// in package.json. SETTINGS.md describes both.
namespace paddock::session {

/// What happens to a change that only a restart can bring into service.
enum class RestartPolicy {
    Yes,    ///< the server restarts
    No,     ///< the change is held until the user restarts
    Always, ///< as yes, and a server that does not respond is restarted for the next save, too
    Ask,    ///< the change is held and the user is asked
};

/// What happens to a migration that was saved while the server runs, and to the code that comes with it.
enum class SavedMigrations {
    Run, ///< migrated, types, swapped: all of it or nothing; held where that would lose data
    Ask, ///< held until the user applies both
};

struct CommandInput
{
    QString name;     ///< `${name}` in the command's arguments stands for its value
    QString prompt;   ///< what the user is asked; empty: the name
    QString fallback; ///< the value if none is given; null: one must be given
    QStringList glob; ///< patterns of files, relative to the root: the value is what they find, one argument each
    friend bool operator==(const CommandInput &, const CommandInput &) = default;
};

struct UserCommand
{
    QString name;
    QString program;
    QStringList arguments;
    QString folder; ///< relative to the root; empty: the root
    QMap<QString, QString> environment;
    QList<CommandInput> inputs;
    friend bool operator==(const UserCommand &, const UserCommand &) = default;
};

struct SettingsIssue
{
    bool isError = true;
    QString file; ///< relative to the root
    int line = 0;
    QString message;
    QString remedy;
    friend bool operator==(const SettingsIssue &, const SettingsIssue &) = default;
};

struct Settings
{
    QString file; ///< where they stand; empty: nowhere
    std::optional<RestartPolicy> restart;
    SavedMigrations migrations = SavedMigrations::Run;
    QStringList ignore; ///< folders, relative to the root, or names of folders anywhere
    QString typeScript; ///< names of package scripts; empty: found by their usual names
    QString testScript;
    QString devScript; ///< starts the server; empty: `dev`, else `start`, else the entry itself (launchplan.h)
    int startMs = 30'000;
    int stopMs = 3'000; ///< for the server's own shut-down hooks, before SIGTERM
    int swapMs = 0;     ///< 0: as the agent has it
    QList<UserCommand> commands;
    QList<SettingsIssue> issues; ///< what could not be used; the rest holds
    friend bool operator==(const Settings &, const Settings &) = default;
};

/// Never fails: what is wrong is among the issues.
[[nodiscard]] Settings readSettings(const QString &root);
[[nodiscard]] Settings settingsFromToml(const QByteArray &text, const QString &file);

/// Whether a folder (relative path) is one of those that the settings ignore.
[[nodiscard]] bool isIgnoredBySettings(const QStringList &ignore, QStringView folder);

[[nodiscard]] QLatin1StringView toString(RestartPolicy policy);
[[nodiscard]] std::optional<RestartPolicy> restartPolicyFromString(QStringView text);

/// What the user chose for a workspace, kept in the state folder.
struct Preferences
{
    std::optional<RestartPolicy> restart; ///< goes before that of the settings
    bool isManual = false;
    QString database = {}; ///< where the user says it is, without a password; empty: found as location.h says
    friend bool operator==(const Preferences &, const Preferences &) = default;
};

[[nodiscard]] Preferences readPreferences(const QString &root);
void writePreferences(const QString &root, const Preferences &preferences); ///< a failure is of no consequence

} // namespace paddock::session
