import { describe, expect, test } from "vitest";
import type { CallbackFault } from "./sandbox-types";
import { testWorld } from "./test-merchant";

const START = Date.parse("2026-05-01T10:00:00+08:00");
const NUMBER = "PMT2026050110000012345678";

describe("a payment's callback", () => {
  test("is signed, encrypted, and carries the transaction", async () => {
    const { paidOrder, sandbox, received, merchant, keys } = await testWorld();
    const { transactionId } = await paidOrder({}, { couponFen: 500 });
    await sandbox.tick();
    expect(received).toHaveLength(1);
    const [{ headers, body, url }] = received as [(typeof received)[0]];
    expect(url).toBe("https://api.looklook.example/payment/v1/callback");
    expect(merchant.isGenuine(headers, body)).toBe(true);
    const notification = JSON.parse(body);
    expect(notification).toMatchObject({
      create_time: "2026-05-01T10:00:00+08:00",
      resource_type: "encrypt-resource",
      event_type: "TRANSACTION.SUCCESS",
      resource: { algorithm: "AEAD_AES_256_GCM", original_type: "transaction" },
    });
    expect(notification.id.length).toBeLessThanOrEqual(36);
    expect(notification.resource.associated_data.length).toBeLessThan(16);
    expect(JSON.parse(merchant.decrypt(notification.resource))).toMatchObject({
      mchid: keys.mchid,
      appid: keys.appid,
      out_trade_no: NUMBER,
      transaction_id: transactionId,
      trade_state: "SUCCESS",
      payer: { openid: "guest" },
      amount: { total: 29900, payer_total: 29400 },
    });
    expect(sandbox.callbacks()[0]?.state).toBe("taken");
  });

  test("goes to the place that is set for it, with the path kept", async () => {
    const { paidOrder, sandbox, received } = await testWorld({
      config: { deliverTo: "http://127.0.0.1:4000" },
    });
    await paidOrder();
    await sandbox.tick();
    expect(received[0]?.url).toBe("http://127.0.0.1:4000/payment/v1/callback");
  });

  test("is tried sixteen times over 24 h 4 min, at WeChat's times, signed afresh, and then never again", async () => {
    const { paidOrder, sandbox, received, receiver, merchant } = await testWorld();
    const genuine: boolean[] = [];
    receiver.answer = async ({ headers, body }) => {
      genuine.push(merchant.isGenuine(headers, body));
      return { status: 500, body: "" };
    };
    await paidOrder();
    await sandbox.advance(48 * 3_600_000);
    const minutes = received.map(({ at }) => (at.getTime() - START) / 60_000);
    expect(minutes).toEqual([0, 0.25, 0.5, 1, 4, 14, 34, 64, 94, 124, 184, 364, 544, 724, 1084, 1444]);
    expect(genuine).toEqual(minutes.map(() => true));
    expect(new Set(received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers.get("wechatpay-signature"))).size).toBe(16);
    expect(sandbox.callbacks()[0]).toMatchObject({ state: "given-up", nextTryAt: null });
    expect(sandbox.nextDueAt()).toBeNull();
  });

  test.each([
    ["200 with a body that says FAIL", { status: 200, body: '{"code":"FAIL"}' }, "taken"],
    ["204", { status: 204, body: "" }, "taken"],
    ["400 with a body that says SUCCESS", { status: 400, body: "SUCCESS" }, "refused"],
    ["503", { status: 503, body: "" }, "refused"],
    ["a redirect", { status: 302, body: "" }, "refused"],
    ["202", { status: 202, body: "" }, "refused"],
  ])("answered by %s counts as WeChat counts it", async (_, answer, verdict) => {
    const { paidOrder, sandbox, receiver } = await testWorld();
    receiver.answer = async () => answer;
    await paidOrder();
    await sandbox.tick();
    expect(sandbox.callbacks()[0]?.tries.map((entry) => entry.verdict)).toEqual([verdict]);
  });

  test("answered after more than five seconds, or not at all, is tried again", async () => {
    const { paidOrder, sandbox, receiver, clock, received } = await testWorld();
    const ways = [
      async () => {
        clock.advance(5001);
        return { status: 200, body: "" };
      },
      async () => {
        throw new Error("connection refused");
      },
      async () => {
        clock.advance(5000);
        return { status: 200, body: "" };
      },
    ];
    receiver.answer = async () => (ways[received.length - 1] ?? ways[0] ?? receiver.answer)({} as never);
    await paidOrder();
    await sandbox.advance(60_000);
    expect(sandbox.callbacks()[0]?.tries.map((entry) => entry.verdict)).toEqual([
      "no-answer",
      "no-answer",
      "taken",
    ]);
  });
});

describe("faults", () => {
  async function withFault(fault: CallbackFault, times: number | null = 1) {
    const world = await testWorld();
    const verdicts: { isGenuine: boolean; canDecrypt: boolean }[] = [];
    world.receiver.answer = async ({ headers, body }) => {
      const isGenuine = world.merchant.isGenuine(headers, body);
      let canDecrypt = true;
      try {
        world.merchant.decrypt(JSON.parse(body).resource);
      } catch {
        canDecrypt = false;
      }
      verdicts.push({ isGenuine, canDecrypt });
      return { status: isGenuine && canDecrypt ? 200 : 401, body: "" };
    };
    world.sandbox.faults.callback(fault, { times });
    await world.paidOrder();
    return { ...world, verdicts };
  }

  const broken: [CallbackFault, { isGenuine: boolean; canDecrypt: boolean }][] = [
    [{ kind: "wrong-aad" }, { isGenuine: true, canDecrypt: false }],
    [{ kind: "tampered-ciphertext" }, { isGenuine: true, canDecrypt: false }],
    [{ kind: "tampered-body" }, { isGenuine: false, canDecrypt: true }],
    [{ kind: "stale-timestamp" }, { isGenuine: false, canDecrypt: true }],
    [{ kind: "unknown-serial" }, { isGenuine: false, canDecrypt: true }],
  ];
  test.each(broken)(
    "$kind breaks exactly one check, once, and the retry is whole",
    async (fault, expected) => {
      const { sandbox, verdicts } = await withFault(fault);
      await sandbox.advance(60_000);
      expect(verdicts).toEqual([expected, { isGenuine: true, canDecrypt: true }]);
      expect(sandbox.callbacks()[0]?.state).toBe("taken");
    },
  );

  test("signtest sends a probe that must be refused, then the true one", async () => {
    const { sandbox, verdicts, received } = await withFault({ kind: "signtest" });
    await sandbox.tick();
    expect(received[0]?.headers.get("wechatpay-signature")).toMatch(/^WECHATPAY\/SIGNTEST\//);
    expect(verdicts.map(({ isGenuine }) => isGenuine)).toEqual([false, true]);
    expect(sandbox.callbacks()[0]?.tries).toHaveLength(1);
  });

  test("a probe on its own tells the receiver's status", async () => {
    const { sandbox } = await withFault({ kind: "drop-all" });
    expect(await sandbox.faults.probe(NUMBER)).toBe(401);
  });

  test("duplicate posts the same notification again at once, each with its own signature", async () => {
    const { sandbox, received } = await withFault({ kind: "duplicate", times: 4 });
    await sandbox.tick();
    expect(received).toHaveLength(5);
    expect(new Set(received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers.get("wechatpay-signature"))).size).toBe(5);
    await sandbox.advance(48 * 3_600_000);
    expect(received).toHaveLength(5);
  });

  test("drop leaves the next try to come, drop-all leaves none", async () => {
    const dropped = await withFault({ kind: "drop" });
    await dropped.sandbox.advance(48 * 3_600_000);
    expect(dropped.received.map(({ at }) => at.getTime() - START)).toEqual([15_000]);
    const gone = await withFault({ kind: "drop-all" });
    await gone.sandbox.advance(48 * 3_600_000);
    expect(gone.received).toEqual([]);
    expect(gone.sandbox.callbacks()[0]?.state).toBe("given-up");
  });

  test("delay moves one try, also when it is asked for until cleared", async () => {
    const { sandbox, received } = await withFault({ kind: "delay", ms: 90_000 }, null);
    await sandbox.advance(600_000);
    expect(received.map(({ at }) => at.getTime() - START)).toEqual([90_000]);
  });

  test("lost-answer makes WeChat repeat what was taken", async () => {
    const { sandbox, received } = await withFault({ kind: "lost-answer" });
    await sandbox.advance(60_000);
    expect(received).toHaveLength(2);
  });

  test("alter sends a genuine notification with other values", async () => {
    const { sandbox, received, merchant } = await withFault({
      kind: "alter",
      set: { "amount.total": 1, "payer.openid": "thief" },
    });
    await sandbox.tick();
    expect(JSON.parse(merchant.decrypt(JSON.parse(received[0]?.body ?? "").resource))).toMatchObject({
      amount: { total: 1, payer_total: 29900 },
      payer: { openid: "thief" },
    });
  });

  test("reorder lets a later payment overtake", async () => {
    const { sandbox, received, merchant, paidOrder } = await testWorld();
    const order = ({ body }: { body: string }) =>
      JSON.parse(merchant.decrypt(JSON.parse(body).resource)).out_trade_no;
    sandbox.faults.callback({ kind: "reorder", after: 1 }, { match: { outTradeNo: "PMT-first" } });
    await paidOrder({ out_trade_no: "PMT-first" });
    await paidOrder({ out_trade_no: "PMT-second" });
    await sandbox.tick();
    expect(received.map(order)).toEqual(["PMT-second", "PMT-first"]);
  });

  test("a held callback that nobody overtakes comes after a minute", async () => {
    const { sandbox, received } = await withFault({ kind: "reorder", after: 1 });
    await sandbox.advance(60_000);
    expect(received.map(({ at }) => at.getTime() - START)).toEqual([60_000]);
  });

  test("can be listed and cleared", async () => {
    const { sandbox, paidOrder, received } = await testWorld();
    const id = sandbox.faults.callback({ kind: "drop" }, { times: null });
    sandbox.faults.wire({ kind: "reset" });
    expect(sandbox.faults.list().map(({ on, fault }) => [on, fault.kind])).toEqual([
      ["wire", "reset"],
      ["callback", "drop"],
    ]);
    sandbox.faults.clear(id);
    sandbox.faults.clear();
    await paidOrder();
    await sandbox.tick();
    expect(received).toHaveLength(1);
  });
});

test("callbacks change their key mid-stream, and mixed ones use both", async () => {
  const { sandbox, paidOrder, received, keys, merchant } = await testWorld();
  const [first, second] = keys.platformCertificates.map(({ serial }) => serial);
  const serials = () => received.splice(0).map(({ headers }) => headers.get("wechatpay-serial"));
  let number = 0;
  const pay = async (count: number) => {
    for (; count > 0; count--) await paidOrder({ out_trade_no: `PMT-key-${number++}` });
    await sandbox.tick();
  };
  await pay(1);
  expect(serials()).toEqual([keys.wechatPayPublicKey.id]);
  sandbox.signing({ callbacks: "certificate" });
  await pay(1);
  sandbox.signing({ certificate: 1 });
  await pay(1);
  expect(serials()).toEqual([first, second]);
  sandbox.signing({ callbacks: "mixed" });
  await pay(20);
  expect(received.every(({ headers, body }) => merchant.isGenuine(headers, body))).toBe(true);
  expect(new Set(serials())).toEqual(new Set([keys.wechatPayPublicKey.id, second]));
});

test("two ticks at once make each try once", async () => {
  const { sandbox, paidOrder, received } = await testWorld();
  await paidOrder();
  await Promise.all([sandbox.tick(), sandbox.tick(), sandbox.tick()]);
  expect(received).toHaveLength(1);
});
