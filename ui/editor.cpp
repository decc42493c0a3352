// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "editor.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QFileInfo>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace paddock::ui::editor {

namespace {

QString knownPattern()
{
    static const std::pair<QString, QString> known[] = {
        {u"code"_s, u"code --goto %f:%l"_s},
        {u"codium"_s, u"codium --goto %f:%l"_s},
        {u"cursor"_s, u"cursor --goto %f:%l"_s},
        {u"zed"_s, u"zed %f:%l"_s},
        {u"webstorm"_s, u"webstorm --line %l %f"_s},
        {u"idea"_s, u"idea --line %l %f"_s},
        {u"subl"_s, u"subl %f:%l"_s},
        {u"kate"_s, u"kate --line %l %f"_s},
        {u"gnome-text-editor"_s, u"gnome-text-editor %f +%l"_s},
        {u"gedit"_s, u"gedit %f +%l"_s},
    };
    for (const auto &[program, pattern] : known) {
        if (!QStandardPaths::findExecutable(program).isEmpty())
            return pattern;
    }
    return {};
}

} // namespace

QStringList command(const QString &pattern, const QString &file, int line)
{
    QString chosen = pattern;
    if (chosen.isEmpty())
        chosen = qEnvironmentVariable("PADDOCK_EDITOR");
    if (chosen.isEmpty())
        chosen = knownPattern();
    if (chosen.isEmpty())
        return {};
    QStringList words = QProcess::splitCommand(chosen);
    bool namesFile = false;
    for (QString &word : words) {
        namesFile |= word.contains("%f"_L1);
        word.replace("%l"_L1, QString::number(qMax(1, line))).replace("%f"_L1, file);
    }
    if (!namesFile)
        words.append(file);
    return words;
}

Result<> open(const QString &file, int line)
{
    if (!QFileInfo::exists(file))
        return fail(u"no-file"_s, QCoreApplication::translate("editor", "The file is not there any more."), {}, file);
    QStringList words = command(QSettings().value("editor/command").toString(), file, line);
    if (!words.isEmpty()) {
        const QString program = words.takeFirst();
        if (QProcess::startDetached(program, words))
            return {};
        return fail(u"editor-failed"_s,
                    QCoreApplication::translate("editor", "The editor could not be started: %1").arg(program),
                    QCoreApplication::translate("editor", "Set PADDOCK_EDITOR, such as “code --goto %f:%l”."), file);
    }
    if (QDesktopServices::openUrl(QUrl::fromLocalFile(file)))
        return {};
    return fail(u"no-editor"_s, QCoreApplication::translate("editor", "No editor was found."),
                QCoreApplication::translate("editor", "Set PADDOCK_EDITOR, such as “code --goto %f:%l”."), file);
}

} // namespace paddock::ui::editor
