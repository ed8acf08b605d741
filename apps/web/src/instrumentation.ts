/** Runs once when the server starts: a wrong environment ends the process here, not at somebody's first request. */
export async function register(): Promise<void> {
  const { env } = await import("./env");
  try {
    env();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    // Next would go on without what failed here. Its build also looks for an edge runtime, which has no `exit`.
    const { process: server } = globalThis;
    server.exit(1);
  }
}
