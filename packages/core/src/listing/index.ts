export { extendInventory } from "./extend-inventory";
export { addFavourite, findFavourites, removeFavourite } from "./favourites";
export {
  findLatestListings,
  findListingChoices,
  findListingsByMerchant,
  findPreferredListings,
} from "./find-listings";
export { getAvailability } from "./get-availability";
export { getListing } from "./get-listing";
export { getQuote } from "./get-quote";
export { searchListings } from "./search-listings";
export { type NightOffer, nightsRefusal, priceOf, stayRefusal } from "./stay";
