import { expect, fillSignIn, test } from "./test";
import { house, readWorld } from "./world";

const world = readWorld();
// An account of this file's own: it signs in more often than others.
const person = `manager@${house}`;

test("a wrong password is refused in words, and the e-mail stays", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("邮箱").fill("nobody@looklook.example");
  await page.getByLabel("密码").fill("wrong-password");
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "邮箱或密码不对。" })).toBeVisible();
  await expect(page.getByLabel("邮箱")).toHaveValue("nobody@looklook.example");
  await expect(page.getByLabel("密码")).toHaveValue("");
  await expect(page.getByLabel("密码")).toBeFocused();
});

test("signing in leads back to the page that was asked for; a signed-out cookie is worth nothing", async ({
  page,
  context,
}) => {
  await page.goto(`/m/${house}/bookings?status=confirmed`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await fillSignIn(page, person);
  await expect(page).toHaveURL(`/m/${house}/bookings?status=confirmed`);

  const cookies = await context.cookies();
  const session = cookies.find(({ name }) => name.endsWith("session-token"));
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  await page.reload();
  const after = (await context.cookies()).find(({ name }) => name.endsWith("session-token"));
  expect(after?.value).toBe(session?.value);
  const told = await page.request.get("/api/auth/session");
  expect(await told.text()).not.toContain(session?.value);

  await page.getByRole("button", { name: /的菜单/ }).click();
  await page.getByRole("menuitem", { name: "退出登录" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await context.addCookies(cookies);
  await page.goto(`/m/${house}/today`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test("a session ended elsewhere is over with its next request, and what was typed survives", async ({
  browser,
}) => {
  const options = { baseURL: world.consoleUrl, locale: "zh-CN" };
  const [here, there] = [await browser.newContext(options), await browser.newContext(options)];
  const desk = await here.newPage();
  await desk.goto("/sign-in");
  await fillSignIn(desk, person);
  await desk.goto(`/m/${house}/check-in`);
  const field = desk.getByRole("textbox", { name: "入住码" });
  await expect(field).toBeFocused();
  await desk.keyboard.type("K7QM4T9");

  const phone = await there.newPage();
  await phone.goto("/sign-in?next=/sessions");
  await fillSignIn(phone, person);
  const lines = phone.getByRole("listitem").filter({ has: phone.getByRole("button", { name: "下线" }) });
  await expect(lines.filter({ hasText: "本机" })).toHaveCount(1);
  const others = lines.filter({ hasNotText: "本机" });
  const before = await others.count();
  expect(before).toBeGreaterThan(0);
  for (let n = before; n > 0; n -= 1) {
    await others.first().getByRole("button", { name: "下线" }).click();
    await expect(others).toHaveCount(n - 1);
  }

  await desk.keyboard.type("X");
  await expect(desk).toHaveURL(/\/sign-in\?next=/);
  await fillSignIn(desk, person);
  await expect(desk).toHaveURL(`/m/${house}/check-in`);
  await expect(field).toHaveValue("K7QM4T9X");
  await here.close();
  await there.close();
});
