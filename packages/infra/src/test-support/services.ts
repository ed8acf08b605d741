import { randomBytes } from "node:crypto";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import pg from "pg";
import type { InfraConfig, InfraLogger } from "../config";

/** The services that a test run brings along; one that is missing fails the run. */
function addressOf(name: "DATABASE_URL" | "REDIS_URL" | "KAFKA_BROKERS"): string {
  const address = process.env[name];
  if (!address)
    throw new Error(`${name} is not set: run the tests with \`npm test\`, which brings the services along.`);
  return address;
}

export const isolationPrefix = (): string => `test-${process.pid}-${randomBytes(4).toString("hex")}`;

/** An empty database of its own. */
export async function emptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `infra_test_${process.pid}_${randomBytes(4).toString("hex")}`;
  const server = addressOf("DATABASE_URL");
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`CREATE DATABASE "${name}"`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => run(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`) };
}

/** What each size adds to the configuration. */
export const sizes = {
  PostgreSQL: () => ({}),
  Redis: () => ({ redisUrl: addressOf("REDIS_URL") }),
  Kafka: () => ({ redisUrl: addressOf("REDIS_URL"), kafkaBrokers: addressOf("KAFKA_BROKERS").split(",") }),
} as const satisfies Record<string, () => Partial<InfraConfig>>;

export type ServiceName = keyof typeof sizes;

/** A log that can be read. */
export function memoryLogger(): InfraLogger & {
  lines: { level: string; fields: object; message: string }[];
} {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}

/** Looks again every 20 ms until `read` gives what `isThere` accepts; the error says what was seen last. */
export async function eventually<T>(
  read: () => T | Promise<T>,
  isThere: (value: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await read();
    if (isThere(value)) return value;
    if (performance.now() > end)
      throw new Error(`not there after ${withinMs} ms, last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * A line to a server that can be cut: while it is, connections are refused and open ones are gone, as when the server
 * restarts.
 */
async function cuttableLine(address: string): Promise<{
  address: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}> {
  const target = new URL(address);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const line = new URL(address);
  line.host = `127.0.0.1:${port}`;
  const cut = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { address: line.toString(), cut, mend: () => listen(port), close: cut };
}

/** The configuration with a cuttable line to the server that carries its queues and broadcasts. */
export async function overCuttableLine(config: InfraConfig) {
  const line = await cuttableLine(config.redisUrl ?? config.databaseUrl);
  return {
    line,
    config: config.redisUrl
      ? { ...config, redisUrl: line.address }
      : { ...config, databaseUrl: line.address },
  };
}
