// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/configchange.h"

#include "workspace/config.h"

#include <QJsonObject>
#include <QMap>
#include <QSet>

namespace paddock::change {

using namespace Qt::StringLiterals;

namespace {

/// KEY=value lines without comments, blank lines, quotes and "export".
QMap<QString, QByteArray> variables(const QByteArray &text)
{
    QMap<QString, QByteArray> result;
    for (QByteArray line : text.split('\n')) {
        line = line.trimmed();
        if (line.startsWith("export "))
            line = line.sliced(7).trimmed();
        const qsizetype equals = line.indexOf('=');
        if (line.startsWith('#') || equals <= 0)
            continue;
        QByteArray value = line.sliced(equals + 1).trimmed();
        const bool quoted = value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0];
        if (quoted) {
            value = value.sliced(1, value.size() - 2);
        } else if (const qsizetype comment = value.indexOf(" #"); comment >= 0) {
            value = value.first(comment).trimmed();
        }
        result.insert(QString::fromUtf8(line.first(equals).trimmed()), value);
    }
    return result;
}

template <class Map>
void compareKeys(const Map &before, const Map &after, const QString &noun, QList<Detail> &details)
{
    for (auto it = before.begin(); it != before.end(); ++it) {
        if (!after.contains(it.key()))
            details.append({noun + u"-removed"_s, it.key()});
        else if (after[it.key()] != it.value())
            details.append({noun + u"-changed"_s, it.key()});
    }
    for (auto it = after.begin(); it != after.end(); ++it) {
        if (!before.contains(it.key()))
            details.append({noun + u"-added"_s, it.key()});
    }
}

/// Lines without comments and white space: for bunfig.toml.
QByteArrayList plainLines(const QByteArray &text)
{
    QByteArrayList result;
    for (const QByteArray &line : text.split('\n')) {
        const qsizetype hash = line.contains('"') ? -1 : line.indexOf('#');
        QByteArray plain = (hash < 0 ? line : line.first(hash)).trimmed();
        if (plain.startsWith('#'))
            plain.clear();
        if (!plain.contains('"'))
            plain.replace(' ', "");
        if (!plain.isEmpty())
            result.append(plain);
    }
    return result;
}

bool isInstallKey(QStringView key)
{
    static const QSet<QString> keys{u"dependencies"_s,         u"devDependencies"_s,     u"peerDependencies"_s,
                                    u"optionalDependencies"_s, u"overrides"_s,           u"resolutions"_s,
                                    u"trustedDependencies"_s,  u"patchedDependencies"_s, u"workspaces"_s};
    return keys.contains(key.toString());
}

} // namespace

ConfigDifference compareConfig(const QString &path, const QByteArray &before, const QByteArray &after)
{
    ConfigDifference result;
    if (workspace::isEnvFile(path)) {
        compareKeys(variables(before), variables(after), u"variable"_s, result.details);
        result.any = !result.details.isEmpty() || before.isEmpty() != after.isEmpty();
        return result;
    }
    if (path.endsWith(".toml"_L1)) {
        result.any = plainLines(before) != plainLines(after);
        return result;
    }
    const bool json = path.endsWith(".json"_L1) || path == "bun.lock"_L1;
    if (!json) {
        result.any = before != after;
        result.install = result.any && workspace::isLockFile(path);
        return result;
    }
    QString error;
    const QJsonObject old = before.isEmpty() ? QJsonObject() : workspace::parseLenientJson(before);
    const QJsonObject now = after.isEmpty() ? QJsonObject() : workspace::parseLenientJson(after, &error, &result.line);
    if (!error.isEmpty()) {
        result.any = result.broken = true;
        return result;
    }
    result.any = old != now || before.isEmpty() != after.isEmpty();
    if (workspace::isLockFile(path)) {
        result.install = result.any;
        return result;
    }
    if (path != "package.json"_L1) {
        compareKeys(old, now, u"option"_s, result.details);
        return result;
    }
    QSet<QString> keys;
    for (const QString &key : old.keys() + now.keys())
        keys.insert(key);
    QStringList sorted(keys.begin(), keys.end());
    sorted.sort();
    for (const QString &key : std::as_const(sorted)) {
        if (old[key] == now[key])
            continue;
        if (!isInstallKey(key)) {
            result.details.append({u"field-changed"_s, key});
            continue;
        }
        result.install = true;
        compareKeys(old[key].toObject(), now[key].toObject(), u"dependency"_s, result.details);
    }
    return result;
}

} // namespace paddock::change
