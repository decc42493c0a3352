// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/config.h"
#include "workspace/data.h"
#include "workspace/project.h"

namespace paddock::workspace {

ProjectState takeFiles(const ProjectState &base, const ProjectState &from, const QStringList &files)
{
    auto data = std::make_shared<ProjectData>();
    data->root = base.data().root;
    data->files = base.data().files;
    data->config = base.data().config;
    data->notes = base.data().notes;
    for (const QString &path : files) {
        if (const SourceFilePtr file = from.data().files.get(path))
            data->files.set(file);
        else
            data->files.remove(path);
        if (isConfigFile(path)) {
            data->config = from.data().config;
            data->notes = from.data().notes;
        }
    }
    data->startFrom(from.data()); // most of it is as there
    return ProjectState(data);
}

} // namespace paddock::workspace
