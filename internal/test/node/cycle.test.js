// The whole life of a gateway, by every client, with what goes wrong in it.
"use strict";

const assert = require("node:assert/strict");
const { after, before, beforeEach, describe, test } = require("node:test");
const { start } = require("./emulators");
const { clients } = require("./clients");

let emulators;
before(async () => {
  emulators = await start();
});
after(async () => {
  assert.equal(await emulators.stop(), 0);
});

for (const { name, cloud: which, make } of clients) {
  describe(name, () => {
    let cloud;
    let client;
    beforeEach(async () => {
      cloud = emulators[which];
      await cloud.control("POST", "reset");
      client = make(cloud);
    });
    const office = { name: "office", ip: "203.0.113.7", tags: { env: "prod" } };
    const refused = (code) => (err) => {
      assert.equal(err.code, code, String(err));
      return true;
    };

    test("create, get, list, modify, tags, delete", async () => {
      const made = await client.create(office);
      assert.match(made.id, /^cgw-/);
      assert.equal(made.ip, office.ip);
      const shop = await client.create({ name: "shop", ip: "203.0.113.8" });
      assert.deepEqual(await client.get(made.id), { id: made.id, name: "office", ip: office.ip });
      assert.deepEqual((await client.list()).map((g) => g.id).sort(), [made.id, shop.id].sort());

      await client.rename(made.id, "head-office");
      assert.equal((await client.get(made.id)).name, "head-office");

      assert.deepEqual(await client.tags(made.id), { env: "prod" });
      await client.tag(made.id, "team", "network");
      await client.tag(made.id, "env", "test");
      assert.deepEqual(await client.tags(made.id), { env: "test", team: "network" });
      await client.untag(made.id, "env");
      assert.deepEqual(await client.tags(made.id), { team: "network" });

      await client.remove(shop.id);
      await client.remove(made.id);
      assert.deepEqual(await client.list(), []);
      await assert.rejects(client.get(made.id), refused(client.codes.gone));
    });

    test("an address is held once", async () => {
      await client.create(office);
      await assert.rejects(client.create({ ...office, name: "again" }), refused(client.codes.alreadyExists));
    });

    test("throttled, then fine", async () => {
      await cloud.inject({ meaning: "throttled", action: "CreateCustomerGateway" });
      await assert.rejects(client.create(office), refused(client.codes.throttled));
      await client.create(office);
      const { faults } = await cloud.control("GET", "faults");
      assert.equal(faults.length, 1);
      assert.equal(faults[0].struck, 1);
      assert.equal(faults[0].seen, 2);
      const { requests } = await cloud.control("GET", "requests?action=CreateCustomerGateway");
      assert.deepEqual(requests.map((r) => r.code), [client.codes.throttled, undefined]);
    });

    test("quota and permission", async () => {
      await cloud.inject({ meaning: "quotaExceeded" }, { meaning: "denied", skip: 1 });
      await assert.rejects(client.create(office), refused(client.codes.quotaExceeded));
      await assert.rejects(client.create(office), refused(client.codes.denied));
      await client.create(office);
    });

    test("a reply that is lost", async () => {
      await cloud.inject({ action: "CreateCustomerGateway", when: "afterCommit", effect: "abort" });
      await assert.rejects(client.create(office));
      assert.equal((await client.list()).length, 1);
    });

    test("in use", async () => {
      const { id } = await client.create(office);
      const connection = await cloud.control("POST", "connections", { gatewayId: id });
      assert.deepEqual(await client.connections(id), [connection.id]);
      await assert.rejects(client.remove(id), refused(client.codes.inUse));
      await cloud.control("DELETE", `connections/${connection.id}`);
      await client.remove(id);
    });

    test("credentials and clock", async () => {
      await cloud.control("PUT", "credentials", { id: "NEWKEYID", secret: "newkeysecret" });
      await assert.rejects(client.list(), refused(client.codes.unauthenticated));
      assert.deepEqual(await make(cloud, { keyID: "NEWKEYID", secret: "newkeysecret" }).list(), []);
      await cloud.control("POST", "reset");
      await cloud.control("PUT", "clock", { offset: "-1h" });
      await assert.rejects(client.list(), refused(client.codes.clockOff));
      await cloud.control("PUT", "clock", { offset: "0s" });
      assert.deepEqual(await client.list(), []);
    });

    test("rates", async () => {
      const { time } = await cloud.control("GET", "clock");
      await cloud.control("PUT", "clock", { time }); // so that no second passes
      await cloud.control("PUT", "rates", { actions: { DescribeCustomerGateways: 2 } });
      await client.list();
      await client.list();
      await assert.rejects(client.list(), refused(client.codes.throttled));
      await client.create(office);
    });
  });
}
