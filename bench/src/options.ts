import { parseArgs } from "node:util";
import { PlainError } from "@looklook/tools/plain-error";

const groups = ["bridge", "trpc", "booking", "callback", "jobs"] as const;
export type Group = (typeof groups)[number];

/** How much work one round is, and how many there are. */
export interface Size {
  rounds: number;
  /** Of one round of reads. */
  seconds: number;
  bookings: number;
  callbacks: number;
  jobsOnPostgres: number;
  jobsOnRedis: number;
}

const full: Size = {
  rounds: 7,
  seconds: 4,
  bookings: 1_500,
  callbacks: 1_500,
  jobsOnPostgres: 4_000,
  jobsOnRedis: 20_000,
};
const quick: Size = {
  rounds: 3,
  seconds: 1,
  bookings: 600,
  callbacks: 600,
  jobsOnPostgres: 1_500,
  jobsOnRedis: 8_000,
};

export interface Options {
  isJson: boolean;
  size: Size;
  only: readonly Group[];
}

export const usage = `npm run bench [-- --quick] [--json] [--rounds n] [--only ${groups.join(",")}]

  --quick   two minutes instead of ten, with figures that are as much rougher
  --json    the figures of every round on stdout, and nothing else there
  --rounds  how often each side runs
  --only    some of the pairs`;

/** @throws PlainError for arguments that are none of ours */
export function readOptions(args: string[]): Options | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  const only = values.only?.split(",") ?? groups;
  const unknown = only.find((name) => !(groups as readonly string[]).includes(name));
  if (unknown !== undefined) throw new PlainError(`There is no ${unknown} to compare.\n\n${usage}`);
  const size = values.quick ? quick : full;
  const rounds = Number(values.rounds ?? size.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new PlainError(`--rounds wants a number from 1 on.`);
  return { isJson: values.json, size: { ...size, rounds }, only: only as Group[] };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        rounds: { type: "string" },
        only: { type: "string" },
      },
    });
  } catch (error) {
    throw new PlainError(`${(error as Error).message}\n\n${usage}`);
  }
}
