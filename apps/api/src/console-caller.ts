import { consoleSessionCookie } from "@looklook/contracts";
import { AppError } from "@looklook/core";

/** The opaque token of the console's session cookie, or null. The prefixed name wins: no other site can have set it. */
export function consoleTokenOf(cookieHeader: string | undefined): string | null {
  if (!cookieHeader) return null;
  const cookies = new Map(
    cookieHeader.split(";").map((pair) => {
      const equals = pair.indexOf("=");
      return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const;
    }),
  );
  return cookies.get(consoleSessionCookie.https) || cookies.get(consoleSessionCookie.http) || null;
}

/**
 * Refuses what another site makes a signed-in browser send: a request that carries the cookie comes from our own
 * pages (`Sec-Fetch-Site: same-origin`), or, where a browser is too old to say, names our origin. A sister domain
 * (`same-site`) is somebody else.
 * @throws AppError FORBIDDEN
 */
export function requireSameOrigin(
  headers: { secFetchSite: string | undefined; origin: string | undefined },
  consoleOrigin: string,
): void {
  const isOurs =
    headers.secFetchSite === undefined
      ? headers.origin === consoleOrigin
      : headers.secFetchSite === "same-origin";
  if (!isOurs) throw new AppError("FORBIDDEN");
}
