// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/words.h"

#include <QMap>

namespace paddock::change {

using namespace Qt::StringLiterals;

std::optional<Row> rowOf(Kind kind)
{
    switch (kind) {
    case Kind::RouteHandler: return Row::RouteHandlers;
    case Kind::RouteSchema:
    case Kind::RouteStructure: return Row::RouteSchemas;
    case Kind::PluginMethod:
    case Kind::PluginSignature: return Row::PluginMethods;
    case Kind::PluginStructure: return Row::PluginStructure;
    case Kind::Migration:
    case Kind::MigrationDrift: return Row::Database;
    case Kind::NoEffect:
    case Kind::Generated:
    case Kind::SharedModule:
    case Kind::Config:
    case Kind::Broken: break;
    }
    return {};
}

QString listed(QStringList names)
{
    if (names.size() > 5) {
        const qsizetype more = names.size() - 4;
        names.resize(4);
        names.append(u"%1 more"_s.arg(more));
    }
    if (names.size() < 2)
        return names.value(0);
    const QString last = names.takeLast();
    return names.join(u", "_s) + u" and "_s + last;
}

QString inWords(const QList<Detail> &details, const QString &owner)
{
    // "method-added" x 2 → "adds the methods a and b"
    QList<std::pair<QString, QStringList>> groups;
    for (const Detail &d : details) {
        if (groups.isEmpty() || groups.last().first != d.what)
            groups.append({d.what, {}});
        groups.last().second.append(d.name);
    }
    QStringList clauses;
    for (const auto &[what, names] : groups) {
        const qsizetype dash = what.lastIndexOf(u'-');
        QString noun = what.first(std::max<qsizetype>(dash, 0)), verb = what.sliced(dash + 1);
        noun.replace(u'-', u' ');
        if (names.size() > 1 && !noun.isEmpty())
            noun += noun.endsWith(u'y') ? QString() : u"s"_s;
        if (noun.endsWith("dependency"_L1) && names.size() > 1)
            noun = noun.chopped(1) + u"ies"_s;
        QString subject = u"the "_s + noun;
        if (!names.join(QString()).isEmpty())
            subject += u' ' + listed(names);
        const bool several = names.size() > 1;
        QString preposition = u"of"_s;
        if (verb == "added"_L1) {
            subject.prepend(u"adds "_s);
            preposition = u"to"_s;
        } else if (verb == "removed"_L1) {
            subject.prepend(u"removes "_s);
            preposition = u"from"_s;
        } else if (what == "return-type-changed"_L1 || what == "type-changed"_L1 || what == "signature-changed"_L1) {
            const QString part = what == "type-changed"_L1        ? u"a type in the signature"_s
                                 : what == "signature-changed"_L1 ? u"the signature"_s
                                                                  : u"the return type"_s;
            subject = u"changes "_s + part + (several ? u"s of "_s : u" of "_s) + listed(names);
            preposition = u"in"_s;
        } else {
            subject.prepend(verb == "renamed"_L1 ? u"renames "_s : u"changes "_s);
        }
        if (!owner.isEmpty()) {
            const bool isFirst = clauses.isEmpty();
            if (!isFirst && preposition == "of"_L1)
                preposition = u"in"_s;
            subject += u' ' + preposition + u' ' + (isFirst ? owner : u"it"_s);
        }
        clauses.append(subject);
    }
    return listed(clauses);
}

} // namespace paddock::change
