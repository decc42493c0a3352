// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/impact.h"

#include <QFile>
#include <QPromise>
#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

/// One request after the other, since the child works on one at a time anyhow: uses of each symbol, then the check.
class Search final : public std::enable_shared_from_this<Search>
{
public:
    Search(CompilerChild *child, const Sources &sources, const QStringList &symbols)
        : m_child(child), m_sources(sources), m_symbols(symbols)
    {}

    QFuture<QList<Impact>> start()
    {
        m_promise.start();
        next();
        return m_promise.future();
    }

private:
    void next()
    {
        if (m_at >= m_symbols.size())
            return check();
        const QString symbol = m_symbols[m_at++];
        m_found.append({.symbol = symbol, .uses = {}});
        const Place place = m_sources.places.value(symbol);
        QFile file(m_sources.root + u'/' + place.file);
        const int offset = place.line > 0 && file.open(QIODevice::ReadOnly)
                               ? offsetOf(QString::fromUtf8(file.readAll()), place.line, symbol.section(u'.', -1))
                               : -1;
        if (offset < 0)
            return next();
        m_child->request(u"references"_s, {{u"file"_s, place.file}, {u"offset"_s, offset}})
            .result.then(m_child, [self = shared_from_this()](const Result<QJsonObject> &answer) {
                if (answer)
                    self->take(answer->value("references"_L1).toArray());
                self->next();
            });
    }

    void take(const QJsonArray &references)
    {
        for (const QJsonValue &use : references) {
            const QString file = use["file"_L1].toString();
            if (file.startsWith(m_sources.generatedFolder + u'/') && !m_sources.generatedFolder.isEmpty())
                continue; // nobody wrote that
            m_found.last().uses.append(
                {file, use["line"_L1].toInt(), use["column"_L1].toInt(), use["text"_L1].toString(), {}});
        }
    }

    void check()
    {
        QStringList files;
        for (const Impact &impact : std::as_const(m_found))
            for (const Use &use : impact.uses)
                if (!files.contains(use.file))
                    files << use.file;
        if (files.isEmpty())
            return finish();
        m_child->request(u"check"_s, {{u"files"_s, QJsonArray::fromStringList(files)}})
            .result.then(m_child, [self = shared_from_this()](const Result<QJsonObject> &answer) {
                if (answer)
                    self->mark(answer->value("problems"_L1).toArray());
                self->finish();
            });
    }

    void mark(const QJsonArray &problems)
    {
        for (Impact &impact : m_found)
            for (Use &use : impact.uses)
                for (const QJsonValue &problem : problems)
                    // What is wrong with a result often shows where it is used, some lines below the call; only the
                    // call's own line is certain.
                    if (problem["file"_L1] == use.file && problem["line"_L1].toInt() == use.line)
                        use.problem = problem["message"_L1].toString();
    }

    void finish()
    {
        m_promise.addResult(m_found);
        m_promise.finish();
    }

    CompilerChild *m_child;
    Sources m_sources;
    QStringList m_symbols;
    QList<Impact> m_found;
    QPromise<QList<Impact>> m_promise;
    qsizetype m_at = 0;
};

} // namespace

int Impact::broken() const
{
    return int(std::ranges::count_if(uses, [](const Use &use) { return !use.problem.isEmpty(); }));
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
    const auto isWord = [&](qsizetype i) {
        return i >= 0 && i < text.size() && (text[i].isLetterOrNumber() || text[i] == u'_' || text[i] == u'$');
    };
    for (qsizetype found = text.indexOf(name, at); found >= 0 && (end < 0 || found < end);
         found = text.indexOf(name, found + 1))
        if (!isWord(found - 1) && !isWord(found + name.size()))
            return int(found);
    return -1;
}

QFuture<QList<Impact>> impactOf(CompilerChild *child, const Sources &sources, const QStringList &symbols)
{
    return std::make_shared<Search>(child, sources, symbols)->start();
}

} // namespace paddock::types
