import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { houses } from "../seed/houses";
import { listingPictures, pictureFiles } from "./files";

const assets = fileURLToPath(new URL("../../../../apps/api/assets/", import.meta.url));
const drawn = pictureFiles();

test("the committed pictures are what the code draws", () => {
  const committed = ["listings", "merchants", "avatars"].flatMap((folder) =>
    readdirSync(`${assets}${folder}`).map((name) => `${folder}/${name}`),
  );
  expect(committed.sort()).toEqual([...drawn.keys()].sort());
  for (const [path, svg] of drawn) expect(readFileSync(`${assets}${path}`, "utf8") === svg, path).toBe(true);
});

test("every listing has three pictures of its own", () => {
  const pictures = houses.flatMap((house) => house.listings.flatMap(({ slug }) => listingPictures(slug)));
  const texts = pictures.map((address) => drawn.get(address.replace("/static/", "")));
  expect(new Set(texts).size).toBe(72);
  expect(texts).not.toContain(undefined);
});

test("all pictures together are smaller than 2 MB", () => {
  const bytes = [...drawn.values()].reduce((sum, svg) => sum + Buffer.byteLength(svg), 0);
  expect(bytes).toBeLessThan(2_000_000);
});

test("no picture loads anything", () => {
  for (const [path, svg] of drawn)
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', ""), path).not.toMatch(
      /https?:|<script|<image|@import/,
    );
});
