import {
  circle,
  darker,
  ellipse,
  glow,
  gradient,
  group,
  lighter,
  line,
  lit,
  mix,
  n,
  opacity,
  type Pen,
  type Point,
  path,
  polygon,
  rect,
  repeat,
  smooth,
} from "./pen";

/** The sky with its sun or moon, stars and clouds, down to `horizon`. */
export function sky(pen: Pen, horizon: number, discAt?: Point): string {
  const { light, width } = pen;
  const [x, y] = discAt ?? [pen.between(0.2, 0.8) * width, horizon * pen.between(0.25, 0.6)];
  const fill = gradient(pen, [
    [0, light.sky[0]],
    [0.58, light.sky[1]],
    [1, light.sky[2]],
  ]);
  const radius = light.hour === "night" ? 30 : 40;
  return [
    rect(0, 0, width, horizon + 2, fill),
    light.hour === "night" ? stars(pen, horizon) : "",
    glow(pen, x, y, radius * 5, light.disc, light.hour === "night" ? 0.35 : 0.7),
    circle(x, y, radius, light.disc),
    light.hour === "night"
      ? circle(x - 9, y - 6, 6, "#e9dfb8", opacity(0.6)) +
        circle(x + 10, y + 8, 8, "#e9dfb8", opacity(0.5)) +
        circle(x + 6, y - 14, 4, "#e9dfb8", opacity(0.5))
      : "",
    repeat(3, () =>
      cloud(pen, pen.between(0, width), pen.between(horizon * 0.12, horizon * 0.62), pen.between(0.6, 1.3)),
    ),
  ].join("");
}

function stars(pen: Pen, horizon: number): string {
  return repeat(46, () =>
    circle(
      pen.between(0, pen.width),
      pen.between(0, horizon * 0.8),
      pen.between(0.7, 2),
      "#ffffff",
      opacity(pen.between(0.3, 0.95)),
    ),
  );
}

/** A flat cloud: a few pills on one base line. */
function cloud(pen: Pen, x: number, y: number, size: number): string {
  const { light } = pen;
  const colour =
    light.hour === "night" ? "#6f86b5" : light.hour === "day" ? "#ffffff" : lighter(light.sky[2], 0.35);
  const bar = (dx: number, dy: number, width: number, height: number) =>
    rect(
      x + dx * size,
      y + dy * size,
      width * size,
      height * size,
      colour,
      ` rx="${n((height * size) / 2)}"`,
    );
  return group(
    bar(-90, 0, 190, 26) + bar(-46, -20, 110, 34) + bar(-120, 14, 130, 18) + bar(10, 12, 130, 20),
    opacity(light.hour === "night" ? 0.28 : 0.62),
  );
}

export function birds(pen: Pen, x: number, y: number): string {
  if (pen.light.hour === "night") return "";
  const colour = darker(pen.light.sky[0], 0.35);
  return repeat(4, (index) => {
    const bx = x + index * 34 + pen.between(-8, 8);
    const by = y + pen.between(-18, 18);
    const size = pen.between(6, 10);
    return line(
      `M${n(bx - size)} ${n(by - size * 0.4)}q${n(size * 0.6)} ${n(-size * 0.3)} ${n(size)} ${n(size * 0.5)}q${n(size * 0.4)} ${n(-size * 0.8)} ${n(size)} ${n(-size * 0.5)}`,
      colour,
      2,
      opacity(0.7),
    );
  });
}

/** The heights of a mountain range from left to right. `roughness` 0 is a soft hill, 1 a crag. */
export function ridge(pen: Pen, base: number, height: number, roughness: number, steps = 12): Point[] {
  const phase = pen.between(0, 6.28);
  const wave = pen.between(1.1, 2.2);
  return Array.from({ length: steps + 1 }, (_, index): Point => {
    const t = index / steps;
    const swell = 0.5 + 0.5 * Math.sin(phase + t * wave * 6.28);
    const detail = pen.between(-0.5, 0.5) * roughness;
    return [t * (pen.width + 80) - 40, base - height * Math.max(0.06, swell * 0.8 + detail * 0.55)];
  });
}

/** One range, filled down to `floor`; sharp ones get a lit and a shaded flank. */
export function range(
  pen: Pen,
  points: readonly Point[],
  floor: number,
  colour: string,
  options: { isSharp?: boolean; snow?: boolean } = {},
): string {
  const right = points.at(-1)?.[0] ?? pen.width;
  const left = points[0]?.[0] ?? 0;
  const outline = options.isSharp
    ? `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join("L")}`
    : smooth(points);
  const fill = gradient(pen, [
    [0, colour],
    [1, mix(colour, pen.light.haze, 0.45)],
  ]);
  let body = path(`${outline}L${n(right)} ${n(floor)}L${n(left)} ${n(floor)}Z`, fill);
  if (options.isSharp) body += flanks(pen, points, colour, options.snow ?? false);
  return body;
}

/** Shade on the right flank of each peak and, high up, snow: what makes a range read as rock. */
function flanks(pen: Pen, points: readonly Point[], colour: string, snow: boolean): string {
  let body = "";
  for (let i = 1; i < points.length - 1; i++) {
    const [previous, peak, next] = [points[i - 1], points[i], points[i + 1]];
    if (!previous || !peak || !next || peak[1] > previous[1] || peak[1] > next[1]) continue;
    const drop = Math.min(next[1], previous[1]) + 60 - peak[1];
    const foot: Point = [peak[0] + (next[0] - peak[0]) * 0.1, peak[1] + drop];
    body += polygon(
      [peak, next, [next[0], next[1] + 40], foot, [peak[0] - 8, peak[1] + drop * 0.5]],
      darker(colour, 0.35),
      opacity(0.28),
    );
    if (!snow) continue;
    const cap = 0.42;
    const left: Point = [peak[0] + (previous[0] - peak[0]) * cap, peak[1] + (previous[1] - peak[1]) * cap];
    const right: Point = [peak[0] + (next[0] - peak[0]) * cap, peak[1] + (next[1] - peak[1]) * cap];
    body += polygon(
      [
        peak,
        right,
        [peak[0] + (right[0] - peak[0]) * 0.5, right[1] - 6],
        [peak[0] + 4, (right[1] + left[1]) / 2 + 12],
        [peak[0] + (left[0] - peak[0]) * 0.5, left[1] - 8],
        left,
      ],
      mix("#ffffff", pen.light.sky[1], 0.22),
      opacity(0.9),
    );
  }
  return body;
}

/** Rows of mist between two layers. */
export function mist(pen: Pen, y: number, strength: number): string {
  const fill = gradient(pen, [
    [0, pen.light.haze, 0],
    [0.5, pen.light.haze, strength],
    [1, pen.light.haze, 0],
  ]);
  return rect(0, y - 45, pen.width, 90, fill);
}

/** Water from `top` to `bottom` with the sky in it, and light lying on it below the disc. */
export function water(pen: Pen, top: number, bottom: number, discX: number): string {
  const { light, width } = pen;
  const deep = { dawn: "#5f8ba0", day: "#2f86a6", dusk: "#4a4878", night: "#13264f" }[light.hour];
  const fill = gradient(pen, [
    [0, mix(light.sky[2], deep, 0.3)],
    [0.45, mix(light.sky[1], deep, 0.62)],
    [1, deep],
  ]);
  const height = bottom - top;
  const glitter = repeat(20, (index) => {
    const t = (index + 0.5) / 20;
    const y = top + height * t * t + 4;
    const half = pen.between(8, 26) * (1 + t * 3);
    const x = discX + pen.between(-14, 14) * (1 + t * 3);
    return line(`M${n(x - half)} ${n(y)}h${n(half * 2)}`, light.disc, 2 + t * 3, opacity(0.55 - t * 0.35));
  });
  const ripples = repeat(22, () => {
    const t = pen.chance();
    const y = top + 8 + height * t;
    const x = pen.between(-30, width);
    return line(
      `M${n(x)} ${n(y)}h${n(pen.between(24, 70) * (0.6 + t))}`,
      lighter(light.sky[1], 0.3),
      1.4 + t * 1.6,
      opacity(0.24),
    );
  });
  return rect(0, top, width, height, fill) + ripples + glitter;
}

/** A broad-leaved tree: three overlapping crowns and a trunk. */
export function tree(pen: Pen, x: number, y: number, size: number, colour = "#4f7f52"): string {
  const leaf = lit(pen, colour);
  const trunk = lit(pen, "#5b4636");
  const crown = (dx: number, dy: number, r: number, fill: string) =>
    circle(x + dx * size, y + dy * size, r * size, fill);
  return (
    line(
      `M${n(x)} ${n(y)}V${n(y - 62 * size)}M${n(x)} ${n(y - 34 * size)}l${n(16 * size)} ${n(-20 * size)}`,
      trunk,
      7 * size,
    ) +
    crown(-22, -72, 32, darker(leaf, 0.2)) +
    crown(24, -70, 30, darker(leaf, 0.12)) +
    crown(0, -96, 38, leaf) +
    crown(-10, -104, 22, lighter(leaf, 0.14)) +
    crown(20, -84, 13, lighter(leaf, 0.08))
  );
}

export function cypress(pen: Pen, x: number, y: number, size: number): string {
  const leaf = lit(pen, "#2f5d4c");
  const half = 17 * size;
  const top = y - 118 * size;
  return (
    path(
      `M${n(x)} ${n(top)}C${n(x + half)} ${n(top + 50 * size)} ${n(x + half * 1.2)} ${n(y - 20 * size)} ${n(x)} ${n(y)}C${n(x - half * 1.2)} ${n(y - 20 * size)} ${n(x - half)} ${n(top + 50 * size)} ${n(x)} ${n(top)}Z`,
      leaf,
    ) +
    path(
      `M${n(x)} ${n(top)}C${n(x + half)} ${n(top + 50 * size)} ${n(x + half * 1.2)} ${n(y - 20 * size)} ${n(x)} ${n(y)}Z`,
      darker(leaf, 0.25),
      opacity(0.6),
    )
  );
}

export function palm(pen: Pen, x: number, y: number, size: number, lean: number): string {
  const trunk = lit(pen, "#7a5f45");
  const leaf = lit(pen, "#3f7a55");
  const tx = x + lean * 70 * size;
  const ty = y - 190 * size;
  const fronds = [-160, -125, -80, -38, -8, 24, 196].map((degrees, index) => {
    const angle = (degrees * Math.PI) / 180;
    const length = (index % 2 ? 96 : 84) * size;
    const ex = tx + Math.cos(angle) * length;
    const ey = ty + Math.sin(angle) * length * 0.62 + 34 * size;
    const mx = tx + Math.cos(angle) * length * 0.55;
    const my = ty + Math.sin(angle) * length * 0.9 - 8 * size;
    return path(
      `M${n(tx)} ${n(ty)}Q${n(mx)} ${n(my)} ${n(ex)} ${n(ey)}Q${n(mx - 4 * size)} ${n(my + 26 * size)} ${n(tx)} ${n(ty + 6 * size)}Z`,
      index % 2 ? leaf : darker(leaf, 0.18),
    );
  });
  return (
    path(
      `M${n(x - 7 * size)} ${n(y)}Q${n(x + lean * 10 * size)} ${n(y - 110 * size)} ${n(tx - 4 * size)} ${n(ty)}L${n(tx + 4 * size)} ${n(ty)}Q${n(x + lean * 24 * size)} ${n(y - 100 * size)} ${n(x + 9 * size)} ${n(y)}Z`,
      trunk,
    ) +
    fronds.join("") +
    circle(tx - 5 * size, ty + 10 * size, 7 * size, darker(trunk, 0.2)) +
    circle(tx + 7 * size, ty + 12 * size, 6 * size, darker(trunk, 0.3))
  );
}

/** A bamboo stem from `bottom` up to `top`, with leaves in fans at its joints. */
export function bamboo(pen: Pen, x: number, bottom: number, top: number, width: number): string {
  const stem = lit(pen, pen.pick(["#6f9a55", "#5d8b57", "#7fa760"]));
  const lean = pen.between(-26, 26);
  const joints = Math.ceil((bottom - top) / 92);
  const at = (t: number): Point => [x + lean * t * t, bottom + (top - bottom) * t];
  const edge = (from: number, to: number) => {
    const heights = [0, 0.35, 0.7, 1];
    const place = (t: number, share: number): Point => [at(t)[0] + width * (1 - t * 0.3) * share, at(t)[1]];
    return [...heights.map((t) => place(t, from)), ...heights.toReversed().map((t) => place(t, to))];
  };
  let rings = "";
  let fans = "";
  for (let joint = 1; joint <= joints; joint++) {
    const t = joint / joints;
    const [jx, jy] = at(t);
    rings += `M${n(jx - width / 2)} ${n(jy)}h${n(width)}`;
    if (t > 0.3 && pen.chance() > 0.3) fans += leaves(pen, jx, jy, pen.chance() > 0.5 ? 1 : -1, stem);
  }
  return (
    polygon(edge(-0.5, 0.5), stem) +
    polygon(edge(0.12, 0.5), darker(stem, 0.3), opacity(0.55)) +
    line(rings, lighter(stem, 0.35), 2.5) +
    fans
  );
}

/** A fan of narrow leaves on a twig. */
export function leaves(pen: Pen, x: number, y: number, side: number, colour: string): string {
  const [tx, ty] = [x + side * pen.between(18, 34), y - pen.between(4, 16)];
  const blade = (index: number) => {
    const angle = ((20 + index * 24 + pen.between(-8, 8)) * Math.PI) / 180;
    const length = pen.between(38, 60);
    const [ex, ey] = [side * Math.cos(angle) * length, Math.sin(angle) * length];
    const [nx, ny] = [-Math.sin(angle) * 6 * side, Math.cos(angle) * 6];
    return `M${n(tx)} ${n(ty)}q${n(ex / 3 + nx)} ${n(ey / 3 + ny)} ${n(ex)} ${n(ey)}q${n(nx - ex * 0.67)} ${n(-ny - ey * 0.67)} ${n(-ex)} ${n(-ey)}z`;
  };
  return (
    line(`M${n(x)} ${n(y)}L${n(tx)} ${n(ty)}`, darker(colour, 0.2), 2) +
    path(blade(1) + blade(3), darker(colour, 0.22)) +
    path(blade(0) + blade(2), mix(colour, "#a8c66c", 0.25))
  );
}

export function reeds(pen: Pen, x: number, y: number, count: number): string {
  const colour = lit(pen, "#6d7f4b");
  return repeat(count, () => {
    const bx = x + pen.between(-50, 50);
    const height = pen.between(34, 84);
    const lean = pen.between(-20, 24);
    return (
      line(
        `M${n(bx)} ${n(y)}q${n(lean * 0.2)} ${n(-height * 0.6)} ${n(lean)} ${n(-height)}`,
        darker(colour, pen.between(0, 0.3)),
        2.4,
      ) + ellipse(bx + lean, y - height - 6, 2.6, 9, lit(pen, "#a3754a"))
    );
  });
}

/** A low mound with blossoms, for edges and planters. */
export function shrub(pen: Pen, x: number, y: number, size: number, blossom?: string): string {
  const leaf = lit(pen, pen.pick(["#5c8a55", "#4d7b57", "#6b9460"]));
  let body = repeat(5, (index) =>
    circle(
      x + (index - 2) * 16 * size,
      y - (index % 2 ? 16 : 9) * size,
      17 * size,
      index % 2 ? leaf : darker(leaf, 0.16),
    ),
  );
  if (blossom)
    body += repeat(9, () =>
      circle(x + pen.between(-40, 40) * size, y - pen.between(2, 30) * size, 3.6 * size, lit(pen, blossom)),
    );
  return body;
}

/** A stone, round above and flat below. */
export function stone(pen: Pen, x: number, y: number, width: number): string {
  const colour = lit(pen, pen.pick(["#8d9496", "#9aa09a", "#7f888c"]));
  const height = width * pen.between(0.42, 0.6);
  return (
    path(
      `M${n(x - width / 2)} ${n(y)}C${n(x - width / 2)} ${n(y - height)} ${n(x - width * 0.1)} ${n(y - height * 1.2)} ${n(x + width * 0.12)} ${n(y - height)}S${n(x + width / 2)} ${n(y - height * 0.3)} ${n(x + width / 2)} ${n(y)}Z`,
      colour,
    ) +
    path(
      `M${n(x - width * 0.05)} ${n(y)}C${n(x + width * 0.1)} ${n(y - height * 0.5)} ${n(x + width * 0.1)} ${n(y - height * 0.8)} ${n(x + width * 0.12)} ${n(y - height)}S${n(x + width / 2)} ${n(y - height * 0.3)} ${n(x + width / 2)} ${n(y)}Z`,
      darker(colour, 0.3),
      opacity(0.5),
    )
  );
}
