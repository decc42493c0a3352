// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/joboffers.h"

#include "session/bun.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr auto WatcherScript = "scripts/watcher.ts"_L1;

QJsonObject scriptsOf(const QString &root)
{
    QFile file(root + u"/package.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object().value("scripts"_L1).toObject();
}

/// Files below the root that a pattern such as "fixtures/**/*.json" names, sorted, relative.
QStringList filesOf(const QString &root, const QString &pattern)
{
    QString expression = QRegularExpression::escape(pattern);
    expression.replace(u"\\*\\*\\/"_s, u"(?:.*/)?"_s).replace(u"\\*\\*"_s, u".*"_s);
    expression.replace(u"\\*"_s, u"[^/]*"_s).replace(u"\\?"_s, u"[^/]"_s);
    const QRegularExpression wanted(QRegularExpression::anchoredPattern(expression));
    // Only what lies below the fixed beginning of the pattern can match.
    const QString fixed = pattern.left(pattern.indexOf(QRegularExpression(u"[*?]"_s)));
    const QString folder = fixed.contains(u'/') ? fixed.left(fixed.lastIndexOf(u'/')) : QString();
    QStringList files;
    QDirIterator it(root + u'/' + folder, QDir::Files | QDir::NoSymLinks, QDirIterator::Subdirectories);
    const QDir base(root);
    while (it.hasNext()) {
        const QString relative = base.relativeFilePath(it.next());
        if (!relative.contains("node_modules/"_L1) && wanted.match(relative).hasMatch())
            files.append(relative);
    }
    files.sort();
    return files;
}

/// The arguments with each `${name}` replaced; one that is nothing but an input may become several.
Result<QStringList> fill(const QString &root, const UserCommand &command, const QMap<QString, QString> &inputs)
{
    for (auto it = inputs.begin(); it != inputs.end(); ++it)
        if (std::ranges::find(command.inputs, it.key(), &CommandInput::name) == command.inputs.end())
            return fail(u"unknown-input"_s, u"“%1” has no input “%2”."_s.arg(command.name, it.key()),
                        u"“paddockctl run” lists the jobs with their inputs."_s);
    QMap<QString, QStringList> values;
    for (const CommandInput &input : command.inputs) {
        if (inputs.contains(input.name)) {
            values.insert(input.name, {inputs.value(input.name)});
        } else if (!input.glob.isEmpty()) {
            QStringList files;
            for (const QString &pattern : input.glob)
                files += filesOf(root, pattern);
            if (files.isEmpty())
                return fail(u"no-match"_s,
                            u"No file matches “%1”, which “%2” needs."_s.arg(input.glob.join(u' '), command.name));
            values.insert(input.name, files);
        } else if (!input.fallback.isNull()) {
            values.insert(input.name, {input.fallback});
        } else {
            return fail(u"missing-input"_s, u"“%1” needs a value for “%2”."_s.arg(command.name, input.name),
                        u"Give it as %1=…"_s.arg(input.name), {}, input.prompt);
        }
    }
    QStringList arguments;
    for (const QString &argument : command.arguments) {
        const auto whole = std::ranges::find_if(
            command.inputs, [&](const CommandInput &input) { return argument == u"${"_s + input.name + u'}'; });
        if (whole != command.inputs.end()) {
            arguments += values.value(whole->name);
            continue;
        }
        QString text = argument;
        for (auto it = values.begin(); it != values.end(); ++it)
            text.replace(u"${"_s + it.key() + u'}', it.value().join(u' '));
        arguments.append(text);
    }
    return arguments;
}

} // namespace

QString watcherJobName(const QString &plugin)
{
    return u"watch "_s + plugin;
}

QList<JobOffer> jobOffers(const QString &root, const Settings &settings, const QStringList &plugins)
{
    QList<JobOffer> offers;
    const auto add = [&offers](const JobOffer &offer) {
        if (std::ranges::find(offers, offer.name, &JobOffer::name) == offers.end())
            offers.append(offer);
    };
    for (const UserCommand &command : settings.commands)
        add({command.name, u"command"_s, (QStringList(command.program) + command.arguments).join(u' '),
             command.inputs});
    add({u"install"_s, u"install"_s, u"bun install"_s, {}});
    const QJsonObject scripts = scriptsOf(root);
    const QString test = settings.testScript.isEmpty() ? u"test"_s : settings.testScript;
    if (scripts.contains(test))
        add({test, u"test"_s, u"bun run "_s + test, {}});
    for (auto it = scripts.begin(); it != scripts.end(); ++it)
        add({it.key(), u"script"_s, u"bun run "_s + it.key(), {}});
    if (QFileInfo(root + u'/' + WatcherScript).isFile())
        for (const QString &plugin : plugins)
            add({watcherJobName(plugin), u"watcher"_s, u"bun "_s + WatcherScript + u' ' + plugin, {}});
    return offers;
}

QProcessEnvironment scriptEnvironment(const QString &bun)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    // Scripts call `bun` by name; they must get the one that runs the server.
    environment.insert(u"PATH"_s, QFileInfo(bun).path() + u':' + environment.value(u"PATH"_s));
    if (!environment.contains(u"NO_COLOR"_s))
        environment.insert(u"FORCE_COLOR"_s, u"1"_s);
    return environment;
}

Result<pipeline::JobSpec> jobSpec(const QString &root, const QString &bunGiven, const Settings &settings,
                                  const QStringList &plugins, const QString &name, const QMap<QString, QString> &inputs)
{
    const QList<JobOffer> offers = jobOffers(root, settings, plugins);
    const auto offer = std::ranges::find(offers, name, &JobOffer::name);
    if (offer == offers.end()) {
        if (name.startsWith("watch "_L1))
            return fail(u"no-watcher"_s,
                        QFileInfo(root + u'/' + WatcherScript).isFile()
                            ? u"There is no plugin “%1”."_s.arg(name.mid(6))
                            : u"This workspace has no %1."_s.arg(WatcherScript),
                        u"“paddockctl watch PLUGIN” without --script limits Paddock's own pipeline to the plugin."_s);
        QStringList names;
        for (const JobOffer &one : offers)
            names.append(one.name);
        return fail(u"no-job"_s, u"There is no job “%1”."_s.arg(name), u"There are: %1."_s.arg(names.join(u", "_s)));
    }
    const auto bun = bunGiven.isEmpty() ? findBun(root) : Result<QString>(bunGiven);
    if (!bun)
        return std::unexpected(bun.error());
    pipeline::JobSpec spec{
        .name = name, .kind = offer->kind, .program = *bun, .folder = root, .environment = scriptEnvironment(*bun)};
    if (offer->kind == "command"_L1) {
        const auto command = std::ranges::find(settings.commands, name, &UserCommand::name);
        const auto arguments = fill(root, *command, inputs);
        if (!arguments)
            return std::unexpected(arguments.error());
        spec.program = command->program == "bun"_L1 ? *bun : command->program;
        spec.arguments = *arguments;
        if (!command->folder.isEmpty())
            spec.folder = QDir::cleanPath(root + u'/' + command->folder);
        for (auto it = command->environment.begin(); it != command->environment.end(); ++it)
            spec.environment.insert(it.key(), it.value());
        return spec;
    }
    if (!inputs.isEmpty())
        return fail(u"unknown-input"_s, u"“%1” takes no inputs."_s.arg(name));
    if (offer->kind == "install"_L1)
        spec.arguments = {u"install"_s};
    else if (offer->kind == "watcher"_L1)
        spec.arguments = {QString(WatcherScript), name.mid(6)};
    else
        spec.arguments = {u"run"_s, name};
    return spec;
}

} // namespace paddock::session
