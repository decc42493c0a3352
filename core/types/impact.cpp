// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/impact.h"

#include <QtConcurrentRun>
#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;

ImpactSearch::ImpactSearch(ImpactOptions options, QObject *parent) : QObject(parent), m_options(std::move(options)) {}

ImpactSearch::~ImpactSearch()
{
    cancel();
}

QFuture<Result<QList<Impact>>> ImpactSearch::start(const QList<ChangedSymbol> &symbols)
{
    m_promise.start();
    QtConcurrent::run([state = m_options.state, symbols] {
        return planUses(state, symbols);
    }).then(this, [this](const UsePlan &plan) {
        if (m_isOver)
            return;
        m_plan = plan;
        for (qsizetype i = 0; i < plan.symbols.size(); ++i)
            m_found.append({.symbol = plan.symbols[i].symbol, .uses = plan.named[i]});
        ask();
    });
    return m_promise.future();
}

/// One request after the other, since the child works on one at a time anyhow.
void ImpactSearch::ask()
{
    if (m_at >= m_plan.queries.size() || !m_options.reader) {
        for (Impact &impact : m_found) {
            std::ranges::sort(impact.uses, {}, [](const Use &use) { return std::tie(use.file, use.line, use.column); });
            const auto same = std::ranges::unique(
                impact.uses, [](const Use &a, const Use &b) { return a.file == b.file && a.line == b.line; });
            impact.uses.erase(same.begin(), same.end());
        }
        Q_EMIT found(m_found);
        return check();
    }
    const UseQuery query = m_plan.queries[m_at++];
    const auto request =
        m_options.reader->request(u"references"_s, {{u"file"_s, query.file}, {u"offset"_s, query.offset}});
    m_request = request.id;
    m_asked = m_options.reader;
    QFuture<Result<QJsonObject>>(request.result).then(this, [this, query](const Result<QJsonObject> &answer) {
        if (m_isOver)
            return;
        m_request = 0;
        if (!answer)
            m_problem = answer.error();
        const auto references = answer ? answer->value("references"_L1).toArray() : QJsonArray();
        for (const QJsonValue &use : references) {
            const QString file = use["file"_L1].toString();
            if (!m_plan.unwritten.contains(file))
                m_found[query.symbol].uses.append(
                    {file, use["line"_L1].toInt(), use["column"_L1].toInt(), use["text"_L1].toString(), {}});
        }
        ask();
    });
}

void ImpactSearch::check()
{
    QStringList files;
    for (qsizetype i = 0; i < m_found.size(); ++i) {
        for (const Use &use : std::as_const(m_found[i].uses))
            files << use.file;
        files += m_plan.candidates.value(i);
    }
    files.sort();
    files.removeDuplicates();
    if (files.isEmpty() || !m_options.checker)
        return finish(m_found);
    const auto request = m_options.checker->request(
        u"check"_s, {{u"files"_s, QJsonArray::fromStringList(files)}, {u"changed"_s, u"all"_s}});
    m_request = request.id;
    m_asked = m_options.checker;
    Q_EMIT progressed(0, int(files.size()));
    connect(m_options.checker, &CompilerChild::progressed, this, [this](qint64 id, int done, int total) {
        if (id == m_request && !m_isOver)
            Q_EMIT progressed(done, total);
    });
    QFuture<Result<QJsonObject>>(request.result).then(this, [this](const Result<QJsonObject> &answer) {
        if (m_isOver)
            return;
        m_request = 0;
        if (!answer) {
            m_problem = answer.error();
            return finish(m_found);
        }
        QtConcurrent::run([root = m_options.state.root(), plan = m_plan, found = m_found,
                           problems = answer->value("problems"_L1).toArray()] {
            return markProblems(root, plan, found, problems);
        }).then(this, [this](const QList<Impact> &marked) { finish(marked); });
    });
}

void ImpactSearch::cancel()
{
    if (m_isOver)
        return;
    if (m_request != 0 && m_asked)
        m_asked->cancel(m_request);
    finish(fail(u"cancelled"_s, u"The check was cancelled."_s));
}

void ImpactSearch::finish(const Result<QList<Impact>> &result)
{
    if (std::exchange(m_isOver, true))
        return;
    m_promise.addResult(result);
    m_promise.finish();
}

} // namespace paddock::types
