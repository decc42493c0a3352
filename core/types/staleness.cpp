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
#include <QJsonDocument>
#include <QJsonObject>
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

GenerationInputs generationInputs(const workspace::ProjectState &state)
{
    const workspace::ProjectData &data = state.data();
    const workspace::Model &model = data.model();
    GenerationInputs result;
    for (const workspace::PluginDef &def : model.plugins) {
        const workspace::PluginShape shape = workspace::shapeOf(data, def);
        Inputs inputs;
        inputs.add(shape.file);
        inputs.add(shape.dependencies.join(u','));
        inputs.add(shape.handlers);
        inputs.add(shape.middleware);
        inputs.add(shape.events);
        inputs.add(shape.errors);
        inputs.add(shape.config);
        inputs.add(shape.schema);
        result.insert(u"plugin "_s + shape.name, inputs.result());
    }
    for (const workspace::RouteDef &def : model.routes) {
        const workspace::RouteShape shape = workspace::shapeOf(data, def);
        Inputs inputs;
        inputs.add(def.handler);
        for (const quint64 part : {shape.input, shape.output, shape.events, shape.files})
            inputs.add(part);
        const QString name = def.version.isEmpty() ? def.name : def.name + u'@' + def.version;
        result.insert(u"route "_s + name, inputs.result());
    }
    Inputs events;
    for (const auto &file : {u"src/events.ts"_s, u"src/server/events.ts"_s, u"src/lib/events.ts"_s})
        if (const workspace::SourceFile *source = data.files.find(file))
            events.add(source->facts.head().codeHash);
    result.insert(u"events"_s, events.result());
    return result;
}

QStringList staleSubjects(const GenerationInputs &then, const GenerationInputs &now)
{
    QStringList stale;
    GenerationInputs all = then;
    all.insert(now);
    for (auto it = all.begin(); it != all.end(); ++it)
        if (then.value(it.key()) != now.value(it.key()))
            stale << it.key();
    return stale;
}

void rememberGeneration(const QString &root, const GenerationInputs &inputs)
{
    QJsonObject json;
    for (auto it = inputs.begin(); it != inputs.end(); ++it)
        json.insert(it.key(), QString::fromLatin1(it.value()));
    const QByteArray bytes = QJsonDocument(json).toJson(QJsonDocument::Compact);
    const QString path = fileOf(root);
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size())
        file.commit();
}

GenerationInputs rememberedGeneration(const QString &root)
{
    GenerationInputs inputs;
    QFile file(fileOf(root));
    if (!file.open(QIODevice::ReadOnly))
        return inputs;
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    for (auto it = json.begin(); it != json.end(); ++it)
        inputs.insert(it.key(), it.value().toString().toLatin1());
    return inputs;
}

} // namespace paddock::types
