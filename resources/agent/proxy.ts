// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Stable stand-ins for services. What a dependant captured keeps pointing at the same object while the service behind it
// changes. Methods run on the real service, so private fields, getters and `this` work as ever; a method taken off a
// service (`const { list } = ctx.deps.users`) follows the service too.

export type Shape = "object" | "array" | "function" | "value";

export interface Target {
  /** The service that the running code shall see. */
  resolve(): unknown;
  /** The service was called or read, rather than only captured. */
  used(): void;
}

export function shapeOf(value: unknown): Shape {
  if (typeof value === "function") return "function";
  if (typeof value !== "object" || value === null) return "value";
  return Array.isArray(value) ? "array" : "object";
}

type Key = string | symbol;
type Callable = (this: unknown, ...args: unknown[]) => unknown;

export function standIn(shape: Exclude<Shape, "value">, target: Target): object {
  const real = (): object => target.resolve() as object;
  const members = new Map<Key, object>();

  const invoke = (key: Key, fn: unknown, self: object, args: unknown[]): unknown => {
    target.used();
    if (typeof fn !== "function") throw new TypeError(`"${String(key)}" is no longer a method of this service.`);
    const result: unknown = Reflect.apply(fn as Callable, self, args);
    return result === self ? proxy : result; // fluent services hand out the stand-in, not themselves
  };

  const member = (key: Key): object => {
    const known = members.get(key);
    if (known) return known;
    const current = (): object => Reflect.get(real(), key, real()) as object;
    const forwarder: object = new Proxy(function () {}, {
      apply: (_f, self, args) => {
        const service = real();
        return invoke(
          key,
          Reflect.get(service, key, service),
          self === proxy || self === undefined ? service : (self as object),
          args,
        );
      },
      construct: (_f, args, newTarget): object => {
        target.used();
        return Reflect.construct(
          current() as never,
          args,
          newTarget === forwarder ? (current() as never) : newTarget,
        ) as object;
      },
      get: (_f, name) => Reflect.get(current(), name),
      set: (_f, name, value) => Reflect.set(current(), name, value),
      has: (_f, name) => Reflect.has(current(), name),
      getPrototypeOf: () => Reflect.getPrototypeOf(current()),
      ownKeys: () => ["prototype", ...Reflect.ownKeys(current()).filter((name) => name !== "prototype")],
      getOwnPropertyDescriptor: (f, name) =>
        name === "prototype"
          ? Reflect.getOwnPropertyDescriptor(f, name)
          : loose(Reflect.getOwnPropertyDescriptor(current(), name)),
      defineProperty: (_f, name, descriptor) => Reflect.defineProperty(current(), name, descriptor),
      deleteProperty: (_f, name) => Reflect.deleteProperty(current(), name),
    });
    members.set(key, forwarder);
    return forwarder;
  };

  const handler: ProxyHandler<object> = {
    get(_dummy, key) {
      const service = real();
      const value: unknown = Reflect.get(service, key, service);
      if (typeof value === "function" && key !== "constructor") return member(key);
      if (typeof key === "string" && key !== "constructor" && key !== "then") target.used();
      return value;
    },
    set: (_dummy, key, value) => Reflect.set(real(), key, value),
    has: (_dummy, key) => Reflect.has(real(), key),
    deleteProperty: (_dummy, key) => Reflect.deleteProperty(real(), key),
    ownKeys: (dummy) => [...new Set([...fixed(dummy), ...Reflect.ownKeys(real())])],
    getOwnPropertyDescriptor(dummy, key) {
      const own = Reflect.getOwnPropertyDescriptor(dummy, key);
      const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
      if (own && !own.configurable)
        return descriptor && "value" in descriptor && own.writable ? { ...own, value: descriptor.value } : own;
      if (descriptor && typeof descriptor.value === "function") return loose({ ...descriptor, value: member(key) });
      return loose(descriptor);
    },
    defineProperty: (_dummy, key, descriptor) =>
      Reflect.defineProperty(real(), key, { ...descriptor, configurable: true }),
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
    setPrototypeOf: (_dummy, prototype) => Reflect.setPrototypeOf(real(), prototype),
    isExtensible: () => true,
    preventExtensions: () => false,
    apply: (_dummy, self, args) => invoke("()", real(), self as object, args),
    construct(_dummy, args, newTarget): object {
      target.used();
      return Reflect.construct(real() as never, args, newTarget === proxy ? (real() as never) : newTarget) as object;
    },
  };

  const dummy: object = shape === "function" ? function () {} : shape === "array" ? [] : {};
  const proxy: object = new Proxy(dummy, handler);
  return proxy;
}

/** Keys that the stand-in's own dummy cannot hide. */
function fixed(dummy: object): Key[] {
  return Reflect.ownKeys(dummy).filter((key) => !Reflect.getOwnPropertyDescriptor(dummy, key)?.configurable);
}

function loose(descriptor: PropertyDescriptor | undefined): PropertyDescriptor | undefined {
  return descriptor ? { ...descriptor, configurable: true } : undefined;
}
