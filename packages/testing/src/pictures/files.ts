import { guests } from "../seed/guests";
import { type HouseListing, houses } from "../seed/houses";
import { rooms } from "./indoors";
import { scenes } from "./outdoors";
import { drawing, type Hour, type Pen, penFor } from "./pen";
import { portrait } from "./portraits";

/** The addresses of a listing's pictures below the api's `/static`, cover first. */
export function listingPictures(slug: string): string[] {
  return [1, 2, 3].map((number) => `/static/listings/${slug}-${number}.svg`);
}

export function headerPicture(slug: string): string {
  return `/static/merchants/${slug}.svg`;
}

export function avatarPicture(name: string): string {
  return `/static/avatars/${name}.svg`;
}

const listingSize = [960, 720] as const;
const headerSize = [1440, 640] as const;
const avatarSize = [240, 240] as const;

/** Where a room at night looks out on evening, and the other way round: pictures of one listing differ. */
const laterHour: Record<Hour, Hour> = { dawn: "day", day: "dusk", dusk: "night", night: "dusk" };

/** Every picture of the demo by its path below apps/api/assets; the same text on every machine. */
export function pictureFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const add = (address: string, svg: string) => files.set(address.replace("/static/", ""), svg);
  for (const house of houses) {
    const pen = penFor(`header ${house.slug}`, house.header.hour, ...headerSize);
    add(headerPicture(house.slug), drawing(pen, scenes[house.header.scene](pen), house.nameEn));
    add(avatarPicture(`host-${house.slug}`), avatar(`host-${house.slug}`, house.host.hair));
    for (const listing of house.listings) {
      const addresses = listingPictures(listing.slug);
      for (const [index, svg] of drawListing(listing).entries()) add(addresses[index] ?? "", svg);
    }
  }
  for (const guest of guests) add(avatarPicture(guest.avatar), avatar(guest.avatar, guest.hair));
  return files;
}

function drawListing(listing: HouseListing): string[] {
  const view = (pen: Pen) => scenes[listing.scene](pen);
  const cover = penFor(listing.slug, listing.hour, ...listingSize);
  const [first, second] = listing.rooms;
  const firstPen = penFor(`${listing.slug} ${first}`, listing.hour, ...listingSize);
  const secondPen = penFor(`${listing.slug} ${second}`, laterHour[listing.hour], ...listingSize);
  return [
    drawing(cover, view(cover), listing.titleEn),
    drawing(firstPen, rooms[first](firstPen, view), `${listing.titleEn}: ${first}`),
    drawing(secondPen, rooms[second](secondPen, view), `${listing.titleEn}: ${second}`),
  ];
}

function avatar(seed: string, hair: Parameters<typeof portrait>[1]): string {
  const pen = penFor(seed, "day", ...avatarSize);
  return drawing(pen, portrait(pen, hair), "Portrait");
}
