// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/bun.h"

#include <QFileInfo>
#include <QStandardPaths>

namespace paddock::session {

using namespace Qt::StringLiterals;

Result<QString> findBun(const QString &workspaceRoot)
{
    if (const QString named = qEnvironmentVariable("PADDOCK_BUN"); !named.isEmpty()) {
        const QFileInfo file(named);
        if (file.isFile() && file.isExecutable())
            return file.absoluteFilePath();
        // The user named one: silently taking another would hide the mistake.
        return fail(u"no-bun"_s, u"PADDOCK_BUN names “%1”, which cannot be run."_s.arg(named),
                    u"Correct PADDOCK_BUN, or unset it to use the workspace's own bun or the one in PATH."_s, named);
    }
    const QFileInfo own(workspaceRoot + u"/node_modules/.bin/bun"_s);
    if (own.isFile() && own.isExecutable())
        return own.absoluteFilePath();
    if (const QString inPath = QStandardPaths::findExecutable(u"bun"_s); !inPath.isEmpty())
        return inPath;
    if (const QFileInfo fallback(qEnvironmentVariable("PADDOCK_FALLBACK_BUN")); fallback.isExecutable())
        return fallback.absoluteFilePath();
    return fail(u"no-bun"_s, u"No bun found: neither in the workspace (node_modules/.bin) nor in PATH."_s,
                u"Install it with “npm install --global bun” or in the workspace, or set PADDOCK_BUN to its path."_s);
}

} // namespace paddock::session
