// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

/// How editors put a file's new content on disk, call for call.
namespace editors {

using Save = void (*)(const QString &file, const QByteArray &content);

void vimRename(const QString &file, const QByteArray &content);   ///< backupcopy=no
void vimCopy(const QString &file, const QByteArray &content);     ///< backupcopy=yes
void emacsFirst(const QString &file, const QByteArray &content);  ///< backup by renaming, lock, auto-save file
void emacsLater(const QString &file, const QByteArray &content);  ///< in place
void vscode(const QString &file, const QByteArray &content);      ///< truncated and written in place
void vscodeInTwo(const QString &file, const QByteArray &content); ///< the same in several writes
void kate(const QString &file, const QByteArray &content);        ///< QSaveFile
void jetbrains(const QString &file, const QByteArray &content);   ///< safe write
void gedit(const QString &file, const QByteArray &content);
void nano(const QString &file, const QByteArray &content);
void sed(const QString &file, const QByteArray &content);    ///< the real `sed -i`
void atomic(const QString &file, const QByteArray &content); ///< as most formatters and generators do
void copied(const QString &file, const QByteArray &content); ///< the real `cp`
void deleteAndWrite(const QString &file, const QByteArray &content);

} // namespace editors
