import { clockAt } from "./clock";
import { type TestDatabase, testDatabase } from "./database";
import { type TestDeps, testDeps } from "./deps";
import { builders } from "./given";

/** One test file's own world: a database, and what is built in it. */
export interface World extends TestDatabase {
  given: ReturnType<typeof builders>;
  /** Deps whose clock stands at `instant` and can be moved; everything else is shared by the file. */
  depsAt(instant: string | Date): TestDeps;
}

/** Where builders' clocks stand unless a test says otherwise: an ordinary Tuesday. */
const ordinaryInstant = "2025-04-01T10:00:00+08:00";

/** `instant`: where builders' clocks stand and calendars begin. */
export async function testWorld({
  seed = "a test",
  instant = ordinaryInstant,
}: {
  seed?: string;
  instant?: string;
} = {}): Promise<World> {
  const database = await testDatabase();
  const shared = testDeps(database.db, { seed, instant });
  return {
    ...database,
    given: builders(shared, instant),
    depsAt: (at) => ({ ...shared, clock: clockAt(at) }),
  };
}
