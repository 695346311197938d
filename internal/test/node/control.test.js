// The control interface itself, without an SDK.
"use strict";

const assert = require("node:assert/strict");
const { after, before, beforeEach, test } = require("node:test");
const { start } = require("./emulators");

let emulators;
before(async () => {
  emulators = await start("-tencent-region", "ap-shanghai");
});
after(async () => {
  assert.equal(await emulators.stop(), 0);
});
beforeEach(async () => {
  for (const which of ["tencent", "alibaba"]) await emulators[which].control("POST", "reset");
});

for (const which of ["tencent", "alibaba"]) {
  test(`${which}: what is seeded is what is read`, async () => {
    const cloud = emulators[which];
    const { region, provider, actions } = await cloud.control("GET", "");
    assert.equal(provider, which);
    assert.equal(region, cloud.region);
    assert.ok(actions.includes("CreateCustomerGateway"));

    const { gateways } = await cloud.control("POST", "gateways", {
      gateways: [{ name: "office", ipAddress: "203.0.113.7", asn: 64512, tags: { env: "prod" } }],
    });
    assert.equal(gateways[0].region, region);
    assert.deepEqual((await cloud.control("GET", "gateways")).gateways, gateways);
    const state = await cloud.control("GET", "state");
    await cloud.control("POST", "reset");
    assert.deepEqual((await cloud.control("GET", "gateways")).gateways, []);
    await cloud.control("PUT", "state", state);
    assert.deepEqual((await cloud.control("GET", "gateways")).gateways, gateways);
  });

  test(`${which}: a request that is wrong changes nothing`, async () => {
    const cloud = emulators[which];
    const wrong = (field, status = 400) => (err) => {
      assert.equal(err.field, field, String(err));
      assert.equal(err.status, status);
      return true;
    };
    await assert.rejects(cloud.inject({ meaning: "throttled" }, { meaning: "slow" }), wrong("faults[1].meaning"));
    await assert.rejects(cloud.inject({ meening: "throttled" }), wrong("faults[0].meening"));
    await assert.rejects(cloud.control("PUT", "rates", { default: "many" }), wrong("default"));
    await assert.rejects(cloud.control("POST", "gateways", { gateways: [{ name: "x" }] }), wrong("gateways[0].ipAddress"));
    await assert.rejects(cloud.control("GET", "nowhere"), wrong(undefined, 404));
    assert.deepEqual(await cloud.control("GET", "faults"), { faults: [] });
    assert.deepEqual(await cloud.control("GET", "gateways"), { gateways: [] });
  });
}
