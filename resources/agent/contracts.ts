// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The routes' contracts as TypeScript text, from their schemas.

import type { Dict, RouterLike } from "./framework";
import type { Tracked } from "./tracked";

export function contracts(tracked: Tracked): Dict {
  const routes: Dict[] = [];
  for (const router of tracked.server.routers) {
    for (const route of typed(router)) {
      routes.push({
        name: route.name,
        handler: route.handler ?? "typed",
        input: route.inputType ?? null,
        output: route.outputType ?? null,
        events: route.eventsType ?? null,
        version: router.getVersion?.() ?? null,
      });
    }
  }
  return { routes };
}

function typed(router: RouterLike): Dict[] {
  return router.getTypedMetadata?.() ?? router.getRoutes().map(({ name, handler }) => ({ name, handler }));
}
