// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The members of a service by its types: an annotation, an interface, an alias.
#include "syntax/hash.h"
#include "workspace/shape.h"

#include <QRegularExpression>
#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;

namespace {

/// The parts of a type that `separator` divides, outside of all brackets and texts.
QStringList splitType(const QString &text, QChar separator)
{
    QStringList parts;
    int depth = 0;
    QChar quote;
    qsizetype start = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (!quote.isNull()) {
            if (c == quote)
                quote = {};
        } else if (c == u'"' || c == u'\'' || c == u'`') {
            quote = c;
        } else if (c == u'<' || c == u'(' || c == u'[' || c == u'{') {
            ++depth;
        } else if ((c == u'>' && (i == 0 || text[i - 1] != u'=')) || c == u')' || c == u']' || c == u'}') {
            --depth;
        } else if (c == separator && depth == 0) {
            parts.append(text.sliced(start, i - start).trimmed());
            start = i + 1;
        }
    }
    parts.append(text.sliced(start).trimmed());
    return parts;
}

} // namespace

bool ServiceReader::membersOfAnnotation(const TypeInfo &type, const FramePtr &frame, std::vector<ServiceMember> &into,
                                        int depth)
{
    return membersOfText(type.text, frame, into, depth);
}

/// What a type that is written out says: UsersService, Promise<UsersService>, Pick<Users, "get" | "list">, A & B.
bool ServiceReader::membersOfText(const QString &text, const FramePtr &frame, std::vector<ServiceMember> &into,
                                  int depth)
{
    if (depth > maxDepth)
        return false;
    QStringList parts = splitType(text, u'&');
    if (parts.size() > 1) {
        bool all = true;
        for (const QString &part : std::as_const(parts))
            all &= membersOfText(part, frame, into, depth + 1);
        return all;
    }
    static const QRegularExpression generic(uR"(^([A-Za-z_$][\w$]*)\s*(?:<(.*)>)?$)"_s,
                                            QRegularExpression::DotMatchesEverythingOption);
    const auto match = generic.match(text.trimmed());
    if (!match.hasMatch())
        return false;
    const QString name = match.captured(1);
    const QStringList arguments = splitType(match.captured(2), u',');
    if (name == "Promise"_L1 || name == "Awaited"_L1 || name == "Readonly"_L1 || name == "Partial"_L1 ||
        name == "Required"_L1)
        return membersOfText(arguments.value(0), frame, into, depth + 1);
    if ((name == "Pick"_L1 || name == "Omit"_L1) && arguments.size() == 2) {
        QStringList keys;
        for (const QString &key : splitType(arguments[1], u'|')) {
            if (key.size() < 3 || (!key.startsWith(u'"') && !key.startsWith(u'\'')))
                return false; // keys that are computed
            keys.append(key.sliced(1, key.size() - 2));
        }
        std::vector<ServiceMember> all;
        if (!membersOfText(arguments[0], frame, all, depth + 1))
            return false;
        std::erase_if(all, [&](const ServiceMember &m) { return keys.contains(m.name) != (name == "Pick"_L1); });
        mergeAll(into, std::move(all));
        return true;
    }
    if ((name == "ReturnType"_L1 || name == "InstanceType"_L1) && arguments.value(0).startsWith("typeof "_L1)) {
        const QString of = arguments[0].sliced(7).trimmed();
        if (name == "InstanceType"_L1)
            return membersOfType(of, frame, into, depth + 1);
        const Target function = m_lookup.name(of, frame);
        return function.declaration && function.declaration->value &&
               membersOfFunction(m_lookup.settle({function.declaration->value, function.frame}), into, depth + 1);
    }
    return membersOfType(name, frame, into, depth + 1);
}

bool ServiceReader::membersOfType(const QString &name, const FramePtr &frame, std::vector<ServiceMember> &into,
                                  int depth)
{
    if (depth > maxDepth)
        return false;
    const Target target = m_lookup.name(name, frame);
    if (!target.declaration)
        return false;
    const Declaration &d = *target.declaration;
    if (d.kind == Declaration::Kind::Class && d.value)
        return membersOfInstance({d.value, target.frame}, into, depth + 1);
    if (!d.isTypeOnly())
        return false;
    if (!d.returnTypeOf.isEmpty()) {
        const Target function = m_lookup.name(d.returnTypeOf, target.frame);
        return function.declaration && function.declaration->value &&
               membersOfFunction(m_lookup.settle({function.declaration->value, function.frame}), into, depth + 1);
    }
    std::vector<ServiceMember> own;
    for (const TypeMember &m : d.members) {
        const auto overloaded = std::ranges::find(own, m.name, &ServiceMember::name);
        if (overloaded != own.end()) {
            overloaded->hash = syntax::combine(overloaded->hash, m.hash);
            overloaded->types += m.types;
            continue;
        }
        own.push_back({.name = m.name,
                       .signature = m.signature,
                       .file = target.file->path,
                       .line = m.line,
                       .isMethod = m.isMethod,
                       .hash = m.hash,
                       .types = m.types,
                       .frame = target.frame});
    }
    mergeAll(into, std::move(own));
    bool complete = !d.members.empty();
    for (const QString &base : d.bases)
        complete |= membersOfType(base, target.frame, into, depth + 1);
    if (!complete && d.kind == Declaration::Kind::TypeAlias && !d.type.text.startsWith(u'{'))
        return membersOfText(d.type.text, target.frame, into, depth + 1); // type Reader = Pick<Users, "get">
    return complete;
}
} // namespace paddock::workspace
