// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Files that parse, and yet take from the entry what it imports: cut off while they were written, or half of a rename.
#include "change/classifier_p.h"

#include "change/words.h"

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

/// Where the entry imports from a file what that no longer exports, so that a start of the server would fail: a
/// sentence.
QString Classifier::lostImport(const QString &path) const
{
    const SourceFile *entry = m_after->files.find(m_after->model().entry);
    if (!entry || entry->path == path || !m_after->files.find(path))
        return {};
    const auto found = [](const Target &t) { return t.declaration || t.wholeModule || t.isExternal(); };
    for (size_t i = 0; i < entry->facts->imports.size(); ++i) {
        const Import &import = entry->facts->imports[i];
        const SourceFile *old = m_before.files.find(entry->edges[i].target); // the file itself, or a barrel
        const SourceFile *now = m_after->files.find(entry->edges[i].target);
        if (import.typeOnly || import.kind != Import::Kind::Static || !old || !now)
            continue;
        for (const ImportName &name : import.names) {
            if (name.typeOnly || name.imported == "*"_L1)
                continue;
            const Target was = Lookup(m_before).exported(*old, name.imported);
            const bool isHere = (was.file && was.file->path == path) || old->path == path; // or handed on from here
            if (isHere && found(was) && !found(Lookup(*m_after).exported(*now, name.imported)))
                return u"%1 no longer exports %2, which %3 imports: the server could not start with it."_s.arg(
                    path, name.imported, entry->path);
        }
    }
    return {};
}

/// Such a file counts as unchanged for everything else, as one that does not parse does. (A file that still defines
/// what it is there for is none: its plugin is found under another name, and the entry will follow.)
void Classifier::lostFiles()
{
    const auto defines = [](const ProjectData &data, const QString &path) {
        return !data.model().pluginsIn.value(path).isEmpty() || !data.model().routersIn.value(path).isEmpty();
    };
    const QStringList sources = m_sources;
    for (const QString &path : sources) {
        const QString sentence = defines(m_real, path) ? QString() : lostImport(path);
        if (sentence.isEmpty())
            continue;
        m_sources.removeAll(path);
        m_lost.append(path);
        Subject subject = ownerOf(path, m_before);
        const bool isPlugin = subject.type == Subject::Type::Plugin;
        if (!isPlugin)
            subject = {Subject::Type::Module, path};
        const Kind kind = isPlugin                  ? Kind::PluginStructure
                          : defines(m_before, path) ? Kind::RouteStructure
                                                    : Kind::SharedModule;
        Change &change = add(kind, subject, {path}, {Action::Hold}, sentence);
        if (isPlugin)
            change.details.append({u"plugin-removed"_s, subject.name});
    }
}

} // namespace paddock::change
