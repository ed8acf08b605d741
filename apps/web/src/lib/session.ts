import type { ConsoleIdentity } from "@looklook/contracts";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { getServerSession } from "next-auth";
import { cache } from "react";
import { authOptions } from "./auth";
import { links } from "./links";

/** One look-up for each request, however many layouts and pages ask. */
const getSession = cache(() => getServerSession(authOptions()));

/** The API could not be asked who this is. The nearest error page says so and offers to try again. */
export class ApiUnavailable extends Error {
  constructor() {
    super("UNAVAILABLE");
    this.name = "ApiUnavailable";
  }
}

/** Who is signed in, or null. @throws ApiUnavailable */
export async function findIdentity(): Promise<ConsoleIdentity | null> {
  const session = await getSession();
  if (!session) return null;
  if (!session.identity) throw new ApiUnavailable();
  return session.identity;
}

/** Who is signed in; everybody else goes to the sign-in page and comes back here afterwards. */
export async function requireIdentity(): Promise<ConsoleIdentity> {
  const identity = await findIdentity();
  if (identity) return identity;
  redirect(links.signIn((await headers()).get("x-path") ?? links.home));
}

/** A merchant that this person belongs to. Another one's address answers as one that does not exist. */
export async function requireMembership(slug: string) {
  const { memberships } = await requireIdentity();
  return memberships.find((membership) => membership.slug === slug) ?? notFound();
}

/** A platform operator; for everybody else the page does not exist. */
export async function requireOperator(): Promise<ConsoleIdentity> {
  const identity = await requireIdentity();
  return identity.isOperator ? identity : notFound();
}
