// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hostenvironment.h"
#include "commands.h"
#include "printer.h"
#include "process/living.h"
#include "version.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>
#include <cstdio>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace paddock::cli;

namespace {

QList<QCommandLineOption> globalOptions()
{
    return {
        {{u"C"_s, u"workspace"_s}, u"The workspace; else the nearest one upwards."_s, u"DIR"_s},
        {u"sample"_s, u"The sample workspace (a copy of your own)."_s},
        {u"json"_s, u"One JSON document, or one object a line for streams, on stdout."_s},
        {u"color"_s, u"auto, always or never."_s, u"WHEN"_s, u"auto"_s},
        {u"quiet"_s, u"Only errors."_s},
        {{u"h"_s, u"help"_s}, u"This help."_s},
        {{u"v"_s, u"version"_s}, u"The version."_s},
    };
}

QString optionLine(const QCommandLineOption &option)
{
    QStringList names;
    for (const QString &name : option.names())
        names << (name.size() == 1 ? u"-"_s : u"--"_s) + name;
    const QString left = names.join(u", "_s) + (option.valueName().isEmpty() ? QString() : u' ' + option.valueName());
    return u"  "_s + left.leftJustified(24) + u' ' + option.description() + u'\n';
}

QString help(const Command *command)
{
    QString text;
    if (command) {
        text = u"paddockctl %1 %2\n  %3\n"_s.arg(command->name, command->arguments, command->summary);
        if (!command->options.isEmpty())
            text += u"\nOptions:\n"_s;
        for (const QCommandLineOption &option : command->options)
            text += optionLine(option);
        text += u"\nOptions everywhere:\n"_s;
    } else {
        text = u"paddockctl [OPTIONS] COMMAND [ARGUMENTS]\n\nCommands:\n"_s;
        for (const Command &one : commands())
            text += u"  "_s + one.name.leftJustified(10) + u' ' + one.summary + u'\n';
        text += u"\nOptions:\n"_s;
    }
    for (const QCommandLineOption &option : globalOptions())
        text += optionLine(option);
    if (!command)
        text += u"\nExit status: 0 done; 1 it ran and failed; 2 wrong usage; 3 no workspace; 4 no session or server; "
                "5 not trusted.\n“paddockctl COMMAND --help” says more of a command.\n"_s;
    return text;
}

int usage(const QString &message, const QString &command = {})
{
    if (QCoreApplication::arguments().contains(u"--json"_s)) // whoever reads it gets a document in any case
        QTextStream(stdout) << QJsonDocument(QJsonObject{{u"error"_s, QJsonObject{{u"code"_s, u"usage"_s},
                                                                                  {u"message"_s, message}}}})
                                   .toJson(QJsonDocument::Compact)
                            << u'\n';
    QTextStream(stderr) << u"error: "_s << message << u"\n  See “paddockctl "_s << command
                        << (command.isEmpty() ? u"--help”.\n"_s : u" --help”.\n"_s);
    return Usage;
}

} // namespace

int main(int argc, char *argv[])
{
    paddock::prepareHostEnvironment();
    QCoreApplication application(argc, argv);
    const paddock::process::EndOfChildren endOfChildren;
    QCoreApplication::setApplicationName(u"paddockctl"_s);
    QCoreApplication::setApplicationVersion(QLatin1StringView(paddock::VERSION));

    // Options of the runtime that may stand without a value, which the parser does not know.
    QStringList arguments = QCoreApplication::arguments();
    for (QString &argument : arguments)
        if (argument == "--inspect"_L1 || argument == "--inspect-wait"_L1 || argument == "--inspect-brk"_L1)
            argument += u'=';

    // The first pass only finds the command; what it does not know may belong to the command.
    QCommandLineParser first;
    first.addOptions(globalOptions());
    first.parse(arguments);
    const QStringList positional = first.positionalArguments();
    const Command *command = nullptr;
    if (!positional.isEmpty()) {
        for (const Command &one : commands())
            if (one.name == positional.first())
                command = &one;
        if (!command && !first.isSet(u"version"_s))
            return usage(u"there is no command “%1”"_s.arg(positional.first()));
    }
    if (first.isSet(u"version"_s)) {
        QTextStream(stdout) << u"paddockctl "_s << QLatin1StringView(paddock::VERSION) << u'\n';
        return Done;
    }
    if (first.isSet(u"help"_s)) {
        QTextStream(stdout) << help(command);
        return Done;
    }
    if (!command) {
        QTextStream(stderr) << help(nullptr);
        return Usage;
    }

    Invocation invocation;
    invocation.command = command->name;
    invocation.parser.addOptions(globalOptions());
    invocation.parser.addOptions(command->options);
    if (!invocation.parser.parse(arguments))
        return usage(invocation.parser.errorText(), command->name);
    invocation.arguments = invocation.parser.positionalArguments().mid(1);
    if (invocation.arguments.size() < command->minArguments || invocation.arguments.size() > command->maxArguments)
        return usage(
            invocation.arguments.size() < command->minArguments
                ? u"“%1” needs %2"_s.arg(command->name, command->arguments)
                : u"“%1” does not take “%2”"_s.arg(command->name, invocation.arguments.value(command->maxArguments)),
            command->name);
    if (!command->words.isEmpty() && !invocation.arguments.isEmpty() &&
        !command->words.contains(invocation.arguments.first()))
        return usage(
            u"“%1” takes %2, not “%3”"_s.arg(command->name, command->words.join(u", "_s), invocation.arguments.first()),
            command->name);
    for (const QString &name : command->numbers) {
        bool isNumber = true;
        if (invocation.parser.isSet(name) && (invocation.parser.value(name).toLongLong(&isNumber) < 1 || !isNumber))
            return usage(u"--%1 takes a number from 1, not “%2”"_s.arg(name, invocation.parser.value(name)),
                         command->name);
    }
    const QString color = invocation.parser.value(u"color"_s);
    if (color != "auto"_L1 && color != "always"_L1 && color != "never"_L1)
        return usage(u"--color takes auto, always or never"_s, command->name);
    invocation.folder = invocation.parser.value(u"workspace"_s);
    invocation.sample = invocation.parser.isSet(u"sample"_s);
    invocation.json = invocation.parser.isSet(u"json"_s);
    invocation.quiet = invocation.parser.isSet(u"quiet"_s);
    invocation.color = color == "always"_L1 || (color == "auto"_L1 && !qEnvironmentVariableIsSet("NO_COLOR") &&
                                                ::isatty(invocation.json ? STDERR_FILENO : STDOUT_FILENO));
    return command->run(invocation);
}
