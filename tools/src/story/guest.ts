import { call, Refused } from "./http";

/** A mini-program on a phone: the bridge for business, the sandbox for what WeChat itself does. */
export class Guest {
  private token = "";

  private constructor(
    private readonly bridgeUrl: string,
    private readonly sandboxUrl: string,
    readonly openid: string,
  ) {}

  /** A new person with a phone of their own. */
  static async arrive(bridgeUrl: string, sandboxUrl: string): Promise<Guest> {
    const guest = new Guest(bridgeUrl, sandboxUrl, "");
    const phoneNumber = `199${String(Date.now() % 100_000_000).padStart(8, "0")}`;
    const { openid } = await guest.wechat<{ openid: string }>("POST", "/users", {
      phoneNumber,
      nickname: "故事里的客人",
    });
    return new Guest(bridgeUrl, sandboxUrl, openid);
  }

  /** `data` of a bridge call. @throws Refused */
  async ask<T>(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<T> {
    const answer = await call("POST", this.bridgeUrl + path, {
      headers: {
        "content-type": "application/json",
        ...(this.token && { authorization: this.token }),
        ...headers,
      },
      body: JSON.stringify(body),
    });
    const envelope = answer.body as { code?: number; data?: T };
    if (answer.status !== 200 || envelope.code !== 200) throw new Refused(path, answer);
    return envelope.data as T;
  }

  /** A call of the sandbox's control API, as this person's phone. @throws Refused */
  async wechat<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
    const answer = await call(method, `${this.sandboxUrl}/sandbox${path}`, {
      headers: { "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Refused(path, answer);
    return answer.body as T;
  }

  mine<T>(method: "GET" | "POST", what: string, body?: object): Promise<T> {
    return this.wechat<T>(method, `/users/${this.openid}${what}`, body);
  }

  async logIn(): Promise<{ accessExpire: number }> {
    const { code } = await this.mine<{ code: string }>("POST", "/login");
    const phone = await this.mine<{ code: string }>("POST", "/phone-code");
    const token = await this.ask<{ accessToken: string; accessExpire: number }>(
      "/usercenter/v1/user/wxMiniAuth",
      {
        code,
        iv: "",
        encryptedData: "",
        phoneCode: phone.code,
      },
    );
    this.token = token.accessToken;
    return { accessExpire: token.accessExpire };
  }
}
