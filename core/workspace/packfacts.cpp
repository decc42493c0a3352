// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/packstream.h"
#include "workspace/storedfacts.h"

#include <QHash>
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

// Packed facts are: the specifiers of the imports; every other text once; then the facts, which name texts by number.

namespace paddock::workspace {

namespace {

constexpr int maxDepth = 400;
constexpr qsizetype small = 32; ///< bytes: not worth it to unpack them later

/// What an expression may have beside its children.
enum Has : quint32 { HasProperties = 8, HasFunction = 16, HasClass = 32, HasType = 64, HasNames = 128, HasTypes = 256 };
constexpr quint32 hasDetails = HasProperties | HasFunction | HasClass | HasType | HasNames | HasTypes;

/// Reads or writes, so that both are in one order by construction.
template <class Stream>
class Archive final
{
public:
    using Texts = std::vector<QString>;
    explicit Archive(Stream &stream) : m_stream(stream) {}
    Archive(Stream &stream, std::shared_ptr<const Texts> known, int depth)
        : texts(std::move(known)), m_stream(stream), m_depth(depth)
    {}

    /// Reading: all of them, before; writing: all of them, afterwards.
    std::shared_ptr<std::conditional_t<Stream::isReading, const Texts, Texts>> texts = std::make_shared<Texts>();

    [[nodiscard]] bool ok() const { return m_stream.ok(); }

    void operator()(FunctionBody &b) { all(b.returns, b.locals, b.statements); }
    void more(ExprMore &m, quint64 has)
    {
        const auto part = [&](quint64 bit, auto &value) {
            if ((has & bit) && ok())
                (*this)(value);
        };
        part(HasProperties, m.properties);
        part(HasFunction, m.function);
        part(HasClass, m.classFacts);
        part(HasType, m.type);
        part(HasNames, m.names);
        part(HasTypes, m.types);
    }
    void operator()(FileFacts &f)
    {
        all(f.exports, f.declarations, f.steps, f.stepsHash, f.blocksHash, f.stepNames, f.notes);
        for (Import &i : f.imports)
            all(i.kind, i.line, i.typeOnly, i.names);
    }

private:
    template <class T>
        requires std::is_enum_v<T>
    void operator()(T &value)
    {
        auto raw = static_cast<quint64>(value);
        number(raw);
        if constexpr (Stream::isReading)
            value = static_cast<T>(raw);
    }
    void operator()(bool &value)
    {
        quint64 raw = value ? 1 : 0;
        number(raw);
        if constexpr (Stream::isReading)
            value = raw != 0;
    }
    void operator()(int &value) // small ones below zero, too
    {
        quint64 raw = (static_cast<quint64>(value) << 1) ^ static_cast<quint64>(value >> 31);
        number(raw);
        if constexpr (Stream::isReading)
            value = static_cast<int>((raw >> 1) ^ (~(raw & 1) + 1));
    }
    void operator()(quint64 &hash)
    {
        if constexpr (Stream::isReading)
            hash = m_stream.fixed();
        else
            m_stream.fixed(hash);
    }
    void operator()(QString &value)
    {
        quint64 at = 0;
        if constexpr (!Stream::isReading) {
            at = indexOf(value);
        }
        number(at);
        if constexpr (Stream::isReading) {
            if (at < texts->size())
                value = (*texts)[at];
            else
                m_stream.spoil();
        }
    }
    template <class T, class Allocator>
    void operator()(std::vector<T, Allocator> &list)
    {
        sequence(list);
    }
    void operator()(QStringList &list) { sequence(list); }
    template <class T>
    void operator()(std::shared_ptr<const T> &pointer)
    {
        bool present = pointer != nullptr;
        (*this)(present);
        if (!present || !ok())
            return;
        if (++m_depth > maxDepth) {
            m_stream.spoil();
            return;
        }
        auto value = Stream::isReading ? std::make_shared<T>() : std::const_pointer_cast<T>(pointer);
        (*this)(*value);
        if constexpr (Stream::isReading)
            pointer = std::move(value);
        --m_depth;
    }

    void operator()(TypeInfo &t) { all(t.text, t.hash, t.names); }
    void operator()(Property &p) { all(p.kind, p.name, p.value, p.key, p.line); }
    void operator()(Expr &e)
    {
        // Most have next to nothing of what there could be.
        quint64 has = 0;
        if constexpr (!Stream::isReading) {
            const ExprMore &d = e.details();
            has = (e.conditional ? 1U : 0U) | (e.text.isEmpty() ? 0U : 2U) | (e.children.empty() ? 0U : 4U) |
                  (d.properties.empty() ? 0U : HasProperties) | (d.function ? HasFunction : 0U) |
                  (d.classFacts ? HasClass : 0U) | (d.type.isGiven() || d.type.hash != 0 ? HasType : 0U) |
                  (d.names.isEmpty() ? 0U : HasNames) | (d.types.isEmpty() ? 0U : HasTypes);
        }
        number(has);
        all(e.kind, e.line, e.hash);
        if constexpr (Stream::isReading)
            e.conditional = has & 1;
        const auto part = [&](quint64 bit, auto &value) {
            if (has & bit)
                (*this)(value);
        };
        part(2, e.text);
        part(4, e.children);
        if (has & hasDetails) {
            if constexpr (Stream::isReading) {
                const QByteArrayView bytes = m_stream.part();
                PackedPart packed{bytes.toByteArray(), texts, static_cast<quint32>(has), m_depth};
                if (bytes.size() < small)
                    e.rest = std::make_shared<MoreAsItIs>(unpackMore(packed));
                else
                    e.rest = std::make_shared<MorePacked>(std::move(packed));
            } else {
                const size_t start = m_stream.beginPart();
                more(const_cast<ExprMore &>(e.details()), has); // writing changes nothing
                m_stream.endPart(start);
            }
        }
        // What the rest of the code takes for granted of each kind
        using K = Expr::Kind;
        const size_t needed = e.is(K::Member) || e.is(K::Call) || e.is(K::New) || e.is(K::Spread) || e.is(K::Cast) ||
                                      e.is(K::Satisfies) || e.is(K::Await) || e.is(K::Choice) || e.is(K::ForOf)
                                  ? 1
                              : e.is(K::Index) || e.is(K::Assign) ? 2
                                                                  : 0;
        if (e.children.size() < needed || (e.is(K::Function) && !(has & HasFunction)) ||
            (e.is(K::Class) && !(has & HasClass)))
            m_stream.spoil();
    }
    void operator()(Parameter &p) { all(p.name, p.type, p.optional, p.rest, p.value, p.isProperty, p.names); }
    void operator()(Function &f)
    {
        all(f.parameters, f.typeParameters, f.returnType, f.isAsync, f.isGenerator, f.bodyHash, f.signature,
            f.signatureHash, f.signatureTypes, f.body);
    }
    /// With its size in front, so that reading may leave it for later.
    void operator()(LazyBody &body)
    {
        if constexpr (Stream::isReading) {
            const QByteArrayView bytes = m_stream.part();
            if (bytes.isEmpty())
                return;
            body = LazyBody(PackedPart{bytes.toByteArray(), texts, 0, m_depth});
        } else {
            const size_t start = m_stream.beginPart();
            if (!body->isEmpty())
                (*this)(const_cast<FunctionBody &>(*body)); // writing changes nothing
            m_stream.endPart(start);
        }
    }
    void operator()(ClassMember &m)
    {
        all(m.kind, m.name, m.isStatic, m.isPrivate, m.isOptional, m.function, m.type, m.value, m.line, m.hash);
    }
    void operator()(ClassFacts &c) { all(c.base, c.implements, c.members); }
    void operator()(TypeMember &m) { all(m.name, m.isMethod, m.optional, m.signature, m.hash, m.types, m.line); }
    void operator()(Declaration &d)
    {
        all(d.kind, d.name, d.line, d.endLine, d.hash, d.value, d.type, d.members, d.bases, d.returnTypeOf, d.names,
            d.types);
    }
    void operator()(ImportName &n) { all(n.imported, n.local, n.typeOnly); }
    void operator()(Export &e) { all(e.name, e.local, e.specifier, e.value, e.typeOnly); }
    void operator()(Step &s) { all(s.declaration, s.expr); }
    void operator()(FileNote &n) { all(n.code, n.line, n.message); }

    template <class... T>
    void all(T &...values)
    {
        (void)((ok() ? ((*this)(values), true) : false) && ...);
    }
    void number(quint64 &value)
    {
        if constexpr (Stream::isReading)
            value = m_stream.number();
        else
            m_stream.number(value);
    }
    template <class List>
    void sequence(List &list)
    {
        auto count = static_cast<quint64>(list.size());
        number(count);
        if constexpr (Stream::isReading) {
            if (!m_stream.has(count)) // each takes a byte at least
                return;
            list.reserve(static_cast<typename List::size_type>(count)); // and no more
            list.resize(static_cast<typename List::size_type>(count));
            for (auto &item : list) {
                if (!ok())
                    return;
                (*this)(item);
            }
        } else {
            for (const auto &item : std::as_const(list))                // others may have the same list
                (*this)(const_cast<typename List::value_type &>(item)); // writing changes nothing
        }
    }

    size_t indexOf(const QString &value)
    {
        // Most are names, and of a name there is one string in a file; none of them goes away while they are written.
        Known &known = m_known[(reinterpret_cast<quintptr>(value.constData()) >> 4) % m_known.size()];
        if (known.data != value.constData() || known.size != value.size())
            known = {value.constData(), value.size(), find(value)};
        return known.index;
    }

    size_t find(const QString &value)
    {
        constexpr size_t few = 24; // so many are looked through more quickly than hashed
        const size_t inTurn = std::min(texts->size(), few);
        for (size_t i = 0; i < inTurn; ++i) {
            if ((*texts)[i] == value)
                return i;
        }
        if (texts->size() >= few) {
            if (const auto known = m_index.constFind(value); known != m_index.constEnd())
                return *known;
            m_index.insert(value, texts->size());
        }
        texts->push_back(value);
        return texts->size() - 1;
    }

    Stream &m_stream;
    struct Known
    {
        const QChar *data = nullptr;
        qsizetype size = -1;
        size_t index = 0;
    };
    std::array<Known, Stream::isReading ? 1 : 64> m_known; ///< those that were looked for lately, by address
    QHash<QString, size_t> m_index;                        ///< of those that are not among the first few
    int m_depth = 0;
};

/// The same text, where it was met lately in another file: "input", "string", "ctx" are in many of them.
QString shared(QString text)
{
    constexpr size_t places = 2048;
    static thread_local std::array<QString, places> known;
    if (text.size() > 32)
        return text;
    QString &place = known[qHash(text) % places];
    if (place != text)
        place = std::move(text);
    return place;
}

} // namespace

QByteArray packFacts(const FileFacts &facts)
{
    PackRoom room;
    return packFacts(facts, room).toByteArray();
}

QByteArrayView packFacts(const FileFacts &facts, PackRoom &room)
{
    PackWriter body(room.facts), whole(room.all);
    Archive<PackWriter> archive(body);
    archive.texts->reserve(32);              // in most files there are fewer
    archive(const_cast<FileFacts &>(facts)); // writing changes nothing
    whole.number(facts.imports.size());
    for (const Import &import : facts.imports)
        whole.text(import.specifier);
    whole.number(archive.texts->size());
    for (const QString &text : *archive.texts)
        whole.text(text);
    whole.append(body.bytes());
    return whole.bytes();
}

// What cannot be unpacked cannot be: all of it has been checked by its hash. Nobody may fall over it even so.
FunctionBody unpackBody(const PackedPart &part)
{
    PackReader reader(part.bytes);
    Archive<PackReader> archive(reader, part.texts, part.depth);
    FunctionBody result;
    archive(result);
    return archive.ok() ? result : FunctionBody();
}

ExprMore unpackMore(const PackedPart &part)
{
    PackReader reader(part.bytes);
    Archive<PackReader> archive(reader, part.texts, part.depth);
    ExprMore result;
    archive.more(result, part.contents);
    if (!archive.ok())
        result = {};
    if ((part.contents & HasFunction) && !result.function)
        result.function = std::make_shared<const Function>();
    if ((part.contents & HasClass) && !result.classFacts)
        result.classFacts = std::make_shared<const ClassFacts>();
    return result;
}

QStringList unpackSpecifiers(QByteArrayView packed)
{
    PackReader reader(packed);
    QStringList result;
    for (quint64 left = reader.number(); left > 0 && reader.ok(); --left)
        result.append(reader.text());
    return result;
}

std::unique_ptr<FileFacts> unpackFacts(QByteArrayView packed)
{
    PackReader reader(packed);
    auto facts = std::make_unique<FileFacts>();
    const quint64 imports = reader.number();
    if (!reader.has(imports))
        return {};
    facts->imports.resize(imports);
    for (Import &import : facts->imports)
        import.specifier = reader.text();
    const quint64 texts = reader.number();
    if (!reader.has(texts))
        return {};
    Archive<PackReader> archive(reader);
    auto known = std::make_shared<std::vector<QString>>(texts);
    for (QString &text : *known)
        text = shared(reader.text());
    archive.texts = std::move(known);
    archive(*facts);
    for (const Step &step : facts->steps) {
        if (step.declaration >= static_cast<int>(facts->declarations.size()))
            return {};
    }
    if (!archive.ok() || packed.isEmpty())
        return {};
    facts->indexImports();
    return facts;
}

} // namespace paddock::workspace
