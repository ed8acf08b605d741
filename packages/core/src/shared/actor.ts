/** On whose behalf something happens; written into histories. */
export type Actor =
  | { kind: "guest"; userId: number }
  | { kind: "console_user" | "operator"; consoleUserId: number; name: string }
  | { kind: "system" | "wechat" };

export function actorColumns(actor: Actor) {
  if (actor.kind === "guest") return { actorKind: actor.kind, actorId: actor.userId };
  if (actor.kind === "console_user" || actor.kind === "operator")
    return { actorKind: actor.kind, actorId: actor.consoleUserId };
  return { actorKind: actor.kind, actorId: null };
}
