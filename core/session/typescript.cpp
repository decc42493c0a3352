// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/typescript.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

namespace paddock::session {

using namespace Qt::StringLiterals;

QString findTypeScript(const QString &root)
{
    QFile file(root + u"/package.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QJsonObject scripts = QJsonDocument::fromJson(file.readAll()).object().value("scripts"_L1).toObject();
    for (const QString &usual : {u"gen:types"_s, u"generate:types"_s, u"types:generate"_s})
        if (scripts.contains(usual))
            return usual;
    for (auto it = scripts.begin(); it != scripts.end(); ++it)
        if (it.value().toString().contains("donkeylabs generate"_L1))
            return it.key();
    return {};
}

pipeline::JobSpec typeScriptJob(const QString &root, const QString &bun, const QString &script)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    // Scripts call `bun` by name; they must get the one that runs the server.
    environment.insert(u"PATH"_s, QFileInfo(bun).path() + u':' + environment.value(u"PATH"_s));
    if (!environment.contains(u"NO_COLOR"_s))
        environment.insert(u"FORCE_COLOR"_s, u"1"_s);
    return {.name = script,
            .program = bun,
            .arguments = {u"run"_s, script},
            .folder = root,
            .environment = environment};
}

} // namespace paddock::session
