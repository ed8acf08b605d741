import { describe, expect, test } from "vitest";
import { createLogger } from "./logger";

/** What a logger writes, as text and as records. */
function capture(level: "info" | "debug" = "info") {
  let text = "";
  const logger = createLogger(
    { level, service: "api" },
    {
      write(line) {
        text += line;
      },
    },
  );
  return {
    logger,
    text: () => text,
    records: () =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const canary = "CANARY-7f3a";

describe("what must not be read in a log", () => {
  test.each([
    "authorization",
    "cookie",
    "set-cookie",
    "password",
    "newPassword",
    "code",
    "checkInCode",
    "tradeCode",
    "token",
    "accessToken",
    "refresh_token",
    "openid",
    "unionid",
    "mobile",
    "phone",
    "phoneNumber",
    "phone_number",
    "purePhoneNumber",
    "idCard",
    "id_card",
    "guestName",
    "email",
    "encryptedData",
    "iv",
    "sessionKey",
    "session_key",
    "privateKey",
    "apiV3Key",
    "APIV3KEY",
    "appSecret",
    "ciphertext",
    "paySign",
    "pepper",
    "databaseUrl",
  ])("%s is hidden at the top, deep down, in lists and in a child's bindings", (name) => {
    const { logger, text } = capture();
    logger.info({ [name]: canary }, "top");
    logger.info({ request: { headers: { [name]: canary }, list: [{ one: { [name]: [canary] } }] } }, "deep");
    logger.info({ known: new Map([[name, canary]]) }, "map");
    logger.child({ [name]: canary }).info("child");
    expect(text()).not.toContain(canary);
    expect(text().match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(4);
  });

  test.each([
    ["a mobile number", "Key (mobile)=(13800138000) already exists", "13800138000"],
    ["a mobile number with its country", "sms to +86 13800138000 failed", "13800138000"],
    ["an id card number", "checked 11010519491231002X today", "11010519491231002X"],
    ["a bearer token", `GET / with Bearer ${canary}abcdef`, canary],
    ["a JWT", "token eyJhbGciOiJIUzI1NiJ9.eyJqd3RVc2VySWQiOjF9.c2lnbmF0dXJl refused", "eyJqd3RVc2VySWQiOjF9"],
    ["a private key", "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "MIIEvQ"],
    ["a password in an address", "connect postgres://looklook:s3cret@db:5432/looklook", "s3cret"],
  ])("%s is hidden in a sentence, in a field and in an error", (_what, sentence, secret) => {
    const { logger, text } = capture();
    logger.info(sentence);
    logger.info({ detail: sentence }, "field");
    logger.error({ err: new Error(sentence, { cause: new Error(sentence) }) }, "error");
    logger.error(new Error(sentence));
    expect(text()).not.toContain(secret);
  });

  test("what libraries hang on their errors is left out, message and stack stay", () => {
    const { logger, text, records } = capture();
    const error = Object.assign(new TypeError("pre-pay was refused"), {
      code: "ECONNRESET",
      config: { data: canary },
      response: { body: canary },
      meta: { driverAdapterError: { cause: { detail: canary } } },
    });
    logger.error({ err: error }, "payment");
    expect(text()).not.toContain(canary);
    expect(records()[0]?.err).toMatchObject({
      type: "TypeError",
      message: "pre-pay was refused",
      errorCode: "ECONNRESET",
      stack: expect.stringContaining("logger.test.ts"),
    });
  });
});

describe("what must be read in a log", () => {
  test("numbers by which people look, and digits that only look like secrets, are kept", () => {
    const { logger, records } = capture();
    const fields = {
      bookingNo: "HSO2025050112345613800138",
      paymentNo: "PMT2025050112345613800138",
      transactionId: "4200001234202505011380013800",
      at: 1_746_082_800_000,
      amountFen: 138_001_380,
      errorCode: "NIGHTS_TAKEN",
      iterations: [1, null, undefined, true],
      total: 12n,
    };
    logger.info(fields, "booking HSO2025050112345613800138 was paid");
    expect(records()[0]).toMatchObject({
      ...fields,
      iterations: [1, null, null, true],
      total: "12",
      msg: "booking HSO2025050112345613800138 was paid",
    });
  });

  test("a line says when, how bad and who, and a level below the set one says nothing", () => {
    const { logger, records } = capture();
    logger.debug("not this");
    logger.warn({ bookingNo: "HSO1" }, "this");
    expect(records()).toEqual([
      {
        level: "warn",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: "api",
        bookingNo: "HSO1",
        msg: "this",
      },
    ]);
  });

  test("a record that contains itself is cut and not followed for ever", () => {
    const { logger, records } = capture();
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    logger.info({ loop }, "loop");
    expect(JSON.stringify(records()[0])).toContain("[deeper]");
  });
});
