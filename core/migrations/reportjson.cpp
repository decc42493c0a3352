// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/service.h"

#include "agent/link.h"
#include "agent/messages.h"

#include <QJsonArray>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

QJsonValue errorJson(const Error &error)
{
    return error.code.isEmpty() ? QJsonValue() : QJsonValue(agent::toJson(error));
}

QJsonObject rowsJson(const QMap<QString, qint64> &rows)
{
    QJsonObject object;
    for (auto it = rows.begin(); it != rows.end(); ++it)
        object.insert(it.key(), *it);
    return object;
}

template <class T>
QJsonArray arrayOf(const QList<T> &items)
{
    QJsonArray array;
    for (const T &item : items)
        array.append(toJson(item));
    return array;
}

} // namespace

QJsonObject toJson(const PlannedStep &planned)
{
    return {{u"plugin"_s, planned.step.plugin},
            {u"name"_s, planned.step.name},
            {u"direction"_s, toString(planned.step.direction)},
            {u"destructive"_s, planned.isDestructive()},
            {u"findings"_s, arrayOf(planned.findings)}};
}

QJsonObject toJson(const StepReport &report)
{
    QJsonArray statements;
    for (const Statement &one : report.statements)
        statements.append(QJsonObject{{u"sql"_s, one.sql},
                                      {u"parameters"_s, QJsonArray::fromStringList(one.parameters)},
                                      {u"ms"_s, one.ms},
                                      {u"error"_s, one.error.isEmpty() ? QJsonValue() : QJsonValue(one.error)}});
    return {{u"plugin"_s, report.step.plugin},
            {u"name"_s, report.step.name},
            {u"direction"_s, toString(report.step.direction)},
            {u"outcome"_s, report.outcome.isEmpty() ? QJsonValue() : QJsonValue(report.outcome)},
            {u"transactional"_s, report.transactional},
            {u"ms"_s, report.ms},
            {u"statements"_s, statements},
            {u"locks"_s, QJsonArray::fromStringList(report.locks)},
            {u"error"_s, errorJson(report.error)}};
}

QJsonObject toJson(const RunReport &report)
{
    return {{u"run"_s, report.runId},
            {u"steps"_s, arrayOf(report.steps)},
            {u"backup"_s, report.backup ? QJsonValue(toJson(*report.backup)) : QJsonValue()},
            {u"undo"_s, report.undo},
            {u"ms"_s, report.ms},
            {u"error"_s, errorJson(report.error)}};
}

QJsonObject toJson(const RehearsalReport &report)
{
    QJsonArray passes;
    for (const PassReport &pass : report.passes)
        passes.append(QJsonObject{{u"direction"_s, toString(pass.direction)},
                                  {u"steps"_s, arrayOf(pass.steps)},
                                  {u"differences"_s, QJsonArray::fromStringList(pass.differences)},
                                  {u"rows"_s, rowsJson(pass.rows)},
                                  {u"ms"_s, pass.ms}});
    return {{u"method"_s, report.method},
            {u"notes"_s, QJsonArray::fromStringList(report.notes)},
            {u"plan"_s, arrayOf(report.planned)},
            {u"rowsBefore"_s, rowsJson(report.rowsBefore)},
            {u"passes"_s, passes},
            {u"leftovers"_s, QJsonArray::fromStringList(report.leftovers)},
            {u"ms"_s, report.ms},
            {u"error"_s, errorJson(report.error)}};
}

} // namespace paddock::migrations
