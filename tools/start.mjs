// npm start, and with --dev npm run dev: see src/start/main.ts.
import { preflight } from "./preflight.mjs";

const problem = preflight();
if (problem) {
  console.error(problem);
  process.exit(1);
}
const { register } = await import("tsx/esm/api");
register();
const { main } = await import("./src/start/main.ts");
process.exit(await main(process.argv.slice(2)));
