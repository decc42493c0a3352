// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/processregistry.h"

#include "process/processinfo.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QSet>
#include <QStandardPaths>
#include <QUuid>
#include <csignal>

namespace paddock::process {

using namespace Qt::StringLiterals;

ProcessRegistry::ProcessRegistry(QString folder) : m_folder(std::move(folder)) {}

QString ProcessRegistry::defaultFolder()
{
    QString state = qEnvironmentVariable("PADDOCK_STATE");
    if (state.isEmpty()) {
        const QString base = qEnvironmentVariable("XDG_STATE_HOME", QDir::homePath() + "/.local/state"_L1);
        state = base + "/paddock"_L1;
    }
    return state + "/processes"_L1;
}

QByteArray ProcessRegistry::newToken()
{
    return QUuid::createUuid().toByteArray(QUuid::Id128);
}

Result<> ProcessRegistry::add(const RegisteredProcess &process) const
{
    QDir().mkpath(m_folder);
    QFile::setPermissions(m_folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QString path = m_folder + u'/' + QString::fromLatin1(process.token) + ".json"_L1;
    // 64-bit ticks do not fit a JSON number for certain, so numbers of that kind are texts.
    const QJsonObject json{
        {u"pid"_s, process.pid},
        {u"startTicks"_s, QString::number(process.startTicks)},
        {u"bootId"_s, QString::fromLatin1(process.bootId)},
        {u"token"_s, QString::fromLatin1(process.token)},
        {u"ownerPid"_s, process.ownerPid},
        {u"ownerStartTicks"_s, QString::number(process.ownerStartTicks)},
        {u"name"_s, process.name},
        {u"command"_s, process.command},
        {u"workspace"_s, process.workspace},
        {u"startedAt"_s, process.startedAt.toUTC().toString(Qt::ISODateWithMs)},
    };
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(json).toJson(QJsonDocument::Compact)) < 0 ||
        !file.commit())
        return fail(u"state-not-writable"_s, u"The list of running processes could not be written."_s,
                    u"Make the folder writable; until then, a crash of Paddock may leave processes behind."_s, path,
                    file.errorString());
    return {};
}

void ProcessRegistry::remove(const QByteArray &token) const
{
    QFile::remove(m_folder + u'/' + QString::fromLatin1(token) + ".json"_L1);
}

QList<RegisteredProcess> ProcessRegistry::entries() const
{
    QList<RegisteredProcess> all;
    const QFileInfoList files = QDir(m_folder).entryInfoList({u"*.json"_s}, QDir::Files, QDir::Time | QDir::Reversed);
    for (const QFileInfo &info : files) {
        QFile file(info.absoluteFilePath());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
        RegisteredProcess entry;
        entry.file = info.absoluteFilePath();
        entry.pid = json[u"pid"].toInteger();
        entry.startTicks = json[u"startTicks"].toString().toULongLong();
        entry.bootId = json[u"bootId"].toString().toLatin1();
        entry.token = json[u"token"].toString().toLatin1();
        entry.ownerPid = json[u"ownerPid"].toInteger();
        entry.ownerStartTicks = json[u"ownerStartTicks"].toString().toULongLong();
        entry.name = json[u"name"].toString();
        entry.command = json[u"command"].toString();
        entry.workspace = json[u"workspace"].toString();
        entry.startedAt = QDateTime::fromString(json[u"startedAt"].toString(), Qt::ISODateWithMs);
        all.append(entry); // a damaged file gives an empty entry, which the sweep clears away
    }
    return all;
}

QList<ProcessRegistry::Swept> ProcessRegistry::sweep() const
{
    QList<Swept> swept;
    const QByteArray boot = bootId();
    const QList<RegisteredProcess> all = entries();
    QHash<QByteArray, qsizetype> byToken;
    for (const RegisteredProcess &entry : all) {
        const bool thisBoot = entry.bootId == boot;
        if (thisBoot && isSame(entry.ownerPid, entry.ownerStartTicks))
            continue; // its Paddock lives
        if (thisBoot && !entry.token.isEmpty())
            byToken.insert(entry.token, swept.size());
        swept.append({entry, {}});
    }
    if (swept.isEmpty())
        return swept;
    // Ended processes may have started others just before: look again until nothing is found.
    for (int round = 0; round < 10 && !byToken.isEmpty(); ++round) {
        bool found = false;
        for (const ProcessInfo &process : allProcesses()) {
            if (process.isZombie())
                continue;
            qsizetype index = byToken.value(environmentValue(process.pid, "PADDOCK_CHILD"), -1);
            for (qsizetype i = 0; index < 0 && i < swept.size(); ++i) {
                const RegisteredProcess &entry = swept[i].entry;
                if (entry.bootId == boot && entry.pid == process.pid && entry.startTicks == process.startTicks)
                    index = i;
            }
            if (index < 0 || !isSame(process.pid, process.startTicks))
                continue;
            found = true;
            ::kill(pid_t(process.pid), SIGKILL);
            if (!swept[index].ended.contains(process.pid))
                swept[index].ended.append(process.pid);
        }
        if (!found)
            break;
    }
    for (const Swept &each : swept)
        QFile::remove(each.entry.file);
    return swept;
}

} // namespace paddock::process
