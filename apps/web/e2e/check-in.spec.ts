import type { Page } from "@playwright/test";
import { dayFromToday } from "./guest";
import { expect, test } from "./test";
import { house, otherHouse } from "./world";

const desk = `front-desk@${house}`;
const field = (page: Page) => page.getByRole("textbox", { name: "入住码" });
const card = (page: Page) => page.getByRole("region", { name: "客人" });

async function openDesk(page: Page, slug = house): Promise<void> {
  await page.goto(`/m/${slug}/check-in`);
  await expect(field(page)).toBeFocused();
}

/** As a hand scanner does: the whole line in a few milliseconds, then Enter. */
async function scan(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text, { delay: 2 });
  await page.keyboard.press("Enter");
}

test("a typed code shows who it is, Enter lets them in, and a mistake is taken back", async ({
  pageOf,
  guest,
  merchantId,
}) => {
  const booking = await guest.bookAndPay(merchantId, { remark: "晚上十点左右到" });
  const page = await pageOf(desk);
  await openDesk(page);

  // Lower case, in groups, with look-alikes for the digits.
  const typed = booking.code.toLowerCase().replaceAll("0", "o").replaceAll("1", "l");
  await page.keyboard.type(`${typed.slice(0, 4)} ${typed.slice(4)}`, { delay: 40 });
  await expect(card(page).getByRole("heading", { name: guest.name })).toBeVisible();
  await expect(card(page)).toContainText(`尾号 ${booking.last4}`);
  await expect(card(page)).toContainText("1 晚");
  await expect(card(page)).toContainText("晚上十点左右到");
  await expect(card(page)).toContainText(/已付¥[\d,]+\.\d\d/);
  await expect(page.getByText(`${guest.name}，1 人，1 晚。按回车确认入住。`)).toBeAttached();

  await expect(field(page)).toBeFocused();
  // In the first moment Enter was meant for the field: nobody has read a card by then.
  await expect(card(page).getByRole("button", { name: "确认入住" })).toHaveAttribute(
    "aria-keyshortcuts",
    "Enter",
  );
  await page.keyboard.press("Enter");
  const accepted = page.getByRole("region", { name: "入住成功" });
  await expect(accepted.getByRole("heading", { name: `${guest.name} 已入住` })).toBeVisible();
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue("");
  const history = page.getByRole("region", { name: "今日核销记录" }).getByRole("listitem");
  await expect(history.filter({ hasText: guest.name }).first()).toContainText("办理入住");

  // The same code again says when and by whom it was used.
  await page.keyboard.type(booking.code, { delay: 20 });
  await expect(card(page)).toContainText(/这个入住码已于 .+ 由 .+ 核销。/);
  await expect(card(page).getByRole("button", { name: "确认入住" })).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(card(page)).toContainText(/这个入住码已于/);

  await card(page).getByRole("button", { name: "撤销" }).click();
  const question = page.getByRole("dialog", { name: new RegExp(`撤销 ${guest.name} 的入住`) });
  const confirm = question.getByRole("button", { name: "撤销入住" });
  await confirm.focus();
  await expect(page.getByRole("tooltip").or(page.getByText("请先选择或填写原因。")).first()).toBeAttached();
  await question.getByRole("button", { name: "认错客人" }).click();
  await confirm.click();
  await expect(question).toBeHidden();
  await expect(field(page)).toBeFocused();
  await expect(history.filter({ hasText: guest.name }).first()).toContainText("认错客人");

  await page.keyboard.type(booking.code, { delay: 20 });
  await expect(card(page).getByRole("button", { name: "确认入住" })).toBeVisible();
});

test("a hand scanner's line looks a guest up and never accepts one unseen", async ({
  pageOf,
  guest,
  merchantId,
}) => {
  const booking = await guest.bookAndPay(merchantId);
  const page = await pageOf(desk);
  await openDesk(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/trpc/")) asked.push(new URL(request.url()).pathname.split("/").at(-1) ?? "");
  });
  await scan(page, booking.qr);
  await expect(card(page).getByRole("heading", { name: guest.name })).toBeVisible();
  expect(asked.filter((path) => path.includes("lookUpCode"))).toHaveLength(1);
  expect(asked.filter((path) => path.includes("checkIn"))).toHaveLength(0);
  await page.getByRole("button", { name: "确认入住" }).click();
  await expect(page.getByRole("heading", { name: `${guest.name} 已入住` })).toBeVisible();
  await expect(field(page)).toBeFocused();
});

test("the camera reads the QR code with a reader of our own", async ({
  guest,
  merchantId,
  playwright,
  stateOf,
}) => {
  const { fakeCamera } = await import("./fake-camera");
  const booking = await guest.bookAndPay(merchantId, { daysAhead: 6 });
  const camera = await fakeCamera(playwright.chromium, booking.qr);
  const context = await camera.browser.newContext({
    storageState: await stateOf(desk),
    permissions: ["camera"],
    baseURL: test.info().project.use.baseURL,
  });
  const page = await context.newPage();
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(test.info().project.use.baseURL ?? "").origin)
      elsewhere.push(request.url());
  });
  // Opened on another page first, whose policy forbids WebAssembly: the desk has to deal with that.
  await page.goto(`/m/${house}/today`);
  await page.getByRole("navigation").getByRole("link", { name: "入住核销" }).click();
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("Alt+c");
  await expect(card(page).getByRole("heading", { name: guest.name })).toBeVisible({ timeout: 30_000 });
  expect(elsewhere).toEqual([]);

  // Remembered: it opens by itself on the next visit.
  await page.reload();
  await expect(page.getByLabel("摄像头画面")).toBeVisible();
  await camera.close();
});

test("too early, and another merchant's guest, are said in one sentence", async ({
  pageOf,
  guest,
  merchantId,
}) => {
  const later = await guest.bookAndPay(merchantId, { daysAhead: 5 });
  const page = await pageOf(desk);
  await openDesk(page);
  await page.keyboard.type(later.code, { delay: 20 });
  const [, month, day] = dayFromToday(5).split("-").map(Number);
  await expect(card(page)).toContainText(`还没到入住日：${month}月${day}日`);
  await expect(card(page).getByRole("button", { name: "确认入住" })).toHaveCount(0);

  const neighbour = await pageOf(`front-desk@${otherHouse}`);
  await openDesk(neighbour, otherHouse);
  await neighbour.keyboard.type(later.code, { delay: 20 });
  await expect(neighbour.getByRole("alert").filter({ hasText: "没有这个入住码。" })).toBeVisible();
  await expect(neighbour.getByText(guest.name)).toHaveCount(0);
});

test("pasting replaces what stood there, and Escape clears it", async ({ pageOf }) => {
  const page = await pageOf(desk);
  await openDesk(page);
  await page.keyboard.type("K7Q");
  await field(page).evaluate((element) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", " a2b ");
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(field(page)).toHaveValue(" a2b ");
  await page.keyboard.press("Enter");
  await expect(page.getByText("入住码有 8 位，现在只有 3 位。")).toBeAttached();
  await page.keyboard.press("Escape");
  await expect(field(page)).toHaveValue("");
});
