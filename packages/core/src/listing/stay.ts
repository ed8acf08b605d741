import { limits, type PricingKind } from "@looklook/contracts";
import { addDays, daysBetween, type Fen, fen, type StayDate } from "../shared";

/** What a guest asks for: a half-open stay, YYYY-MM-DD in the listing's time zone. */
export interface StayWish {
  checkInDate: StayDate;
  checkOutDate: StayDate;
  guests: number;
}

/** What must hold of a listing and its merchant for a stay to be sold. */
export interface Offer {
  onShelf: boolean;
  merchantOpen: boolean;
  guestsMax: number;
}

/** One night as the calendar has it. A night without a row is not in here. */
export interface NightOffer {
  night: StayDate;
  priceFen: Fen;
  closed: boolean;
  /** Units that nobody has taken. */
  free: number;
}

/** Why these days cannot be stayed whatever is free, or null. Text is compared: days of one time zone sort as text. */
export function datesRefusal(stay: Omit<StayWish, "guests">, today: StayDate) {
  if (stay.checkInDate < today) return "STAY_IN_PAST";
  if (stay.checkOutDate <= stay.checkInDate) return "STAY_WITHOUT_NIGHTS";
  if (daysBetween(stay.checkInDate, stay.checkOutDate) > limits.nightsMax) return "STAY_TOO_LONG";
  // Whoever pays today must still be refundable after the stay, and WeChat refunds for 365 days.
  if (stay.checkOutDate > addDays(today, limits.checkOutAheadDaysMax)) return "BOOKING_TOO_FAR";
  return null;
}

/** Why this stay is not for sale here, before any night is looked at, or null. */
export function stayRefusal(offer: Offer, stay: StayWish, today: StayDate) {
  if (!offer.onShelf) return "LISTING_OFF_SHELF";
  if (!offer.merchantOpen) return "MERCHANT_CLOSED";
  const dates = datesRefusal(stay, today);
  if (dates) return dates;
  if (stay.guests < 1) return "TOO_FEW_GUESTS";
  if (stay.guests > offer.guestsMax) return "TOO_MANY_GUESTS";
  return null;
}

/** Why not all nights of the stay can be had, or null. A night beyond the calendar counts as closed. */
export function nightsRefusal(nights: readonly NightOffer[], stay: Omit<StayWish, "guests">) {
  const wanted = daysBetween(stay.checkInDate, stay.checkOutDate);
  if (nights.length < wanted || nights.some((night) => night.closed)) return "NIGHT_CLOSED";
  if (nights.some((night) => night.free < 1)) return "NIGHTS_TAKEN";
  return null;
}

/**
 * What a stay costs: every night at its own price, once for a room or once for each guest; a meal is for one guest
 * and one night (legacy system: homestayTotal and foodTotal, which forgot the price per person).
 */
export function priceOf(stay: {
  nights: readonly { priceFen: Fen }[];
  pricing: PricingKind;
  guests: number;
  withMeals: boolean;
  mealPriceFen: Fen;
}): { roomTotalFen: Fen; mealTotalFen: Fen; totalFen: Fen } {
  const nightsFen = stay.nights.reduce((sum, { priceFen }) => sum + priceFen, 0);
  const roomTotalFen = fen(stay.pricing === "per_person" ? nightsFen * stay.guests : nightsFen);
  const mealTotalFen = fen(stay.withMeals ? stay.mealPriceFen * stay.guests * stay.nights.length : 0);
  return { roomTotalFen, mealTotalFen, totalFen: fen(roomTotalFen + mealTotalFen) };
}
