export { type DemoAccount, demoAccounts } from "./accounts";
export { storyMerchantSlug } from "./houses";
export { type DemoArrival, demoOpenid, type SeedDeps, type SeedOutcome, seedDemo } from "./seed-demo";
