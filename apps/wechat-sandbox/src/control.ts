import type { CallbackFault, Sandbox, SandboxKeys, WireFault } from "@looklook/wechat-sandbox";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";

const openid = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/);

const User = z.object({
  openid: openid.optional(),
  unionid: openid.optional(),
  phoneNumber: z
    .string()
    .regex(/^1\d{10}$/)
    .optional(),
  nickname: z.string().min(1).max(64).optional(),
  isRisky: z.boolean().optional(),
});

const Payment = z.object({
  timeStamp: z.string(),
  nonceStr: z.string(),
  package: z.string(),
  signType: z.string(),
  paySign: z.string(),
});

const couponFen = z.int().min(0).optional();
const times = z.int().min(1).nullable().default(1);

const Wire: z.ZodType<WireFault> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("latency"), ms: z.int().min(0).max(600_000) }),
  z.object({
    kind: z.literal("error"),
    status: z.int().min(400).max(599),
    code: z.string(),
    message: z.string().optional(),
  }),
  z.object({ kind: z.literal("errcode"), errcode: z.int(), errmsg: z.string().optional() }),
  z.object({ kind: z.literal("frequency-limited") }),
  z.object({ kind: z.literal("reset") }),
  z.object({ kind: z.literal("lost-answer") }),
  z.object({ kind: z.literal("half-closed") }),
  z.object({ kind: z.literal("bad-signature") }),
  z.object({ kind: z.literal("signtest") }),
  z.object({ kind: z.literal("unsigned") }),
  z.object({ kind: z.literal("stale-signature") }),
]);

const Callback: z.ZodType<CallbackFault> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("duplicate"), times: z.int().min(1).max(100) }),
  z.object({ kind: z.literal("delay"), ms: z.int().min(0).max(86_400_000) }),
  z.object({ kind: z.literal("reorder"), after: z.int().min(1).max(1000) }),
  z.object({ kind: z.literal("drop") }),
  z.object({ kind: z.literal("drop-all") }),
  z.object({ kind: z.literal("lost-answer") }),
  z.object({ kind: z.literal("signtest") }),
  z.object({ kind: z.literal("wrong-aad") }),
  z.object({ kind: z.literal("tampered-ciphertext") }),
  z.object({ kind: z.literal("tampered-body") }),
  z.object({ kind: z.literal("stale-timestamp") }),
  z.object({ kind: z.literal("unknown-serial") }),
  z.object({ kind: z.literal("alter"), set: z.record(z.string(), z.unknown()) }),
]);

const WireRequest = z.object({
  fault: Wire,
  match: z.object({ method: z.string().optional(), path: z.string().optional() }).optional(),
  times,
});
const CallbackRequest = z.object({
  fault: Callback,
  match: z.object({ eventType: z.string().optional(), outTradeNo: z.string().optional() }).optional(),
  times,
});

const Signing = z.object({
  answers: z.enum(["certificate", "public-key"]).optional(),
  callbacks: z.enum(["certificate", "public-key", "mixed"]).optional(),
  certificate: z.int().min(0).max(1).optional(),
  hasCertificates: z.boolean().optional(),
});

function refuse(status: 400 | 404 | 409, error: string): never {
  throw new HTTPException(status, { res: Response.json({ error }, { status }) });
}

async function parse<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.infer<Schema>> {
  const text = await c.req.text();
  let value: unknown = {};
  try {
    if (text !== "") value = JSON.parse(text);
  } catch {
    refuse(400, "the body is not JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(400, `${issue?.path.join(".") || "body"}: ${issue?.message}`);
}

/** What a person does with a phone, what an operator reads, and what goes wrong on purpose, as JSON over HTTP. */
export function createControl(sandbox: Sandbox, keys: Pick<SandboxKeys, "appid" | "mchid">): Hono {
  const app = new Hono();
  const { phone, faults, books } = sandbox;

  app.get("/info", (c) =>
    c.json({
      appid: keys.appid,
      mchid: keys.mchid,
      templates: sandbox.templates(),
      signing: sandbox.signing(),
    }),
  );

  app.get("/users", (c) => c.json(phone.users()));
  app.post("/users", async (c) => c.json(phone.user(await parse(c, User))));

  app.use("/users/:openid/*", async (c, next) => {
    const wanted = c.req.param("openid");
    if (!phone.users().some((user) => user.openid === wanted)) refuse(404, "nobody has that openid");
    await next();
  });
  app.post("/users/:openid/login", (c) => c.json({ code: phone.login(c.req.param("openid")) }));
  app.post("/users/:openid/phone-code", (c) =>
    c.json({ code: phone.phoneNumberCode(c.req.param("openid")) }),
  );
  app.post("/users/:openid/encrypted-phone", (c) => {
    const encrypted = phone.encryptedPhone(c.req.param("openid"));
    return encrypted ? c.json(encrypted) : refuse(409, "no session yet: log in first");
  });
  app.post("/users/:openid/sheet", async (c) =>
    c.json(phone.sheet(c.req.param("openid"), await parse(c, Payment))),
  );
  app.post("/users/:openid/pay", async (c) => {
    const { payment, ...options } = await parse(c, z.object({ payment: Payment, couponFen }));
    return c.json(phone.pay(c.req.param("openid"), payment, options));
  });
  app.post("/users/:openid/cancel", async (c) =>
    c.json(phone.cancel(c.req.param("openid"), await parse(c, Payment))),
  );
  app.post("/users/:openid/begin-pay", async (c) =>
    c.json(phone.beginPay(c.req.param("openid"), await parse(c, Payment))),
  );
  app.get("/users/:openid/grants", (c) => c.json(phone.grants(c.req.param("openid"))));
  app.post("/users/:openid/grants", async (c) => {
    const { templateIds, answer } = await parse(
      c,
      z.object({
        templateIds: z.array(z.string()).min(1).max(3),
        answer: z.enum(["accept", "reject"]).optional(),
      }),
    );
    phone.grant(c.req.param("openid"), templateIds, answer);
    return c.json(phone.grants(c.req.param("openid")));
  });
  app.get("/users/:openid/messages", (c) => c.json(phone.messages(c.req.param("openid"))));

  app.get("/orders/:outTradeNo", (c) => {
    const order = books.order(c.req.param("outTradeNo"));
    return order ? c.json(order) : refuse(404, "no such order");
  });
  app.post("/orders/:outTradeNo/finish-pay", async (c) => {
    const options = await parse(c, z.object({ couponFen, evenIfClosed: z.boolean().optional() }));
    return c.json(phone.finishPay(c.req.param("outTradeNo"), options));
  });
  app.post("/orders/:outTradeNo/abandon-pay", (c) => c.json(phone.abandonPay(c.req.param("outTradeNo"))));

  app.get("/books", (c) =>
    c.json({
      totals: books.totals(),
      orders: books.orders(),
      payments: books.payments(),
      refunds: books.refunds(),
      entries: books.entries(),
    }),
  );
  app.get("/callbacks", (c) => c.json(sandbox.callbacks()));
  app.get("/signing", (c) => c.json(sandbox.signing()));
  app.post("/signing", async (c) => c.json(sandbox.signing(await parse(c, Signing))));

  app.get("/faults", (c) => c.json(faults.list()));
  app.post("/faults/wire", async (c) => {
    const { fault, ...options } = await parse(c, WireRequest);
    return c.json({ id: faults.wire(fault, options) });
  });
  app.post("/faults/callback", async (c) => {
    const { fault, ...options } = await parse(c, CallbackRequest);
    return c.json({ id: faults.callback(fault, options) });
  });
  app.post("/faults/refund", async (c) => {
    const { outRefundNo, ending } = await parse(
      c,
      z.object({ outRefundNo: z.string().min(1).max(64), ending: z.enum(["ABNORMAL", "CLOSED"]) }),
    );
    faults.refund(outRefundNo, ending);
    return c.json({});
  });
  app.post("/faults/refund-balance", async (c) => {
    const { fen } = await parse(c, z.object({ fen: z.int().min(0).nullable() }));
    faults.refundBalance(fen);
    return c.json({});
  });
  app.post("/faults/revoke-token", (c) => {
    faults.revokeToken();
    return c.json({});
  });
  app.post("/faults/probe", async (c) => {
    const { outTradeNo } = await parse(c, z.object({ outTradeNo: z.string() }));
    if (!books.order(outTradeNo)) refuse(404, "no such order");
    return c.json({ status: await faults.probe(outTradeNo) });
  });
  app.delete("/faults", (c) => {
    faults.clear();
    return c.json({});
  });
  app.delete("/faults/:id", (c) => {
    faults.clear(Number(c.req.param("id")));
    return c.json({});
  });
  app.post("/refunds/:outRefundNo/mend", (c) => {
    const refund = books.refunds().find(({ outRefundNo }) => outRefundNo === c.req.param("outRefundNo"));
    if (!refund) refuse(404, "no such refund");
    if (refund.status !== "ABNORMAL") refuse(409, "only an ABNORMAL refund can be mended");
    sandbox.mendRefund(refund.outRefundNo);
    return c.json({});
  });

  app.notFound((c) => c.json({ error: "no such path" }, 404));
  return app;
}
