// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QSaveFile>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace editors {

using namespace Qt::StringLiterals;

namespace {

void put(const QString &file, const QByteArray &content, int flags = O_WRONLY | O_CREAT | O_TRUNC, int pieces = 1)
{
    const int fd = ::open(QFile::encodeName(file).constData(), flags | O_CLOEXEC, 0644);
    if (fd < 0)
        qFatal("cannot write %s", qPrintable(file));
    for (int i = 0; i < pieces; ++i) {
        const qsizetype from = content.size() * i / pieces;
        const qsizetype to = content.size() * (i + 1) / pieces;
        if (::write(fd, content.constData() + from, size_t(to - from)) != to - from)
            qFatal("cannot write %s", qPrintable(file));
    }
    ::fsync(fd);
    ::close(fd);
}

void move(const QString &from, const QString &to)
{
    ::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData());
}

void drop(const QString &file)
{
    ::unlink(QFile::encodeName(file).constData());
}

QString beside(const QString &file, const QString &before, const QString &after = {})
{
    const QFileInfo info(file);
    return info.path() + u'/' + before + info.fileName() + after;
}

} // namespace

void vimRename(const QString &file, const QByteArray &content)
{
    put(beside(file, u"."_s, u".swp"_s), "b0VIM");
    put(QFileInfo(file).path() + "/4913"_L1, {});
    drop(QFileInfo(file).path() + "/4913"_L1);
    move(file, file + u'~');
    put(file, content, O_WRONLY | O_CREAT);
    ::chmod(QFile::encodeName(file).constData(), 0644);
    drop(file + u'~');
    drop(beside(file, u"."_s, u".swp"_s));
}

void vimCopy(const QString &file, const QByteArray &content)
{
    QFile old(file);
    const QByteArray before = old.open(QIODevice::ReadOnly) ? old.readAll() : QByteArray();
    put(file + u'~', before);
    put(file, content);
    drop(file + u'~');
}

void emacsFirst(const QString &file, const QByteArray &content)
{
    const QString lock = beside(file, u".#"_s);
    if (::symlink("user@host.1234:1700000000", QFile::encodeName(lock).constData()) != 0)
        qFatal("cannot make the lock");
    put(beside(file, u"#"_s, u"#"_s), content);
    drop(file + u'~');
    move(file, file + u'~');
    put(file, content, O_WRONLY | O_CREAT | O_EXCL);
    drop(lock);
    drop(beside(file, u"#"_s, u"#"_s));
}

void emacsLater(const QString &file, const QByteArray &content)
{
    put(file, content, O_WRONLY | O_TRUNC);
}

void vscode(const QString &file, const QByteArray &content)
{
    const int fd = ::open(QFile::encodeName(file).constData(), O_RDWR | O_CLOEXEC);
    if (fd < 0 || ::ftruncate(fd, 0) != 0 || ::write(fd, content.constData(), size_t(content.size())) != content.size())
        qFatal("cannot write %s", qPrintable(file));
    ::fdatasync(fd);
    ::close(fd);
}

void vscodeInTwo(const QString &file, const QByteArray &content)
{
    put(file, content, O_WRONLY | O_TRUNC, 5);
}

void kate(const QString &file, const QByteArray &content)
{
    put(beside(file, u"."_s, u".kate-swp"_s), "swap");
    QSaveFile save(file);
    if (!save.open(QIODevice::WriteOnly) || save.write(content) != content.size() || !save.commit())
        qFatal("cannot write %s", qPrintable(file));
    drop(beside(file, u"."_s, u".kate-swp"_s));
}

void jetbrains(const QString &file, const QByteArray &content)
{
    put(file + "___jb_tmp___"_L1, content);
    move(file, file + "___jb_old___"_L1);
    move(file + "___jb_tmp___"_L1, file);
    drop(file + "___jb_old___"_L1);
}

void gedit(const QString &file, const QByteArray &content)
{
    const QString temporary = QFileInfo(file).path() + "/.goutputstream-ABC123"_L1;
    put(temporary, content);
    move(temporary, file);
}

void nano(const QString &file, const QByteArray &content)
{
    put(file, content);
}

void sed(const QString &file, const QByteArray &content)
{
    if (QProcess::execute(u"sed"_s, {u"-i"_s, u"s|.*|%1|"_s.arg(QString::fromUtf8(content)), file}) != 0)
        qFatal("sed failed");
}

void atomic(const QString &file, const QByteArray &content)
{
    put(file + ".new"_L1, content);
    move(file + ".new"_L1, file);
}

void copied(const QString &file, const QByteArray &content)
{
    const QString source = QDir::tempPath() + u"/paddock-copy-%1"_s.arg(::getpid());
    put(source, content);
    if (QProcess::execute(u"cp"_s, {source, file}) != 0)
        qFatal("cp failed");
    drop(source);
}

void deleteAndWrite(const QString &file, const QByteArray &content)
{
    drop(file);
    put(file, content);
}

} // namespace editors
