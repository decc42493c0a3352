// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
/** The shop as its customers see it: every route, on the sample runtime. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copySample, Shop } from "./support/shop";

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.start(copySample());
});
afterAll(() => shop?.stop());

const ada = { "X-Customer": "Ada" };

describe("kinds of handler", () => {
  test("raw answers a GET", async () => {
    const { status, body } = await shop.fetch("shop.ping");
    expect([status, body]).toEqual([200, "pong\n"]);
  });

  test("html is a page", async () => {
    const { headers, body } = await shop.fetch("shop.home");
    expect(headers.get("Content-Type")).toStartWith("text/html");
    expect(body).toContain("<li>Apple: 0.60 EUR</li>");
  });

  test("typed takes JSON and gives JSON", async () => {
    const { body } = await shop.call("shop.products.get", { id: "tea" });
    expect(body).toEqual({ id: "tea", name: "Tea, 20 bags", price: 280, stock: 100 });
  });

  test("typed is for POST only", async () => {
    expect((await shop.fetch("shop.products.list")).status).toBe(405);
    expect((await shop.fetch("shop.products.list", { method: "DELETE" })).status).toBe(405);
  });

  test("input is checked against the schema", async () => {
    const { status, body } = await shop.call("shop.products.search", { text: "a" });
    expect(status).toBe(400);
    expect(body.error).toBe("Validation Failed");
    expect(body.details[0].path).toEqual(["text"]);
    expect((await shop.fetch("shop.quote", { method: "POST", body: "{" })).body).toEqual({ error: "Invalid JSON" });
  });

  test("stream answers what it likes, by GET and POST", async () => {
    const { headers, body } = await shop.fetch("orders.export", { headers: ada });
    expect(headers.get("Content-Type")).toStartWith("text/csv");
    expect(body).toStartWith("id,total,placedAt\n");
    expect((await shop.call("orders.export", {}, ada)).body).toBe(body);
  });

  test("sse tells of an order as it is placed", async () => {
    const response = await fetch(`${shop.url}/orders.live`);
    expect(response.headers.get("Content-Type")).toBe("text/event-stream");
    const order = await shop.call(
      "orders.place",
      { items: [{ productId: "soap", quantity: 1 }] },
      { "X-Customer": "Eve" },
    );
    let text = "";
    for await (const chunk of response.body!) {
      text += new TextDecoder().decode(chunk);
      if (text.includes("placed")) break;
    }
    expect(text).toContain(`event: placed\ndata: {"orderId":${order.body.orderId},"customer":"Eve","total":190}\n\n`);
  });

  test("formData takes files of the right kind and size", async () => {
    const note = (text: string, name: string) => {
      const form = new FormData();
      form.append("supplier", "Farm");
      form.append("note", new File([text], name));
      return shop.fetch("admin.deliver", { method: "POST", body: form });
    };
    expect((await note("apple,5\nbread,1\n", "note.csv")).body).toEqual({
      supplier: "Farm",
      delivered: [
        { id: "apple", stock: 105 },
        { id: "bread", stock: 101 },
      ],
    });
    expect((await note("apple,5", "note.png")).body.error).toContain("invalid type");
    expect((await note("x".repeat(10_001), "note.csv")).body.error).toContain("exceeds max size of 10000 bytes");
    expect((await shop.call("admin.deliver", { supplier: "Farm" })).status).toBe(400);
  });
});

describe("the business", () => {
  test("a route shows what a nested module decides", async () => {
    const quote = (quantity: number, member = false) =>
      shop.call("shop.quote", { items: [{ productId: "apple", quantity }], member });
    expect((await quote(1)).body).toEqual({ currency: "EUR", subtotal: 60, discount: "none", saved: 0, total: 60 });
    expect((await quote(1, true)).body).toMatchObject({ discount: "member", saved: 3 });
    expect((await quote(10, true)).body).toMatchObject({ discount: "bulk", total: 552 });
  });

  test("an order costs what the quote said, and takes from the shelf", async () => {
    const items = [{ productId: "cheese", quantity: 2 }];
    const before = (await shop.call("shop.products.get", { id: "cheese" })).body.stock;
    const order = (await shop.call("orders.place", { items }, { "X-Customer": "Bob" })).body;
    expect(order.total).toBe((await shop.call("shop.quote", { items })).body.total);
    expect((await shop.call("shop.products.get", { id: "cheese" })).body.stock).toBe(before - 2);
    const mine = (await shop.call("orders.mine", {}, { "X-Customer": "Bob" })).body;
    expect(mine).toMatchObject({ customer: "Bob", orders: [{ id: order.orderId, total: 1040 }] });
    const receipt = await shop.fetch(`orders.receipt?id=${order.orderId}`, { headers: { "X-Customer": "Bob" } });
    expect(receipt.body).toBe(`<pre>Order ${order.orderId} for Bob\n  2 × cheese\nTotal 10.40 EUR</pre>`);
  });

  test("regulars get their discount at the third visit", async () => {
    const visit = () =>
      shop.call("orders.place", { items: [{ productId: "tea", quantity: 1 }] }, { "X-Customer": "Cleo" });
    const discounts = [await visit(), await visit(), await visit()].map(({ body }) => body.discount);
    expect(discounts).toEqual(["none", "none", "member"]);
  });

  test("low stock is noticed", async () => {
    const items = [{ productId: "bread", quantity: 50 }];
    const dora = { "X-Customer": "Dora" };
    await shop.call("orders.place", { items }, dora);
    await shop.call("orders.place", { items }, dora);
    expect(shop.output).toMatch(/WARN +\[stats\] Only \d left of bread/);
    expect((await shop.call("orders.place", { items }, dora)).body.error).toBe("OUT_OF_STOCK");
  });

  test("figures and tasks", async () => {
    const { body } = await shop.call("admin.stats");
    expect(body.orders).toBeGreaterThan(0);
    expect((await shop.call("admin.tasks")).body.tasks).toEqual([
      { name: "stats.hourly", expression: "0 * * * *" },
      { name: "stats.nightly", expression: "30 2 * * *" },
    ]);
  });

  test("the dev plugin imports a module again", async () => {
    const { body } = await shop.call("admin.reload", { plugin: "pricing" });
    expect(body).toEqual({ exports: ["pricingPlugin"] });
  });
});

describe("errors", () => {
  test.each([
    ["shop.products.get", { id: "gold" }, {}, 404, "PRODUCT_NOT_FOUND"],
    ["orders.mine", {}, {}, 401, "UNAUTHORIZED"],
    ["orders.receipt", { id: 999_999 }, ada, 404, "NOT_FOUND"],
  ])("%s says what is wrong", async (route, input, headers, status, code) => {
    const answer = await shop.call(route, input, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toBe(code);
    expect(answer.body.message).toBeString();
  });

  test("an unknown route is not found", async () => {
    expect((await shop.call("shop.nothing")).status).toBe(404);
  });
});

describe("versions", () => {
  test.each([
    [undefined, "2.0.0"],
    ["1", "1.0.0"],
    ["1.0.0", "1.0.0"],
    ["v2.x", "2.0.0"],
  ])("asked for %p, %s answers", async (requested, served) => {
    const { headers, body } = await shop.call("prices.list", {}, requested ? { "X-API-Version": requested } : {});
    expect(headers.get("X-API-Version")).toBe(served);
    expect(served === "1.0.0" ? body.apple : body.prices[0].cents).toBe(served === "1.0.0" ? 0.6 : 60);
  });

  test("the old one says that it is going away", async () => {
    const { headers } = await shop.call("prices.list", {}, { "X-API-Version": "1" });
    expect([headers.get("Deprecation"), headers.get("Sunset")]).toEqual(["true", "2030-01-01"]);
  });

  test("one that does not exist is not found", async () => {
    expect((await shop.call("prices.list", {}, { "X-API-Version": "3" })).status).toBe(404);
  });
});
