/** Runs once when the server starts: a wrong environment ends the process here, not at somebody's first request. */
export async function register(): Promise<void> {
  const { env } = await import("./env");
  env();
}
