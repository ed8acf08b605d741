import type { InfraLogger } from "./config";

/** A client that looks for its lost server says so several times a second; a person needs to read it this often. */
const everyMs = 10_000;

/**
 * Warns, but about the same thing only every ten seconds, then with how often it was `repeated` meanwhile. For what
 * clients report while a server is away; never for what happened to one job or one event.
 */
export function calm(logger: InfraLogger): InfraLogger["warn"] {
  const said = new Map<string, { at: number; repeated: number }>();
  return (fields, message) => {
    // Waiting times and ports differ from one try to the next.
    const about = message.replace(/\d+/g, "#");
    const last = said.get(about);
    const now = performance.now();
    if (last && now - last.at < everyMs) {
      last.repeated += 1;
      return;
    }
    said.set(about, { at: now, repeated: 0 });
    logger.warn(last?.repeated ? { ...fields, repeated: last.repeated } : fields, message);
  };
}
