// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/codeerror.h"

#include <QJsonArray>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype Shown = 20;

} // namespace

TypeCheck typeCheck(const QJsonObject &answer)
{
    TypeCheck check;
    for (const QJsonValue &problem : answer["problems"_L1].toArray()) {
        const CodeError error{problem["file"_L1].toString(), problem["line"_L1].toInt(),
                              problem["message"_L1].toString()};
        if (error.file.endsWith(".json"_L1)) {
            check.configuration.append(error);
            continue;
        }
        ++check.errors;
        if (check.first.size() < Shown)
            check.first.append(error);
    }
    return check;
}

} // namespace paddock::types
