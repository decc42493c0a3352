// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QRegularExpression>
#include <QString>
#include <QStringView>

namespace paddock::watch {

/// Which files and folders never matter, each with the sentence that the journal shows. Plain rules by name; no I/O.
class IgnoreRules final
{
public:
    /// Folders that the workspace's .gitignore names; patterns with wildcards inside a name work, negations switch off
    /// what they name. Only folders are taken from there: ignored files such as `.env` do matter.
    void addGitignore(const QString &content);

    /// Why `relative` is ignored; empty: it is not. Parents of `relative` must have been asked before.
    [[nodiscard]] QString reason(QStringView relative, bool isFolder) const;

private:
    struct Pattern
    {
        QRegularExpression expression;
        bool anchored = false; ///< matched against the whole relative path, else against the last name
        bool negated = false;
    };
    QList<Pattern> m_gitignored;
};

} // namespace paddock::watch
