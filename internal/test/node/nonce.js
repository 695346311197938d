// Calls in parallel with signature version 1, whose Nonce the SDK draws from 16 bits. No two are the
// same, so none may fail.
//
//     node nonce.js 1000
"use strict";

const { start } = require("./emulators");
const { tencent } = require("./clients");

async function main() {
  const calls = Number(process.argv[2]);
  if (!Number.isInteger(calls) || calls < 1) throw new Error("usage: node nonce.js CALLS");
  const emulators = await start();
  const client = tencent(emulators.tencent, { signMethod: "HmacSHA1" });
  const results = await Promise.allSettled(Array.from({ length: calls }, (_, i) => client.page(i)));
  const failures = results.filter((r) => r.status === "rejected").map((r) => String(r.reason));
  await emulators.stop();
  console.log(`signature version 1: ${failures.length} of ${calls} parallel calls failed`);
  for (const text of new Set(failures)) console.log(text);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main();
