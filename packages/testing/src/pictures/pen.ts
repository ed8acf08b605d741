/** A drawing under way: chance from a seed, ids that do not clash within one file, and the light of the hour. */
export interface Pen {
  width: number;
  height: number;
  light: Light;
  /** 0 ≤ x < 1, the same row for the same seed. */
  chance(): number;
  between(from: number, to: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /**
   * Adds a definition (gradient, clip path, symbol) and returns its reference, `url(#…)` or `#…`.
   * `body` is given the id to write as `id="…"` in its outer tag.
   */
  define(body: (id: string) => string): { url: string; href: string };
  definitions(): string;
}

export type Hour = "dawn" | "day" | "dusk" | "night";

/** Colours that everything in one picture shares, so that house, hill and water stand in the same light. */
interface Light {
  hour: Hour;
  /** Top, middle and horizon of the sky. */
  sky: [string, string, string];
  /** What distance fades into. */
  haze: string;
  /** Sun or moon. */
  disc: string;
  /** Laid over walls and ground, so that they take the hour's colour. */
  tint: string;
  tintStrength: number;
  /** Lit windows and lanterns; by day they are dark glass. */
  window: string;
  isLit: boolean;
}

const lights: Record<Hour, Light> = {
  dawn: {
    hour: "dawn",
    sky: ["#7fa8c9", "#f0cdb9", "#fde8d0"],
    haze: "#f3d9cb",
    disc: "#fff3dc",
    tint: "#f2b39a",
    tintStrength: 0.16,
    window: "#ffdf9e",
    isLit: true,
  },
  day: {
    hour: "day",
    sky: ["#5fa8d8", "#a9d6ea", "#e6f4f1"],
    haze: "#d8ecef",
    disc: "#fff8e2",
    tint: "#fff6df",
    tintStrength: 0.08,
    window: "#5f7f8c",
    isLit: false,
  },
  dusk: {
    hour: "dusk",
    sky: ["#4b4f86", "#d9798a", "#fbc38c"],
    haze: "#e9a08f",
    disc: "#ffe0a8",
    tint: "#a04d6c",
    tintStrength: 0.26,
    window: "#ffd27a",
    isLit: true,
  },
  night: {
    hour: "night",
    sky: ["#0f1b3d", "#22386b", "#4a6394"],
    haze: "#4a648f",
    disc: "#fdf6da",
    tint: "#14244f",
    tintStrength: 0.52,
    window: "#ffcf70",
    isLit: true,
  },
};

/** Mulberry32: small, and the same on every machine. */
export function chanceFrom(seed: string): () => number {
  let state = 2166136261;
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function penFor(seed: string, hour: Hour, width: number, height: number): Pen {
  const chance = chanceFrom(seed);
  const definitions: string[] = [];
  /** Equal definitions (the glow of every window) stand in the file once. */
  const known = new Map<string, string>();
  return {
    width,
    height,
    light: lights[hour],
    chance,
    between: (from, to) => from + (to - from) * chance(),
    pick: (choices) => choices[Math.floor(chance() * choices.length)] ?? choices[0],
    define(body) {
      const content = body("");
      let id = known.get(content);
      if (id === undefined) {
        id = `d${definitions.length.toString(36)}`;
        known.set(content, id);
        definitions.push(content.replace('id=""', `id="${id}"`));
      }
      return { url: `url(#${id})`, href: `#${id}` };
    },
    definitions: () => definitions.join(""),
  };
}

/** The same pen under another light, for a lamp-lit room with evening outside. */
export function withLight(pen: Pen, hour: Hour): Pen {
  return { ...pen, light: lights[hour] };
}

function channels(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** `share` of `over` in `base`. Colours are `#rrggbb`. */
export function mix(base: string, over: string, share: number): string {
  const a = channels(base);
  const b = channels(over);
  const parts = a.map((part, n) => Math.round(part + ((b[n] ?? 0) - part) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

export const darker = (colour: string, share: number) => mix(colour, "#101828", share);
export const lighter = (colour: string, share: number) => mix(colour, "#ffffff", share);

/** A thing's own colour as it looks at this hour. */
export function lit(pen: Pen, colour: string): string {
  return mix(colour, pen.light.tint, pen.light.tintStrength);
}

/** Coordinates with one decimal at most and no idle zero: smaller files, no visible difference. */
export function n(value: number): string {
  return tenths(Math.round(value * 10));
}

function tenths(count: number): string {
  return String(count / 10).replace(/^(-?)0\./, "$1.");
}

export type Point = readonly [number, number];

/** The outline alone, to be joined with others of the same colour. */
export function outline(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join("L")}Z`;
}

export function polygon(points: readonly Point[], fill: string, extra = ""): string {
  return `<path d="${outline(points)}" fill="${fill}"${extra}/>`;
}

export function rect(x: number, y: number, width: number, height: number, fill: string, extra = ""): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${fill}"${extra}/>`;
}

export function circle(x: number, y: number, radius: number, fill: string, extra = ""): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}"${extra}/>`;
}

export function ellipse(x: number, y: number, rx: number, ry: number, fill: string, extra = ""): string {
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}"${extra}/>`;
}

export function path(d: string, fill: string, extra = ""): string {
  return `<path d="${d}" fill="${fill}"${extra}/>`;
}

export function line(d: string, stroke: string, width: number, extra = ""): string {
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${n(width)}"${extra}/>`;
}

export function opacity(value: number): string {
  return ` opacity="${Math.round(value * 100) / 100}"`;
}

/** A smooth line through all points (Catmull-Rom as cubic curves), as path data that starts with `M`. */
export function smooth(points: readonly Point[]): string {
  const at = (index: number): Point => points[Math.min(points.length - 1, Math.max(0, index))] ?? [0, 0];
  let d = `M${n(at(0)[0])} ${n(at(0)[1])}`;
  for (let i = 0; i < points.length - 1; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    d += `${i === 0 ? "C" : "S"}`;
    if (i === 0) d += `${n(p1[0] + (p2[0] - p0[0]) / 6)} ${n(p1[1] + (p2[1] - p0[1]) / 6)} `;
    d += `${n(p2[0] - (p3[0] - p1[0]) / 6)} ${n(p2[1] - (p3[1] - p1[1]) / 6)} ${n(p2[0])} ${n(p2[1])}`;
  }
  return d;
}

/** A gradient from top to bottom. Stops are [offset, colour, opacity?]. */
export function gradient(
  pen: Pen,
  stops: readonly (readonly [number, string, number?])[],
  direction: "down" | "across" | "slant" = "down",
): string {
  const vector = {
    down: 'x1="0" y1="0" x2="0" y2="1"',
    across: 'x1="0" y1="0" x2="1" y2="0"',
    slant: 'x1="0" y1="0" x2="1" y2="1"',
  }[direction];
  return pen.define((id) => `<linearGradient id="${id}" ${vector}>${stopTags(stops)}</linearGradient>`).url;
}

/** A soft round light, full in its middle and nothing at its edge. */
export function glow(
  pen: Pen,
  x: number,
  y: number,
  radius: number,
  colour: string,
  strength: number,
): string {
  const fill = pen.define(
    (id) =>
      `<radialGradient id="${id}">${stopTags([
        [0, colour, strength],
        [0.35, colour, strength * 0.42],
        [1, colour, 0],
      ])}</radialGradient>`,
  ).url;
  return circle(x, y, radius, fill);
}

function stopTags(stops: readonly (readonly [number, string, number?])[]): string {
  return stops
    .map(
      ([offset, colour, alpha]) =>
        `<stop offset="${offset}" stop-color="${colour}"${alpha === undefined ? "" : ` stop-opacity="${Math.round(alpha * 100) / 100}"`}/>`,
    )
    .join("");
}

export function group(body: string, extra = ""): string {
  return `<g${extra}>${body}</g>`;
}

export function repeat(count: number, draw: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => draw(index)).join("");
}

/** The finished file. */
export function drawing(pen: Pen, body: string, title: string): string {
  const content = `<defs>${pen.definitions()}</defs>${body}`.replace(
    / d="([^"]+)"/g,
    (_, d: string) => ` d="${inSteps(d)}"`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${pen.width} ${pen.height}" stroke-linecap="round" role="img"><title>${title}</title>${content}</svg>\n`;
}

/** How many numbers a path command takes. */
const commandSizes: Record<string, number> = { M: 2, L: 2, T: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, A: 7, Z: 0 };

/**
 * The same path in steps from point to point, which are shorter to write than places. Everything is counted in
 * whole tenths, so nothing drifts.
 */
function inSteps(d: string): string {
  let text = "";
  let last = "";
  let [x, y, startX, startY] = [0, 0, 0, 0];
  const write = (command: string, numbers: number[]) => {
    // A repeated command need not be named again; what follows a move counts as lines.
    let isFirst = command !== last && !(last === "m" && command === "l");
    if (isFirst || command === "z") text += command;
    for (const number of numbers) {
      const shown = tenths(number);
      text += isFirst || shown.startsWith("-") ? shown : ` ${shown}`;
      isFirst = false;
    }
    last = command;
  };
  for (const [, letter = "", list = ""] of d.matchAll(/([MLTHVCSQAZ])([^MLTHVCSQAZ]*)/gi)) {
    const command = letter.toUpperCase();
    const isStep = letter !== command;
    const numbers = [...list.matchAll(/-?(?:\d+\.?\d*|\.\d+)/g)].map(([text]) =>
      Math.round(Number(text) * 10),
    );
    const size = commandSizes[command] ?? 0;
    if (command === "Z") {
      write("z", []);
      [x, y] = [startX, startY];
      continue;
    }
    for (let at = 0; at < numbers.length; at += size) {
      const part = numbers.slice(at, at + size);
      if (!isStep && command === "H") part[0] = (part[0] ?? 0) - x;
      else if (!isStep && command === "V") part[0] = (part[0] ?? 0) - y;
      else if (!isStep && command === "A") [part[5], part[6]] = [(part[5] ?? 0) - x, (part[6] ?? 0) - y];
      else if (!isStep)
        for (const [index, value] of part.entries()) part[index] = value - (index % 2 ? y : x);
      if (command === "H") x += part[0] ?? 0;
      else if (command === "V") y += part[0] ?? 0;
      else [x, y] = [x + (part.at(-2) ?? 0), y + (part.at(-1) ?? 0)];
      // Points after the first of a move are lines to it.
      const isMove = command === "M" && at === 0;
      if (isMove) [startX, startY] = [x, y];
      write(command === "M" && !isMove ? "l" : command.toLowerCase(), part);
    }
  }
  return text;
}
