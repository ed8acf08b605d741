import { type JobHandlers, jobs } from "@looklook/contracts";
import { buildInfra, type InfraConfig } from "../index";
import { openTestEventStore } from "./event-store";
import { eventually, memoryLogger } from "./services";

// Run by `startChild`: takes work, says so, and waits to be killed.
const { role, ...addresses } = JSON.parse(process.env.CHILD ?? "") as {
  role: "worker" | "subscriber";
} & Pick<InfraConfig, "databaseUrl" | "redisUrl" | "kafkaBrokers" | "prefix">;
const never = new Promise<never>(() => {});
const eventStore = await openTestEventStore(addresses.databaseUrl);
const infra = buildInfra({ ...addresses, eventStore, clientId: "child", logger: memoryLogger() });
if (role === "worker") {
  const handlers = Object.fromEntries(
    Object.keys(jobs).map((name) => [name, () => never]),
  ) as unknown as JobHandlers;
  await infra.startWorkers({
    ...handlers,
    "booking.close-unpaid": ({ bookingNo }) => {
      console.log(`started ${bookingNo}`);
      return never;
    },
  });
} else {
  await infra.eventBus.subscribe("notification", (event) => {
    console.log(`started ${event.key}`);
    return never;
  });
  await eventually(
    () => infra.eventBus.ready(),
    (isReady) => isReady,
  );
}
console.log("ready");
