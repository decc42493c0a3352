// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/facts.h"
#include "workspace/movelines.h"

#include <mutex>
#include <utility>

namespace paddock::workspace {

struct LazyBody::Data
{
    std::shared_ptr<const Data> origin; ///< the body that is moved; never one that is moved itself
    int lines = 0;
    mutable std::once_flag once;
    mutable std::function<FunctionBody()> make; ///< null: made, or moved
    mutable FunctionBody body;

    const FunctionBody &made() const
    {
        std::call_once(once, [this] {
            if (origin)
                body = moveLines(origin->made(), lines);
            else if (make)
                body = std::exchange(make, nullptr)();
        });
        return body;
    }
};

LazyBody::LazyBody(FunctionBody body)
{
    if (body.isEmpty())
        return;
    auto data = std::make_shared<Data>();
    data->body = std::move(body);
    d = std::move(data);
}

LazyBody::LazyBody(std::function<FunctionBody()> make)
{
    auto data = std::make_shared<Data>();
    data->make = std::move(make);
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

} // namespace paddock::workspace
