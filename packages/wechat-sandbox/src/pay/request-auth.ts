import { requestText, rsaVerify } from "../signatures";
import type { World } from "../world";
import { PayError } from "./pay-error";

const SCHEME = "WECHATPAY2-SHA256-RSA2048 ";
/** WeChat refuses a request whose timestamp is this far from its own. */
const WINDOW_MS = 5 * 60_000;

/**
 * Checks who sent a request and that nothing on the way changed it.
 * Source: WeChat Pay API v3, "签名生成" and "常见问题".
 * @param body exactly as it was received
 * @throws PayError 400 PARAM_ERROR for missing headers, 401 SIGN_ERROR for everything about the signature
 */
export function checkRequest(world: World, request: Request, body: string): void {
  const accept = request.headers.get("accept");
  if (!accept || !request.headers.get("user-agent")) {
    throw new PayError(400, "PARAM_ERROR", "Http头缺少Accept或User-Agent");
  }
  if (!/application\/json|\*\/\*/.test(accept)) {
    throw new PayError(406, "PARAM_ERROR", "Http头Accept必须包含application/json");
  }
  if (request.method === "POST" && !/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    throw new PayError(415, "PARAM_ERROR", "Http头Content-Type必须为application/json");
  }

  const authorization = request.headers.get("authorization") ?? "";
  if (!authorization.startsWith(SCHEME)) {
    throw new PayError(
      401,
      "SIGN_ERROR",
      "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》",
    );
  }
  const given = new Map<string, string>();
  for (const [, name = "", value = ""] of authorization.matchAll(/(\w+)="([^"]*)"/g)) given.set(name, value);
  const timestamp = given.get("timestamp") ?? "";
  const nonce = given.get("nonce_str") ?? "";
  if (given.get("mchid") !== world.keys.mchid) {
    throw new PayError(401, "SIGN_ERROR", "商户号与请求的签名信息不匹配");
  }
  if (given.get("serial_no")?.toUpperCase() !== world.keys.merchant.serial) {
    throw new PayError(401, "SIGN_ERROR", "商户证书序列号有误，请使用签名私钥匹配的证书序列号");
  }
  if (nonce === "" || nonce.length > 32) {
    throw new PayError(401, "SIGN_ERROR", "Http头Authorization中的nonce_str长度需为1到32");
  }
  const skewMs = Math.abs(world.clock.now().getTime() - Number(timestamp) * 1000);
  if (!/^\d{10}$/.test(timestamp) || skewMs >= WINDOW_MS) {
    throw new PayError(401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟");
  }
  const url = new URL(request.url);
  const signed = requestText(request.method, url.pathname + url.search, timestamp, nonce, body);
  if (!rsaVerify(signed, given.get("signature") ?? "", world.keys.merchant.publicKeyPem)) {
    throw new PayError(401, "SIGN_ERROR", "签名错误，请检查后再试", {
      field: "signature",
      issue: "sign not match",
      location: "authorization",
      sign_information: {
        method: request.method,
        url: url.pathname + url.search,
        truncated_sign_message: signed.slice(0, 128),
        sign_message_length: signed.length,
      },
    });
  }
}
