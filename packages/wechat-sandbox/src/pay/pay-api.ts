import { type Context, Hono } from "hono";
import { z } from "zod";
import { aeadEncrypt } from "../signatures";
import { listedCertificates } from "../signing";
import { beijingTime } from "../virtual-clock";
import { newNonce, type World } from "../world";
import { closeOrder, orderByTransaction, orderFor, PrepayParams, prepay, transactionOf } from "./orders";
import { PayError, parseParams } from "./pay-error";
import { createRefund, queryRefund, RefundParams } from "./refunds";
import { checkRequest } from "./request-auth";

type Env = { Variables: { raw: string } };

const BODY_BYTES_MAX = 128 * 1024;

function json(c: Context<Env>): unknown {
  try {
    return JSON.parse(c.get("raw"));
  } catch {
    throw new PayError(400, "PARAM_ERROR", "请求体不是合法的JSON");
  }
}

/** Pay v3 for one merchant. Answers are not signed here: `createSandbox` signs whatever leaves. */
export function createPayApi(world: World): Hono<Env> {
  const app = new Hono<Env>();
  /** When refund requests were refused, within the last second. */
  let refundErrors: Date[] = [];

  app.use(async (c, next) => {
    const raw = await c.req.text();
    if (Buffer.byteLength(raw) > BODY_BYTES_MAX) throw new PayError(413, "PARAM_ERROR", "请求体过大");
    checkRequest(world, c.req.raw, raw);
    c.set("raw", raw);
    await next();
  });

  app.post("/v3/pay/transactions/jsapi", (c) =>
    c.json(prepay(world, parseParams(PrepayParams, json(c), "body"))),
  );

  app.get("/v3/pay/transactions/out-trade-no/:number", (c) =>
    c.json(transactionOf(world, orderFor(world, c.req.param("number"), c.req.query("mchid")))),
  );

  app.get("/v3/pay/transactions/id/:id", (c) =>
    c.json(transactionOf(world, orderByTransaction(world, c.req.param("id"), c.req.query("mchid")))),
  );

  app.post("/v3/pay/transactions/out-trade-no/:number/close", (c) => {
    const { mchid } = parseParams(z.looseObject({ mchid: z.string() }), json(c), "body");
    closeOrder(world, c.req.param("number"), mchid);
    return c.body(null, 204);
  });

  app.post("/v3/refund/domestic/refunds", (c) => {
    const now = world.clock.now();
    refundErrors = refundErrors.filter((at) => now.getTime() - at.getTime() < 1000);
    if (refundErrors.length >= world.refundErrorsPerSecond) {
      throw new PayError(429, "FREQUENCY_LIMITED", "错误或无效的退款请求过于频繁，请降低频率");
    }
    try {
      return c.json(createRefund(world, parseParams(RefundParams, json(c), "body")));
    } catch (error) {
      if (error instanceof PayError) refundErrors.push(now);
      throw error;
    }
  });

  app.get("/v3/refund/domestic/refunds/:number", (c) => c.json(queryRefund(world, c.req.param("number"))));

  app.get("/v3/certificates", (c) => {
    const certificates = listedCertificates(world);
    if (certificates.length === 0) {
      throw new PayError(
        404,
        "RESOURCE_NOT_EXISTS",
        "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥",
      );
    }
    return c.json({
      data: certificates.map((certificate) => {
        const nonce = newNonce(world).slice(0, 12);
        return {
          serial_no: certificate.serial,
          effective_time: beijingTime(new Date(certificate.effectiveAt)),
          expire_time: beijingTime(new Date(certificate.expireAt)),
          encrypt_certificate: {
            algorithm: "AEAD_AES_256_GCM",
            nonce,
            associated_data: "certificate",
            ciphertext: aeadEncrypt(certificate.certificatePem, world.keys.apiV3Key, nonce, "certificate"),
          },
        };
      }),
    });
  });

  app.notFound((c) => c.json({ code: "RESOURCE_NOT_EXISTS", message: "请求的资源不存在" }, 404));
  app.onError((error, c) => {
    if (error instanceof PayError) return c.body(JSON.stringify(error.toBody()), error.status as 400);
    throw error;
  });
  return app;
}
