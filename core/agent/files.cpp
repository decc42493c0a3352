// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/files.h"

#include "base/carriedfiles.h"

#include <QDir>

// Resources of a static library are not registered by themselves; the macro must stand outside any namespace.
static void registerAgentResource()
{
    Q_INIT_RESOURCE(agent);
}

namespace paddock::agent {

using namespace Qt::StringLiterals;

Result<QString> installedAgent()
{
    if (const QString folder = qEnvironmentVariable("PADDOCK_AGENT_DIR"); !folder.isEmpty())
        return QDir(folder).absoluteFilePath(u"agent.ts"_s);
    registerAgentResource();
    return layOutCarriedFiles(u":/paddock/agent"_s, u"agent"_s).transform([](const QString &folder) {
        return QString(folder + u"/agent.ts"_s);
    });
}

} // namespace paddock::agent
