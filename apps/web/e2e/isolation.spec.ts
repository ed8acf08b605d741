import { expect, test } from "./test";
import { house, otherHouse } from "./world";

test("one merchant's people neither see nor reach another's pages and data", async ({
  pageOf,
  guest,
  merchantId,
}) => {
  const booking = await guest.bookAndPay(merchantId, { daysAhead: 50 });
  const stranger = await pageOf(`owner@${otherHouse}`);
  for (const path of ["check-in", "today", "bookings", `bookings/${booking.bookingNo}`]) {
    await stranger.goto(`/m/${house}/${path}`);
    await expect(stranger.getByRole("heading", { name: "没有这个页面" })).toBeVisible();
  }

  // A booking of theirs under our own address is one that does not exist.
  await stranger.goto(`/m/${otherHouse}/bookings/${booking.bookingNo}`);
  await expect(stranger.getByRole("alert").filter({ hasText: "没有这笔订单。" })).toBeVisible();
  await expect(stranger.getByText(guest.name)).toHaveCount(0);

  // From within their own page, straight at the API: the same answer as for a merchant that does not exist.
  const ask = (slug: string, call: string) =>
    stranger.evaluate(
      async ([url]) => {
        const answer = await fetch(url as string);
        return { status: answer.status, body: await answer.text() };
      },
      [`/api/m/${slug}/trpc/${call}`],
    );
  const input = encodeURIComponent(JSON.stringify({ json: { bookingNo: booking.bookingNo } }));
  for (const call of [
    "booking.today",
    "booking.history",
    "booking.listingChoices",
    `booking.get?input=${input}`,
  ]) {
    const theirs = await ask(house, call);
    expect(theirs.status).toBe(404);
    expect(theirs).toEqual(await ask("no-such-house", call));
    expect(theirs.body).not.toContain(guest.name);
  }
});

test("nobody else's page can use a signed-in browser", async ({ pageOf }) => {
  const page = await pageOf(`owner@${house}`);
  const statusOf = async (headers: Record<string, string>) =>
    (await page.request.get(`/api/m/${house}/trpc/booking.today`, { headers })).status();
  expect(await statusOf({ "sec-fetch-site": "same-origin" })).toBe(200);
  expect(await statusOf({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await statusOf({ "sec-fetch-site": "same-site" })).toBe(403);
  expect(await statusOf({ origin: "https://evil.example" })).toBe(403);
});
