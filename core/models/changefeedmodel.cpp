// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/changefeedmodel.h"

#include "models/roles.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

QString tr(const char *text, int n = -1)
{
    return QCoreApplication::translate("paddock::models::ChangeFeedModel", text, nullptr, n);
}

ValueNode fact(const QString &key, const QString &label, const QString &text, const QString &severity = {})
{
    ValueNode result;
    result.key = key;
    result.values = {{Qt::DisplayRole, QString(label + u": " + text)},
                     {KindRole, int(NodeKind::Fact)},
                     {NameRole, label},
                     {DetailRole, text},
                     {SeverityRole, severity}};
    return result;
}

ValueNode located(ValueNode node, const QString &file, int line)
{
    node.values.insert(FileRole, file);
    node.values.insert(LineRole, line);
    return node;
}

void addStages(std::vector<ValueNode> &rows, const session::ChangeRecord &record)
{
    for (const session::StageRun &run : record.stages) {
        ValueNode row =
            fact(u"stage-"_s + session::toString(run.stage), QString::fromLatin1(session::toString(run.stage)),
                 run.message, run.state == session::StageState::Failed ? u"error"_s : QString());
        row.values.insert(KindRole, int(NodeKind::Stage));
        row.values.insert(StateRole, QString::fromLatin1(session::toString(run.state)));
        row.values.insert(LatencyRole, run.ms);
        rows.push_back(std::move(row));
    }
}

void addLedger(std::vector<ValueNode> &rows, const session::Ledger &ledger)
{
    if (!ledger.disposed.isEmpty()) {
        QStringList parts;
        for (const auto &[kind, count] : ledger.disposed.asKeyValueRange())
            parts.append(u"%1 × %2"_s.arg(count).arg(kind));
        rows.push_back(fact(u"disposed"_s, tr("Disposed of"), parts.join(", "_L1)));
    }
    int n = 0;
    for (const session::Undisposed &left : ledger.undisposed) {
        const QString text = left.note.isEmpty() ? left.kind : tr("%1: %2").arg(left.kind, left.note);
        rows.push_back(
            located(fact(u"left-%1"_s.arg(n++), tr("Left behind"), text, u"warning"_s), left.file, left.line));
    }
}

std::vector<ValueNode> facts(const session::ChangeRecord &record)
{
    const change::Change &change = record.change;
    std::vector<ValueNode> rows;
    const bool isBroken = change.kind == change::Kind::Broken; // its error is all there is to say
    if (isBroken && !change.reason.isEmpty()) {
        rows.push_back(located(fact(u"message"_s, tr("Error"), change.reason, u"error"_s), change.file, change.line));
    } else if (!record.message.isEmpty()) {
        const bool bad = record.outcome == session::Outcome::KeptOld || record.outcome == session::Outcome::Held;
        rows.push_back(
            located(fact(u"message"_s, bad ? tr("Error") : tr("Result"), record.message, bad ? u"error"_s : QString()),
                    record.errorFile, record.errorLine));
    }
    rows.push_back(fact(u"forecast"_s, tr("Forecast"), forecastText(change)));
    if (!change.reason.isEmpty() && !isBroken && !record.message.contains(change.reason))
        rows.push_back(located(fact(u"reason"_s, tr("Why"), change.reason), change.file, change.line));
    if (!change.keepHot.isEmpty())
        rows.push_back(fact(u"keep-hot"_s, tr("To keep it hot"), change.keepHot));
    if (!change.details.isEmpty()) {
        QStringList parts;
        for (const change::Detail &detail : change.details)
            parts.append(QString(detail.what).replace(u'-', u' ') + u' ' + detail.name);
        rows.push_back(fact(u"details"_s, tr("What changed"), parts.join(", "_L1)));
    }
    if (!change.files.isEmpty())
        rows.push_back(located(fact(u"files"_s, tr("Files"), change.files.join(", "_L1)), change.files.first(), 0));
    addStages(rows, record);
    if (session::wasSwapped(record)) {
        const session::Proof &proof = record.proof;
        QString text = tr("%1 in flight on the old code, %2 ended on it, %3 waited for the switch, %4 dropped")
                           .arg(proof.inFlightOld)
                           .arg(proof.drained)
                           .arg(proof.held)
                           .arg(proof.dropped);
        if (proof.inFlightOld > 0 && proof.drained == proof.inFlightOld)
            text = tr("%1; the last old one ended %2 ms after the switch").arg(text).arg(qRound64(proof.lastEndedMs));
        rows.push_back(fact(u"proof"_s, tr("Requests"), text, proof.dropped > 0 ? u"error"_s : QString()));
    }
    addLedger(rows, record.ledger);
    int n = 0;
    for (const session::TypeChange &type : record.types) {
        rows.push_back(fact(u"type-%1"_s.arg(n++), tr("Type"), tr("%1: %2").arg(type.symbol, type.message),
                            type.severity == "breaking"_L1    ? u"error"_s
                            : type.severity == "dangerous"_L1 ? u"warning"_s
                                                              : QString()));
        rows.back().values.insert(StateRole, QString(TypeFact));
    }
    return rows;
}

} // namespace

QString forecastText(const change::Change &change)
{
    QStringList parts;
    for (const change::Action action : change.actions) {
        switch (action) {
        case change::Action::Install: parts.append(tr("install packages")); break;
        case change::Action::Migrate: parts.append(tr("migrate")); break;
        case change::Action::Swap:
            parts.append(change.plugins.isEmpty() ? tr("swap") : tr("swap %1").arg(change.plugins.join(", "_L1)));
            break;
        case change::Action::Restart: parts.append(tr("restart the server")); break;
        case change::Action::TypeGen: parts.append(tr("regenerate types")); break;
        case change::Action::Ask: parts.append(tr("ask what to do")); break;
        case change::Action::Hold: parts.append(tr("hold until it parses")); break;
        }
    }
    if (parts.isEmpty())
        return tr("nothing to do");
    if (change.has(change::Action::Swap) && !change.has(change::Action::Restart))
        parts.append(tr("no restart"));
    return parts.join(", "_L1);
}

ChangeFeedModel::ChangeFeedModel(QObject *parent, int maximum) : ValueTreeModel(parent), m_maximum(maximum) {}

void ChangeFeedModel::apply(const session::ChangeRecord &record)
{
    ValueNode node;
    node.key = QString::number(record.id);
    node.values = {{Qt::DisplayRole, record.change.subject.name},
                   {KindRole, int(NodeKind::Change)},
                   {NameRole, record.change.subject.name},
                   {DetailRole, record.change.reason},
                   {GenerationRole, record.generation},
                   {LatencyRole, session::latency(record)},
                   {RecordRole, QVariant::fromValue(record)},
                   {OutcomeRole, record.outcome ? QVariant(int(*record.outcome)) : QVariant()},
                   {FileRole, record.errorFile.isEmpty() ? record.change.file : record.errorFile},
                   {LineRole, record.errorFile.isEmpty() ? record.change.line : record.errorLine}};
    node.children = facts(record);
    upsert(0, std::move(node));
    removeFrom(m_maximum);
}

QModelIndex ChangeFeedModel::change(qint64 id) const
{
    return indexOfPath({QString::number(id)});
}

} // namespace paddock::models
