// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/apidiff.h"

#include <QDateTime>

namespace paddock::types {

/// A finding that somebody has accepted. Kept in paddock.approvals.json, to be committed.
struct Approval
{
    QString fingerprint;
    QString symbol; ///< for people who read the file
    QString rule;
    QString message;
    friend bool operator==(const Approval &, const Approval &) = default;
};

[[nodiscard]] QString approvalsFile(const QString &workspaceRoot);
/// None where the file is not there. Errors: "bad-approvals".
[[nodiscard]] Result<QList<Approval>> readApprovals(const QString &workspaceRoot);
/// Sorted, one on a line, so that branches merge. Errors: "types-store".
[[nodiscard]] Result<> writeApprovals(const QString &workspaceRoot, const QList<Approval> &approvals);
void markApproved(QList<Finding> &findings, const QList<Approval> &approvals);

} // namespace paddock::types
