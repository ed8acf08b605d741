import { setTimeout as wait } from "node:timers/promises";
import { createBooks } from "./books";
import { probe, toRecord, tryCallback } from "./callbacks";
import { ConnectionFault, createFaultPlan } from "./faults";
import { createMiniProgramApi } from "./mini-program/mini-program-api";
import { createPayApi } from "./pay/pay-api";
import { endRefund } from "./pay/refunds";
import { createPhone } from "./phone";
import { randomUuid } from "./random";
import type { Sandbox, SandboxOptions, SubscribeTemplate, WireFault } from "./sandbox-types";
import { keyForAnswer, signatureHeaders, signTestProbe } from "./signing";
import { emptyState, readState, writeState } from "./state";
import type { World } from "./world";

/** The two templates that the legacy mini-program asks its guests for. */
const LEGACY_TEMPLATES: SubscribeTemplate[] = [
  {
    id: "QIJPmfxaNqYzSjOlXGk1T6Xfw94JwbSPuOd3u_hi3WE",
    title: "支付成功通知",
    fields: ["character_string6", "thing1", "amount2", "time4", "time5"],
  },
  {
    id: "kmm-maRr6v_9eMxEPpj-5clJ2YW_EFpd8-ngyYk63e4",
    title: "入住提醒",
    fields: ["date2", "date3", "character_string4", "thing1"],
  },
];

const DEFAULT_REFUND_MS = 3000;
const REFUND_ERRORS_A_SECOND = 6;
const STALE_ANSWER_MS = 10 * 60_000;

/** WeChat in one object: see README.md. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, random, keys, deliver, config = {} } = options;
  const faultPlan = createFaultPlan();
  let version = 0;
  const state = options.state === undefined ? emptyState() : readState(options.state);
  const world: World = {
    clock,
    random,
    keys,
    deliver,
    faults: faultPlan,
    state,
    open: new Set(state.notifications.filter(({ nextTryAt }) => nextTryAt !== null)),
    held: new Set(state.notifications.filter(({ heldUntilTries }) => heldUntilTries !== null)),
    templates: config.templates ?? LEGACY_TEMPLATES,
    pages: config.pages ?? null,
    deliverTo: config.deliverTo ?? null,
    callbackDelayMs: config.callbackDelayMs ?? 0,
    refundMs: config.refundMs ?? DEFAULT_REFUND_MS,
    refundErrorsPerSecond: config.refundErrorsPerSecond ?? REFUND_ERRORS_A_SECOND,
    deliveriesAtOnce: config.deliveriesAtOnce ?? 1,
    refundBalanceFen: null,
    changed: () => {
      version++;
    },
  };
  const payApi = createPayApi(world);
  const miniProgramApi = createMiniProgramApi(world);

  async function sleep(ms: number): Promise<void> {
    if (options.sleep) await options.sleep(ms);
    else if (clock.set) clock.set(new Date(clock.now().getTime() + ms));
    else await wait(ms);
  }

  /** What a fault answers in WeChat's stead, or null when the true handler is to answer. */
  function answerOf(faults: WireFault[], isPay: boolean): Response | null {
    for (const fault of faults) {
      if (fault.kind === "error") {
        const body = { code: fault.code, message: fault.message ?? "按要求返回的错误" };
        return Response.json(body, { status: fault.status });
      }
      if (fault.kind === "errcode") {
        return Response.json({ errcode: fault.errcode, errmsg: fault.errmsg ?? "on request" });
      }
      if (fault.kind === "frequency-limited") {
        return isPay
          ? Response.json(
              { code: "FREQUENCY_LIMITED", message: "频率超限，请降低频率后重试" },
              { status: 429 },
            )
          : Response.json({
              errcode: 45011,
              errmsg: "api minute-quota reach limit, must slower retry next minute",
            });
      }
    }
    return null;
  }

  /** Signs whatever Pay v3 answers, refusals included, over exactly the bytes that leave. */
  async function sign(request: Request, answer: Response, faults: WireFault[]): Promise<Response> {
    const has = (kind: WireFault["kind"]) => faults.some((fault) => fault.kind === kind);
    let { status } = answer;
    let body = await answer.text();
    const wanted = request.headers.get("wechatpay-serial");
    let key = keyForAnswer(world, wanted);
    if (!key) {
      status = 400;
      body = JSON.stringify({ code: "PARAM_ERROR", message: "平台证书序列号Wechatpay-Serial错误" });
      key = keyForAnswer(world, null);
    }
    if (!key) throw new Error("WeChat has no key to sign with");
    const now = clock.now();
    const signedAt = has("stale-signature") ? new Date(now.getTime() - STALE_ANSWER_MS) : now;
    const headers = new Headers({
      "Content-Type": "application/json; charset=utf-8",
      "Content-Language": "zh-CN",
      "Cache-Control": "no-cache, must-revalidate",
      "Request-ID": randomUuid(random),
    });
    if (!has("unsigned")) {
      const signed = has("bad-signature") ? `${body} ` : body;
      for (const [name, value] of Object.entries(signatureHeaders(world, key, signed, signedAt))) {
        headers.set(name, value);
      }
      if (has("signtest")) headers.set("Wechatpay-Signature", signTestProbe(world));
    }
    return new Response(status === 204 ? null : body, { status, headers });
  }

  async function handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const isPay = pathname.startsWith("/v3/");
    const faults = faultPlan.takeWire(request.method, pathname);
    const has = (kind: WireFault["kind"]) => faults.some((fault) => fault.kind === kind);
    for (const fault of faults) if (fault.kind === "latency") await sleep(fault.ms);
    if (has("reset")) throw new ConnectionFault();

    let response = answerOf(faults, isPay);
    if (!response) {
      const isKeyKnown = !isPay || keyForAnswer(world, request.headers.get("wechatpay-serial")) !== null;
      // A request that names an unknown key is refused before anything is done for it.
      response = isKeyKnown ? await (isPay ? payApi : miniProgramApi).fetch(request) : new Response("");
    }
    if (isPay) response = await sign(request, response, faults);
    if (has("lost-answer")) throw new ConnectionFault();
    return has("half-closed") ? halfOf(response) : response;
  }

  /** The same head, half of the bytes, then a broken stream. */
  async function halfOf(response: Response): Promise<Response> {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length === 0) throw new ConnectionFault();
    let isHalfSent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isHalfSent) controller.error(new ConnectionFault());
        else controller.enqueue(bytes.subarray(0, Math.ceil(bytes.length / 2)));
        isHalfSent = true;
      },
    });
    const headers = new Headers(response.headers);
    headers.set("Content-Length", String(bytes.length));
    return new Response(body, { status: response.status, headers });
  }

  const dueNotifications = (at: Date) =>
    [...world.open]
      .filter(({ nextTryAt }) => nextTryAt !== null && nextTryAt <= at)
      .sort((a, b) => (a.nextTryAt?.getTime() ?? 0) - (b.nextTryAt?.getTime() ?? 0));
  const dueRefunds = (at: Date) =>
    [...state.refunds.values()]
      .filter(({ status, endsAt }) => status === "PROCESSING" && endsAt <= at)
      .sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime());

  async function runDue(): Promise<number> {
    let done = 0;
    for (;;) {
      const now = clock.now();
      const refunds = dueRefunds(now);
      for (const refund of refunds) {
        endRefund(world, refund, state.refundEndings.get(refund.outRefundNo) ?? "SUCCESS");
      }
      const notifications = dueNotifications(now);
      if (refunds.length + notifications.length === 0) return done;
      done += refunds.length + notifications.length;
      const queue = notifications.values();
      const worker = async () => {
        for (const notification of queue) await tryCallback(world, notification);
      };
      await Promise.all(Array.from({ length: Math.max(1, world.deliveriesAtOnce) }, worker));
    }
  }

  let lastTick: Promise<unknown> = Promise.resolve();
  /** One after the other: two at once would make the same try twice. */
  function tick(): Promise<number> {
    const run = lastTick.then(runDue);
    lastTick = run.catch(() => undefined);
    return run;
  }

  function nextDueAt(): Date | null {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { nextTryAt } of world.open) {
      if (nextTryAt) nextMs = Math.min(nextMs, nextTryAt.getTime());
    }
    for (const { status, endsAt } of state.refunds.values()) {
      if (status === "PROCESSING") nextMs = Math.min(nextMs, endsAt.getTime());
    }
    return Number.isFinite(nextMs) ? new Date(nextMs) : null;
  }

  return {
    handle,
    phone: createPhone(world),
    books: createBooks(world),
    faults: {
      ...faultPlan.requests,
      refund(outRefundNo, ending) {
        state.refundEndings.set(outRefundNo, ending);
        world.changed();
      },
      refundBalance(fen) {
        world.refundBalanceFen = fen;
      },
      revokeToken() {
        for (const token of state.tokens) token.isRevoked = true;
        world.changed();
      },
      async probe(outTradeNo) {
        const order = state.orders.get(outTradeNo);
        if (!order) throw new Error(`no order ${outTradeNo}`);
        return probe(world, order);
      },
    },
    templates: () => structuredClone(world.templates),
    signing(change) {
      if (change) {
        const certificate = change.certificate ?? state.signing.certificate;
        if (!keys.platformCertificates[certificate]) throw new RangeError("no such platform certificate");
        Object.assign(state.signing, change);
        world.changed();
      }
      return { ...state.signing };
    },
    mendRefund(outRefundNo) {
      const refund = state.refunds.get(outRefundNo);
      if (refund?.status !== "ABNORMAL") throw new Error(`refund ${outRefundNo} is not ABNORMAL`);
      endRefund(world, refund, "SUCCESS");
    },
    callbacks: () => state.notifications.map(toRecord),
    tick,
    nextDueAt,
    async advance(ms) {
      if (!clock.set) throw new Error("advance needs a clock with set(); real time goes by itself");
      const target = new Date(clock.now().getTime() + ms);
      let done = await tick();
      for (let next = nextDueAt(); next && next <= target; next = nextDueAt()) {
        if (next > clock.now()) clock.set(next);
        done += await tick();
      }
      if (clock.now() < target) clock.set(target);
      return done;
    },
    snapshot: () => writeState(state),
    version: () => version,
  };
}
