import { passOn, trpcPath } from "@/lib/api-server";

type Context = { params: Promise<{ path: string[] }> };

/** Calls that belong to a person, not to a merchant: account and operations. */
async function handle(request: Request, { params }: Context): Promise<Response> {
  return passOn(request, trpcPath((await params).path));
}

export { handle as GET, handle as POST };
