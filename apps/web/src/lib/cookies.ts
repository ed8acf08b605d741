/** Keeps a preference of this browser for a year. Nothing secret and nothing of a guest belongs here. */
export function keepPreference(name: "locale" | "theme" | "merchant", value: string): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser we serve
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax${secure}`;
}
