import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DemoAccount, DemoArrival } from "@looklook/testing";
import { writePrivate } from "./secrets";

/** A console account of the demo with the password that was made for it at the first start. */
export type SignIn = DemoAccount & { password: string };

/** Where the seed leaves the demo sign-ins that it made. */
export const signInsFile = (dataDir: string) => join(dataDir, "demo-sign-ins.json");

const arrivalsFile = (dataDir: string) => join(dataDir, "demo-arrivals.json");

/** The console's demo users, or none without demo data. */
export function readSignIns(dataDir: string): SignIn[] {
  const file = signInsFile(dataDir);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
}

/** Keeps who is expected on the day of the seed, with their codes. */
export function writeArrivals(dataDir: string, now: Date, arrivals: DemoArrival[]): void {
  writePrivate(arrivalsFile(dataDir), { day: dayOf(now), arrivals });
}

/** Who is expected at a demo merchant, on the day of the seed; on later days nobody knows. */
export function readArrivals(dataDir: string, now: Date): DemoArrival[] {
  const file = arrivalsFile(dataDir);
  if (!existsSync(file)) return [];
  const { day, arrivals } = JSON.parse(readFileSync(file, "utf8")) as {
    day: string;
    arrivals: DemoArrival[];
  };
  return day === dayOf(now) ? arrivals : [];
}

/** The day at the demo's houses. */
function dayOf(now: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(now);
}
