// Starts examples/emulator and speaks to its control interface. Node.js alone is needed for it.
"use strict";

const { spawn } = require("node:child_process");
const readline = require("node:readline");

// The program as .ci/run built it.
const program = process.env.CGW_EMULATOR;

// Emulator is one of the two clouds: where it is, who may call it, and its control interface.
class Emulator {
  constructor(line) {
    const found = /^(\w+) Cloud +endpoint (\S+) +region (\S+) +.*ID (\S+) +.*(?:key|secret) (\S+)$/.exec(line);
    if (!found) throw new Error(`not a line of the emulator: ${line}`);
    [, this.name, this.endpoint, this.region, this.keyID, this.secret] = found;
  }

  // control sends a control request. It returns the reply's JSON, or throws its error.
  async control(method, path, body) {
    const reply = await fetch(`${this.endpoint}/_cgw/${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    if (reply.ok) return text === "" ? undefined : JSON.parse(text);
    const { field, message } = JSON.parse(text).error;
    throw Object.assign(new Error(message), { field, status: reply.status });
  }

  inject(...faults) {
    return this.control("POST", "faults", { faults });
  }
}

// start runs the program on free ports and returns both emulators, and a function that stops it.
async function start(...flags) {
  if (!program) throw new Error("CGW_EMULATOR is not set: build ./examples/emulator and name the program there");
  const child = spawn(program, ["-control", "-until-eof", "-tencent", "127.0.0.1:0", "-alibaba", "127.0.0.1:0", ...flags], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const lines = [];
  for await (const line of readline.createInterface({ input: child.stdout })) {
    if (lines.push(line) === 2) break;
  }
  if (lines.length < 2) throw new Error("the emulator did not start");
  const [tencent, alibaba] = lines.map((line) => new Emulator(line));
  const stop = async () => {
    child.stdin.end();
    return ended;
  };
  return { tencent, alibaba, stop };
}

module.exports = { start };
