// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/usesearch.h"

#include "workspace/project.h"

#include <QFile>
#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

/// An argument may stand on a line of its own below the call.
constexpr int LinesOfACall = 4;
/// What a call gave is used further down, but hardly further than this.
constexpr int LinesOfAResult = 60;

bool isWord(const QString &text, qsizetype at)
{
    return at >= 0 && at < text.size() && (text[at].isLetterOrNumber() || text[at] == u'_' || text[at] == u'$');
}

QString readText(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// Occurrences as uses: with line, column and text.
void addOccurrences(QList<Use> &uses, const QString &file, const QString &text, const QString &needle, bool wholeWord)
{
    int line = 1;
    qsizetype lineStart = 0;
    qsizetype scanned = 0;
    for (qsizetype at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.size())) {
        if (wholeWord && isWord(text, at + needle.size()))
            continue;
        for (; scanned < at; ++scanned)
            if (text[scanned] == u'\n') {
                ++line;
                lineStart = scanned + 1;
            }
        qsizetype end = text.indexOf(u'\n', at);
        if (end < 0)
            end = text.size();
        uses.append({.file = file,
                     .line = line,
                     .column = int(at - lineStart) + 1,
                     .text = text.sliced(lineStart, end - lineStart).trimmed(),
                     .problem = {}});
    }
}

QString plainName(QStringView name)
{
    QString plain;
    for (const QChar c : name)
        if (c.isLetterOrNumber())
            plain += c.toLower();
    return plain;
}

class Planner final
{
public:
    Planner(const workspace::ProjectState &state, const QList<ChangedSymbol> &symbols)
        : m_sources(sourcesOf(state)), m_root(state.root())
    {
        m_plan.symbols = symbols;
        m_plan.named.resize(symbols.size());
        m_plan.candidates.resize(symbols.size());
        m_plan.unwritten = m_sources.generatedFiles;
        for (const QString &file : state.files())
            if ((file.endsWith(".ts"_L1) || file.endsWith(".tsx"_L1) || file.endsWith(".svelte"_L1)) &&
                !m_plan.unwritten.contains(file) && !file.startsWith(m_sources.generatedFolder + u'/'))
                m_files << file;
    }

    UsePlan plan()
    {
        for (qsizetype i = 0; i < m_plan.symbols.size(); ++i) {
            const ChangedSymbol &changed = m_plan.symbols[i];
            const QString kind = changed.symbol.section(u' ', 0, 0);
            const QString name = changed.symbol.section(u' ', 1, 1);
            if (kind == "plugin"_L1)
                planMember(i, name.section(u'.', -1));
            else if (kind == "route"_L1)
                planRoute(i, name, changed.symbol.section(u' ', 2));
            else if (kind == "table"_L1)
                planColumn(i, name);
            else if (kind == "event"_L1)
                planQuoted(i, name);
            else
                planWord(i, u'.' + name);
        }
        return std::move(m_plan);
    }

private:
    const QString &text(const QString &file)
    {
        auto it = m_texts.find(file);
        if (it == m_texts.end())
            it = m_texts.insert(file, readText(m_root + u'/' + file));
        return *it;
    }

    void planMember(qsizetype i, const QString &name)
    {
        const Place place = m_sources.places.value(m_plan.symbols[i].symbol);
        const int offset = place.line > 0 ? offsetOf(text(place.file), place.line, name) : -1;
        if (!m_plan.symbols[i].isGone && offset >= 0) {
            m_plan.queries.append({i, place.file, offset});
            return;
        }
        if (!m_plan.symbols[i].isGone)
            return;
        // Its uses are what the compiler complains of now, wherever the name still stands.
        for (const QString &file : std::as_const(m_files))
            if (text(file).contains(u'.' + name) || text(file).contains(u"{ "_s + name))
                m_plan.candidates[i] << file;
    }

    void planRoute(qsizetype i, const QString &fullName, const QString &part)
    {
        const QString name = fullName.section(u'@', 0, 0);
        const QString version = fullName.section(u'@', 1).section(u'.', 0, 0);
        const QStringList words = name.split(u'.');
        for (const QString &file : std::as_const(m_sources.generatedFiles)) {
            for (QStringList path = words; !path.isEmpty(); path.removeFirst()) {
                QStringList versioned = path;
                versioned.last() += u'v' + version;
                QStringList sought = file == m_sources.routesFile ? path + QStringList{part} : path;
                int offset = -1;
                if (!version.isEmpty())
                    offset = offsetOfPath(text(file),
                                          file == m_sources.routesFile ? versioned + QStringList{part} : versioned);
                if (offset < 0)
                    offset = offsetOfPath(text(file), sought);
                if (offset >= 0) {
                    m_plan.queries.append({i, file, offset});
                    break;
                }
                if (words.size() - path.size() >= 1) // "api.users.list" is users.list at the least
                    break;
            }
        }
        planQuoted(i, name);
    }

    void planQuoted(qsizetype i, const QString &name)
    {
        for (const QString &file : std::as_const(m_files))
            for (const QChar quote : {u'"', u'\''})
                addOccurrences(m_plan.named[i], file, text(file), quote + name + quote, false);
    }

    void planWord(qsizetype i, const QString &word)
    {
        for (const QString &file : std::as_const(m_files))
            addOccurrences(m_plan.named[i], file, text(file), word, true);
    }

    /// Columns are named in queries, beside their tables.
    void planColumn(qsizetype i, const QString &name)
    {
        const QString table = name.section(u'.', 0, 0);
        const QString column = name.section(u'.', 1);
        for (const QString &file : std::as_const(m_files)) {
            const QString &content = text(file);
            if (!content.contains(u'"' + table) && !content.contains(u'\'' + table))
                continue;
            const QStringList needles{u"\"%1\""_s.arg(column), u"'%1'"_s.arg(column),
                                      u"\"%1.%2\""_s.arg(table, column)};
            for (const QString &needle : needles)
                addOccurrences(m_plan.named[i], file, content, needle, false);
        }
    }

    Sources m_sources;
    QString m_root;
    QStringList m_files;
    QHash<QString, QString> m_texts;
    UsePlan m_plan;
};

bool mentions(const QString &text, const QStringList &names)
{
    return std::ranges::any_of(names, [&](const QString &name) {
        for (qsizetype at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
            if (!isWord(text, at - 1) && !isWord(text, at + name.size()))
                return true;
        return false;
    });
}

} // namespace

int Impact::callSites() const
{
    return int(std::ranges::count(uses, false, &Use::follows));
}

int Impact::broken() const
{
    return int(std::ranges::count_if(uses, [](const Use &use) { return !use.problem.isEmpty(); }));
}

QList<ChangedSymbol> changedSymbols(const QList<Finding> &findings)
{
    QList<ChangedSymbol> symbols;
    for (const Finding &finding : findings) {
        if (finding.rule == "symbol-added"_L1)
            continue;
        auto it = std::ranges::find(symbols, finding.symbol, &ChangedSymbol::symbol);
        if (it == symbols.end()) {
            symbols.append({finding.symbol, finding.rule == "symbol-removed"_L1, {}});
            it = symbols.end() - 1;
        }
        const QString name = finding.path.section(u'.', -1);
        const bool plain = !name.isEmpty() && std::ranges::all_of(name, [](QChar c) {
            return c.isLetterOrNumber() || c == u'_' || c == u'$';
        });
        if (plain && !it->names.contains(name))
            it->names << name;
    }
    return symbols;
}

UsePlan planUses(const workspace::ProjectState &state, const QList<ChangedSymbol> &symbols)
{
    return Planner(state, symbols).plan();
}

QList<Impact> markProblems(const QString &root, const UsePlan &plan, QList<Impact> impacts, const QJsonArray &problems)
{
    QHash<QString, QStringList> lines;
    const auto lineOf = [&](const QString &file, int line) {
        auto it = lines.find(file);
        if (it == lines.end())
            it = lines.insert(file, readText(root + u'/' + file).split(u'\n'));
        return it->value(line - 1).trimmed();
    };
    for (qsizetype i = 0; i < impacts.size() && i < plan.symbols.size(); ++i) {
        Impact &impact = impacts[i];
        const ChangedSymbol &changed = plan.symbols[i];
        impact.isChecked = true;
        QStringList names = changed.names;
        if (changed.isGone)
            names << changed.symbol.section(u' ', 1, 1).section(u'.', -1);
        const QList<Use> known = impact.uses;
        for (const QJsonValue &problem : problems) {
            const QString file = problem["file"_L1].toString();
            const int line = problem["line"_L1].toInt();
            const QString message = problem["message"_L1].toString();
            const auto sameLine =
                std::ranges::find_if(impact.uses, [&](const Use &use) { return use.file == file && use.line == line; });
            if (sameLine != impact.uses.end()) {
                sameLine->problem = message;
                continue;
            }
            // The nearest use above it in its file.
            const Use *above = nullptr;
            for (const Use &use : known)
                if (use.file == file && use.line < line && (!above || use.line > above->line))
                    above = &use;
            const bool named = mentions(message, names) || mentions(lineOf(file, line), names);
            if (above && line - above->line <= LinesOfACall && !named) {
                const auto it = std::ranges::find_if(
                    impact.uses, [&](const Use &use) { return use.file == file && use.line == above->line; });
                if (it->problem.isEmpty())
                    it->problem = message;
            } else if ((above && named && line - above->line <= LinesOfAResult) ||
                       (changed.isGone && named && plan.candidates[i].contains(file))) {
                impact.uses.append(
                    {file, line, problem["column"_L1].toInt(), lineOf(file, line), message, above != nullptr});
            }
        }
        std::ranges::sort(impact.uses, {}, [](const Use &use) { return std::tie(use.file, use.line, use.column); });
    }
    return impacts;
}

int offsetOf(const QString &text, int line, const QString &name)
{
    qsizetype at = 0;
    for (int i = 1; i < line; ++i) {
        at = text.indexOf(u'\n', at) + 1;
        if (at == 0)
            return -1;
    }
    const qsizetype end = text.indexOf(u'\n', at);
    for (qsizetype found = text.indexOf(name, at); found >= 0 && (end < 0 || found < end);
         found = text.indexOf(name, found + 1))
        if (!isWord(text, found - 1) && !isWord(text, found + name.size()))
            return int(found);
    return -1;
}

int offsetOfPath(const QString &text, const QStringList &path)
{
    QStringList wanted;
    for (const QString &name : path)
        wanted << plainName(name);
    struct Open
    {
        QChar bracket;
        QString name; ///< of what it belongs to
    };
    QList<Open> open;
    QString last;
    const auto matches = [&](const QString &name) {
        if (plainName(name) != wanted.last())
            return false;
        qsizetype at = open.size() - 1;
        for (qsizetype i = wanted.size() - 2; i >= 0; --i, --at) {
            while (at >= 0 && open[at].name.isEmpty())
                --at;
            if (at < 0 || plainName(open[at].name) != wanted[i])
                return false;
        }
        return true;
    };
    for (qsizetype at = 0; at < text.size();) {
        const QChar c = text[at];
        if (c == u'/' && at + 1 < text.size() && (text[at + 1] == u'/' || text[at + 1] == u'*')) {
            const qsizetype end = text[at + 1] == u'/' ? text.indexOf(u'\n', at) : text.indexOf(u"*/"_s, at + 2);
            at = end < 0 ? text.size() : end + (text[at + 1] == u'/' ? 1 : 2);
            continue;
        }
        const bool quoted = c == u'"' || c == u'\'' || c == u'`';
        if (quoted || isWord(text, at)) {
            qsizetype end = at + 1;
            if (quoted) {
                while (end < text.size() && text[end] != c)
                    end += text[end] == u'\\' ? 2 : 1;
            } else {
                while (isWord(text, end))
                    ++end;
            }
            const qsizetype from = quoted ? at + 1 : at;
            const QString name = text.mid(from, end - from);
            at = std::min(quoted ? end + 1 : end, text.size());
            qsizetype next = at;
            while (next < text.size() && (text[next].isSpace() || text[next] == u'?'))
                ++next;
            const QChar follows = next < text.size() ? text[next] : QChar();
            const bool declares = follows == u':' || follows == u'=' || follows == u'(' || follows == u'{';
            if (declares && (open.isEmpty() || open.last().bracket == u'{')) {
                if (matches(name))
                    return int(from);
                last = name;
            }
            continue;
        }
        if (c == u'{' || c == u'(' || c == u'[') {
            open.append({c, c == u'{' ? std::exchange(last, {}) : QString()});
        } else if ((c == u'}' || c == u')' || c == u']') && !open.isEmpty()) {
            open.removeLast();
        }
        ++at;
    }
    return -1;
}

} // namespace paddock::types
