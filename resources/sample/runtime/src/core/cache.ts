// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** An in-memory cache with a time to live for each entry. */

export interface Cache {
  get<T>(key: string): Promise<T | null>;
  set<T>(key: string, value: T, ttlMs?: number): Promise<void>;
  delete(key: string): Promise<boolean>;
  has(key: string): Promise<boolean>;
  clear(): Promise<void>;
  /** Keys that match a pattern in which `*` stands for anything. */
  keys(pattern?: string): Promise<string[]>;
  getOrSet<T>(key: string, make: () => Promise<T>, ttlMs?: number): Promise<T>;
}

export interface CacheConfig {
  defaultTtlMs?: number;
  /** The oldest entry goes when there are more than this. Default: 1000. */
  maxSize?: number;
}

class MemoryCache implements Cache {
  private entries = new Map<string, { value: unknown; expiresAt: number }>();

  constructor(private config: CacheConfig) {}

  async get<T>(key: string): Promise<T | null> {
    return (this.fresh(key)?.value ?? null) as T | null;
  }

  async set<T>(key: string, value: T, ttlMs = this.config.defaultTtlMs ?? Infinity): Promise<void> {
    this.entries.delete(key); // a Map keeps insertion order: the first key is the oldest
    this.entries.set(key, { value, expiresAt: Date.now() + ttlMs });
    if (this.entries.size > (this.config.maxSize ?? 1000)) {
      for (const oldest of this.entries.keys()) {
        this.entries.delete(oldest);
        break;
      }
    }
  }

  async delete(key: string): Promise<boolean> {
    return this.entries.delete(key);
  }

  async has(key: string): Promise<boolean> {
    return this.fresh(key) !== undefined;
  }

  async clear(): Promise<void> {
    this.entries.clear();
  }

  async keys(pattern = "*"): Promise<string[]> {
    const glob = new Bun.Glob(pattern);
    return [...this.entries.keys()].filter((key) => this.fresh(key) && glob.match(key));
  }

  async getOrSet<T>(key: string, make: () => Promise<T>, ttlMs?: number): Promise<T> {
    const known = this.fresh(key);
    if (known) return known.value as T;
    const value = await make();
    await this.set(key, value, ttlMs);
    return value;
  }

  private fresh(key: string): { value: unknown } | undefined {
    const entry = this.entries.get(key);
    if (entry && entry.expiresAt <= Date.now()) {
      this.entries.delete(key);
      return undefined;
    }
    return entry;
  }
}

export const createCache = (config: CacheConfig = {}): Cache => new MemoryCache(config);
