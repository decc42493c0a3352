// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/data.h"

#include <QDir>
#include <array>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

/// The file that a path without or with an ending means, as the runtime looks for it.
QString fileAt(const FileTable &files, const QString &path)
{
    static constexpr std::array endings = {".ts"_L1,  ".tsx"_L1, ".mts"_L1, ".js"_L1,   ".mjs"_L1,
                                           ".jsx"_L1, ".cts"_L1, ".cjs"_L1, ".json"_L1, ".d.ts"_L1};
    static constexpr std::array swapped = {std::pair{".js"_L1, ".ts"_L1}, std::pair{".js"_L1, ".tsx"_L1},
                                           std::pair{".mjs"_L1, ".mts"_L1}, std::pair{".jsx"_L1, ".tsx"_L1}};
    if (!path.isEmpty() && files.find(path))
        return path;
    if (!path.isEmpty()) {
        for (const auto ending : endings) {
            if (const QString candidate = path + ending; files.find(candidate))
                return candidate;
        }
        // import "./x.js" names what the compiler would write for x.ts
        for (const auto &[written, real] : swapped) {
            if (!path.endsWith(written))
                continue;
            if (const QString candidate = path.chopped(written.size()) + real; files.find(candidate))
                return candidate;
        }
    }
    const QString folder = path.isEmpty() ? u"index"_s : path + u"/index"_s;
    for (const auto ending : endings) {
        if (const QString candidate = folder + ending; files.find(candidate))
            return candidate;
    }
    return {};
}

/// What '*' stands for when `text` fits `pattern`; null: it does not fit.
QString wildcard(const QString &pattern, const QString &text)
{
    const qsizetype star = pattern.indexOf(u'*');
    if (star < 0)
        return pattern == text ? u""_s : QString();
    const QStringView before = QStringView(pattern).first(star), after = QStringView(pattern).sliced(star + 1);
    if (text.size() < before.size() + after.size() || !text.startsWith(before) || !text.endsWith(after))
        return {};
    const QString inner = text.sliced(before.size(), text.size() - before.size() - after.size());
    return inner.isNull() ? u""_s : inner;
}

QString clean(const QString &path)
{
    const QString result = QDir::cleanPath(path);
    return result == "."_L1 || result.startsWith(".."_L1) ? QString() : result;
}

} // namespace

QString resolveImport(const FileTable &files, const Config &config, const QString &from, const QString &specifier)
{
    QString plain = specifier;
    if (const qsizetype query = plain.indexOf(u'?'); query > 0)
        plain.truncate(query);
    if (plain.startsWith(u'.')) {
        const qsizetype slash = from.lastIndexOf(u'/');
        const QString joined = (slash < 0 ? QString() : from.first(slash + 1)) + plain;
        const QString target = QDir::cleanPath(joined);
        if (target.startsWith(".."_L1))
            return {};
        return fileAt(files, target == "."_L1 ? QString() : target);
    }
    if (plain.startsWith(u'#')) {
        for (auto it = config.imports.cbegin(); it != config.imports.cend(); ++it) {
            const QString rest = wildcard(it.key(), plain);
            if (rest.isNull())
                continue;
            if (const QString found = fileAt(files, clean(QString(*it).replace(u'*', rest))); !found.isEmpty())
                return found;
        }
    }
    // The longest pattern wins, as in the compiler.
    qsizetype best = -1;
    QString result;
    for (const auto &[pattern, targets] : config.paths) {
        const QString rest = wildcard(pattern, plain);
        const qsizetype weight = pattern.indexOf(u'*') < 0 ? pattern.size() + 1000 : pattern.indexOf(u'*');
        if (rest.isNull() || weight <= best)
            continue;
        for (const QString &target : targets) {
            if (const QString found = fileAt(files, clean(QString(target).replace(u'*', rest))); !found.isEmpty()) {
                best = weight;
                result = found;
                break;
            }
        }
    }
    if (best >= 0)
        return result;
    for (const QString &base : config.baseDirs) {
        const QString path = base.isEmpty() ? plain : base + u'/' + plain;
        if (const QString found = fileAt(files, clean(path)); !found.isEmpty())
            return found;
    }
    return {};
}

std::vector<Edge> resolveImports(const FileTable &files, const Config &config, const QString &from,
                                 const QStringList &specifiers)
{
    std::vector<Edge> edges;
    edges.reserve(static_cast<size_t>(specifiers.size()));
    for (const QString &specifier : specifiers) {
        const QString target = resolveImport(files, config, from, specifier);
        const SourceFile *file = target.isEmpty() ? nullptr : files.find(target);
        edges.push_back({file ? file->path : target}); // one text for all who import it
    }
    return edges;
}

} // namespace paddock::workspace
