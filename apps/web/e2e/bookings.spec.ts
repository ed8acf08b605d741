import { expect, test } from "./test";
import { house } from "./world";

const owner = `owner@${house}`;

test("filters and position live in the address and survive a reload", async ({ pageOf }) => {
  const page = await pageOf(owner);
  await page.goto(`/m/${house}/bookings`);
  const table = page.getByRole("table", { name: "订单" });
  await expect(table.getByRole("row")).not.toHaveCount(1);

  await page.getByRole("button", { name: "已完成" }).click();
  await expect(page).toHaveURL(/status=completed/);
  await expect(table.getByText("待入住")).toHaveCount(0);
  await expect(table.getByRole("row").nth(1)).toContainText("已完成");
  await page.getByLabel("房源").selectOption({ index: 1 });
  await expect(page).toHaveURL(/listing=\d+/);
  await page.reload();
  await expect(page.getByRole("button", { name: "已完成" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByLabel("房源")).not.toHaveValue("");
  await page.goBack();
  await expect(page).not.toHaveURL(/listing=/);

  await page.getByRole("button", { name: "清除筛选" }).click();
  await expect(page).toHaveURL(new RegExp(`/m/${house}/bookings$`));
  const newest = (await table.getByRole("row").nth(1).textContent()) ?? "";
  await page.getByRole("button", { name: "更早" }).click();
  await expect(page).toHaveURL(/cursor=\d+/);
  await expect(table.getByRole("row").nth(1)).not.toHaveText(newest);
  await page.getByRole("button", { name: "最新" }).click();
  await expect(page).not.toHaveURL(/cursor/);
});

test("a booking opens beside the list, with every night, the money and what happened", async ({
  pageOf,
  guest,
  merchantId,
}) => {
  const booking = await guest.bookAndPay(merchantId, { daysAhead: 20, nights: 2 });
  const page = await pageOf(owner);
  await page.goto(`/m/${house}/bookings`);
  await page.getByRole("searchbox", { name: "查找订单" }).fill(booking.bookingNo.slice(3));
  await expect(page).toHaveURL(/q=\d+/);
  await page.getByRole("table", { name: "订单" }).getByRole("link", { name: guest.name }).click();
  await expect(page).toHaveURL(new RegExp(`/bookings/${booking.bookingNo}\\?q=`));
  const detail = page.getByRole("article", { name: "订单详情" });
  await expect(detail.getByRole("heading", { name: guest.name })).toBeVisible();
  await expect(detail.getByText("支付成功", { exact: true })).toBeVisible();
  await expect(detail.getByText("下单，房间已留")).toBeVisible();
  // Both stand side by side, and the list keeps its filter.
  await expect(page.getByRole("searchbox", { name: "查找订单" })).toBeVisible();

  // Two buttons that cannot act say why.
  const cannot = detail.getByRole("button", { name: "去核销入住码" });
  await expect(cannot).toHaveAttribute("aria-disabled", "true");
  await expect(cannot).toHaveAccessibleDescription("还没到入住日。");

  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole("searchbox", { name: "查找订单" })).toBeHidden();
  await detail.getByRole("link", { name: "返回订单" }).click();
  await expect(page).toHaveURL(/\/bookings\?q=/);
  await expect(page.getByRole("table", { name: "订单" })).toBeHidden();
  await expect(page.getByRole("listitem").filter({ hasText: guest.name })).toBeVisible();
});

test("a new booking slides in by itself with a quiet mark", async ({ pageOf, guest, merchantId }) => {
  const page = await pageOf(owner);
  await page.goto(`/m/${house}/bookings`);
  const table = page.getByRole("table", { name: "订单" });
  await expect(table.getByRole("row")).not.toHaveCount(1);
  const search = page.getByRole("searchbox", { name: "查找订单" });
  await search.focus();
  await guest.book(merchantId, { daysAhead: 30 });
  const fresh = table.getByRole("row").filter({ has: page.getByText("新", { exact: true }) });
  await expect(fresh.filter({ hasText: guest.name })).toBeVisible();
  // Nobody's cursor moves.
  await expect(search).toBeFocused();
});
