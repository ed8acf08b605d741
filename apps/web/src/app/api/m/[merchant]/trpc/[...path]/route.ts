import { passOn, trpcPath } from "@/lib/api-server";

type Context = { params: Promise<{ merchant: string; path: string[] }> };

/**
 * A merchant's calls and its live stream. The slug stands in the address because a browser's EventSource cannot send
 * a header; the API reads it as `x-merchant` and checks the membership on each call.
 */
async function handle(request: Request, { params }: Context): Promise<Response> {
  const { merchant, path } = await params;
  return passOn(request, trpcPath(path), { toApi: { "x-merchant": encodeURIComponent(merchant) } });
}

export { handle as GET, handle as POST };
