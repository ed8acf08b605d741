import type { Deps } from "../shared";

/** What every use case of this folder may need. */
export type PaymentDeps = Pick<Deps, "db" | "clock" | "random" | "codes" | "pay" | "traceparent">;
