import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root";
import { startServices } from "../services/all";

/** Keeps the test services up until a signal; their addresses stand in `.state/services.env` for a shell to source. */
export async function keepServices(say: (line: string) => void): Promise<number> {
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  const services = await startServices(join(root, ".state"), say);
  const file = join(root, ".state/services.env");
  mkdirSync(join(root, ".state"), { recursive: true });
  writeFileSync(
    file,
    Object.entries(services.env)
      .map(([name, value]) => `export ${name}='${value}'\n`)
      .join(""),
  );
  chmodSync(file, 0o600);
  for (const line of services.summary) say(line);
  say("test services are up: source .state/services.env; Ctrl-C stops them");
  // The wait for a signal alone would not keep the process alive.
  const alive = setInterval(() => undefined, 60_000);
  await signalled;
  clearInterval(alive);
  rmSync(file, { force: true });
  await services.stop();
  return 0;
}
