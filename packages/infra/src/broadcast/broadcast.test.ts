import type { BroadcastMessage } from "@looklook/contracts";
import { afterEach, describe, expect, test } from "vitest";
import { buildInfra, type InfraConfig } from "../index";
import {
  emptyDatabase,
  eventually,
  isolationPrefix,
  memoryLogger,
  overCuttableLine,
  type ServiceName,
  sizes,
} from "../test-support/services";

function about(bookingNo: string): BroadcastMessage {
  return {
    eventId: "01970000-0000-7000-8000-000000000001",
    type: "booking.confirmed",
    merchantId: 1,
    listingId: 2,
    bookingNo,
  };
}

describe.each(["PostgreSQL", "Redis"] satisfies ServiceName[])("broadcast on %s", (service) => {
  const endings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  async function twoProcesses() {
    const database = await emptyDatabase();
    endings.push(database.drop);
    const direct: InfraConfig = {
      databaseUrl: database.url,
      ...sizes[service](),
      prefix: isolationPrefix(),
      clientId: "test",
      logger: memoryLogger(),
    };
    const { line, config } = await overCuttableLine(direct);
    endings.push(line.close);
    const [here, there] = [buildInfra(config), buildInfra(config)];
    endings.push(here.close, there.close);
    return { line, here: here.broadcast, there: there.broadcast };
  }
  const listening = (broadcast: { ready(): Promise<boolean> }) =>
    eventually(
      () => broadcast.ready(),
      (isReady) => isReady,
    );

  test("a message reaches every listener of every process, the sender's own too", async () => {
    const { here, there } = await twoProcesses();
    const heard: string[] = [];
    here.subscribe(({ bookingNo }) => heard.push(`here ${bookingNo}`));
    there.subscribe(({ bookingNo }) => heard.push(`there ${bookingNo}`));
    there.subscribe(({ bookingNo }) => heard.push(`there too ${bookingNo}`));
    await Promise.all([listening(here), listening(there)]);
    await here.publish(about("HSO1"));
    await eventually(
      () => heard.length,
      (count) => count === 3,
    );
    expect(heard.sort()).toEqual(["here HSO1", "there HSO1", "there too HSO1"]);
  });

  test("messages of one sender arrive whole and in order", async () => {
    const { here, there } = await twoProcesses();
    const heard: BroadcastMessage[] = [];
    there.subscribe((message) => void heard.push(message));
    await listening(there);
    for (let n = 0; n < 50; n++) await here.publish(about(`HSO${n}`));
    await eventually(
      () => heard.length,
      (count) => count === 50,
    );
    expect(heard).toEqual(Array.from({ length: 50 }, (_, n) => about(`HSO${n}`)));
  });

  test("a listener that has ended hears nothing, and one that throws keeps nobody from hearing", async () => {
    const { here } = await twoProcesses();
    const heard: string[] = [];
    const end = here.subscribe(() => heard.push("ended"));
    here.subscribe(() => {
      throw new Error("not my day");
    });
    here.subscribe(() => heard.push("steady"));
    await listening(here);
    end();
    await here.publish(about("HSO1"));
    await eventually(
      () => heard.length,
      (count) => count > 0,
    );
    expect(heard).toEqual(["steady"]);
  });

  test("after a lost connection listeners are told of the gap and hear again", async () => {
    const { line, here } = await twoProcesses();
    const heard: string[] = [];
    let gaps = 0;
    here.subscribe(
      ({ bookingNo }) => heard.push(String(bookingNo)),
      () => {
        gaps += 1;
      },
    );
    await listening(here);
    expect(gaps).toBe(0);
    await line.cut();
    await line.mend();
    await eventually(
      () => gaps,
      (count) => count === 1,
    );
    await here.publish(about("HSO2"));
    await eventually(
      () => heard,
      (list) => list.includes("HSO2"),
    );
  });

  test("a message that is too large to travel is refused where it is sent", async () => {
    const { here } = await twoProcesses();
    await expect(here.publish(about("字".repeat(2_667)))).rejects.toThrow(RangeError);
  });
});
