export { type ChangeLog, type Context, type Credentials, createContext } from "./context";
export { type Refusal, refusalOf, retryAfterSeconds, trpcCodeOf } from "./errors";
export type { Meta } from "./procedures";
export { type AppRouter, appRouter, createCaller, type RouterInputs, type RouterOutputs } from "./router";
