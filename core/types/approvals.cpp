// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/approvals.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <algorithm>

namespace paddock::types {

using namespace Qt::StringLiterals;

QString approvalsFile(const QString &workspaceRoot)
{
    return workspaceRoot + u"/paddock.approvals.json"_s;
}

Result<QList<Approval>> readApprovals(const QString &workspaceRoot)
{
    QFile file(approvalsFile(workspaceRoot));
    if (!file.exists())
        return QList<Approval>();
    QJsonParseError error;
    const auto document =
        file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll(), &error) : QJsonDocument();
    const QJsonValue list = document.object().value("approvals"_L1);
    if (!list.isArray())
        return fail(u"bad-approvals"_s, u"The approvals cannot be read."_s,
                    u"Correct the file, or remove it and approve again."_s, file.fileName(),
                    file.isOpen() ? error.errorString() : file.errorString());
    QList<Approval> approvals;
    for (const QJsonValue &one : list.toArray())
        approvals.append({one["fingerprint"_L1].toString(), one["symbol"_L1].toString(), one["rule"_L1].toString(),
                          one["message"_L1].toString()});
    return approvals;
}

Result<> writeApprovals(const QString &workspaceRoot, const QList<Approval> &approvals)
{
    QList<Approval> sorted = approvals;
    std::ranges::sort(sorted, {}, [](const Approval &a) { return std::tie(a.symbol, a.rule, a.fingerprint); });
    QByteArray text = "{\n  \"approvals\": [\n";
    for (qsizetype i = 0; i < sorted.size(); ++i) {
        const QJsonObject one{{u"fingerprint"_s, sorted[i].fingerprint},
                              {u"symbol"_s, sorted[i].symbol},
                              {u"rule"_s, sorted[i].rule},
                              {u"message"_s, sorted[i].message}};
        text += "    " + QJsonDocument(one).toJson(QJsonDocument::Compact) + (i + 1 < sorted.size() ? ",\n" : "\n");
    }
    text += "  ]\n}\n";
    QSaveFile file(approvalsFile(workspaceRoot));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return fail(u"types-store"_s, u"The approvals cannot be written: "_s + file.errorString(), {}, file.fileName());
    return {};
}

void markApproved(QList<Finding> &findings, const QList<Approval> &approvals)
{
    for (Finding &finding : findings)
        finding.approved = std::ranges::any_of(
            approvals, [&](const Approval &approval) { return approval.fingerprint == finding.fingerprint; });
}

} // namespace paddock::types
