// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The answers of the agent, as the tests read them.

export interface SwapAnswer {
  ok: boolean;
  generation: number;
  ms: number;
  phase?: string;
  plugin?: string | null;
  error?: { code: string; message: string; file: string | null; line: number | null };
  restart?: string | null;
  plugins: { name: string; rebuilt: string[]; change: string; generation: number }[];
  routes: { name: string; change: string }[];
  proof: { inFlightOld: number; held: number; drained: number; dropped: number };
  ledger: {
    disposed: Record<string, number>;
    undisposed: { kind: string; file: string; line: number; note: string }[];
  };
}

export interface Snapshot {
  generation: number;
  plugins: {
    name: string;
    generation: number;
    dependencies: string[];
    methods: { name: string; kind: string }[];
    ledger: Record<string, number>;
    errors: string[];
    middleware: string[];
  }[];
  routes: { name: string; file: string }[];
  cron: { name: string; plugin: string | null }[];
}
