// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/facts.h"
#include "workspace/movelines.h"

#include <utility>

namespace paddock::workspace {

struct LazyBody::Data
{
    std::shared_ptr<const Data> origin; ///< the body that is moved; never one that is moved itself
    int lines = 0;
    mutable std::once_flag once;
    mutable PackedPart packed; ///< until it is made
    mutable std::unique_ptr<const FunctionBody> body;

    const FunctionBody &made() const
    {
        std::call_once(once, [this] {
            if (origin)
                body = std::make_unique<const FunctionBody>(moveLines(origin->made(), lines));
            else if (!body)
                body = std::make_unique<const FunctionBody>(unpackBody(std::exchange(packed, {})));
        });
        return *body;
    }
};

LazyBody::LazyBody(FunctionBody body, Memory *memory)
{
    if (body.isEmpty())
        return;
    auto data = std::allocate_shared<Data>(std::pmr::polymorphic_allocator<>(memory));
    data->body = std::make_unique<const FunctionBody>(std::move(body));
    d = std::move(data);
}

LazyBody::LazyBody(PackedPart packed)
{
    auto data = std::make_shared<Data>();
    data->packed = std::move(packed);
    d = std::move(data);
}

LazyBody LazyBody::moved(int lines) const
{
    if (!d)
        return {};
    auto data = std::make_shared<Data>();
    data->origin = d->origin ? d->origin : d;
    data->lines = d->lines + lines;
    LazyBody result;
    result.d = std::move(data);
    return result;
}

const FunctionBody &LazyBody::operator*() const
{
    static const FunctionBody nothing;
    return d ? d->made() : nothing;
}

const ExprMore &MorePacked::made() const
{
    std::call_once(once, [this] { more = std::make_unique<const ExprMore>(unpackMore(std::exchange(packed, {}))); });
    return *more;
}

} // namespace paddock::workspace
