import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { dayOf, prepay, receiveNotification } from "@looklook/core";
import { buildRuntime, type Runtime } from "@looklook/runtime";
import { builders, type TestDatabase, testDatabase } from "@looklook/testing";
import {
  createSandbox,
  generateKeys,
  merchantSide,
  type Sandbox,
  seededRandom,
} from "@looklook/wechat-sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnv } from "./env";

const rounds = Number(process.env.CRASH_ROUNDS ?? 20);
/** Bookings that are paid while the worker dies, in each round. */
const bookingsPerRound = 3;

const quiet = { info() {}, warn() {}, error() {} };
const workerMain = fileURLToPath(new URL("./main.ts", import.meta.url));

let database: TestDatabase;
let sandbox: Sandbox;
let wechat: ReturnType<typeof serve>;
let runtime: Runtime;
let workerEnv: Record<string, string>;
let worker: ChildProcess | null = null;
let given: ReturnType<typeof builders>;

beforeAll(async () => {
  database = await testDatabase();
  const keys = await generateKeys({ now: new Date() });
  const clock = { now: () => new Date() };
  sandbox = createSandbox({
    clock,
    random: seededRandom("crash"),
    keys,
    // The API, as far as WeChat can see.
    async deliver(request) {
      const raw = Buffer.from(await request.arrayBuffer());
      await receiveNotification(
        runtime.deps,
        await runtime.deps.pay.readNotification(Object.fromEntries(request.headers), raw),
      );
      return { status: 200, body: "SUCCESS" };
    },
  });
  const wechatPort = await freePort();
  wechat = serve({ fetch: sandbox.handle, hostname: "127.0.0.1", port: wechatPort });
  const ours = merchantSide(keys);
  const ring = () => JSON.stringify({ k1: randomBytes(32).toString("base64") });
  workerEnv = {
    NODE_ENV: "test",
    LOG_LEVEL: "silent",
    DATABASE_URL: database.url,
    CONSOLE_URL: "http://127.0.0.1:3000",
    JWT_ACCESS_SECRET: randomBytes(32).toString("hex"),
    CHECK_IN_CODE_PEPPERS: ring(),
    CHECK_IN_CODE_KEYS: ring(),
    PII_KEYS: ring(),
    PII_INDEX_KEY: randomBytes(32).toString("base64"),
    CHECK_IN_QR_KEYS: JSON.stringify({
      k1: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }),
    }),
    WECHAT_APPID: ours.appid,
    WECHAT_SECRET: ours.secret,
    WECHAT_MCHID: ours.mchid,
    WECHAT_API_V3_KEY: ours.apiV3Key,
    WECHAT_MERCHANT_PRIVATE_KEY: ours.merchantPrivateKeyPem,
    WECHAT_MERCHANT_CERT: ours.merchantCertificatePem,
    WECHAT_PAY_PUBLIC_KEY_ID: ours.wechatPayPublicKeyId,
    WECHAT_PAY_PUBLIC_KEY: ours.wechatPayPublicKeyPem,
    WECHAT_NOTIFY_BASE_URL: "https://looklook.example",
    WECHAT_BASE_URL: `http://127.0.0.1:${wechatPort}`,
    WECHAT_PAY_BASE_URL: `http://127.0.0.1:${wechatPort}`,
    WORKER_METRICS_HOST: "127.0.0.1",
    WORKER_METRICS_PORT: String(await freePort()),
  };
  const env = readEnv(workerEnv);
  runtime = buildRuntime(env, { clientId: "worker", logger: quiet });
  given = builders(runtime.deps, new Date());
});

afterAll(async () => {
  worker?.kill("SIGKILL");
  await runtime?.close();
  wechat?.close();
  await database?.drop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

function startWorker(): void {
  worker = spawn(process.execPath, ["--import", "tsx", workerMain], {
    env: { PATH: process.env.PATH, ...workerEnv },
    stdio: "ignore",
  });
}

async function killWorker(): Promise<void> {
  const dying = worker;
  worker = null;
  if (!dying || dying.exitCode !== null) throw new Error("the worker was not running");
  const gone = once(dying, "exit");
  dying.kill("SIGKILL");
  await gone;
}

async function workerIsReady(): Promise<void> {
  const url = `http://127.0.0.1:${workerEnv.WORKER_METRICS_PORT}/readyz`;
  for (;;) {
    if (worker?.exitCode) throw new Error(`the worker ended with ${worker.exitCode}`);
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    await sleep(50);
  }
}

/** Somebody who has paid and whose callback has arrived. */
async function paidBooking(listingId: number) {
  const guest = await given.guest();
  sandbox.phone.user({ openid: guest.openid });
  sandbox.phone.grant(
    guest.openid,
    sandbox.templates().map(({ id }) => id),
    "accept",
  );
  const booking = await given.pendingBooking({
    listingId,
    userId: guest.userId,
    checkInDate: dayOf(new Date(), "Asia/Shanghai"),
  });
  const sheet = await prepay(runtime.deps, { userId: guest.userId, bookingNo: booking.bookingNo });
  const paid = sandbox.phone.pay(guest.openid, sheet);
  if (!paid.ok) throw new Error(`WeChat refused the payment: ${paid.reason}`);
  await sandbox.tick();
  return { bookingNo: booking.bookingNo, openid: guest.openid };
}

test(`after ${rounds} kills at random moments every guest has both messages and every booking its state`, async () => {
  const { listingId } = await given.listing({ units: rounds * bookingsPerRound });
  const random = seededRandom(`kills ${process.env.CRASH_SEED ?? "1"}`);
  const bookings: Awaited<ReturnType<typeof paidBooking>>[] = [];
  startWorker();
  await workerIsReady();
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < bookingsPerRound; n += 1) bookings.push(await paidBooking(listingId));
    // From before the relay's next look to after the second message.
    await sleep(random.bytes(2).readUInt16BE() % 400);
    await killWorker();
    startWorker();
    await workerIsReady();
  }

  const messagesOf = ({ openid }: { openid: string }) => sandbox.phone.messages(openid);
  await expect
    .poll(
      () =>
        bookings.filter(
          (booking) => new Set(messagesOf(booking).map(({ templateId }) => templateId)).size < 2,
        ).length,
      {
        // A message that was under way when the worker died is taken up by the sweep.
        timeout: 120_000,
        interval: 500,
      },
    )
    .toBe(0);
  const rows = await database.db.booking.findMany({
    select: { status: true, payments: { select: { status: true } } },
  });
  expect(rows).toHaveLength(bookings.length);
  expect(
    rows.every(
      ({ status, payments }) =>
        status === "confirmed" && payments.length === 1 && payments[0]?.status === "succeeded",
    ),
  ).toBe(true);
  expect(sandbox.books.refunds()).toEqual([]);
  const sent = bookings.map((booking) => messagesOf(booking).length);
  console.log(
    `${rounds} kills, ${bookings.length} bookings, ${sent.filter((count) => count > 2).length} guests with a message twice`,
  );
}, 300_000);
