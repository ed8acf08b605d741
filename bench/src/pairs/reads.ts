import type { Pair, Side } from "../compare";
import { type Ask, askOnce, askRepeatedly } from "../http-load";
import type { Size } from "../options";
import type { Stage } from "../stage";

const connections = 32;
const listings = 24;
const pageSize = 10;
const json = { "content-type": "application/json" };

/** Houses with texts as long as real ones, all of them put forward. */
async function buildListings({ world }: Stage): Promise<number[]> {
  const { merchantId } = await world.given.merchant();
  const info = "推窗见湖，一室一厅，独立卫浴，老木头和新床单。步行十分钟到断桥，楼下有早点铺。".repeat(3);
  const ids: number[] = [];
  for (let n = 0; n < listings; n += 1)
    ids.push((await world.given.listing({ merchantId, columns: { info } })).listingId);
  await world.db.activity.createMany({
    data: ids.map((targetId) => ({ kind: "preferred_listing" as const, targetId })),
  });
  return ids;
}

/** The mini-program's two busiest reads, against a server that knows the answers by heart. */
export async function bridgePairs(stage: Stage, size: Size): Promise<Pair[]> {
  const ids = await buildListings(stage);
  const post = (path: string, body: object): Ask => ({
    method: "POST",
    path,
    headers: json,
    body: JSON.stringify(body),
  });
  const details = ids.map((id) => post("/travel/v1/homestay/homestayDetail", { id }));
  const pages = [1, 2].map((page) => post("/travel/v1/homestay/homestayList", { page, pageSize }));
  return [
    await againstBareHttp(stage, size, "bridge: listing detail", details, "id"),
    await againstBareHttp(stage, size, "bridge: listing list", pages, "page"),
  ];
}

async function againstBareHttp(
  stage: Stage,
  size: Size,
  name: string,
  asks: Ask[],
  field: string,
): Promise<Pair> {
  const api = await stage.api();
  const answers = [];
  for (const ask of asks) {
    const { headers, body } = await askOnce(api.origin, ask);
    // What Node writes by itself it writes again.
    const own = headers.flatMap((value, n) =>
      n % 2 === 0 && !/^(date|connection|keep-alive)$/i.test(value) ? [value, headers[n + 1] ?? ""] : [],
    );
    answers.push({ key: (JSON.parse(ask.body ?? "") as Record<string, number>)[field], headers: own, body });
  }
  const bare = stage.program("bare-http");
  const port = await bare.call<number>("listen", { field, answers });
  return {
    name,
    baselineName: "bare node:http",
    unit: "requests",
    goal: 0.6,
    ours: asked(api.origin, [api.pid], asks, size),
    baseline: asked(`http://127.0.0.1:${port}`, [bare.pid], asks, size),
  };
}

/** The same reads as tRPC calls, and one that reads nothing, against tRPC on Hono with nothing around it. */
export async function trpcPairs(stage: Stage, size: Size): Promise<Pair[]> {
  const ids = await buildListings(stage);
  const get = (procedure: string, input: object): Ask => ({
    method: "GET",
    path: `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`,
  });
  const details = ids.map((id) => get("listing.get", { id }));
  const pages = [1, 2].map((page) => get("listing.preferred", { page, pageSize }));
  // So far down that the list is known to be empty without asking the database.
  const beyond = [get("listing.preferred", { page: 1_000_000, pageSize })];
  const api = await stage.api();
  const bare = stage.program("bare-trpc");
  const bareOrigin = `http://127.0.0.1:${await bare.call<number>("listen")}`;
  const pairs: Pair[] = [];
  for (const [name, asks, goal] of [
    ["tRPC: listing detail", details, 0.9],
    ["tRPC: listing list", pages, 0.9],
    ["tRPC: a call that reads nothing", beyond, null],
  ] as const) {
    for (const ask of asks) {
      const [ours, theirs] = await Promise.all([askOnce(api.origin, ask), askOnce(bareOrigin, ask)]);
      if (!ours.body.equals(theirs.body)) throw new Error(`${name}: the two sides answer different bytes`);
    }
    pairs.push({
      name,
      baselineName: "bare tRPC on Hono",
      unit: "requests",
      goal,
      ours: asked(api.origin, [api.pid, stage.pids.postgres], asks, size),
      baseline: asked(bareOrigin, [bare.pid, stage.pids.postgres], asks, size),
    });
  }
  return pairs;
}

function asked(origin: string, pids: Side["pids"], asks: readonly Ask[], size: Size): Side {
  return { pids, round: () => askRepeatedly(origin, asks, { connections, seconds: size.seconds }) };
}
