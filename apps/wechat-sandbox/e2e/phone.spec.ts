import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

/** Days far enough ahead that nobody of the demo has them; one run never asks for the same ones as another. */
function daysAhead(): { in: string; out: string } {
  const first = 80 + Math.floor(Math.random() * 200);
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  return { in: day(first), out: day(first + 1) };
}

async function findRoom(page: Page, city: string): Promise<void> {
  const stay = daysAhead();
  await page.goto(`/#/search?${new URLSearchParams({ city, ...stay, guests: "1" })}`);
  await page.locator("article").first().getByRole("link").click();
  await expect(page.getByRole("button", { name: "预订", exact: true })).toBeEnabled();
}

/** Logs in as somebody new, on a sheet that is open. */
async function allowNewGuest(page: Page): Promise<void> {
  const sheet = page.getByRole("dialog", { name: "微信登录" });
  await sheet.getByText("用一个新手机号").click();
  await sheet.getByRole("button", { name: "允许" }).click();
  await expect(sheet).toBeHidden();
}

async function book(page: Page, city = "大理"): Promise<void> {
  await findRoom(page, city);
  await page.getByRole("button", { name: "预订", exact: true }).click();
  await expect(page.getByRole("heading", { name: "价格明细" })).toBeVisible();
  await page.getByRole("button", { name: "提交订单" }).click();
  await allowNewGuest(page);
}

async function typePassword(page: Page): Promise<void> {
  const sheet = page.getByRole("dialog", { name: "请输入支付密码" });
  for (const digit of "314159") await sheet.getByRole("button", { name: digit, exact: true }).click();
}

test("a guest books, pays, and holds a code, its QR and two messages", async ({ page }) => {
  await book(page);
  await page.getByRole("dialog", { name: "服务通知" }).getByRole("button", { name: "允许" }).click();
  await typePassword(page);
  await expect(page.getByRole("heading", { name: "支付成功" })).toBeVisible();
  await page.getByRole("button", { name: "查看订单" }).click();
  const code = await page.locator(".code").textContent();
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4} [0-9A-HJKMNP-TV-Z]{4}$/);
  await expect(page.getByRole("img", { name: "入住码" })).toBeVisible();

  await page.goto("/#/messages");
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(page.getByRole("article").first()).toContainText(code?.replace(" ", "") ?? "");
});

test("who refuses the messages pays all the same and gets none", async ({ page }) => {
  await book(page);
  await page.getByRole("dialog", { name: "服务通知" }).getByRole("button", { name: "拒绝" }).click();
  await typePassword(page);
  await expect(page.getByRole("heading", { name: "支付成功" })).toBeVisible();
  await page.goto("/#/messages");
  await expect(page.getByText("还没有服务通知")).toBeVisible();
});

test("closing WeChat's sheet keeps the room, and giving it up ends the booking", async ({ page }) => {
  await book(page);
  await page.getByRole("dialog", { name: "服务通知" }).getByRole("button", { name: "允许" }).click();
  await expect(page.getByRole("dialog", { name: "请输入支付密码" })).toContainText("¥");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("timer")).toContainText(/请在 \d\d:\d\d 内付款/);
  await page.getByRole("button", { name: "取消订单" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "取消订单" }).click();
  await expect(page.getByRole("heading", { name: "已取消", level: 2 })).toBeVisible();
});

test("a demo guest sees bookings in several states, and a heart stays where it was put", async ({ page }) => {
  await page.goto("/#/orders");
  await page.getByRole("button", { name: "微信登录" }).click();
  const marked = page.waitForResponse((response) => response.url().includes("/favourite/list"));
  await page.getByRole("dialog").getByText("陈皮").click();
  await page.getByRole("dialog").getByRole("button", { name: "允许" }).click();
  await expect(page.getByRole("article").first()).toBeVisible();
  const states = await page.locator(".state").allTextContents();
  expect(new Set(states).size).toBeGreaterThanOrEqual(3);

  // Which houses somebody has marked depends on the day that the demo was made for.
  await marked;
  await page.goto("/#/house/1");
  const heart = page.locator(".topbar").getByRole("button", { name: /收藏$/ });
  const [before, after] =
    (await heart.getAttribute("aria-pressed")) === "true" ? [true, false] : [false, true];
  const toast = (isOn: boolean) => page.getByText(isOn ? "已收藏" : "已取消收藏", { exact: true });
  await heart.click();
  await expect(toast(after)).toBeVisible();
  await page.reload();
  await expect(heart).toHaveAttribute("aria-pressed", String(after));
  await heart.click();
  await expect(toast(before)).toBeVisible();
  await expect(heart).toHaveAttribute("aria-pressed", String(before));
});

test("everything can be read in English", async ({ page }) => {
  await page.goto("/#/me");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("link", { name: "Home" }).click();
  await expect(page.getByRole("heading", { name: "Chosen for you" })).toBeVisible();
  await page.locator("article").first().getByRole("link").click();
  await expect(page.getByRole("heading", { level: 2, name: "The room" })).toBeVisible();
  await expect(page.locator(".prose")).toContainText(/^[^一-鿿]+$/);
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
});

test("pages and sheets have no accessibility faults that a machine can see", async ({ page }) => {
  const check = async () => {
    // A sheet that is still rising is paler than it will be.
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "为你精选" })).toBeVisible();
  await check();
  await page.locator("article").first().getByRole("link").click();
  await expect(page.getByRole("heading", { name: "住客评价" })).toBeVisible();
  await check();
  await page.getByRole("button", { name: "预订", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "选择日期" }).getByRole("button").nth(8)).toBeVisible();
  await check();
  await page.goto("/#/me");
  await check();
  await page.getByRole("button", { name: "微信登录" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await check();
});
