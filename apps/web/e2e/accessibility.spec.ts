import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./test";
import { house, readWorld } from "./world";

const { consoleUrl } = readWorld();

/** Everything that axe finds wrong, as lines that say where. */
async function problemsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

for (const theme of ["light", "dark"])
  for (const width of [1440, 390])
    test(`no page shuts anybody out, ${theme}, ${width} px wide`, async ({
      pageOf,
      page: stranger,
      guest,
      merchantId,
    }) => {
      // Nine pages, each read to its last element.
      test.slow();
      const booking = await guest.bookAndPay(merchantId, { daysAhead: 60 });
      const owner = await pageOf(`owner@${house}`);
      const operator = await pageOf("operator@looklook");
      for (const page of [stranger, owner, operator]) {
        await page.context().addCookies([{ name: "theme", value: theme, url: consoleUrl }]);
        await page.setViewportSize({ width, height: 900 });
      }
      const check = async (page: Page, path: string, ready: () => Promise<void>) => {
        await page.goto(path);
        await ready();
        expect.soft(await problemsOf(page), path).toEqual([]);
      };
      const visible = (page: Page, text: string | RegExp) => () =>
        expect(page.getByText(text).locator("visible=true").first()).toBeVisible();

      await check(stranger, "/sign-in", visible(stranger, "密码"));
      await check(owner, `/m/${house}/today`, visible(owner, /\d+ \/ \d+ 间/));
      await check(owner, `/m/${house}/bookings`, visible(owner, /¥[\d,]+\.\d\d/));
      await check(owner, `/m/${house}/bookings/${booking.bookingNo}`, visible(owner, "下单，房间已留"));
      await check(owner, "/m/nobody/today", visible(owner, "没有这个页面"));
      await check(owner, "/sessions", visible(owner, "本机"));
      await check(owner, `/m/${house}/check-in`, visible(owner, /预抵 \d+/));
      await owner.keyboard.type(booking.code, { delay: 20 });
      await visible(owner, "还没到入住日")();
      expect.soft(await problemsOf(owner), "a guest who is too early").toEqual([]);
      await owner.keyboard.press("Control+k");
      await owner.keyboard.type(guest.mobile.slice(-4));
      await expect(owner.getByRole("option").first()).toBeVisible();
      expect.soft(await problemsOf(owner), "the search").toEqual([]);
      await check(operator, "/ops", visible(operator, "待人工核对的款项"));
    });
