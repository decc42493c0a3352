// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The routes' contracts as TypeScript text, from their schemas: as the framework prints them, which is what its generator
// writes into clients, and exactly.

import { isObject, type Dict, type RouteLike, type RouterLike } from "./framework";
import type { Tracked } from "./tracked";
import { schemaType } from "./zodtypes";

export function contracts(tracked: Tracked): Dict {
  const routes: Dict[] = [];
  for (const router of tracked.server.routers) {
    const live = new Map(router.getRoutes().map((route) => [route.name, route]));
    for (const route of typed(router)) {
      routes.push({
        name: route.name,
        handler: route.handler ?? "typed",
        input: route.inputType ?? null,
        output: route.outputType ?? null,
        events: route.eventsType ?? null,
        exact: exact(live.get(String(route.name))),
        version: router.getVersion?.() ?? null,
      });
    }
  }
  return { routes };
}

/** Null: not known. */
function exact(route: RouteLike | undefined): Dict {
  return {
    input: route?.input ? schemaType(route.input, "accepts") : null,
    output: route?.output ? schemaType(route.output, "gives") : null,
    events: isObject(route?.events)
      ? Object.fromEntries(Object.entries(route.events).map(([name, schema]) => [name, schemaType(schema, "gives")]))
      : null,
  };
}

function typed(router: RouterLike): Dict[] {
  return router.getTypedMetadata?.() ?? router.getRoutes().map(({ name, handler }) => ({ name, handler }));
}
