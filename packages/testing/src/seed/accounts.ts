import type { MembershipRole } from "@looklook/contracts";
import { houses } from "./houses";

/** Somebody who can sign in to the demo's console. Whoever starts the demo makes the password. */
export interface DemoAccount {
  email: string;
  name: string;
  /** `operator` belongs to no merchant. */
  role: "operator" | MembershipRole;
  merchantSlug: string | null;
  /** What a person reads beside it: `云上茶舍 · front desk`. */
  label: string;
}

const roles = [
  ["owner", "店主"],
  ["manager", "店长"],
  ["front_desk", "前台"],
  ["finance", "财务"],
] as const satisfies readonly (readonly [MembershipRole, string])[];

const people = ["沈", "岚", "竹", "潮"] as const;

/** Every demo account: one operator, and each merchant's owner, manager, front desk and finance. */
export const demoAccounts: readonly DemoAccount[] = [
  {
    email: "operator@looklook.example",
    name: "平台值班",
    role: "operator",
    merchantSlug: null,
    label: "looklook · operator",
  },
  ...houses.flatMap((house, index) =>
    roles.map(([role, title]) => ({
      email: `${role.replace("_", "-")}@${house.slug}.example`,
      name: `${people[index] ?? ""}${title}`,
      role,
      merchantSlug: house.slug,
      label: `${house.nameEn} · ${role.replace("_", " ")}`,
    })),
  ),
];
