// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What the server tells the generator about itself (`DONKEYLABS_GENERATE=1`). */
import type { IRouter, TypedRouteMetadata } from "../router";

export interface RouteDescription extends TypedRouteMetadata {
  version?: string;
  deprecated?: true;
}

export interface ServerDescription {
  routes: RouteDescription[];
  processes: [];
  /** Events of the core services: name → type. */
  coreEvents: Record<string, string>;
}

const coreEvents = {
  "job.completed": "{ jobId: string; name: string; result: any }",
  "job.failed": "{ jobId: string; name: string; error: string; attempts?: number }",
  "job.event": "{ jobId: string; name: string; event: string; data?: any }",
  "cron.event": "{ taskId: string; name: string; event: string; data?: any }",
};

export function describeRoutes(routers: IRouter[]): ServerDescription {
  const routes = routers.flatMap((router) =>
    router.getTypedMetadata().map((route): RouteDescription => {
      const version = router.getVersion();
      return { ...route, ...(version && { version }), ...(router.getDeprecation() && { deprecated: true }) };
    }),
  );
  return { routes, processes: [], coreEvents };
}
