import { randomUUID } from "node:crypto";
import { type JobHandlers, type JobRequest, jobs, schedules } from "@looklook/contracts";
import { describe, expect, type TestContext, test } from "vitest";
import { buildInfra, type Infra, type InfraConfig } from "../index";
import { openPool } from "../postgres";
import { startChild } from "../test-support/child";
import {
  emptyDatabase,
  eventually,
  isolationPrefix,
  memoryLogger,
  overCuttableLine,
  type ServiceName,
  sizes,
} from "../test-support/services";
import type { JobEnvelope } from "./backend";
import { postgresBackend } from "./postgres-backend";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** Handlers that refuse everything but what a test is about. */
function handlersWith(some: Partial<JobHandlers>): JobHandlers {
  const entries = Object.keys(jobs).map((name) => [
    name,
    async () => {
      throw new Error(`${name} was not expected`);
    },
  ]);
  return { ...Object.fromEntries(entries), ...some };
}

function closeUnpaid(bookingNo: string, over: Partial<JobRequest> = {}): JobRequest {
  return {
    name: "booking.close-unpaid",
    data: { bookingNo },
    id: randomUUID(),
    runAt: null,
    traceparent: null,
    ...over,
  };
}

describe.concurrent.each(["PostgreSQL", "Redis"] satisfies ServiceName[])(
  "the job queue on %s",
  (service) => {
    /** An installation with one process that takes no jobs yet; `another` is one more of it. */
    async function fresh({ onTestFinished }: TestContext) {
      const database = await emptyDatabase();
      const direct: InfraConfig = {
        databaseUrl: database.url,
        ...sizes[service](),
        prefix: isolationPrefix(),
        clientId: "test",
        logger: memoryLogger(),
      };
      const { line, config } = await overCuttableLine(direct);
      const built: Infra[] = [];
      onTestFinished(async () => {
        await Promise.all(built.map((infra) => infra.close()));
        await line.close();
        await database.drop();
      });
      const another = () => {
        const infra = buildInfra(config);
        built.push(infra);
        return infra;
      };
      return { config, line, infra: another(), another };
    }

    test("a job reaches its handler with its payload, its id and its trace", async (context) => {
      const { infra } = await fresh(context);
      const seen: unknown[] = [];
      await infra.startWorkers(
        handlersWith({ "booking.close-unpaid": async (data, job) => void seen.push({ data, job }) }),
      );
      const request = closeUnpaid("HSO1", { traceparent });
      await infra.queue.add([request]);
      await eventually(
        () => seen.length,
        (count) => count === 1,
      );
      expect(seen).toEqual([
        { data: { bookingNo: "HSO1" }, job: { id: request.id, attempt: 1, traceparent } },
      ]);
    });

    test("a job waits for its time and then runs at once", async (context) => {
      const { infra } = await fresh(context);
      let ranAt = 0;
      await infra.startWorkers(
        handlersWith({
          "booking.close-unpaid": async () => {
            ranAt = Date.now();
          },
        }),
      );
      const runAt = new Date(Date.now() + 1_500);
      await infra.queue.add([closeUnpaid("HSO2", { runAt })]);
      expect((await infra.queue.counts()).booking.delayed).toBe(1);
      await eventually(
        () => ranAt,
        (at) => at > 0,
      );
      expect(ranAt - runAt.getTime()).toBeGreaterThanOrEqual(-5);
      expect(ranAt - runAt.getTime()).toBeLessThan(1_000);
    });

    test("a time in the past means now", async (context) => {
      const { infra } = await fresh(context);
      const seen: string[] = [];
      await infra.startWorkers(
        handlersWith({ "booking.close-unpaid": async ({ bookingNo }) => void seen.push(bookingNo) }),
      );
      await infra.queue.add([closeUnpaid("HSO3", { runAt: new Date(0) })]);
      await eventually(
        () => seen,
        (list) => list.length === 1,
      );
    });

    test("an id that was added before is one job", async (context) => {
      const { infra } = await fresh(context);
      const request = closeUnpaid("HSO4");
      await infra.queue.add([request]);
      await infra.queue.add([request, closeUnpaid("HSO5")]);
      expect((await infra.queue.counts()).booking.waiting).toBe(2);
    });

    test("a job that fails is tried again and knows which try it is", async (context) => {
      const { infra } = await fresh(context);
      const attempts: number[] = [];
      await infra.startWorkers(
        handlersWith({
          "booking.close-unpaid": async (_data, { attempt }) => {
            attempts.push(attempt);
            if (attempt === 1) throw new Error("not yet");
          },
        }),
      );
      await infra.queue.add([closeUnpaid("HSO6")]);
      await eventually(
        () => attempts,
        (list) => list.length === 2,
      );
      expect(attempts).toEqual([1, 2]);
      await eventually(
        () => infra.queue.counts(),
        ({ booking }) => booking.active + booking.delayed + booking.waiting + booking.failed === 0,
      );
    });

    test("a payload that is not the job's is refused when it is added", async (context) => {
      const { infra } = await fresh(context);
      const wrong = { ...closeUnpaid("HSO7"), data: { bookingNo: "HSO7", mobile: "13800000000" } };
      await expect(infra.queue.add([wrong])).rejects.toThrow(/mobile/);
      expect((await infra.queue.counts()).booking.waiting).toBe(0);
    });

    test("a waiting payload that is no longer the job's fails for good without being handled", async (context) => {
      const { infra } = await fresh(context);
      const queue = (await infra.bullQueues()).find(
        ({ name }) => name === jobs["booking.close-unpaid"].queue,
      );
      const data: JobEnvelope = { payload: { order: 1 }, traceparent: null };
      await queue?.add("booking.close-unpaid", data, { attempts: 5 });
      await infra.startWorkers(handlersWith({}));
      const [failed] = await eventually(
        async () => (await queue?.getFailed()) ?? [],
        (list) => list.length === 1,
      );
      expect(failed?.attemptsMade).toBe(1);
      expect(failed?.failedReason).toMatch(/bookingNo/);
    });

    test("finished jobs stay for bull-board to show", async (context) => {
      const { infra } = await fresh(context);
      await infra.startWorkers(handlersWith({ "booking.close-unpaid": async () => {} }));
      const request = closeUnpaid("HSO8", { traceparent });
      await infra.queue.add([request]);
      const queue = (await infra.bullQueues()).find(({ name }) => name === "booking");
      const [job] = await eventually(
        async () => (await queue?.getCompleted()) ?? [],
        (list) => list.some(({ id }) => id === request.id),
      );
      expect(job?.data).toEqual({ payload: { bookingNo: "HSO8" }, traceparent });
    });

    test("three workers registering their schedules make one of each", async (context) => {
      const { infra, another } = await fresh(context);
      await Promise.all([infra, another(), another()].map((each) => each.registerSchedules()));
      await infra.registerSchedules();
      const queues = await infra.bullQueues();
      const stored = (await Promise.all(queues.map((queue) => queue.getJobSchedulers()))).flat();
      expect(stored.map(({ key }) => key).sort()).toEqual(Object.keys(schedules).sort());
      const delayed = (
        await Promise.all(queues.map((queue) => queue.getJobCountByTypes("delayed", "waiting")))
      ).reduce((sum, count) => sum + count, 0);
      expect(delayed).toBe(Object.keys(schedules).length);
      const nightly = stored.find(({ key }) => key === "inventory.extend");
      expect(nightly).toMatchObject({ pattern: "10 3 * * *", tz: "Asia/Shanghai" });
    });

    test("schedules that a flushed Redis took along come back by themselves", async (context) => {
      const { infra } = await fresh(context);
      await infra.registerSchedules();
      const queues = await infra.bullQueues();
      for (const queue of queues) await queue.obliterate({ force: true });
      const stored = async () => (await Promise.all(queues.map((queue) => queue.getJobSchedulers()))).flat();
      expect(await stored()).toEqual([]);
      await eventually(stored, (list) => list.length === Object.keys(schedules).length);
    });

    test("a schedule that contracts no longer know is removed", async (context) => {
      const { infra } = await fresh(context);
      const queue = (await infra.bullQueues()).find(({ name }) => name === "booking");
      await queue?.upsertJobScheduler("booking.forgotten", { every: 60_000 }, { name: "booking.forgotten" });
      await infra.registerSchedules();
      expect((await queue?.getJobSchedulers())?.map(({ key }) => key)).toEqual(["booking.sweep-unpaid"]);
    });

    test("closing waits for the running job", async (context) => {
      const { infra } = await fresh(context);
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const steps: string[] = [];
      const workers = await infra.startWorkers(
        handlersWith({
          "booking.close-unpaid": async () => {
            steps.push("started");
            await held;
            steps.push("finished");
          },
        }),
      );
      await infra.queue.add([closeUnpaid("HSO9")]);
      await eventually(
        () => steps,
        (list) => list.includes("started"),
      );
      const closed = workers.close().then(() => steps.push("closed"));
      release();
      await closed;
      expect(steps).toEqual(["started", "finished", "closed"]);
    });

    test("queues and workers go on after the server was away", async (context) => {
      const { infra, line } = await fresh(context);
      const seen: string[] = [];
      await infra.startWorkers(
        handlersWith({ "booking.close-unpaid": async ({ bookingNo }) => void seen.push(bookingNo) }),
      );
      await infra.queue.add([
        closeUnpaid("before"),
        closeUnpaid("later", { runAt: new Date(Date.now() + 3_000) }),
      ]);
      // Done, and noted as done: a job whose end nobody heard of would rightly run again.
      await eventually(
        () => infra.queue.counts(),
        ({ booking }) => seen.includes("before") && booking.active === 0,
      );
      await line.cut();
      await expect(infra.queue.add([closeUnpaid("meanwhile")])).rejects.toThrow();
      expect(await infra.ready()).toBe(false);
      await line.mend();
      await eventually(
        () => infra.ready(),
        (isReady) => isReady,
      );
      await infra.queue.add([closeUnpaid("after")]);
      await eventually(
        () => seen.length,
        (count) => count === 3,
      );
      expect(seen).toEqual(["before", "after", "later"]);
    });

    test("closing ends within seconds when the server is away", async (context) => {
      const { infra, line } = await fresh(context);
      await infra.startWorkers(handlersWith({}));
      await infra.queue.add([closeUnpaid("HSO11", { runAt: new Date(Date.now() + 60_000) })]);
      await line.cut();
      // Until the clients have noticed and look for it.
      await eventually(
        () => infra.ready(),
        (isReady) => !isReady,
      );
      const started = performance.now();
      await infra.close();
      expect(performance.now() - started).toBeLessThan(9_000);
      await line.mend();
    });

    test("a job whose worker was killed in the middle is run by another", async (context) => {
      const { infra, config } = await fresh(context);
      const child = await startChild("worker", config);
      const request = closeUnpaid("HSO10");
      await infra.queue.add([request]);
      await child.said("started HSO10");
      await child.kill9();
      const seen: string[] = [];
      await infra.startWorkers(
        handlersWith({ "booking.close-unpaid": async (_data, { id }) => void seen.push(id) }),
      );
      await eventually(
        () => seen,
        (list) => list.length === 1,
        30_000,
      );
      expect(seen).toEqual([request.id]);
    }, 60_000);
  },
);

test("on PostgreSQL a finished job is kept for its time and then removed", async ({ onTestFinished }) => {
  const database = await emptyDatabase();
  const pool = openPool({ databaseUrl: database.url, clientId: "test", logger: memoryLogger() });
  onTestFinished(async () => {
    await pool.end();
    await database.drop();
  });
  const backend = postgresBackend(pool);
  const queue = await backend.queue("trimmed");
  const worker = await backend.worker(
    "trimmed",
    async ({ name }) => {
      if (name.startsWith("failed")) throw new Error("as asked");
    },
    { concurrency: 1 },
  );
  const ages = {
    "completed for an hour": 3_600,
    "completed for a day": 25 * 3_600,
    "failed for a day": 25 * 3_600,
    "failed for two weeks": 15 * 24 * 3_600,
  };
  const data = { payload: {}, traceparent: null };
  await queue.addBulk(Object.keys(ages).map((name) => ({ name, data })));
  void worker.run();
  const finished = () => queue.getJobs(["completed", "failed"]);
  await eventually(finished, (jobs) => jobs.length === 4);
  await worker.close();
  for (const [name, seconds] of Object.entries(ages))
    await pool.query("UPDATE job SET finished_at_ms = finished_at_ms - $1 WHERE name = $2", [
      seconds * 1_000,
      name,
    ]);

  await backend.trim(queue);

  expect((await finished()).map(({ name }) => name).sort()).toEqual([
    "completed for an hour",
    "failed for a day",
  ]);
  await queue.close();
});
