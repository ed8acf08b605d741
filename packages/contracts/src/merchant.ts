import { z } from "zod";
import { Fen, Id, LegacyPage } from "./common";

/** The person behind a house, as a guest sees them. */
export const Host = z.strictObject({
  userId: Id,
  nickname: z.string(),
  avatar: z.string(),
  info: z.string(),
  /** Place among hosts by nights sold in the last 30 days, 1 is best; 0 when none. */
  rank: z.int(),
});
export type Host = z.infer<typeof Host>;

export const MerchantCard = z.strictObject({
  id: Id,
  name: z.string(),
  nameEn: z.string(),
  info: z.string(),
  tags: z.string(),
  cover: z.string(),
  headerImg: z.string(),
  /** Mean of all ratings, one decimal; 0 without reviews. */
  star: z.number(),
  isFavourite: z.boolean(),
  /** Bookings paid in the last 30 days. */
  soldLastMonth: z.int(),
  /** Mean of what one person pays for a night, over paid bookings. */
  spendPerPersonFen: Fen,
});
export type MerchantCard = z.infer<typeof MerchantCard>;

export const FindMerchantsInput = z.strictObject(LegacyPage);
export const FindMerchantsOutput = z.strictObject({ merchants: z.array(MerchantCard) });
export const GetHostInput = z.strictObject({ merchantId: z.int() });
export const GoodHostsOutput = z.strictObject({ hosts: z.array(Host) });
