import { expect, test } from "./test";
import { house } from "./world";

test("an operator has the queues under the console's own origin, dead letters and cases", async ({
  pageOf,
}) => {
  const page = await pageOf("operator@looklook");
  await page.goto("/");
  await expect(page).toHaveURL("/ops");
  await expect(page.getByRole("region", { name: "无法处理的事件" })).toBeVisible();
  await expect(page.getByRole("region", { name: "待人工核对的款项" })).toBeVisible();
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "打开任务队列" }).click();
  const board = await opened;
  await expect(board).toHaveURL("/ops/queues");
  for (const queue of ["booking", "payment", "message", "maintenance"])
    await expect(board.getByRole("link", { name: queue }).first()).toBeVisible();
});

test("for everybody else there are no operations", async ({ pageOf, page: stranger }) => {
  const page = await pageOf(`owner@${house}`);
  await page.goto(`/m/${house}/today`);
  await expect(page.getByRole("navigation").getByRole("link", { name: "我的" }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "运维" })).toHaveCount(0);
  await page.goto("/ops");
  await expect(page.getByRole("heading", { name: "没有这个页面" })).toBeVisible();
  expect((await page.goto("/ops/queues"))?.status()).toBe(404);
  expect((await page.request.get("/ops/queues/api/queues")).status()).toBe(404);

  await stranger.goto("/ops/queues");
  await expect(stranger).toHaveURL(/\/sign-in\?next=/);
});
