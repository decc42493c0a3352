// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/staleness.h"

#include "base/paths.h"
#include "workspace/data.h"
#include "workspace/model.h"
#include "workspace/shape.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSaveFile>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

QString fileOf(const QString &root)
{
    return paths::dataFolder() + u"/types/"_s + paths::workspaceId(root) + u"/generated-from"_s;
}

class Inputs final
{
public:
    void add(const QString &text) { m_hash.addData((text + u'\n').toUtf8()); }
    void add(quint64 number) { add(QString::number(number, 16)); }
    void add(const QMap<QString, quint64> &members)
    {
        for (auto it = members.begin(); it != members.end(); ++it) {
            add(it.key());
            add(it.value());
        }
        add(u"."_s);
    }
    [[nodiscard]] QByteArray result() const { return m_hash.result().toHex().first(32); }

private:
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

} // namespace

QByteArray generationInputs(const workspace::ProjectState &state)
{
    const workspace::ProjectData &data = state.data();
    const workspace::Model &model = data.model();
    Inputs inputs;
    for (const workspace::PluginDef &def : model.plugins) {
        const workspace::PluginShape shape = workspace::shapeOf(data, def);
        inputs.add(u"plugin "_s + shape.name);
        inputs.add(shape.file);
        inputs.add(shape.dependencies.join(u','));
        inputs.add(shape.handlers);
        inputs.add(shape.middleware);
        inputs.add(shape.events);
        inputs.add(shape.errors);
        inputs.add(shape.config);
        inputs.add(shape.schema);
    }
    for (const workspace::RouteDef &def : model.routes) {
        const workspace::RouteShape shape = workspace::shapeOf(data, def);
        inputs.add(u"route %1 %2 %3"_s.arg(def.name, def.version, def.handler));
        for (const quint64 part : {shape.input, shape.output, shape.events, shape.files})
            inputs.add(part);
    }
    for (const auto &events : {u"src/events.ts"_s, u"src/server/events.ts"_s, u"src/lib/events.ts"_s})
        if (const workspace::SourceFile *file = data.files.find(events); file && file->facts)
            inputs.add(file->facts->codeHash);
    return inputs.result();
}

void rememberGeneration(const QString &root, const QByteArray &inputs)
{
    const QString path = fileOf(root);
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(inputs) == inputs.size())
        file.commit();
}

QByteArray rememberedGeneration(const QString &root)
{
    QFile file(fileOf(root));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

} // namespace paddock::types
