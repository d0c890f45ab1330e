// The real program, as an administrator runs it: a folder of its own, and only the settings that a test gives.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../../..");

/** Where cargo put the program. */
function binary() {
  return process.env.ZTC_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", "zhitongche");
}

/** Passwords are checked often here and guard nothing: make them cheap. */
const CHEAP = { SESSION__ARGON2_KIB: "64", SESSION__ARGON2_PASSES: "1", LOG__LEVEL: "warn" };

/** Everybody's password, also in the demo county. */
export const PASSWORD = "copper-otter-lantern";

export class Program {
  #settings;
  #child = null;
  #log = "";
  #tokens = {};
  /** Its folder; gone when it is closed. */
  dir = mkdtempSync(join(tmpdir(), "ztc-browser-"));
  /** Where it listens. */
  url = "";

  constructor(settings = {}) {
    this.#settings = { ...CHEAP, ...settings };
  }

  #spawn(args) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("ZHITONGCHE_")));
    for (const [key, value] of Object.entries(this.#settings)) env[`ZHITONGCHE__${key}`] = value;
    return spawn(binary(), args, { cwd: this.dir, env });
  }

  /** Runs a command to its end and gives what it said. */
  async run(args, input = "") {
    const child = this.#spawn(args);
    let out = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (out += text));
    // It may end without reading.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`zhitongche ${args.join(" ")}: ${code}\n${out}`);
    return out;
  }

  /** Starts serving, on a port that the system gives, or again on the one it had. `hear` gets the lines it prints until then. */
  async serve(command = "serve", hear = () => {}) {
    this.#settings.SERVER__BIND = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const child = this.#spawn([command]);
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text) => (this.#log += text));
    for await (const line of createInterface({ input: child.stdout })) {
      hear(line);
      const url = line.match(/^listening on (\S+)/)?.[1];
      if (url) {
        this.url = url;
        child.stdout.resume();
        return this;
      }
    }
    await (child.exitCode === null ? once(child, "close") : null);
    throw new Error(`the program ended before it listened:\n${this.#log}`);
  }

  /** Asks it to stop, as a deployment does, and waits until it has. */
  async stop() {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, "close");
    child.kill("SIGTERM");
    await ended;
  }

  /** Gives a person an account; `more` are further arguments of `user add`. */
  async person(login, name, org, role, ...more) {
    const who = ["--login", login, "--name", name, "--email", `${login}@example.cn`, "--org", org, "--role", role];
    await this.run(["user", "add", ...who, ...more, "--password-stdin"], PASSWORD);
  }

  /** Calls the API as this person; with the version that he sees, where the address has one. */
  async api(login, method, path, body) {
    this.#tokens[login] ??= (await this.run(["token", "add", "--user", login, "--name", "test"])).match(/ztc_[\w-]+/)[0];
    const headers = { Authorization: `Bearer ${this.#tokens[login]}`, "Content-Type": "application/json" };
    const call = async (how, where, what) => {
      const answer = await fetch(`${this.url}/api/v1${where}`, { method: how, headers, body: what && JSON.stringify(what) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${how} ${where}: ${answer.status} ${text}`);
      return text && JSON.parse(text);
    };
    const thing = path.match(/^\/\w+\/[0-9a-f-]{36}/)?.[0];
    if (method !== "GET" && thing) headers["If-Match"] = `"${(await call("GET", thing)).version}"`;
    return call(method, path, body);
  }

  /** The letters that have left, newest last, as they are. */
  letters() {
    const folder = join(this.dir, "data", "mail");
    if (!existsSync(folder)) return [];
    return readdirSync(folder).sort().map((name) => readFileSync(join(folder, name), "utf8"));
  }

  /** What it complained about. */
  get log() {
    return this.#log;
  }

  async close() {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A county of one's own: the demo, made once (ZTC_DEMO names a ready one) and served. */
export async function county() {
  const program = new Program();
  if (process.env.ZTC_DEMO) cpSync(process.env.ZTC_DEMO, join(program.dir, "data"), { recursive: true });
  else await program.run(["demo", "--no-serve"]);
  return program.serve("demo");
}
