// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/differ.h"

#include "types/typetree.h"

#include <QJsonArray>
#include <QtConcurrentRun>
#include <memory>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

QJsonObject sideOf(const Snapshot &snapshot, const DiffPlan &plan, QString Question::*text)
{
    QJsonObject definitions;
    for (auto it = snapshot.definitions.begin(); it != snapshot.definitions.end(); ++it)
        definitions.insert(it.key(), QJsonObject{{u"text"_s, printed(parseType(it->type))},
                                                 {u"parameters"_s, QJsonArray::fromStringList(it->parameters)}});
    QJsonArray types;
    for (const Question &question : plan.questions) {
        // A type parameter stands for some type that fits nothing but itself.
        std::vector<Type> brands;
        for (const QString &name : question.parameters) {
            Type brand;
            brand.text = u"{ readonly \"#%1\": true }"_s.arg(name);
            brands.push_back(brand);
        }
        types.append(question.parameters.isEmpty()
                         ? question.*text
                         : printed(substituted(parseType(question.*text), question.parameters, brands)));
    }
    return {{u"definitions"_s, definitions}, {u"types"_s, types}};
}

} // namespace

QJsonObject compareRequest(const Snapshot &before, const Snapshot &after, const DiffPlan &plan)
{
    QJsonArray questions;
    for (qsizetype i = 0; i < plan.questions.size(); ++i)
        for (const auto &direction : {u"before-to-after"_s, u"after-to-before"_s})
            questions.append(QJsonObject{{u"from"_s, i}, {u"to"_s, i}, {u"direction"_s, direction}});
    return {{u"before"_s, sideOf(before, plan, &Question::before)},
            {u"after"_s, sideOf(after, plan, &Question::after)},
            {u"questions"_s, questions}};
}

QList<std::optional<Verdict>> verdictsOf(const QJsonObject &answer, qsizetype questions)
{
    const QJsonArray answers = answer.value("answers"_L1).toArray();
    QList<std::optional<Verdict>> verdicts;
    if (answers.size() != 2 * questions)
        return verdicts;
    for (qsizetype i = 0; i < questions; ++i) {
        const QJsonValue forth = answers[2 * i];
        const QJsonValue back = answers[2 * i + 1];
        if (forth.isBool() && back.isBool())
            verdicts.append(Verdict{forth.toBool(), back.toBool()});
        else
            verdicts.append(std::nullopt);
    }
    return verdicts;
}

QFuture<QList<Finding>> diffSnapshots(CompilerChild *child, const Snapshot &before, const Snapshot &after)
{
    // Walking large types takes a while, so it is not done on the caller's thread.
    if (!child)
        return QtConcurrent::run([before, after] { return finishDiff(planDiff(before, after), after, {}); });
    using Answer = Result<QJsonObject>;
    auto plan = std::make_shared<DiffPlan>();
    return QtConcurrent::run([before, after, plan] {
               *plan = planDiff(before, after);
               return plan->questions.isEmpty() ? QJsonObject() : compareRequest(before, after, *plan);
           })
        .then(child,
              [child](const QJsonObject &request) {
                  return request.isEmpty() ? QtFuture::makeReadyValueFuture(Answer(QJsonObject()))
                                           : child->request(u"compare"_s, request).result;
              })
        .unwrap()
        .then(QtFuture::Launch::Async, [plan, after](const Answer &answer) {
            return finishDiff(*plan, after,
                              answer ? verdictsOf(*answer, plan->questions.size()) : QList<std::optional<Verdict>>());
        });
}

} // namespace paddock::types
