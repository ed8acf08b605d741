import { expect, test } from "./test";
import { house } from "./world";

const owner = `owner@${house}`;

test("language and theme change at once and are kept", async ({ pageOf }) => {
  const page = await pageOf(owner);
  await page.goto(`/m/${house}/today`);
  await page.getByRole("button", { name: "语言" }).click();
  await page.getByRole("menuitemradio", { name: "English" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Today/ })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");

  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  const light = await ground();
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect.poll(ground).not.toBe(light);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("heading", { level: 1, name: /^Today/ })).toBeVisible();
  expect(await ground()).not.toBe(light);
});

test("Ctrl-K finds a booking by its last four digits and goes to pages, by keyboard alone", async ({
  pageOf,
  guest,
  merchantId,
}) => {
  const bookingNo = await guest.book(merchantId, { daysAhead: 40 });
  const page = await pageOf(owner);
  await page.goto(`/m/${house}/today`);
  await expect(page.getByRole("region", { name: "预抵" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type(guest.mobile.slice(-4));
  const results = page.getByRole("listbox", { name: "搜索结果" });
  await expect(results.getByRole("option", { name: guest.name }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/bookings\/HSO\d{22}$/);

  await page.keyboard.press("Control+k");
  await page.keyboard.type(bookingNo);
  await expect(results.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(results).toBeHidden();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("核销");
  await results.getByRole("option", { name: "入住核销" }).click();
  await expect(page).toHaveURL(`/m/${house}/check-in`);
});

test("every page comes with a policy of its own, and only check-in may compile WebAssembly", async ({
  pageOf,
}) => {
  const page = await pageOf(owner);
  const policies = new Map<string, string>();
  for (const path of ["check-in", "today", "bookings"]) {
    const answer = await page.goto(`/m/${house}/${path}`);
    policies.set(path, answer?.headers()["content-security-policy"] ?? "");
    expect(answer?.headers()).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
    });
  }
  const nonces = [...policies.values()].map((policy) => /'nonce-([^']+)'/.exec(policy)?.[1]);
  expect(new Set(nonces).size).toBe(3);
  for (const [path, policy] of policies) {
    expect(policy.includes("'wasm-unsafe-eval'")).toBe(path === "check-in");
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
  }
});
