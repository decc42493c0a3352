// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace paddock::ui::trust {

namespace {

constexpr qint64 LargestPackageFile = 1024 * 1024;

QString tr(const char *text, int n = -1)
{
    return QCoreApplication::translate("paddock::ui::trust", text, nullptr, n);
}

} // namespace

Summary summaryOf(const QString &root, const workspace::Workspace &workspace)
{
    Summary summary;
    summary.entry = workspace.entry;
    summary.plugins = int(workspace.plugins.size());
    QFile file(QDir(root).filePath(u"package.json"_s));
    if (file.size() > LargestPackageFile || !file.open(QIODevice::ReadOnly))
        return summary;
    const QJsonObject scripts = QJsonDocument::fromJson(file.readAll())["scripts"_L1].toObject();
    if (const QString generate = scripts["gen:types"_L1].toString(); !generate.isEmpty())
        summary.scripts.append(u"gen:types: "_s + generate);
    return summary;
}

QString text(const Summary &summary)
{
    QStringList lines;
    if (summary.entry.isEmpty())
        lines.append(tr("No server entry was found yet; whatever it turns out to be would run."));
    else
        lines.append(tr("Starting the server runs “%1” and the plugins and migrations that it loads, with your rights.")
                         .arg(summary.entry));
    for (const QString &script : summary.scripts)
        lines.append(tr("Type generation runs the package script “%1”.").arg(script));
    lines.append(tr("Without your trust Paddock only reads the files."));
    return lines.join(u'\n');
}

} // namespace paddock::ui::trust
