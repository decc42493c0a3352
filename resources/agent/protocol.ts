// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The values on the wire; PROTOCOL.md describes them.

export interface ErrorInfo {
  code: string;
  message: string;
  file: string | null;
  line: number | null;
  column?: number | null;
  stack: string | null;
}

export interface Undisposed {
  kind: string;
  file: string | null;
  line: number | null;
  note: string;
}

export interface LedgerReport {
  disposed: Record<string, number>;
  undisposed: Undisposed[];
}

export interface Proof {
  inFlightOld: number;
  drained: number;
  held: number;
  dropped: number;
  lastEndedMs: number;
}

export interface PluginRequest {
  name: string;
  file?: string;
  remove?: boolean;
  renamedFrom?: string;
  config?: unknown;
}

export interface SwapParams {
  changeId?: number;
  plugins?: PluginRequest[];
  routes?: { file: string }[];
  /** Routers that the entry gives to the server now, or no longer does, by the module and the name that it imports. */
  routers?: { file: string; export: string; remove?: boolean }[];
  modules?: string[];
  entry?: string;
  force?: boolean;
  timeoutMs?: number;
}

export type SwapPhase = "load" | "validate" | "build" | "init" | "switch";

export interface RouteChange {
  name: string;
  change: "updated" | "added" | "removed";
}

export interface PluginResult {
  name: string;
  generation: number;
  rebuilt: string[];
  change: "updated" | "added" | "removed";
}

export interface SwapDone {
  ok: true;
  generation: number;
  ms: number;
  phases: Record<"loadMs" | "buildMs" | "switchMs" | "initMs" | "disposeMs", number>;
  plugins: PluginResult[];
  routes: RouteChange[];
  proof: Proof;
  ledger: LedgerReport;
  restart: null;
}

export interface SwapRefused {
  ok: false;
  generation: number;
  phase: SwapPhase;
  plugin: string | null;
  error: ErrorInfo;
  restart: string | null;
}

export type SwapResult = SwapDone | SwapRefused;

export interface WireRequest {
  id: number;
  method: string;
  params: Record<string, unknown>;
}

export type Notification = { event: string } & Record<string, unknown>;
