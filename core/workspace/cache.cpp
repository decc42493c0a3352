// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/cache.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <chrono>
#include <sys/stat.h>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

constexpr quint32 magic = 0x50444b46;
constexpr quint32 version = 3; ///< grows with every change of FileFacts or of what fills it
constexpr int hashSize = 20;
constexpr int maxDepth = 400;

/// Reads or writes, so that both are in one order by construction.
class Archive final
{
public:
    explicit Archive(QByteArray *out) : m_stream(out, QIODevice::WriteOnly), m_reading(false) { prepare(); }
    explicit Archive(const QByteArray &in) : m_stream(in), m_reading(true) { prepare(); }

    [[nodiscard]] bool ok() const { return m_ok && m_stream.status() == QDataStream::Ok; }

    template <class T>
        requires std::is_arithmetic_v<T>
    void operator()(T &value)
    {
        m_reading ? void(m_stream >> value) : void(m_stream << value);
    }
    template <class T>
        requires std::is_enum_v<T>
    void operator()(T &value)
    {
        auto raw = static_cast<qint32>(value);
        (*this)(raw);
        value = static_cast<T>(raw);
    }
    void operator()(QString &value)
    {
        QByteArray utf8 = m_reading ? QByteArray() : value.toUtf8();
        m_reading ? void(m_stream >> utf8) : void(m_stream << utf8);
        if (m_reading)
            value = QString::fromUtf8(utf8);
    }
    void operator()(QByteArray &value) { m_reading ? void(m_stream >> value) : void(m_stream << value); }
    void operator()(QStringList &list) { sequence(list); }
    template <class T>
    void operator()(std::vector<T> &list)
    {
        sequence(list);
    }
    template <class T>
    void operator()(std::shared_ptr<const T> &pointer)
    {
        bool present = pointer != nullptr;
        (*this)(present);
        if (!present || !ok())
            return;
        if (++m_depth > maxDepth) {
            m_ok = false;
            return;
        }
        auto value = m_reading ? std::make_shared<T>() : std::const_pointer_cast<T>(pointer);
        (*this)(*value);
        pointer = std::move(value);
        --m_depth;
    }

    void operator()(TypeInfo &t) { all(t.text, t.hash, t.names); }
    void operator()(Property &p) { all(p.kind, p.name, p.value, p.key, p.line); }
    void operator()(Expr &e)
    {
        all(e.kind, e.conditional, e.line, e.hash, e.text, e.children, e.properties, e.function, e.classFacts, e.type,
            e.names, e.types);
        // What the rest of the code takes for granted of each kind
        using K = Expr::Kind;
        const size_t needed = e.is(K::Member) || e.is(K::Call) || e.is(K::New) || e.is(K::Spread) || e.is(K::Cast) ||
                                      e.is(K::Satisfies) || e.is(K::Await) || e.is(K::Choice) || e.is(K::ForOf)
                                  ? 1
                              : e.is(K::Index) || e.is(K::Assign) ? 2
                                                                  : 0;
        m_ok &= e.children.size() >= needed && (e.function || !e.is(K::Function)) && (e.classFacts || !e.is(K::Class));
    }
    void operator()(Parameter &p) { all(p.name, p.type, p.optional, p.rest, p.value, p.isProperty, p.names); }
    void operator()(Function &f)
    {
        all(f.parameters, f.typeParameters, f.returnType, f.isAsync, f.isGenerator, f.bodyHash, f.signature,
            f.signatureHash, f.signatureTypes, f.returns, f.locals, f.statements);
    }
    void operator()(ClassMember &m)
    {
        all(m.kind, m.name, m.isStatic, m.isPrivate, m.function, m.type, m.value, m.line, m.hash);
    }
    void operator()(ClassFacts &c) { all(c.base, c.implements, c.members); }
    void operator()(TypeMember &m) { all(m.name, m.isMethod, m.optional, m.signature, m.hash, m.types, m.line); }
    void operator()(Declaration &d)
    {
        all(d.kind, d.name, d.line, d.endLine, d.hash, d.value, d.type, d.members, d.bases, d.returnTypeOf, d.names,
            d.types);
    }
    void operator()(ImportName &n) { all(n.imported, n.local, n.typeOnly); }
    void operator()(Import &i) { all(i.kind, i.specifier, i.line, i.typeOnly, i.names); }
    void operator()(Export &e) { all(e.name, e.local, e.specifier, e.value, e.typeOnly); }
    void operator()(Step &s) { all(s.declaration, s.expr); }
    void operator()(FileNote &n) { all(n.code, n.line, n.message); }
    void operator()(FileFacts &f)
    {
        all(f.contentHash, f.codeHash, f.errorLine, f.isSource, f.isGenerated, f.imports, f.exports, f.declarations,
            f.steps, f.stepsHash, f.stepNames, f.notes);
    }

private:
    void prepare() { m_stream.setVersion(QDataStream::Qt_6_6); }
    template <class... T>
    void all(T &...values)
    {
        (void)((ok() ? ((*this)(values), true) : false) && ...);
    }
    template <class List>
    void sequence(List &list)
    {
        auto count = static_cast<quint32>(list.size());
        (*this)(count);
        if (m_reading) {
            list.clear();
            for (quint32 i = 0; i < count && ok(); ++i) {
                typename List::value_type item{};
                (*this)(item);
                list.push_back(std::move(item));
            }
        } else {
            for (auto &item : list)
                (*this)(item);
        }
    }

    QDataStream m_stream;
    bool m_reading;
    bool m_ok = true;
    int m_depth = 0;
};

qint64 nanoseconds(const timespec &t)
{
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

} // namespace

QByteArray toBytes(const FileFacts &facts)
{
    QByteArray bytes;
    Archive archive(&bytes);
    archive(const_cast<FileFacts &>(facts)); // writing changes nothing
    return archive.ok() ? bytes : QByteArray();
}

FactsPtr factsFromBytes(const QByteArray &bytes)
{
    FileFacts facts;
    Archive archive(bytes);
    archive(facts);
    for (const Step &step : facts.steps) {
        if (step.declaration >= static_cast<int>(facts.declarations.size()))
            return {};
    }
    if (!archive.ok() || bytes.isEmpty())
        return {};
    facts.indexImports();
    return std::make_shared<const FileFacts>(std::move(facts));
}

std::optional<FileStamp> FileStamp::of(const QString &path)
{
    struct stat status;
    if (::stat(QFile::encodeName(path).constData(), &status) != 0)
        return {};
    return FileStamp{status.st_ino, status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

void FactsCache::load(const QString &fileName)
{
    m_entries.clear();
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        return;
    const QByteArray bytes = file.readAll();
    if (bytes.size() <= hashSize)
        return;
    const QByteArray payload = bytes.chopped(hashSize);
    if (QCryptographicHash::hash(payload, QCryptographicHash::Sha1) != bytes.last(hashSize))
        return;
    QDataStream stream(payload);
    stream.setVersion(QDataStream::Qt_6_6);
    quint32 mark = 0, v = 0, count = 0;
    stream >> mark >> v >> m_written >> count;
    if (mark != magic || v != version)
        return;
    for (quint32 i = 0; i < count && stream.status() == QDataStream::Ok; ++i) {
        QByteArray path;
        Entry entry;
        stream >> path >> entry.stamp.inode >> entry.stamp.size >> entry.stamp.modified >> entry.stamp.changed >>
            entry.facts;
        m_entries.insert(QString::fromUtf8(path), std::move(entry));
    }
    if (stream.status() != QDataStream::Ok)
        m_entries.clear();
}

FactsPtr FactsCache::find(const QString &path, const FileStamp &stamp, bool *recent) const
{
    const auto found = m_entries.constFind(path);
    if (found == m_entries.constEnd() || !(found->stamp == stamp))
        return {};
    *recent = std::max(stamp.modified, stamp.changed) > m_written - 2'000'000'000LL;
    return factsFromBytes(found->facts);
}

void FactsCache::store(const QString &fileName, const QHash<QString, std::pair<FileStamp, FactsPtr>> &files)
{
    QByteArray payload;
    QDataStream stream(&payload, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_6);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    stream << magic << version << qint64(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count())
           << static_cast<quint32>(files.size());
    for (auto it = files.cbegin(); it != files.cend(); ++it) {
        const FileStamp &s = it->first;
        stream << it.key().toUtf8() << s.inode << s.size << s.modified << s.changed << toBytes(*it->second);
    }
    QDir().mkpath(QFileInfo(fileName).path());
    QSaveFile file(fileName);
    if (!file.open(QIODevice::WriteOnly))
        return;
    file.write(payload);
    file.write(QCryptographicHash::hash(payload, QCryptographicHash::Sha1));
    file.commit();
}

} // namespace paddock::workspace
