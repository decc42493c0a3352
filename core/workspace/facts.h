// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <utility>
#include <vector>

/// What one source file says, without its syntax tree: declarations, imports and exports, and as much of its
/// expressions as discovery and classification follow. Values, independent of any other file. Hashes are those of
/// syntax::Ast: comments and formatting do not count.
namespace paddock::workspace {

struct Expr;
struct Function;
struct FunctionBody;
struct ClassFacts;
struct Declaration;
using ExprPtr = std::shared_ptr<const Expr>;
using FunctionPtr = std::shared_ptr<const Function>;
using ClassPtr = std::shared_ptr<const ClassFacts>;
/// Where facts are made: on the heap, or where there is room for as long as one file is read.
using Memory = std::pmr::memory_resource;
using Exprs = std::pmr::vector<ExprPtr>;

/// A type as written.
struct TypeInfo
{
    QString text; ///< one line; empty: none
    quint64 hash = 0;
    QStringList names; ///< of the types (and values, behind typeof) that it mentions

    [[nodiscard]] bool isGiven() const { return !text.isEmpty(); }
};

struct Property
{
    enum class Kind : quint8 { Value, Shorthand, Method, Getter, Setter, Spread, Computed };
    Kind kind = Kind::Value;
    QString name; ///< empty: spread, or computed from something unknown
    ExprPtr value;
    ExprPtr key; ///< of computed ones
    int line = 0;
};

struct ExprMore;

/// A part of packed facts that is unpacked when somebody asks for it.
struct PackedPart
{
    QByteArray bytes;
    std::shared_ptr<const std::vector<QString>> texts; ///< those of its file
    quint32 contents = 0;                              ///< which things it holds
    int depth = 0;
};

/// Where details of an expression are: as they are, or still packed.
struct MoreHolder
{
    bool isPacked = false;
};

/// Most are names, members and calls, and there are many of them, so what few have stands apart.
struct Expr
{
    enum class Kind : quint8 {
        Other, ///< not followed; `names` and `types` say what it uses
        String,
        Number,
        Boolean,
        Nullish,
        Template,
        Regex,
        Name,   ///< text
        Member, ///< children[0] . text
        Index,  ///< children[0] [ children[1] ]
        Call,
        New,    ///< children[0] ( children[1…] ), type arguments in `type`
        Object, ///< properties
        Array,  ///< children
        Spread, ///< ...children[0]
        Function,
        Class,
        Choice, ///< one of the children: a ? b : c (without the condition), a ?? b, a || b, a && b (b alone); text: ?,
                ///< ??, ||, &&
        Cast,   ///< children[0] as `type`
        Satisfies, ///< children[0] satisfies `type`
        Await,     ///< children[0]
        Assign,    ///< children[0] = children[1]
        ForOf,     ///< for (text of children[0]) children[1…]
        Guarded,   ///< children run only sometimes: if, catch, switch
        This,
    };
    Kind kind = Kind::Other;
    bool conditional = false; ///< Member and Call: through ?.
    int line = 0;
    quint64 hash = 0;
    QString text; ///< name, or value of a literal
    Exprs children;
    std::shared_ptr<const MoreHolder> rest; ///< null: nothing of it

    [[nodiscard]] const std::vector<Property> &properties() const;
    [[nodiscard]] const FunctionPtr &function() const;
    [[nodiscard]] const ClassPtr &classFacts() const;
    [[nodiscard]] const TypeInfo &type() const;
    [[nodiscard]] const QStringList &names() const;
    [[nodiscard]] const QStringList &types() const;
    [[nodiscard]] const ExprMore &details() const; ///< all of those
    /// To write; while the expression is made.
    [[nodiscard]] ExprMore &more(Memory *memory = std::pmr::get_default_resource());

    [[nodiscard]] bool is(Kind k) const { return kind == k; }
    [[nodiscard]] bool is(Kind k, QStringView t) const { return kind == k && text == t; }
};

struct ExprMore
{
    std::vector<Property> properties;
    FunctionPtr function;
    ClassPtr classFacts;
    TypeInfo type;
    QStringList names; ///< Other, Template, Function, Class: every name that it uses as a value
    QStringList types; ///< the same: every name that it uses as a type

    static const ExprMore &none()
    {
        static const ExprMore nothing;
        return nothing;
    }
};

struct MoreAsItIs : MoreHolder
{
    explicit MoreAsItIs(ExprMore details) : more(std::move(details)) {}
    ExprMore more;
};
struct MorePacked : MoreHolder
{
    explicit MorePacked(PackedPart part) : MoreHolder{true}, packed(std::move(part)) {}
    [[nodiscard]] const ExprMore &made() const; ///< safe from several threads

private:
    mutable std::once_flag once;
    mutable PackedPart packed; ///< until it is made
    mutable std::unique_ptr<const ExprMore> more;
};

inline const ExprMore &Expr::details() const
{
    if (!rest)
        return ExprMore::none();
    return rest->isPacked ? static_cast<const MorePacked &>(*rest).made() : static_cast<const MoreAsItIs &>(*rest).more;
}
inline const std::vector<Property> &Expr::properties() const
{
    return details().properties;
}
inline const FunctionPtr &Expr::function() const
{
    return details().function;
}
inline const ClassPtr &Expr::classFacts() const
{
    return details().classFacts;
}
inline const TypeInfo &Expr::type() const
{
    return details().type;
}
inline const QStringList &Expr::names() const
{
    return details().names;
}
inline const QStringList &Expr::types() const
{
    return details().types;
}
inline ExprMore &Expr::more(Memory *memory)
{
    if (!rest || rest.use_count() > 1 || rest->isPacked)
        rest = std::allocate_shared<MoreAsItIs>(std::pmr::polymorphic_allocator<>(memory), details());
    return const_cast<MoreAsItIs &>(static_cast<const MoreAsItIs &>(*rest)).more; // nobody else has it
}

/// What is in a part; nothing where it is not what packFacts() made.
[[nodiscard]] FunctionBody unpackBody(const PackedPart &part);
[[nodiscard]] ExprMore unpackMore(const PackedPart &part);

/// A function as an expression of its own.
[[nodiscard]] inline ExprPtr exprOf(const FunctionPtr &function, int line)
{
    Expr e{.kind = Expr::Kind::Function, .line = line};
    e.more().function = function;
    return std::make_shared<const Expr>(std::move(e));
}

struct Parameter
{
    QString name; ///< empty: destructured
    TypeInfo type;
    bool optional = false; ///< with ? or a default
    bool rest = false;
    ExprPtr value;           ///< default; may be null
    bool isProperty = false; ///< of a constructor: public name: T
    QStringList names;       ///< destructured: what it binds
};

/// The body of a function. Of most functions nobody asks for it, so it is made when somebody does: until then it is the
/// bytes of a cache, or the body that stood some lines further up. A shared value; safe from several threads.
class LazyBody final
{
public:
    LazyBody() = default; ///< with nothing in it
    explicit LazyBody(FunctionBody body, Memory *memory = std::pmr::get_default_resource());
    explicit LazyBody(PackedPart packed);
    [[nodiscard]] LazyBody moved(int lines) const; ///< the same, further down in its file
    [[nodiscard]] const FunctionBody &operator*() const;
    [[nodiscard]] const FunctionBody *operator->() const { return &**this; }

private:
    struct Data;
    std::shared_ptr<const Data> d; ///< null: empty
};

struct Function
{
    std::vector<Parameter> parameters;
    QString typeParameters; ///< "<T extends X>"
    TypeInfo returnType;
    bool isAsync = false;
    bool isGenerator = false;
    quint64 bodyHash = 0;
    QString signature;          ///< "(id: string): Promise<User>", one line
    quint64 signatureHash = 0;  ///< of parameter types and return type; names of parameters do not count
    QStringList signatureTypes; ///< names that the signature mentions
    LazyBody body;
};

struct ClassMember
{
    enum class Kind : quint8 { Method, Getter, Setter, Field, Constructor };
    Kind kind = Kind::Method;
    QString name;
    bool isStatic = false;
    bool isPrivate = false;  ///< private, protected or #name
    bool isOptional = false; ///< name?: T
    FunctionPtr function;
    TypeInfo type; ///< of fields
    ExprPtr value; ///< of fields; may be null
    int line = 0;
    quint64 hash = 0;
};

struct ClassFacts
{
    ExprPtr base; ///< may be null
    QStringList implements;
    std::vector<ClassMember> members;
};

/// A member of an interface or of an object type.
struct TypeMember
{
    QString name;
    bool isMethod = false;
    bool optional = false;
    QString signature; ///< "getById(id: string): Promise<User>", one line
    quint64 hash = 0;
    QStringList types;
    int line = 0;
};

struct Declaration
{
    enum class Kind : quint8 { Constant, Variable, Function, Class, Interface, TypeAlias, Enum, Namespace };
    Kind kind = Kind::Constant;
    QString name;
    int line = 0;
    int endLine = 0;
    quint64 hash = 0;                ///< of the whole declaration
    ExprPtr value;                   ///< constants and variables, functions and classes (as expressions)
    TypeInfo type;                   ///< annotation; of type aliases the type itself
    std::vector<TypeMember> members; ///< interfaces, aliases of object types
    QStringList bases;               ///< types that it extends or intersects
    QString returnTypeOf;            ///< alias of ReturnType<typeof f>, also within Awaited<…>: f
    QStringList names;               ///< every name that it uses as a value
    QStringList types;               ///< every name that it uses as a type

    [[nodiscard]] bool isTypeOnly() const { return kind == Kind::Interface || kind == Kind::TypeAlias; }
};

/// What a function's statements add up to, as far as followed.
struct FunctionBody
{
    Exprs returns; ///< what it may return
    std::vector<Declaration> locals;
    Exprs statements; ///< those that could register routes or plugins

    [[nodiscard]] bool isEmpty() const { return returns.empty() && locals.empty() && statements.empty(); }
};

struct ImportName
{
    QString imported; ///< "default", "*" for the whole module, or a name
    QString local;    ///< empty: only re-exported
    bool typeOnly = false;
};

struct Import
{
    enum class Kind : quint8 { Static, Dynamic, Require, Export };
    Kind kind = Kind::Static;
    QString specifier;
    int line = 0;
    bool typeOnly = false;         ///< import type …, or no name of it is used as a value
    std::vector<ImportName> names; ///< none: for its effects only, or the whole module where dynamic
};

struct Export
{
    QString name;      ///< "default", "*" for export * from, or a name
    QString local;     ///< name of a declaration of this file, or the imported name where `specifier` is set
    QString specifier; ///< re-export from there; empty: of this file
    ExprPtr value;     ///< export default <expression>
    bool typeOnly = false;
};

/// A top-level statement in the order of running.
struct Step
{
    int declaration = -1; ///< index, or
    ExprPtr expr;         ///< what is run
};

struct FileNote
{
    QString code;
    int line = 0;
    QString message;
};

struct FileFacts
{
    QByteArray contentHash;
    quint64 codeHash = 0;     ///< of the normalised text
    int errorLine = 0;        ///< first syntax error; 0: none
    bool isSource = false;    ///< parsed; otherwise only the hashes are known
    bool isGenerated = false; ///< says so in its header
    std::vector<Import> imports;
    std::vector<Export> exports;
    std::vector<Declaration> declarations;
    std::vector<Step> steps;
    quint64 stepsHash = 0;  ///< of all statements that are no declarations, imports or exports
    quint64 blocksHash = 0; ///< of those of them that are no expressions, so that not all of them need be in `steps`
    QStringList stepNames;  ///< every name that those use as a value
    std::vector<FileNote> notes;
    QHash<QString, std::pair<int, int>> importIndex; ///< local name → import and name in it; only where there are many

    void indexImports()
    {
        if (imports.size() <= 24)
            return;
        for (size_t i = 0; i < imports.size(); ++i) {
            for (size_t k = 0; k < imports[i].names.size(); ++k)
                importIndex.insert(imports[i].names[k].local, {static_cast<int>(i), static_cast<int>(k)});
        }
    }

    [[nodiscard]] const Declaration *declaration(QStringView name) const
    {
        for (const Declaration &d : declarations) {
            if (d.name == name)
                return &d;
        }
        return nullptr;
    }
};

} // namespace paddock::workspace
