// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/recordjson.h"

#include "session/eventjson.h"

namespace paddock::history {

using namespace Qt::StringLiterals;
using session::ChangeRecord;

namespace {

/// The enumerator whose word this is; the last enumerator of each enumeration bounds the search.
template <class E>
std::optional<E> enumerator(QStringView word, E last)
{
    for (int i = 0; i <= int(last); ++i)
        if (toString(E(i)) == word)
            return E(i);
    return {};
}

QStringList strings(const QJsonValue &value)
{
    QStringList list;
    for (const QJsonValue &one : value.toArray())
        list.append(one.toString());
    return list;
}

QJsonObject toJson(const session::TypeChange &type)
{
    return {{u"severity"_s, type.severity},
            {u"symbol"_s, type.symbol},
            {u"rule"_s, type.rule},
            {u"message"_s, type.message}};
}

change::Change changeOf(const QJsonObject &object)
{
    change::Change change;
    change.kind = change::kindFromString(object.value("kind"_L1).toString()).value_or(change::Kind::NoEffect);
    const QJsonObject subject = object.value("subject"_L1).toObject();
    change.subject.type = enumerator(subject.value("type"_L1).toString(), change::Subject::Type::Config)
                              .value_or(change::Subject::Type::Module);
    change.subject.name = subject.value("name"_L1).toString();
    change.files = strings(object.value("files"_L1));
    change.row = enumerator(object.value("row"_L1).toString(), change::Row::Database);
    for (const QString &word : strings(object.value("actions"_L1)))
        if (const auto action = enumerator(word, change::Action::Hold))
            change.actions.append(*action);
    change.reason = object.value("reason"_L1).toString();
    change.keepHot = object.value("keepHot"_L1).toString();
    for (const QJsonValue &detail : object.value("details"_L1).toArray())
        change.details.append({detail["what"_L1].toString(), detail["name"_L1].toString()});
    change.plugins = strings(object.value("plugins"_L1));
    change.file = object.value("file"_L1).toString();
    change.line = object.value("line"_L1).toInt();
    return change;
}

session::Ledger ledgerOf(const QJsonObject &object)
{
    session::Ledger ledger;
    const QJsonObject disposed = object.value("disposed"_L1).toObject();
    for (auto it = disposed.begin(); it != disposed.end(); ++it)
        ledger.disposed.insert(it.key(), it.value().toInt());
    for (const QJsonValue &one : object.value("undisposed"_L1).toArray())
        ledger.undisposed.append(
            {one["kind"_L1].toString(), one["file"_L1].toString(), one["line"_L1].toInt(), one["note"_L1].toString()});
    return ledger;
}

} // namespace

QJsonObject toJson(const ChangeRecord &record)
{
    QJsonObject object = session::changeEvent(record);
    object.remove("event"_L1);
    object.insert("plugins"_L1, QJsonArray::fromStringList(record.change.plugins));
    object.insert("file"_L1, record.change.file);
    object.insert("line"_L1, record.change.line);
    QJsonArray stages;
    for (const session::StageRun &run : record.stages)
        stages.append(QJsonObject{{u"stage"_s, toString(run.stage)},
                                  {u"state"_s, toString(run.state)},
                                  {u"ms"_s, run.ms},
                                  {u"message"_s, run.message}});
    object.insert("stages"_L1, stages);
    object.insert("outcome"_L1, record.outcome ? QJsonValue(toString(*record.outcome)) : QJsonValue());
    object.insert("ms"_L1, record.ms);
    object.insert("servedMs"_L1, record.servedMs);
    object.insert("generation"_L1, record.generation);
    object.insert("proof"_L1, session::toJson(record.proof));
    object.insert("ledger"_L1, session::toJson(record.ledger));
    QJsonArray types;
    for (const session::TypeChange &type : record.types)
        types.append(toJson(type));
    object.insert("types"_L1, types);
    object.insert("message"_L1, record.message);
    object.insert("errorFile"_L1, record.errorFile);
    object.insert("errorLine"_L1, record.errorLine);
    return object;
}

ChangeRecord changeFromJson(const QJsonObject &object)
{
    ChangeRecord record;
    record.id = object.value("id"_L1).toInteger();
    record.at = QDateTime::fromString(object.value("at"_L1).toString(), Qt::ISODateWithMs);
    record.change = changeOf(object);
    for (const QJsonValue &one : object.value("stages"_L1).toArray()) {
        const auto stage = enumerator(one["stage"_L1].toString(), session::Stage::Verify);
        const auto state = enumerator(one["state"_L1].toString(), session::StageState::Skipped);
        if (stage && state)
            record.stages.append({*stage, *state, one["ms"_L1].toDouble(), one["message"_L1].toString()});
    }
    record.outcome = outcomeFromString(object.value("outcome"_L1).toString());
    record.ms = object.value("ms"_L1).toDouble();
    record.servedMs = object.value("servedMs"_L1).toDouble();
    record.generation = object.value("generation"_L1).toInt();
    const QJsonObject proof = object.value("proof"_L1).toObject();
    record.proof.inFlightOld = proof.value("inFlightOld"_L1).toInt();
    record.proof.drained = proof.value("drained"_L1).toInt();
    record.proof.held = proof.value("held"_L1).toInt();
    record.proof.dropped = proof.value("dropped"_L1).toInt();
    record.proof.lastEndedMs = proof.value("lastEndedMs"_L1).toDouble();
    record.ledger = ledgerOf(object.value("ledger"_L1).toObject());
    for (const QJsonValue &one : object.value("types"_L1).toArray())
        record.types.append({one["severity"_L1].toString(), one["symbol"_L1].toString(), one["rule"_L1].toString(),
                             one["message"_L1].toString()});
    record.message = object.value("message"_L1).toString();
    record.errorFile = object.value("errorFile"_L1).toString();
    record.errorLine = object.value("errorLine"_L1).toInt();
    return record;
}

std::optional<session::Outcome> outcomeFromString(QStringView text)
{
    return enumerator(text, session::Outcome::None);
}

session::JobState jobStateFromString(QStringView text)
{
    return enumerator(text, session::JobState::Cancelled).value_or(session::JobState::Failed);
}

} // namespace paddock::history
