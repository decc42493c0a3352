// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What type generation reads by its place or by its text, whoever else loads it or does not.
#include "change/classifier_p.h"

#include "workspace/config.h"

#include <algorithm>
#include <array>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

namespace {

bool declaresEvents(const SourceFile &file)
{
    static constexpr std::array places = {"src/events.ts"_L1, "src/server/events.ts"_L1, "src/lib/events.ts"_L1};
    return std::ranges::contains(places, file.path) &&
           std::ranges::any_of(file.facts->declarations,
                               [](const Declaration &d) { return d.names.contains("defineEvents"_L1); });
}

/// src/routes/<namespace>/<route>/schema.ts
bool isRouteSchema(const QString &path)
{
    return path.startsWith("src/routes/"_L1) && path.endsWith("/schema.ts"_L1) && path.count(u'/') == 4;
}

bool definesService(const SourceFile &file)
{
    return std::ranges::any_of(file.facts->imports, [](const Import &import) {
        return import.specifier == frameworkPackage && std::ranges::any_of(import.names, [](const ImportName &name) {
                   return !name.typeOnly && name.imported == "defineService"_L1;
               });
    });
}

} // namespace

void Classifier::readByTypeGeneration()
{
    const auto isRead = [](const ProjectData &data, const QString &path) {
        const SourceFile *file = data.files.find(path);
        return file && file->facts.head().isSource &&
               (declaresEvents(*file) || isRouteSchema(path) ||
                (data.model().loaded.contains(path) && definesService(*file)));
    };
    for (const QString &path : std::as_const(m_sources)) {
        if (!isRead(m_before, path) && !isRead(*m_after, path))
            continue;
        const auto tells = [&path](const Change &c) { return c.files.contains(path); };
        const auto change = std::ranges::find_if(m_changes, tells);
        if (change == m_changes.end() ||
            std::ranges::any_of(m_changes, [&](const Change &c) { return tells(c) && c.has(Action::TypeGen); }))
            continue;
        change->actions.append(Action::TypeGen);
        if (change->kind == Kind::NoEffect) {
            change->kind = Kind::SharedModule;
            change->reason = u"Type generation reads %1, which the server does not load."_s.arg(path);
        } else {
            change->reason += u" Type generation reads it as well."_s;
        }
    }
}

} // namespace paddock::change
