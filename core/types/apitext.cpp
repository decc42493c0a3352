// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/apitext.h"

#include <QRegularExpression>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype Width = 100;

/// The end of a quoted text that begins at `at`: after its closing quote.
qsizetype afterQuoted(QStringView text, qsizetype at)
{
    const QChar quote = text[at];
    for (++at; at < text.size(); ++at) {
        if (text[at] == u'\\')
            ++at;
        else if (text[at] == quote)
            return at + 1;
    }
    return text.size();
}

bool isQuote(QChar c)
{
    return c == u'"' || c == u'\'' || c == u'`';
}

/// The bracket that closes the one at `at`; the text's size where there is none.
qsizetype closing(QStringView text, qsizetype at)
{
    int depth = 0;
    while (at < text.size()) {
        const QChar c = text[at];
        if (isQuote(c)) {
            at = afterQuoted(text, at);
            continue;
        }
        if (c == u'{' || c == u'(' || c == u'[')
            ++depth;
        else if ((c == u'}' || c == u')' || c == u']') && --depth == 0)
            return at;
        ++at;
    }
    return text.size();
}

/// The parts between semicolons that stand in no bracket.
QStringList membersOf(QStringView body)
{
    QStringList members;
    qsizetype from = 0;
    for (qsizetype at = 0; at < body.size();) {
        const QChar c = body[at];
        if (isQuote(c)) {
            at = afterQuoted(body, at);
        } else if (c == u'{' || c == u'(' || c == u'[') {
            at = closing(body, at) + 1;
        } else if (c == u';') {
            members << body.sliced(from, at - from).trimmed().toString();
            from = ++at;
        } else {
            ++at;
        }
    }
    if (const QStringView rest = body.sliced(std::min(from, body.size())).trimmed(); !rest.isEmpty())
        members << rest.toString();
    return members;
}

enum class Open {
    Always, ///< a member more or less is a line more or less, however long the others are
    TooWide,
};

/// Object types opened, each member on a line. `indent` is that of the first line.
QString lay(const QString &type, int indent, Open open)
{
    if (open == Open::TooWide && indent + type.size() <= Width)
        return type;
    QString result;
    for (qsizetype at = 0; at < type.size();) {
        const QChar c = type[at];
        if (isQuote(c)) {
            const qsizetype end = afterQuoted(type, at);
            result += QStringView(type).sliced(at, end - at);
            at = end;
        } else if (c == u'{') {
            const qsizetype end = closing(type, at);
            const QString body = type.sliced(at + 1, std::max<qsizetype>(0, end - at - 1));
            const QStringList members = membersOf(body);
            if (members.isEmpty()) {
                result += u"{}"_s;
            } else {
                result += u"{\n"_s;
                const QString margin(indent + 2, u' ');
                for (const QString &one : members)
                    result += margin + lay(one, indent + 2, open) + u";\n"_s;
                result += QString(indent, u' ') + u'}';
            }
            at = end + 1;
        } else {
            result += c;
            ++at;
        }
    }
    return result;
}

QString quotedKey(const QString &name)
{
    static const QRegularExpression plain(uR"(^[A-Za-z_$][\w$]*$)"_s);
    return plain.match(name).hasMatch() ? name : u'"' + name + u'"';
}

QString member(const QString &name, const QString &type, int indent)
{
    return QString(indent, u' ') + quotedKey(name) + u": "_s + lay(type, indent, Open::Always) + u";\n"_s;
}

class Writer final
{
public:
    explicit Writer(const Snapshot &snapshot) : m_snapshot(snapshot) {}

    QMap<QString, QString> write()
    {
        for (auto it = m_snapshot.symbols.begin(); it != m_snapshot.symbols.end(); ++it) {
            const QString kind = it.key().section(u' ', 0, 0);
            const QString name = it.key().section(u' ', 1, 1);
            const QString owner = name.section(u'.', 0, 0);
            if (kind == "plugin"_L1)
                put(u"plugins/%1.ts"_s.arg(owner), u"interface %1 {\n"_s.arg(pascal(owner)),
                    member(name.section(u'.', 1), it->type, 2));
            else if (kind == "route"_L1)
                putRoute(owner, name, it.key().section(u' ', 2), it->type);
            else if (kind == "table"_L1)
                putTable(owner, name.section(u'.', 1), it->type);
            else
                put(kind + u"s.ts"_s, u"interface %1s {\n"_s.arg(pascal(kind)), member(name, it->type, 2));
        }
        for (QString &text : m_texts)
            text += u"}\n"_s;
        closeInner();
        QString types;
        for (auto it = m_snapshot.definitions.begin(); it != m_snapshot.definitions.end(); ++it) {
            types += u"type "_s + it.key() +
                     (it->parameters.isEmpty() ? QString() : u'<' + it->parameters.join(u", "_s) + u'>') + u" = "_s +
                     lay(it->type, 0, Open::Always) + u";\n"_s;
        }
        if (!types.isEmpty())
            m_texts.insert(u"types.ts"_s, types);
        return std::move(m_texts);
    }

private:
    static QString pascal(const QString &word)
    {
        QString result;
        bool upper = true;
        for (const QChar c : word) {
            if (!c.isLetterOrNumber()) {
                upper = true;
                continue;
            }
            result += upper ? c.toUpper() : c;
            upper = false;
        }
        return result.isEmpty() || result[0].isDigit() ? u"Api"_s + result : result;
    }

    void put(const QString &file, const QString &head, const QString &line)
    {
        QString &text = m_texts[file];
        if (text.isEmpty())
            text = head;
        text += line;
    }

    /// Members of one route, or of one table, follow each other, for symbols are sorted.
    void open(const QString &file, const QString &head, const QString &key)
    {
        if (m_open.value(file) == key)
            return;
        if (m_open.contains(file))
            m_texts[file] += u"  };\n"_s;
        m_open.insert(file, key);
        put(file, head, u"  %1: {\n"_s.arg(quotedKey(key)));
    }
    void closeInner()
    {
        for (auto it = m_open.begin(); it != m_open.end(); ++it)
            m_texts[it.key()].replace(m_texts[it.key()].size() - 2, 2, u"  };\n}\n"_s);
    }

    void putRoute(const QString &group, const QString &name, const QString &part, const QString &type)
    {
        const QString file = u"routes/%1.ts"_s.arg(group);
        open(file, u"interface Routes {\n"_s, name);
        m_texts[file] += member(part, type, 4);
    }
    void putTable(const QString &table, const QString &column, const QString &type)
    {
        open(u"tables.ts"_s, u"interface Tables {\n"_s, table);
        m_texts[u"tables.ts"_s] += member(column, type, 4);
    }

    const Snapshot &m_snapshot;
    QMap<QString, QString> m_texts;
    QMap<QString, QString> m_open; ///< file → the route or table that is being written
};

} // namespace

QString laidOut(const QString &type)
{
    return lay(type, 0, Open::TooWide);
}

QMap<QString, QString> apiTexts(const Snapshot &snapshot)
{
    return Writer(snapshot).write();
}

} // namespace paddock::types
