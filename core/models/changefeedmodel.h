// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/valuetreemodel.h"
#include "session/records.h"

namespace paddock::models {

/// Changes, newest on top; below each what is known of it: forecast, reason, stages, proof, ledger, types, error.
/// RecordRole of a change is its session::ChangeRecord; rows below carry a label (NameRole) and a text (DetailRole).
/// StateRole of a fact that tells of a type.
inline constexpr QLatin1StringView TypeFact{"type"};

class ChangeFeedModel final : public ValueTreeModel
{
    Q_OBJECT

public:
    explicit ChangeFeedModel(QObject *parent = nullptr, int maximum = 500);

    void apply(const session::ChangeRecord &record);
    void clear() { removeFrom(0); }
    [[nodiscard]] QModelIndex change(qint64 id) const;

private:
    int m_maximum;
};

/// "swap, types, no restart": what will be done, in words.
[[nodiscard]] QString forecastText(const change::Change &change);

} // namespace paddock::models
