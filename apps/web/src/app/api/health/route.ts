export const dynamic = "force-dynamic";

/** Ready as soon as this process answers; the API has a readiness check of its own. */
export function GET(): Response {
  return Response.json({ ok: true }, { headers: { "cache-control": "no-store" } });
}
