import { getServerSession } from "next-auth";
import { passOn } from "@/lib/api-server";
import { authOptions } from "@/lib/auth";
import { links } from "@/lib/links";

type Context = { params: Promise<{ path?: string[] }> };

/** bull-board asks another host for fonts; this keeps it from doing so, and its page works without. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** bull-board under our own origin. The API checks the operator again; this only saves others the way there. */
async function handle(request: Request, { params }: Context): Promise<Response> {
  const session = await getServerSession(authOptions());
  if (!session) return new Response(null, { status: 302, headers: { location: links.signIn(links.queues) } });
  if (session.identity && !session.identity.isOperator) return new Response("Not found", { status: 404 });
  const segments = (await params).path ?? [];
  const path = [links.queues, ...segments.map(encodeURIComponent)].join("/");
  return passOn(request, path, { toBrowser: { "content-security-policy": policy } });
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
