// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/ignorerules.h"

#include <array>

namespace paddock::watch {

using namespace Qt::StringLiterals;

namespace {

QStringView lastName(QStringView relative)
{
    return relative.sliced(relative.lastIndexOf(u'/') + 1);
}

bool isDigits(QStringView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

/// QSaveFile and others write `name.ts.AbCdEf` first. A six-letter ending alone says nothing (.svelte, .prisma).
bool isRandomSuffix(QStringView name)
{
    const qsizetype dot = name.lastIndexOf(u'.');
    if (dot < 1 || name.size() - dot != 7)
        return false;
    static constexpr std::array endings = {".ts"_L1,  ".tsx"_L1, ".js"_L1,  ".jsx"_L1,  ".mjs"_L1,
                                           ".cjs"_L1, ".mts"_L1, ".cts"_L1, ".json"_L1, ".toml"_L1,
                                           ".sql"_L1, ".md"_L1,  ".env"_L1};
    const QStringView stem = name.first(dot);
    return std::any_of(endings.begin(), endings.end(), [&](QLatin1StringView e) { return stem.endsWith(e); });
}

QString folderReason(QStringView relative, QStringView name)
{
    if (name == "node_modules"_L1)
        return u"installed packages"_s;
    if (name == ".git"_L1)
        return u"version control's own folder"_s;
    if (name.startsWith(u'.'))
        return u"a folder whose name starts with a dot"_s;
    static constexpr std::array outputs = {"dist"_L1, "build"_L1, "out"_L1, "coverage"_L1};
    const bool inSources = relative.startsWith("src/"_L1) || relative.contains("/src/"_L1) ||
                           relative.startsWith("plugins/"_L1) || relative.contains("/plugins/"_L1);
    if (!inSources && std::find(outputs.begin(), outputs.end(), name) != outputs.end())
        return u"build output"_s;
    return {};
}

QString fileReason(QStringView name)
{
    if (name == ".git"_L1)
        return u"version control's own file"_s;
    if (name.startsWith("___jb_"_L1) || name.endsWith("___jb_tmp___"_L1) || name.endsWith("___jb_old___"_L1) ||
        name.endsWith("___jb_bak___"_L1))
        return u"a JetBrains editor's temporary file"_s;
    if (name.endsWith(u'~'))
        return u"an editor's backup file"_s;
    if (isDigits(name) && name.size() >= 4)
        return u"vim's test for write access"_s;
    if (name.startsWith(u'.') && name.size() > 5 && name.sliced(name.size() - 4).startsWith(".sw"_L1))
        return u"a vim swap file"_s;
    if (name.endsWith(".kate-swp"_L1))
        return u"a Kate swap file"_s;
    if (name.startsWith(".#"_L1))
        return u"an Emacs lock"_s;
    if (name.size() > 2 && name.startsWith(u'#') && name.endsWith(u'#'))
        return u"an Emacs auto-save file"_s;
    if (name.endsWith(".tmp"_L1) || name.endsWith(".vsctmp"_L1) || name.endsWith(".bak"_L1) ||
        name.endsWith(".crswap"_L1) || name.startsWith(".goutputstream-"_L1) || name.startsWith(".~lock."_L1) ||
        isRandomSuffix(name) || (name.startsWith("sed"_L1) && name.size() == 9 && !name.contains(u'.')))
        return u"an editor's temporary file"_s;
    if (name.startsWith(".nfs"_L1) || name.startsWith(".fuse_hidden"_L1) || name == ".DS_Store"_L1 ||
        name == "Thumbs.db"_L1)
        return u"the file system's own file"_s;
    if (name.endsWith(".db"_L1) || name.endsWith(".sqlite"_L1) || name.endsWith(".sqlite3"_L1) ||
        name.endsWith("-wal"_L1) || name.endsWith("-shm"_L1) || name.endsWith("-journal"_L1))
        return u"a database's file"_s;
    if (name.endsWith(".log"_L1))
        return u"a log"_s;
    return {};
}

} // namespace

void IgnoreRules::addGitignore(const QString &content)
{
    for (QStringView line : QStringView(content).split(u'\n')) {
        line = line.trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        Pattern pattern;
        if (line.startsWith(u'!')) {
            pattern.negated = true;
            line = line.sliced(1);
        }
        if (line.endsWith(u'/'))
            line.chop(1);
        if (line.startsWith("**/"_L1))
            line = line.sliced(3);
        pattern.anchored = line.contains(u'/');
        if (line.startsWith(u'/'))
            line = line.sliced(1);
        // A pattern that would take everything ("*" with exceptions after it) is no statement about big folders.
        if (line.isEmpty() || line == u"*" || line == u"**")
            continue;
        pattern.expression = QRegularExpression::fromWildcard(line, Qt::CaseSensitive);
        if (pattern.expression.isValid())
            m_gitignored.append(pattern);
    }
}

QString IgnoreRules::reason(QStringView relative, bool isFolder) const
{
    const QStringView name = lastName(relative);
    if (!isFolder)
        return fileReason(name);
    if (QString why = folderReason(relative, name); !why.isEmpty())
        return why;
    bool ignored = false;
    for (const Pattern &pattern : m_gitignored) {
        if (pattern.expression.matchView(pattern.anchored ? relative : name).hasMatch())
            ignored = !pattern.negated;
    }
    return ignored ? u"named in .gitignore"_s : QString();
}

} // namespace paddock::watch
