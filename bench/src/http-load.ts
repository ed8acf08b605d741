import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { which } from "@looklook/tools/services/commands";
import autocannon from "autocannon";
import { execa } from "execa";

export interface Ask {
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

const wrk = which("wrk");

/** What asks: wrk where it is installed, because it costs next to nothing; otherwise autocannon, in this process. */
export const loadTool = wrk ? "wrk" : "autocannon";

/**
 * Asks the same few questions over and over for `seconds`.
 * @throws Error when anything but 200 comes back: such a round measures something else
 */
export async function askRepeatedly(
  origin: string,
  asks: readonly Ask[],
  { connections, seconds }: { connections: number; seconds: number },
): Promise<{ count: number; seconds: number }> {
  if (wrk) return askWithWrk(wrk, origin, asks, { connections, seconds });
  const result = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    sampleInt: 100,
    requests: asks.map((ask) => ({ ...ask })),
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0) throw new Error(`${failed} requests to ${origin} failed`);
  return { count: result["2xx"], seconds: result.duration };
}

async function askWithWrk(
  command: string,
  origin: string,
  asks: readonly Ask[],
  { connections, seconds }: { connections: number; seconds: number },
): Promise<{ count: number; seconds: number }> {
  const folder = mkdtempSync(join(tmpdir(), "looklook-bench-wrk-"));
  const script = join(folder, "asks.lua");
  writeFileSync(script, luaOf(asks));
  try {
    const args = ["-t", "1", "-c", String(connections), "-d", String(seconds), "-s", script, origin];
    const { stdout } = await execa(command, args);
    const [, count, micros, failed] = /^RESULT (\d+) (\d+) (\d+)$/m.exec(stdout) ?? [];
    if (Number(failed) > 0) throw new Error(`${failed} requests to ${origin} failed`);
    if (!count) throw new Error(`wrk said nothing of use: ${stdout}`);
    return { count: Number(count), seconds: Number(micros) / 1e6 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function luaOf(asks: readonly Ask[]): string {
  const text = (value: string) => `[==[${value}]==]`;
  const made = asks.map(({ method, path, headers = {}, body }) => {
    const table = Object.entries(headers).map(([name, value]) => `[ ${text(name)} ] = ${text(value)}`);
    return `wrk.format(${text(method)}, ${text(path)}, { ${["Host = host", ...table].join(", ")} }, ${body === undefined ? "nil" : text(body)})`;
  });
  return `
local asks, last = {}, 0
function init()
  local host = wrk.headers["Host"] or (wrk.host .. ":" .. wrk.port)
  asks = { ${made.join(",\n    ")} }
end
function request()
  last = last % #asks + 1
  return asks[last]
end
function done(summary)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

/** Asks each question once, `connections` of them at a time. @throws Error when anything but 200 comes back */
export async function askOnceEach(
  origin: string,
  asks: readonly Ask[],
  connections: number,
): Promise<{ count: number; seconds: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const begin = performance.now();
  try {
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (next < asks.length) {
          next += 1;
          await askOnce(origin, asks[next - 1] as Ask, agent);
        }
      }),
    );
  } finally {
    agent.destroy();
  }
  return { count: asks.length, seconds: (performance.now() - begin) / 1_000 };
}

/** The bytes of one answer and its headers as they came. */
export function askOnce(
  origin: string,
  { method, path, headers = {}, body }: Ask,
  agent?: Agent,
): Promise<{ headers: string[]; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const request = httpRequest(origin + path, { method, agent, headers: { ...headers, ...length } });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const answer = Buffer.concat(chunks);
        if (response.statusCode === 200) resolve({ headers: response.rawHeaders, body: answer });
        else reject(new Error(`${path} answered ${response.statusCode} ${answer.toString("utf8", 0, 300)}`));
      });
    });
    request.end(body);
  });
}
