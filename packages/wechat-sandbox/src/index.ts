export { deliverOverHttp } from "./deliver";
export { ConnectionFault } from "./faults";
export { generateKeys, type MerchantSide, merchantSide, readKeys, type SandboxKeys, writeKeys } from "./keys";
export { type SandboxRandom, seededRandom } from "./random";
export { createSandbox } from "./sandbox";
export type * from "./sandbox-types";
export { type VirtualClock, virtualClock } from "./virtual-clock";
