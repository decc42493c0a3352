// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/storedfacts.h"

#include "workspace/config.h"

#include <algorithm>
#include <initializer_list>
#include <mutex>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

bool importsFramework(const FileFacts &facts, std::initializer_list<QLatin1StringView> names)
{
    for (const Import &import : facts.imports) {
        if (import.names.empty() && import.kind != Import::Kind::Static && import.specifier == frameworkPackage)
            return true; // const { createPlugin } = require("…")
        for (const ImportName &n : import.names) {
            if (!n.typeOnly &&
                (n.imported == "*"_L1 || std::ranges::any_of(names, [&n](auto name) { return n.imported == name; })))
                return n.imported != "*"_L1 || import.specifier == frameworkPackage;
        }
    }
    return false;
}

} // namespace

FactsHead headOf(const FileFacts &facts)
{
    FactsHead head{.codeHash = facts.codeHash,
                   .errorLine = facts.errorLine,
                   .isSource = facts.isSource,
                   .isGenerated = facts.isGenerated,
                   .hasContent = facts.contentHash.size() == FactsHead::hashSize,
                   .makesServer = importsFramework(facts, {"AppServer"_L1, "createServer"_L1}),
                   .makesPlugin = importsFramework(facts, {"createPlugin"_L1}),
                   .makesRouter = importsFramework(facts, {"createRouter"_L1}),
                   .hasImports = !facts.imports.empty()};
    if (head.hasContent)
        std::ranges::copy(facts.contentHash, head.contentHash.begin());
    return head;
}

struct StoredFacts::Data
{
    FactsHead head;
    QByteArrayView packed;
    std::shared_ptr<const QByteArray> owner;
    mutable std::once_flag once;
    mutable FactsPtr facts;
};

StoredFacts::StoredFacts() : StoredFacts(FileFacts()) {}

StoredFacts::StoredFacts(FileFacts facts)
{
    auto data = std::make_shared<Data>();
    data->head = headOf(facts);
    data->facts = std::make_shared<const FileFacts>(std::move(facts));
    d = std::move(data);
}

StoredFacts::StoredFacts(const FactsHead &head, QByteArrayView packed, std::shared_ptr<const QByteArray> owner)
{
    auto data = std::make_shared<Data>();
    data->head = head;
    data->packed = packed;
    data->owner = std::move(owner);
    d = std::move(data);
}

const FileFacts &StoredFacts::unpacked() const
{
    std::call_once(d->once, [this] {
        if (d->facts)
            return;
        FactsPtr facts = unpackFacts(d->packed);
        auto whole = facts ? std::const_pointer_cast<FileFacts>(facts) : std::make_shared<FileFacts>();
        whole->contentHash = contentHash();
        whole->codeHash = d->head.codeHash;
        whole->errorLine = d->head.errorLine;
        whole->isSource = d->head.isSource;
        whole->isGenerated = d->head.isGenerated;
        d->facts = std::move(whole);
    });
    return *d->facts;
}

const FactsHead &StoredFacts::head() const
{
    return d->head;
}

QByteArray StoredFacts::contentHash() const
{
    const FactsHead &head = d->head;
    return head.hasContent ? QByteArray(head.contentHash.data(), FactsHead::hashSize) : QByteArray();
}

bool StoredFacts::sameContent(const StoredFacts &other) const
{
    const FactsHead &a = d->head, &b = other.d->head;
    return d == other.d || (a.hasContent == b.hasContent && a.contentHash == b.contentHash);
}

QStringList StoredFacts::specifiers() const
{
    if (!d->head.hasImports)
        return {};
    if (d->owner)
        return unpackSpecifiers(d->packed);
    QStringList result;
    for (const Import &import : unpacked().imports)
        result.append(import.specifier);
    return result;
}

QByteArray StoredFacts::packed() const
{
    return d->owner ? d->packed.toByteArray() : packFacts(unpacked());
}

} // namespace paddock::workspace
