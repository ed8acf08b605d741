import type { PayParams } from "./bridge";

/** What WeChat's app itself does on a phone, here done by the sandbox's control API. */
export interface Person {
  openid: string;
  phoneNumber: string;
  nickname: string;
}
export interface Message {
  msgid: string;
  templateId: string;
  title: string;
  data: Record<string, string>;
  receivedAt: string;
}
export type PaySheet =
  | { ok: true; outTradeNo: string; description: string; totalFen: number; expiresAt: string }
  | { ok: false; reason: string };
export type PayAnswer = { ok: true; transactionId: string } | { ok: false; reason: string };

async function call<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
  const response = await fetch(`/sandbox${path}`, {
    method,
    ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`WeChat's sandbox answered ${response.status} to ${path}`);
  return response.json();
}

/** The parameters of wx.requestPayment under the names that WeChat uses. */
function paymentOf({ timestamp, nonceStr, package: prepay, signType, paySign }: PayParams) {
  return { timeStamp: timestamp, nonceStr, package: prepay, signType, paySign };
}

export const wechat = {
  /** The same person again when the openid is known. */
  person: (who: Partial<Person>) => call<Person>("POST", "/users", who),
  login: async (openid: string) => (await call<{ code: string }>("POST", `/users/${openid}/login`)).code,
  phoneCode: async (openid: string) =>
    (await call<{ code: string }>("POST", `/users/${openid}/phone-code`)).code,
  templates: async () =>
    (await call<{ templates: { id: string; title: string }[] }>("GET", "/info")).templates,
  grant: (openid: string, templateIds: string[], answer: "accept" | "reject") =>
    call<object>("POST", `/users/${openid}/grants`, { templateIds, answer }),
  messages: (openid: string) => call<Message[]>("GET", `/users/${openid}/messages`),
  sheet: (openid: string, params: PayParams) =>
    call<PaySheet>("POST", `/users/${openid}/sheet`, paymentOf(params)),
  pay: (openid: string, params: PayParams) =>
    call<PayAnswer>("POST", `/users/${openid}/pay`, { payment: paymentOf(params) }),
  dismiss: (openid: string, params: PayParams) =>
    call<object>("POST", `/users/${openid}/cancel`, paymentOf(params)),
};

/** People whom the demo's history knows; the openid is the one that their past payments carry. */
export const demoPeople: readonly (Person & { avatar: string })[] = ["林小满", "周自横", "陈皮"].map(
  (nickname, index) => {
    const phoneNumber = String(19_900_001_001 + index * 7);
    const avatar = `/static/avatars/guest-0${index + 1}.svg`;
    return { nickname, phoneNumber, openid: `demo-${phoneNumber}`, avatar };
  },
);
