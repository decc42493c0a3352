// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Versions of routes: which one answers a request that asks for "2", "2.1" or "2.x". */
import type { RouteDefinition } from "./router";

export interface SemVer {
  major: number;
  minor: number;
  patch: number;
  raw: string;
}

export interface VersioningConfig {
  /** Which one answers when the client names none: the highest (default), or an error. */
  defaultBehavior?: "latest" | "unversioned" | "error";
  /** Whether the answer says which version it is. Default: true. */
  echoVersion?: boolean;
  /** Default: X-API-Version. */
  headerName?: string;
}

export interface DeprecationInfo {
  sunsetDate?: string;
  message?: string;
  successor?: string;
}

export interface RouterOptions {
  version?: string;
  deprecated?: DeprecationInfo;
}

/** "v2", "2.1" or "2.1.0"; null for anything else. */
export function parseSemVer(text: string): SemVer | null {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/i.exec(text.trim());
  if (!match) return null;
  const [major, minor, patch] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  return { major, minor, patch, raw: `${major}.${minor}.${patch}` };
}

/** Negative where `a` is the lower one. */
export function compareSemVer(a: SemVer, b: SemVer): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** Whether a version is one that the request asks for; parts left out, `x` and `*` stand for any. */
export function satisfies(version: SemVer, requested: string): boolean {
  const actual = [version.major, version.minor, version.patch];
  for (const [i, part] of requested.trim().replace(/^v/i, "").split(".").entries()) {
    if (part === "" || part === "x" || part === "*") return true;
    if (Number(part) !== actual[i]) return false;
  }
  return true;
}

/** A route of a versioned router. */
export interface VersionedRouteEntry {
  version: SemVer | undefined;
  route: RouteDefinition;
  deprecated?: DeprecationInfo;
  versionRaw?: string;
}

export interface ResolvedRoute {
  route: RouteDefinition;
  /** Only for versioned routes. */
  version?: string;
  deprecated?: DeprecationInfo;
}

/** The route that answers, or null. `entries` are sorted, the highest version first. */
export function resolveRoute(
  plain: RouteDefinition | undefined,
  entries: VersionedRouteEntry[] = [],
  requested?: string | null,
  behaviour: VersioningConfig["defaultBehavior"] = "latest",
): ResolvedRoute | null {
  if (!requested && (plain || behaviour === "error")) return plain ? { route: plain } : null;
  const entry = entries.find(({ version }) => !requested || (version && satisfies(version, requested)));
  if (entry) return { route: entry.route, version: entry.versionRaw, deprecated: entry.deprecated };
  return plain ? { route: plain } : null;
}
