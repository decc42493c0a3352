// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

/// The labelled edits of tests/fixtures/changes. A file holds cases:
///
///     ### Title
///     base library            the workspace that is edited (default: library)
///     setup                   edits up to "save" are made before the earlier state is read
///     save
///     @@ path                 replaces text: the lines after "- " by those after "+ " (once, wherever they are)
///     @+ path                 writes a file: the lines after "+ "
///     @x path                 removes it
///     @> path path            moves it
///     applied id…             the record of the database; "applied none" for an empty one
///     written path…           files whose content after the save is what type generation was seen to write
///     => kind type:name actions detail…     one line for each change that is expected; actions "-" for none;
///                             details as what or what:name; "keep-hot" where a way to avoid the restart is expected
namespace cases {

struct Edit
{
    enum class Kind { Replace, Write, Remove, Move };
    Kind kind = Kind::Replace;
    QString path;
    QString target;
    QString before;
    QString after;
};

struct Expectation
{
    QString kind;
    QString subject; ///< "plugin:users"
    QString actions; ///< "swap,typegen" or "-"
    QStringList details;
    bool keepHot = false;
};

struct Case
{
    QString title;
    QString base = QStringLiteral("library");
    QList<Edit> setup;
    QList<Edit> edits;
    QList<Expectation> expected;
    QStringList applied;
    QStringList written;
    bool appliedKnown = false;
    bool swapsBack = true; ///< "one-way": the way back is another kind, as the contract says
};

/// All cases of all files; `error` names the file and line of what cannot be read.
QList<Case> load(const QString &folder, QString *error);

/// Makes the edit below `root`; the paths that it touched. Empty with an error if the text to replace is not there
/// once.
QStringList apply(const Edit &edit, const QString &root, QString *error);

/// Copies a folder with everything in it.
bool copyFolder(const QString &from, const QString &to);

} // namespace cases
