// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** The shopkeeper's memory: who came how often. Three visits make a regular. */

/** The part of the cache that the book needs. */
interface Memory {
  get<T>(key: string): Promise<T | null>;
  set<T>(key: string, value: T): Promise<void>;
  keys(pattern?: string): Promise<string[]>;
}

export interface Customer {
  name: string;
  visits: number;
  regular: boolean;
}

const REGULAR_AFTER = 3;

export class CustomerBook {
  #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Counts a visit. */
  async greet(name: string): Promise<Customer> {
    const visits = (await this.visits(name)) + 1;
    await this.#memory.set(this.key(name), visits);
    return this.describe(name, visits);
  }

  /** Without counting a visit. */
  async lookUp(name: string): Promise<Customer> {
    return this.describe(name, await this.visits(name));
  }

  async count(): Promise<number> {
    return (await this.#memory.keys(this.key("*"))).length;
  }

  private async visits(name: string): Promise<number> {
    return (await this.#memory.get<number>(this.key(name))) ?? 0;
  }

  private describe(name: string, visits: number): Customer {
    return { name, visits, regular: visits >= REGULAR_AFTER };
  }

  private key(name: string): string {
    return `customer:${name}`;
  }
}
