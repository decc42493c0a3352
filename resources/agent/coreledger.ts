// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What plugins register with the framework's core services. Registrations with a name of their own (jobs, workflows,
// processes) belong to one generation at a time: those of a staged generation wait for the switch.

import type { CoreLike, Dict } from "./framework";
import { behindTheScenes, currentOwner, type Entry, Owner } from "./ledger";

type Any = (...args: unknown[]) => unknown;
type Service = Record<string, Any>;

/** Patches the core services of one server. */
export function watchCore(core: CoreLike): void {
  watchCron(core.cron as Service | undefined);
  watchEvents(core.events as Service | undefined);
  watchNamed(core.jobs as Service | undefined, "register", "job", ["handlers"], true);
  watchNamed(core.jobs as Service | undefined, "registerExternal", "job", ["externalConfigs"], false);
  watchNamed(
    core.workflows as Service | undefined,
    "register",
    "workflow",
    ["definitions", "workflowModulePaths", "workflowConcurrencyOverrides"],
    false,
  );
  watchNamed(core.processes as Service | undefined, "register", "process-definition", ["definitions"], false);
  watchListed(core.health as Service | undefined, "register", "health-check", "checks");
  watchListed(core.websocket as Service | undefined, "onMessage", "websocket-handler", "messageHandlers");
  watchStreams(core.sse as Service | undefined);
  watchErrors(core.errors as Service | undefined);
  watchSpawn(core.processes as Service | undefined);
}

function watchCron(cron: Service | undefined): void {
  if (typeof cron?.schedule !== "function" || typeof cron.unschedule !== "function") return;
  const schedule = cron.schedule.bind(cron);
  const unschedule = cron.unschedule.bind(cron);
  const known = new Map<unknown, { owner: Owner; entry: Entry }>();
  cron.schedule = (expression, handler, ...rest) => {
    const owner = currentOwner();
    if (owner?.state === "disposed") return `over_${owner.plugin}`; // code that outlived its generation registers nothing
    if (!owner || typeof handler !== "function") return schedule(expression, handler, ...rest);
    const id = schedule(expression, owner.guard(handler as Any), ...rest);
    const entry = owner.add("cron", () => {
      known.delete(id);
      unschedule(id);
    });
    known.set(id, { owner, entry });
    return id;
  };
  cron.unschedule = (id) => {
    const task = known.get(id);
    known.delete(id);
    task?.owner.forget(task.entry);
    return unschedule(id);
  };
  cronOwners.set(cron, (id) => known.get(id)?.owner ?? null);
}

const cronOwners = new WeakMap<object, (id: unknown) => Owner | null>();

export function cronOwner(core: CoreLike, id: unknown): Owner | null {
  return cronOwners.get(core.cron as object)?.(id) ?? null;
}

function watchEvents(events: Service | undefined): void {
  if (typeof events?.on !== "function") return;
  const on = events.on.bind(events);
  const off = events.off?.bind(events);
  const wrapped = new Map<unknown, Map<unknown, { handler: unknown; drop: () => void }[]>>();

  const subscribe = (event: unknown, handler: Any): { unsubscribe(): void } => {
    const owner = currentOwner();
    if (!owner) return on(event, handler) as { unsubscribe(): void };
    if (owner.state === "disposed") return { unsubscribe: () => {} };
    const guarded = owner.guard(handler);
    const subscription = on(event, guarded) as { unsubscribe(): void };
    const drop = (): void => {
      subscription.unsubscribe();
      owner.forget(entry);
      const forEvent = wrapped.get(event);
      const list = forEvent?.get(handler)?.filter((one) => one.handler !== guarded) ?? [];
      if (list.length > 0) forEvent?.set(handler, list);
      else forEvent?.delete(handler);
      if (forEvent?.size === 0) wrapped.delete(event);
    };
    const entry = owner.add("listener", drop);
    const forEvent = wrapped.get(event) ?? new Map<unknown, { handler: unknown; drop: () => void }[]>();
    wrapped.set(event, forEvent);
    forEvent.set(handler, [...(forEvent.get(handler) ?? []), { handler: guarded, drop }]);
    return { ...subscription, unsubscribe: drop };
  };

  events.on = (event, handler) => subscribe(event, handler as Any);
  events.once = (event, handler) => {
    const subscription = subscribe(event, (data) => {
      subscription.unsubscribe();
      return (handler as Any)(data);
    });
    return subscription;
  };
  if (off) {
    events.off = (event, handler) => {
      const own = handler === undefined ? undefined : wrapped.get(event)?.get(handler);
      if (own) for (const { drop } of [...own]) drop();
      return off(event, ...(handler === undefined ? [] : [handler]));
    };
  }
}

/** A registry by name, kept in maps of the service; where those are not to be found, the entry cannot be taken back. */
function watchNamed(
  service: Service | undefined,
  method: string,
  kind: string,
  maps: string[],
  handler: boolean,
): void {
  const original = service?.[method];
  if (!service || typeof original !== "function") return;
  const owners = new Map<string, Owner>();
  const inner = (): Map<unknown, unknown>[] => {
    const found = [...maps.map((name) => (service as Dict)[name]), service.getDefinitions?.call(service)];
    return [...new Set(found)].filter((map): map is Map<unknown, unknown> => map instanceof Map);
  };

  service[method] = (...args) => {
    const owner = currentOwner();
    const [first, second, ...rest] = args;
    const name = typeof first === "string" ? first : String((first as Dict | null)?.name);
    if (!owner) return original.apply(service, args);
    if (owner.state === "disposed") return undefined;
    const holder = owners.get(name);
    const taken = inner()[0]?.has(name) ?? false;
    if (owner.waits && taken && holder?.plugin !== owner.plugin) return original.apply(service, args); // the service's own error
    const value = handler && typeof second === "function" ? owner.guard(second as Any) : second;
    const site = owner.add(kind, null); // for the line, from here; the real entry follows
    owner.forget(site);
    owner.atSwitch(() => {
      if (inner().length > 0 && owners.get(name)?.state === "disposed") for (const map of inner()) map.delete(name);
      original.apply(service, args.length > 1 ? [first, value, ...rest] : [first]);
      owners.set(name, owner);
      const undo =
        inner().length === 0
          ? null
          : () => {
              if (owners.get(name) !== owner) return;
              owners.delete(name);
              for (const map of inner()) map.delete(name);
            };
      owner.entries.add({ ...site, undo, note: undo ? "" : "the service has no way to take it back" });
    });
    return undefined;
  };
}

/** A registry that is a plain list. */
function watchListed(service: Service | undefined, method: string, kind: string, list: string): void {
  const original = service?.[method];
  if (!service || typeof original !== "function") return;
  service[method] = (item, ...rest) => {
    const owner = currentOwner();
    if (!owner) return original.call(service, item, ...rest);
    if (owner.state === "disposed") return undefined;
    const site = owner.add(kind, null);
    owner.forget(site);
    owner.atSwitch(() => {
      const value = typeof item === "function" ? owner.guard(item as Any) : item;
      original.call(service, value, ...rest);
      const items = (service as Dict)[list];
      const undo = Array.isArray(items)
        ? () => {
            const index = items.indexOf(value);
            if (index >= 0) items.splice(index, 1);
          }
        : null;
      owner.entries.add({ ...site, undo, note: undo ? "" : "the service has no way to take it back" });
    });
    return undefined;
  };
}

/** Streams that a generation opens on its own. Those of a request belong to whoever asked, and outlive every swap. */
function watchStreams(sse: Service | undefined): void {
  const add = sse?.addClient;
  const remove = sse?.removeClient;
  if (!sse || typeof add !== "function" || typeof remove !== "function") return;
  const known = new Map<unknown, () => void>();
  sse.addClient = (...args) => {
    const owner = currentOwner();
    const result = behindTheScenes(() => add.apply(sse, args)) as { client?: { id?: unknown } } | undefined;
    const id = result?.client?.id;
    if (!owner || owner.state === "disposed" || id === undefined) return result;
    const entry = owner.add("stream", () => {
      known.delete(id);
      return remove.call(sse, id);
    });
    known.set(id, () => owner.forget(entry));
    return result;
  };
  sse.removeClient = (id, ...rest) => {
    known.get(id)?.();
    known.delete(id);
    return remove.call(sse, id, ...rest);
  };
}

function watchErrors(errors: Service | undefined): void {
  const original = errors?.register;
  if (!errors || typeof original !== "function") return;
  const owners = new Map<string, Owner>();
  errors.register = (name, definition) => {
    const owner = currentOwner();
    if (!owner) return original.call(errors, name, definition);
    if (owner.state === "disposed") return undefined;
    const key = String(name);
    const fresh = !(key in errors);
    const site = owner.add("error", null);
    owner.forget(site);
    const act = (): void => {
      original.call(errors, name, definition);
      owners.set(key, owner);
      owner.entries.add({
        ...site,
        undo: () => {
          if (owners.get(key) !== owner) return;
          owners.delete(key);
          delete errors[key];
        },
      });
    };
    if (fresh)
      act(); // nobody else's: it may be used at once
    else owner.atSwitch(act);
    return undefined;
  };
}

function watchSpawn(processes: Service | undefined): void {
  const original = processes?.spawn;
  if (!processes || typeof original !== "function") return;
  processes.spawn = (...args) => {
    const owner = currentOwner();
    const result = original.apply(processes, args);
    if (!owner || owner.state === "disposed") return result;
    const stop = processes.stop ?? processes.kill;
    if (typeof stop !== "function" || !(result instanceof Promise)) return result; // its child is in the ledger itself
    const site = owner.add("process", () => result.then((id) => stop.call(processes, id)));
    result.catch(() => owner.forget(site));
    return result;
  };
}
