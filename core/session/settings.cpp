// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/settings.h"

#include "base/paths.h"
#include "session/settingsnode.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QSet>

namespace paddock::session {

using namespace Qt::StringLiterals;
using Type = SettingsNode::Type;

namespace {

constexpr auto TomlName = "paddock.toml"_L1;
constexpr auto PackageName = "package.json"_L1;

/// Reads the fields of a table; what is there but not asked for is reported, because it is most likely misspelt.
class Interpreter final
{
public:
    explicit Interpreter(Settings &settings) : m_settings(settings) {}

    void issue(const QString &message, int line, const QString &remedy = {}, bool isError = true)
    {
        m_settings.issues.append({isError, m_settings.file, line, message, remedy});
    }

    void root(const SettingsNode &node)
    {
        if (node.type != Type::Table)
            return issue(u"“paddock” must be an object."_s, node.line);
        for (const auto &[key, value] : node.table) {
            if (key == "restart"_L1)
                restart(value);
            else if (key == "migrations"_L1)
                migrations(value);
            else if (key == "ignore"_L1)
                m_settings.ignore = strings(value, key);
            else if (key == "scripts"_L1)
                scripts(value);
            else if (key == "timeouts"_L1)
                timeouts(value);
            else if (key == "database"_L1)
                continue; // core/migrations reads it
            else if (key == "command"_L1 || key == "commands"_L1)
                commands(value, key);
            else
                unknown(key, value.line, u"restart, migrations, ignore, scripts, timeouts, database, command"_s);
        }
    }

private:
    void unknown(const QString &key, int line, const QString &known)
    {
        issue(u"“%1” is not a setting."_s.arg(key), line, u"Known here: %1."_s.arg(known), false);
    }

    QString string(const SettingsNode &node, const QString &key)
    {
        if (node.type == Type::Text)
            return node.text;
        issue(u"“%1” must be a text in quotes."_s.arg(key), node.line);
        return {};
    }

    QStringList strings(const SettingsNode &node, const QString &key)
    {
        QStringList list;
        if (node.type == Type::Text)
            return {node.text};
        if (node.type != Type::List) {
            issue(u"“%1” must be a list of texts."_s.arg(key), node.line);
            return {};
        }
        for (const SettingsNode &one : node.list)
            list.append(string(one, key));
        return list;
    }

    void restart(const SettingsNode &node)
    {
        if (const auto policy = restartPolicyFromString(node.text); policy && node.type == Type::Text)
            m_settings.restart = policy;
        else
            issue(u"“restart” must be yes, no, always or ask."_s, node.line);
    }

    void migrations(const SettingsNode &node)
    {
        if (node.type == Type::Text && (node.text == "run"_L1 || node.text == "ask"_L1))
            m_settings.migrations = node.text == "run"_L1 ? SavedMigrations::Run : SavedMigrations::Ask;
        else
            issue(u"“migrations” must be run or ask."_s, node.line);
    }

    void scripts(const SettingsNode &node)
    {
        for (const auto &[key, value] : node.table) {
            if (key == "types"_L1)
                m_settings.typeScript = string(value, key);
            else if (key == "test"_L1)
                m_settings.testScript = string(value, key);
            else if (key == "dev"_L1)
                m_settings.devScript = string(value, key);
            else
                unknown(u"scripts."_s + key, value.line, u"types, test, dev"_s);
        }
        if (node.type != Type::Table)
            issue(u"“scripts” must be a table of script names."_s, node.line);
    }

    void timeouts(const SettingsNode &node)
    {
        for (const auto &[key, value] : node.table) {
            int *target = key == "start"_L1  ? &m_settings.startMs
                          : key == "stop"_L1 ? &m_settings.stopMs
                          : key == "swap"_L1 ? &m_settings.swapMs
                                             : nullptr;
            if (!target)
                unknown(u"timeouts."_s + key, value.line, u"start, stop, swap"_s);
            else if (value.type != Type::Number || value.number <= 0 || value.number > 3600)
                issue(u"“timeouts.%1” must be a number of seconds, at most 3600."_s.arg(key), value.line);
            else
                *target = int(value.number * 1000);
        }
        if (node.type != Type::Table)
            issue(u"“timeouts” must be a table of seconds."_s, node.line);
    }

    void commands(const SettingsNode &node, const QString &key)
    {
        if (node.type != Type::List)
            return issue(u"“%1” must be a list: [[command]]."_s.arg(key), node.line);
        for (const SettingsNode &one : node.list)
            command(one);
    }

    void command(const SettingsNode &node)
    {
        if (node.type != Type::Table)
            return issue(u"A command must be a table with “name” and “command”."_s, node.line);
        UserCommand command;
        const qsizetype before = m_settings.issues.size();
        for (const auto &[key, value] : node.table) {
            if (key == "name"_L1)
                command.name = string(value, key);
            else if (key == "command"_L1)
                command.program = string(value, key);
            else if (key == "args"_L1)
                command.arguments = strings(value, key);
            else if (key == "cwd"_L1)
                command.folder = string(value, key);
            else if (key == "env"_L1)
                environment(value, command);
            else if (key == "input"_L1 || key == "inputs"_L1)
                inputs(value, command);
            else
                unknown(u"command."_s + key, value.line, u"name, command, args, cwd, env, input"_s);
        }
        bool isBroken = false;
        for (qsizetype i = before; i < m_settings.issues.size(); ++i)
            isBroken |= m_settings.issues[i].isError;
        if (isBroken)
            return; // said already
        if (command.name.isEmpty() || command.program.isEmpty())
            return issue(u"A command needs “name” and “command”."_s, node.line);
        if (QDir::isAbsolutePath(command.folder) || QDir::cleanPath(command.folder).startsWith(".."_L1))
            return issue(u"“cwd” of “%1” must lie in the workspace."_s.arg(command.name), node.line);
        for (const UserCommand &other : std::as_const(m_settings.commands))
            if (other.name == command.name)
                return issue(u"There are two commands “%1”."_s.arg(command.name), node.line);
        m_settings.commands.append(command);
    }

    void environment(const SettingsNode &node, UserCommand &command)
    {
        if (node.type != Type::Table)
            return issue(u"“env” must be a table of texts."_s, node.line);
        for (const auto &[name, value] : node.table)
            command.environment.insert(name, string(value, u"env."_s + name));
    }

    void inputs(const SettingsNode &node, UserCommand &command)
    {
        if (node.type != Type::List)
            return issue(u"“input” must be a list: [[command.input]]."_s, node.line);
        for (const SettingsNode &one : node.list) {
            CommandInput input;
            for (const auto &[key, value] : one.table) {
                if (key == "name"_L1)
                    input.name = string(value, key);
                else if (key == "prompt"_L1)
                    input.prompt = string(value, key);
                else if (key == "default"_L1)
                    input.fallback = value.type == Type::Number ? QString::number(value.number) : string(value, key);
                else if (key == "glob"_L1)
                    input.glob = strings(value, key);
                else
                    unknown(u"input."_s + key, value.line, u"name, prompt, default, glob"_s);
            }
            if (input.name.isEmpty())
                issue(u"An input needs a “name”."_s, one.line);
            else
                command.inputs.append(input);
        }
    }

    Settings &m_settings;
};

Settings settingsFromPackage(const QByteArray &text)
{
    Settings settings;
    const QJsonObject package = QJsonDocument::fromJson(text).object(); // its own faults are told of by discovery
    if (!package.contains("paddock"_L1))
        return settings;
    settings.file = PackageName;
    const qsizetype at = text.indexOf("\"paddock\"");
    Interpreter(settings).root(nodeFromJson(package.value("paddock"_L1), 1 + int(text.left(at).count('\n'))));
    return settings;
}

QString preferencesFile(const QString &root)
{
    return paths::stateFolder() + u"/workspaces/"_s + paths::workspaceId(root) + u".json"_s;
}

} // namespace

Settings settingsFromToml(const QByteArray &text, const QString &file)
{
    Settings settings;
    settings.file = file;
    Interpreter interpreter(settings);
    if (const auto node = nodeFromToml(text))
        interpreter.root(*node);
    else
        interpreter.issue(u"Not TOML: %1"_s.arg(node.error().message), node.error().line,
                          u"Correct the file; until then nothing of it holds."_s);
    return settings;
}

Settings readSettings(const QString &root)
{
    QFile toml(root + u'/' + TomlName);
    QFile package(root + u'/' + PackageName);
    Settings inPackage;
    if (package.open(QIODevice::ReadOnly))
        inPackage = settingsFromPackage(package.readAll());
    if (!toml.exists())
        return inPackage;
    if (!toml.open(QIODevice::ReadOnly)) {
        inPackage.issues.append({true, TomlName, 0, u"paddock.toml cannot be read."_s, u"Check its rights."_s});
        return inPackage;
    }
    Settings settings = settingsFromToml(toml.readAll(), TomlName);
    if (!inPackage.file.isEmpty())
        settings.issues.append({false, PackageName, 0,
                                u"“paddock” in package.json is not used: there is a paddock.toml."_s,
                                u"Keep one of the two."_s});
    return settings;
}

bool isIgnoredBySettings(const QStringList &ignore, QStringView folder)
{
    const QStringView name = folder.mid(folder.lastIndexOf(u'/') + 1);
    for (const QString &one : ignore) {
        QStringView wanted(one);
        while (wanted.endsWith(u'/'))
            wanted.chop(1);
        if (wanted.startsWith("./"_L1))
            wanted = wanted.mid(2);
        if (folder == wanted || (!wanted.contains(u'/') && name == wanted))
            return true;
    }
    return false;
}

QLatin1StringView toString(RestartPolicy policy)
{
    switch (policy) {
    case RestartPolicy::Yes: return "yes"_L1;
    case RestartPolicy::No: return "no"_L1;
    case RestartPolicy::Always: return "always"_L1;
    case RestartPolicy::Ask: return "ask"_L1;
    }
    Q_UNREACHABLE();
}

std::optional<RestartPolicy> restartPolicyFromString(QStringView text)
{
    for (const auto policy : {RestartPolicy::Yes, RestartPolicy::No, RestartPolicy::Always, RestartPolicy::Ask})
        if (toString(policy) == text)
            return policy;
    return {};
}

Preferences readPreferences(const QString &root)
{
    Preferences preferences;
    QFile file(preferencesFile(root));
    if (!file.open(QIODevice::ReadOnly))
        return preferences;
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    preferences.restart = restartPolicyFromString(object.value("restart"_L1).toString());
    preferences.isManual = object.value("manual"_L1).toBool();
    preferences.database = object.value("database"_L1).toString();
    return preferences;
}

void writePreferences(const QString &root, const Preferences &preferences)
{
    QDir().mkpath(paths::stateFolder() + u"/workspaces"_s);
    QSaveFile file(preferencesFile(root));
    if (!file.open(QIODevice::WriteOnly))
        return;
    QJsonObject object{{u"root"_s, root}, {u"manual"_s, preferences.isManual}};
    if (preferences.restart)
        object.insert("restart"_L1, QString(toString(*preferences.restart)));
    if (!preferences.database.isEmpty())
        object.insert("database"_L1, preferences.database);
    file.write(QJsonDocument(object).toJson());
    file.commit();
}

} // namespace paddock::session
