import { expect, test } from "./test";
import { house } from "./world";

test("today shows who comes, who goes, who is in the house and how full it is", async ({ pageOf }) => {
  const page = await pageOf(`owner@${house}`);
  await page.goto(`/m/${house}/today`);
  for (const name of ["预抵", "预离", "在住"]) await expect(page.getByRole("region", { name })).toBeVisible();
  const tonight = page.getByRole("meter", { name: "今晚入住" });
  await expect(tonight).toBeVisible();
  const sold = Number(await tonight.getAttribute("aria-valuenow"));
  const rooms = Number(await tonight.getAttribute("aria-valuemax"));
  expect(sold).toBeGreaterThan(0);
  expect(rooms).toBeGreaterThanOrEqual(sold);
  await expect(page.getByText(`${sold} / ${rooms} 间`)).toBeVisible();

  const arrivals = page.getByRole("region", { name: "预抵" }).getByRole("link");
  await expect(page.getByText(new RegExp(`^\\d+ / ${await arrivals.count()} 已到$`))).toBeVisible();
  await arrivals.first().click();
  await expect(page).toHaveURL(/\/bookings\/HSO\d{22}$/);
  await expect(
    page.getByRole("article", { name: "订单详情" }).getByRole("heading", { level: 1 }),
  ).toBeVisible();
});
