import { expect, test } from "./test";
import { house } from "./world";

test("today shows who comes, who goes, who is in the house and how full it is", async ({
  pageOf,
  guest,
  merchantId,
}) => {
  await guest.bookAndPay(merchantId);
  const page = await pageOf(`owner@${house}`);
  await page.goto(`/m/${house}/today`);
  for (const name of ["预抵", "预离", "在住"]) await expect(page.getByRole("region", { name })).toBeVisible();
  await expect(page.getByRole("region", { name: "预抵" }).getByText(guest.name).first()).toBeVisible();
  const tonight = page.getByRole("meter", { name: "今晚入住" });
  const [sold, rooms] = [
    await tonight.getAttribute("aria-valuenow"),
    await tonight.getAttribute("aria-valuemax"),
  ];
  await expect(page.getByText(`${sold} / ${rooms} 间`)).toBeVisible();
  expect(Number(sold)).toBeGreaterThan(0);

  await page.getByRole("region", { name: "预抵" }).getByText(guest.name).first().click();
  await expect(page).toHaveURL(/\/bookings\/HSO\d{22}$/);
});
