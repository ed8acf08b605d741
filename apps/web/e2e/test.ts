import { type Browser, test as base, type Page } from "@playwright/test";
import { Guest, merchantIdOf } from "./guest";
import { house, readWorld } from "./world";

const world = readWorld();

/** Fills in the form that is on the page and waits until it is left. */
export async function fillSignIn(page: Page, name: string): Promise<void> {
  const { email, password } = world.account(name);
  await page.getByLabel("邮箱").fill(email);
  await page.getByLabel("密码").fill(password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

type State = Awaited<ReturnType<Awaited<ReturnType<Browser["newContext"]>>["storageState"]>>;

interface Fixtures {
  /** A page of somebody who is signed in: `front-desk@cloud-tea`. */
  pageOf(name: string): Promise<Page>;
}
interface WorkerFixtures {
  /** Signs each account in once for a worker: five sign-ins a minute are all that anybody gets. */
  stateOf(name: string): Promise<State>;
  guest: Guest;
  merchantId: number;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  stateOf: [
    async ({ browser }, use) => {
      const states = new Map<string, Promise<State>>();
      const signIn = async (name: string) => {
        const context = await browser.newContext({ baseURL: world.consoleUrl, locale: "zh-CN" });
        const page = await context.newPage();
        await page.goto("/sign-in");
        await fillSignIn(page, name);
        const state = await context.storageState();
        await context.close();
        return state;
      };
      await use((name) => {
        const state = states.get(name) ?? signIn(name);
        states.set(name, state);
        return state;
      });
    },
    { scope: "worker" },
  ],
  pageOf: async ({ browser, contextOptions, stateOf }, use) => {
    const opened: Page[] = [];
    await use(async (name) => {
      const context = await browser.newContext({ ...contextOptions, storageState: await stateOf(name) });
      const page = await context.newPage();
      opened.push(page);
      return page;
    });
    for (const page of opened) await page.context().close();
  },
  guest: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
    async ({}, use) => use(await Guest.arrive()),
    { scope: "worker" },
  ],
  merchantId: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => use(await merchantIdOf(house, world.account(`finance@${house}`))),
    { scope: "worker" },
  ],
});

export { expect } from "@playwright/test";
