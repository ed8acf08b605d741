import { CalendarDays, CircleUserRound, KeyRound, type LucideIcon, NotebookText, Wrench } from "lucide-react";
import { links, type MerchantRoom, roomLink } from "@/lib/links";

/** One entry of the rail or the bottom bar. */
export interface Room {
  name: MerchantRoom | "sessions" | "ops";
  href: string;
  Icon: LucideIcon;
}

const merchantIcons: Record<MerchantRoom, LucideIcon> = {
  "check-in": KeyRound,
  today: CalendarDays,
  bookings: NotebookText,
};

/** What this person can open: a merchant's rooms where there is a merchant, operations for operators. */
export function roomsOf(slug: string | null, isOperator: boolean): Room[] {
  const rooms: Room[] = [];
  if (slug !== null)
    for (const [name, Icon] of Object.entries(merchantIcons) as [MerchantRoom, LucideIcon][])
      rooms.push({ name, Icon, href: roomLink(slug, name) });
  if (isOperator) rooms.push({ name: "ops", Icon: Wrench, href: links.ops });
  rooms.push({ name: "sessions", Icon: CircleUserRound, href: links.sessions });
  return rooms;
}

export function isIn(room: Room, path: string): boolean {
  return path === room.href || path.startsWith(`${room.href}/`);
}
