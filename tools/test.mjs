// Everything that must hold, or one part of it: see src/test/main.ts.
import { preflight } from "./preflight.mjs";

const problem = preflight();
if (problem) {
  console.error(problem);
  process.exit(1);
}
const { register } = await import("tsx/esm/api");
register();
const { main } = await import("./src/test/main.ts");
process.exit(await main(process.argv.slice(2)));
