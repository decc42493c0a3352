// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

namespace cases {

using namespace Qt::StringLiterals;

namespace {

QString text(const QStringList &lines)
{
    return lines.join(u'\n');
}

bool write(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

} // namespace

QList<Case> load(const QString &folder, QString *error)
{
    QList<Case> result;
    for (const QString &name : QDir(folder).entryList({u"*.txt"_s}, QDir::Files, QDir::Name)) {
        QFile file(folder + u'/' + name);
        if (!file.open(QIODevice::ReadOnly)) {
            *error = name;
            return {};
        }
        int number = 0;
        bool setup = false;
        QStringList minus, plus;
        Edit *open = nullptr;
        const auto close = [&] {
            if (open) {
                open->before = text(minus);
                open->after = text(plus);
            }
            open = nullptr;
            minus.clear();
            plus.clear();
        };
        for (const QString &line : QString::fromUtf8(file.readAll()).split(u'\n')) {
            ++number;
            const QString rest = line.section(u' ', 1).trimmed();
            if (line.startsWith("- "_L1) || line == "-"_L1) {
                if (!plus.isEmpty() && open) { // a second replacement in the same file
                    const QString path = open->path;
                    close();
                    auto &edits = setup ? result.last().setup : result.last().edits;
                    edits.append({.path = path});
                    open = &edits.last();
                }
                minus.append(line.sliced(std::min<qsizetype>(2, line.size())));
                continue;
            }
            if (line.startsWith("+ "_L1) || line == "+"_L1) {
                plus.append(line.sliced(std::min<qsizetype>(2, line.size())));
                continue;
            }
            close();
            if (line.startsWith("### "_L1)) {
                result.append({.title = name.chopped(4) + u": "_s + rest});
                setup = false;
            } else if (line.isEmpty() || line.startsWith("//"_L1)) {
                continue;
            } else if (result.isEmpty()) {
                *error = u"%1:%2"_s.arg(name).arg(number);
                return {};
            } else if (line == "setup"_L1 || line == "save"_L1) {
                setup = line == "setup"_L1;
            } else if (line == "one-way"_L1) {
                result.last().swapsBack = false;
            } else if (line.startsWith("base "_L1)) {
                result.last().base = rest;
            } else if (line.startsWith("applied "_L1)) {
                result.last().appliedKnown = true;
                if (rest != "none"_L1)
                    result.last().applied = rest.split(u' ', Qt::SkipEmptyParts);
            } else if (line.startsWith("written "_L1)) {
                result.last().written = rest.split(u' ', Qt::SkipEmptyParts);
            } else if (line.startsWith(u'@')) {
                const QString mark = line.first(2);
                Edit edit{.path = rest};
                edit.kind = mark == "@+"_L1   ? Edit::Kind::Write
                            : mark == "@x"_L1 ? Edit::Kind::Remove
                            : mark == "@>"_L1 ? Edit::Kind::Move
                                              : Edit::Kind::Replace;
                if (edit.kind == Edit::Kind::Move) {
                    edit.path = rest.section(u' ', 0, 0);
                    edit.target = rest.section(u' ', 1);
                }
                auto &edits = setup ? result.last().setup : result.last().edits;
                edits.append(edit);
                open = &edits.last();
            } else if (line == "=> nothing"_L1) {
                continue;
            } else if (line.startsWith("=> "_L1)) {
                QStringList parts = rest.split(u' ', Qt::SkipEmptyParts);
                if (parts.size() < 3) {
                    *error = u"%1:%2"_s.arg(name).arg(number);
                    return {};
                }
                Expectation e{.kind = parts[0], .subject = parts[1], .actions = parts[2], .details = parts.mid(3)};
                e.keepHot = e.details.removeAll(u"keep-hot"_s) > 0;
                result.last().expected.append(e);
            } else {
                *error = u"%1:%2: %3"_s.arg(name).arg(number).arg(line);
                return {};
            }
        }
        close();
    }
    return result;
}

QStringList apply(const Edit &edit, const QString &root, QString *error)
{
    const QString path = root + u'/' + edit.path;
    switch (edit.kind) {
    case Edit::Kind::Write:
        if (!write(path, edit.after.toUtf8() + '\n'))
            *error = u"cannot write "_s + edit.path;
        return {edit.path};
    case Edit::Kind::Remove:
        if (!QFile::remove(path))
            *error = u"cannot remove "_s + edit.path;
        return {edit.path};
    case Edit::Kind::Move:
        QDir().mkpath(QFileInfo(root + u'/' + edit.target).path());
        if (!QFile::rename(path, root + u'/' + edit.target))
            *error = u"cannot move "_s + edit.path;
        return {edit.path, edit.target};
    case Edit::Kind::Replace: break;
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        *error = u"cannot read "_s + edit.path;
        return {};
    }
    QString content = QString::fromUtf8(file.readAll());
    file.close();
    if (edit.before.isEmpty() || content.count(edit.before) != 1) {
        *error = u"%1 holds this %2 times:\n%3"_s.arg(edit.path).arg(content.count(edit.before)).arg(edit.before);
        return {};
    }
    content.replace(edit.before, edit.after);
    if (!write(path, content.toUtf8()))
        *error = u"cannot write "_s + edit.path;
    return {edit.path};
}

bool copyFolder(const QString &from, const QString &to)
{
    QDirIterator it(from, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QFileInfo info = it.nextFileInfo();
        QFile source(info.filePath());
        if (!source.open(QIODevice::ReadOnly) || !write(to + info.filePath().sliced(from.size()), source.readAll()))
            return false;
    }
    return true;
}

} // namespace cases
