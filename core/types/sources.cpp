// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/sources.h"

#include "workspace/data.h"
#include "workspace/model.h"
#include "workspace/shape.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>

namespace paddock::types {

using namespace Qt::StringLiterals;
using workspace::Declaration;
using workspace::Export;
using workspace::PluginDef;
using workspace::SourceFile;

namespace {

/// The name under which a module exports what is defined at a line.
QString exportOf(const SourceFile &file, int line)
{
    for (const Export &exported : file.facts->exports) {
        if (exported.typeOnly || !exported.specifier.isEmpty())
            continue;
        if (exported.value && exported.local.isEmpty()) {
            if (exported.value->line == line || exported.name == "default"_L1)
                return exported.name;
            continue;
        }
        const Declaration *declaration = file.facts->declaration(exported.local);
        if (declaration && !declaration->isTypeOnly() && declaration->line <= line && line <= declaration->endLine)
            return exported.name;
    }
    return {};
}

QStringList partsOf(const workspace::Plugin &plugin)
{
    QStringList parts{u"service"_s};
    if (!plugin.schemaType.isEmpty())
        parts << u"schema"_s;
    if (!plugin.events.isEmpty())
        parts << u"events"_s;
    if (!plugin.errors.isEmpty())
        parts << u"errors"_s;
    return parts;
}

void findGenerated(Sources &sources, const workspace::Config &config)
{
    for (const QString &folder : {config.outDir, u".@donkeylabs/server"_s}) {
        const QDir dir(sources.root + u'/' + folder);
        if (folder.isEmpty() || !dir.exists())
            continue;
        sources.generatedFolder = QDir::cleanPath(folder);
        QDirIterator it(dir.path(), {u"*.ts"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext())
            sources.generatedFiles << sources.generatedFolder + u'/' + dir.relativeFilePath(it.next());
        break;
    }
    if (!config.clientOutput.isEmpty() && QFile::exists(sources.root + u'/' + config.clientOutput) &&
        config.clientOutput.endsWith(".ts"_L1))
        sources.generatedFiles << QDir::cleanPath(config.clientOutput);
    sources.generatedFiles.removeDuplicates();
    sources.generatedFiles.sort();
    for (const QString &file : std::as_const(sources.generatedFiles)) {
        if (file == sources.generatedFolder + u"/routes.ts"_s)
            sources.routesFile = file;
        if (file == sources.generatedFolder + u"/events.ts"_s)
            sources.eventsFile = file;
    }
}

} // namespace

Sources sourcesOf(const workspace::ProjectState &state)
{
    const workspace::ProjectData &data = state.data();
    const workspace::Workspace described = workspace::describe(state);
    Sources sources{.root = state.root(), .framework = QString(workspace::frameworkPackage)};
    const workspace::Model &model = data.model();
    for (const workspace::Plugin &plugin : described.plugins) {
        const PluginDef *def = model.plugin(plugin.name);
        const SourceFile *file = def ? data.files.find(def->file) : nullptr;
        if (!file || !file->facts)
            continue;
        sources.plugins.append({.name = plugin.name,
                                .file = def->file,
                                .exportName = exportOf(*file, def->line),
                                .parts = partsOf(plugin),
                                .line = def->line});
        sources.places.insert(u"plugin "_s + plugin.name, {def->file, def->line});
        for (const workspace::ServiceMember &member : workspace::serviceOf(data, *def).members)
            sources.places.insert(u"plugin %1.%2"_s.arg(plugin.name, member.name),
                                  {member.file.isEmpty() ? def->file : member.file, member.line});
    }
    for (const workspace::Route &route : described.routes) {
        const QString name = route.version.isEmpty() ? route.name : route.name + u'@' + route.version;
        sources.routes.append({name, route.handler, route.hasInput, route.hasOutput});
        sources.places.insert(u"route "_s + name, {route.file, route.line});
    }
    findGenerated(sources, data.config);
    return sources;
}

QMap<QString, QByteArray> hashesOf(const QString &root, const QStringList &files)
{
    QMap<QString, QByteArray> hashes;
    for (const QString &path : files) {
        QFile file(root + u'/' + path);
        if (file.open(QIODevice::ReadOnly))
            hashes.insert(path,
                          QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex().first(32));
    }
    return hashes;
}

} // namespace paddock::types
