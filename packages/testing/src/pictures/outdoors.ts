import { boat, house, lantern, pagoda, skyline, stringLights, through, villa } from "./buildings";
import {
  bamboo,
  birds,
  cypress,
  leaves,
  mist,
  palm,
  range,
  reeds,
  ridge,
  shrub,
  sky,
  stone,
  tree,
  water,
} from "./nature";
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
  outline,
  type Pen,
  type Point,
  path,
  polygon,
  rect,
  repeat,
  smooth,
} from "./pen";

export const scenes = { lake, lane, tea, sea, courtyard, rooftop } as const;
export type Scene = keyof typeof scenes;

/** A lake under snow mountains, a house on its shore. */
function lake(pen: Pen): string {
  const { width: w, height: h } = pen;
  const horizon = h * pen.between(0.52, 0.58);
  const discX = w * pen.between(0.3, 0.7);
  const side = pen.chance() > 0.5 ? 1 : -1;
  const far = lit(pen, "#7f93ab");
  const ranges =
    range(pen, ridge(pen, horizon, h * 0.36, 0.9, 14), horizon, mix(far, pen.light.haze, 0.3), {
      isSharp: true,
      snow: true,
    }) +
    mist(pen, horizon - h * 0.12, 0.5) +
    range(
      pen,
      ridge(pen, horizon, h * 0.2, 0.7, 18),
      horizon,
      mix(lit(pen, "#5d8088"), pen.light.haze, 0.14),
      {
        isSharp: true,
      },
    ) +
    range(pen, ridge(pen, horizon, h * 0.09, 0.25), horizon, lit(pen, "#4f7a6a"));
  const mountains = pen.define((id) => `<g id="${id}">${ranges}</g>`).href;
  const shoreX = side > 0 ? w * 0.72 : w * 0.28;
  const ground = lit(pen, "#7f9a5a");
  const mirror = (x: number) => (side > 0 ? x : w - x);
  const shore = smooth([
    [mirror(w * 0.3), h + 10],
    [mirror(w * 0.42), h * 0.93],
    [mirror(w * 0.58), h * 0.845],
    [mirror(w * 0.78), h * 0.8],
    [mirror(w + 40), h * 0.78],
  ]);
  return [
    sky(pen, horizon, [discX, horizon * pen.between(0.28, 0.5)]),
    `<use href="${mountains}"/>`,
    water(pen, horizon, h, discX),
    group(`<use href="${mountains}" transform="translate(0 ${n(horizon * 2)}) scale(1 -1)"/>`, opacity(0.2)),
    rect(0, horizon - 1, w, 3, lighter(pen.light.haze, 0.4), opacity(0.7)),
    boat(pen, w * (side > 0 ? 0.24 : 0.76), h * pen.between(0.68, 0.74), pen.between(0.7, 0.95)),
    path(
      `${shore}V${n(h + 20)}H${n(mirror(w * 0.3))}Z`,
      gradient(pen, [
        [0, lighter(ground, 0.14)],
        [1, darker(ground, 0.3)],
      ]),
    ),
    tree(pen, shoreX - side * 150, h * 0.875, 1.05, "#6f8f4f"),
    cypress(pen, shoreX + side * 178, h * 0.83, 1.35),
    house(pen, shoreX + side * 10, h * 0.855, 230, { storeys: 2, roof: pen.pick(["#4a5560", "#5b4a48"]) }),
    tree(pen, shoreX + side * 236, h * 0.86, 1.35),
    line(
      `M${n(shoreX - side * 40)} ${n(h * 0.87)}C${n(shoreX - side * 60)} ${n(h * 0.93)} ${n(shoreX + side * 30)} ${n(h * 0.94)} ${n(shoreX)} ${n(h + 10)}`,
      lit(pen, "#d9c7a0"),
      24,
      opacity(0.85),
    ),
    shrub(pen, shoreX + side * 120, h * 0.915, 1.1, "#e88fa2"),
    shrub(pen, shoreX - side * 110, h * 0.95, 1, "#f3d27a"),
    reeds(pen, mirror(w * 0.42), h * 0.975, 9),
    birds(pen, w * 0.36, horizon * 0.3),
  ].join("");
}

/** An old town's lane, built in real perspective so that every line meets at the far end. */
function lane(pen: Pen): string {
  const { width: w, height: h } = pen;
  const eye = h * 0.56;
  const vanish = w * pen.between(0.44, 0.56);
  const focus = h * 0.9;
  /** Street metres → picture: x across (0 is the middle), y up from the stones, z away from us. */
  const at = (x: number, y: number, z: number): Point => [
    vanish + (focus * x) / z,
    eye - (focus * (y - 1.7)) / z,
  ];
  const walls = ["#efe4d2", "#e6d4bb", "#d9c3a6", "#f2ead9", "#cdb69b"] as const;
  const half = 2.7;
  const end = 26;
  const farZ = 400;
  const stones = lit(pen, "#8f8e8b");
  let body = sky(pen, eye + 4, [vanish + w * pen.between(-0.06, 0.06), eye * pen.between(0.3, 0.45)]);
  body += range(pen, ridge(pen, eye, h * 0.2, 0.5), eye + 4, mix(lit(pen, "#6d8a99"), pen.light.haze, 0.35));
  body += tree(pen, vanish - w * 0.05, eye + 12, 0.5) + tree(pen, vanish + w * 0.055, eye + 12, 0.56);
  body += pagoda(pen, vanish + w * 0.006, eye + 8, 0.66);
  body += rect(0, eye - 1, w, h - eye + 1, lit(pen, "#7d8a72"));
  body += polygon(
    [at(-half * 1.5, 0, 0.9), at(-half * 1.5, 0, farZ), at(half * 1.5, 0, farZ), at(half * 1.5, 0, 0.9)],
    gradient(pen, [
      [0, lighter(stones, 0.22)],
      [1, darker(stones, 0.18)],
    ]),
  );
  // Slabs: joints across at even steps of depth, and lengthwise ones between them.
  let joints = "";
  for (let z = 1.4; z < end; z *= 1.13) {
    const [l, r] = [at(-half, 0, z), at(half, 0, z)];
    joints += `M${n(l[0])} ${n(l[1])}L${n(r[0])} ${n(r[1])}`;
  }
  for (const x of [-1.3, -0.45, 0.45, 1.3]) {
    const [near, far] = [at(x, 0, 1.2), at(x, 0, end)];
    joints += `M${n(near[0])} ${n(near[1])}L${n(far[0])} ${n(far[1])}`;
  }
  body += line(joints, darker(stones, 0.35), 1.6, opacity(0.4));
  if (pen.light.isLit)
    body += polygon(
      [at(-0.7, 0, 0.9), at(-0.5, 0, farZ), at(0.5, 0, farZ), at(0.7, 0, 0.9)],
      lighter(pen.light.window, 0.2),
      opacity(0.2),
    );
  // Houses from far to near, so that near ones stand in front.
  const depths = [26, 19, 14.2, 10.8, 8.2, 6.2, 4.7, 3.5, 2.4];
  for (let i = 0; i < depths.length - 1; i++) {
    const [z1, z0] = [depths[i] ?? end, depths[i + 1] ?? 1];
    for (const side of [-1, 1]) body += laneHouse(pen, at, side, half, z0, z1, pen.pick(walls));
  }
  body += repeat(3, (index) => {
    const z = 7.4 - index * 1.9;
    const [lx, ly] = at(-half + 0.62, 3.15, z);
    const [rx, ry] = at(half - 0.62, 3.15, z);
    return lantern(pen, lx, ly, 4.6 / z) + lantern(pen, rx, ry, 4.6 / z);
  });
  const [px, py] = at(half - 0.6, 0, 4.4);
  const [qx, qy] = at(-half + 0.6, 0, 3.9);
  return body + pot(pen, px, py, 0.95) + pot(pen, qx, qy, 1.1);
}

function laneHouse(
  pen: Pen,
  at: (x: number, y: number, z: number) => Point,
  side: number,
  half: number,
  z0: number,
  z1: number,
  plain: string,
): string {
  const x = side * half;
  const height = pen.between(4.3, 5.1);
  const rise = 0.7;
  const wall = mix(lit(pen, plain), side > 0 ? "#101828" : "#ffffff", side > 0 ? 0.13 : 0.05);
  const wood = lit(pen, pen.pick(["#6f4630", "#7d5238", "#5e3f2f"]));
  const roof = lit(pen, "#454b55");
  const pane = pen.light.isLit ? lighter(pen.light.window, 0.12) : darker(pen.light.window, 0.15);
  const depth = z1 - z0;
  const quad = (y0: number, y1: number, a: number, b: number) =>
    outline([at(x, y0, a), at(x, y1, a), at(x, y1, b), at(x, y0, b)]);
  let frames = quad(2.62, 2.86, z0, z1);
  let panes = "";
  let bars = "";
  for (const bay of [0, 1]) {
    const a = z0 + depth * (0.1 + bay * 0.46);
    const b = a + depth * 0.34;
    // Shop front below, window above, both framed in wood.
    frames += quad(0.12, 2.5, a - depth * 0.025, b + depth * 0.025) + quad(3.3, height - 0.3, a, b);
    panes += quad(bay === 0 ? 0.2 : 0.9, 2.36, a, b);
    panes += quad(3.42, height - 0.42, a + depth * 0.03, b - depth * 0.03);
    const [m0, m1] = [at(x, 0.9, (a + b) / 2), at(x, 2.36, (a + b) / 2)];
    bars += `M${n(m0[0])} ${n(m0[1])}L${n(m1[0])} ${n(m1[1])}`;
  }
  let body =
    path(quad(0, height + rise, z0, z1), wall) +
    path(quad(0, 0.35, z0, z1), darker(wall, 0.4)) +
    path(frames, wood) +
    path(panes, pane) +
    line(bars, wood, 5 / z0 + 1);
  // Two roofs that stand out over the street: one over the shop, one on top. From below one sees their rafters.
  for (const [y, out, up] of [
    [2.86, 0.7, 0.4],
    [height, 0.95, rise],
  ] as const) {
    const edge = x - side * out;
    body += polygon(
      [at(x, y + up, z0), at(edge, y, z0), at(edge, y, z1), at(x, y + up, z1)],
      darker(wood, 0.3),
    );
    let rafters = "";
    for (let step = 1; step < 7; step++) {
      const z = z0 + (depth * step) / 7;
      const [u, v] = [at(x, y + up, z), at(edge, y, z)];
      rafters += `M${n(u[0])} ${n(u[1])}L${n(v[0])} ${n(v[1])}`;
    }
    body += line(rafters, wood, 7 / z0 + 0.6);
    body += polygon(
      [at(edge, y + 0.2, z0), at(edge, y - 0.08, z0), at(edge, y - 0.08, z1), at(edge, y + 0.2, z1)],
      lighter(roof, 0.1),
    );
    // The end that faces us: tiles seen from the side.
    body += polygon(
      [at(edge, y - 0.08, z0), at(edge, y + 0.2, z0), at(x, y + up + 0.34, z0), at(x, y + up, z0)],
      darker(roof, 0.12),
    );
  }
  return body;
}

function pot(pen: Pen, x: number, y: number, size: number): string {
  const clay = lit(pen, "#a5603f");
  return (
    shrub(pen, x, y - 44 * size, 1.05 * size, pen.pick(["#e88fa2", "#f3d27a", "#e2624f"])) +
    path(
      `M${n(x - 28 * size)} ${n(y - 50 * size)}H${n(x + 28 * size)}L${n(x + 20 * size)} ${n(y)}H${n(x - 20 * size)}Z`,
      clay,
    ) +
    rect(x - 31 * size, y - 54 * size, 62 * size, 10 * size, lighter(clay, 0.12), ` rx="${n(3 * size)}"`)
  );
}

/** Terraces of tea, row over row of round bushes, a farmhouse in the saddle. */
function tea(pen: Pen): string {
  const { width: w, height: h } = pen;
  const horizon = h * 0.46;
  const side = pen.chance() > 0.5 ? 1 : -1;
  const green = lit(pen, pen.pick(["#6fa04c", "#7ba653", "#5f9a52"]));
  const bandOf = (top: number, rise: number, shift: number) => {
    const points: Point[] = Array.from({ length: 9 }, (_, i) => {
      const t = i / 8;
      return [t * (w + 120) - 60, top - rise * Math.sin((t + shift) * Math.PI * 1.25) + pen.between(-5, 5)];
    });
    return points;
  };
  const hill = (top: number, rise: number, shift: number, depth: number, colour: string, rows: number) => {
    const crest = bandOf(top, rise, shift);
    const outline = `${smooth(crest)}L${n(w + 60)} ${n(h + 40)}L-60 ${n(h + 40)}Z`;
    const clip = pen.define((id) => `<clipPath id="${id}"><path d="${outline}"/></clipPath>`).url;
    let bushes = "";
    let gap = 15 + depth * 22;
    let offset = gap * 0.55;
    for (let row = 0; row < rows; row++) {
      const curve = smooth(crest.map(([x, y], i): Point => [x, y + offset + Math.sin(i * 1.3 + row) * 2]));
      const dots = pen.define((id) => `<path id="${id}" d="${curve}"/>`).href;
      const size = gap * 0.86;
      // Round ends on dashes without length are the bushes: shade, leaf, and the light on top.
      const bush = (colour: string, width: number, dx: number, dy: number, extra = "") =>
        `<use href="${dots}" x="${n(dx)}" y="${n(dy)}" stroke="${colour}" stroke-width="${n(width)}" stroke-dasharray="0 ${n(size * 0.72)}"${extra}/>`;
      bushes +=
        bush(darker(colour, 0.34), size, 0, size * 0.2) +
        bush(row % 2 ? lighter(colour, 0.1) : colour, size, 0, 0) +
        bush(lighter(colour, 0.32), size * 0.34, -size * 0.1, -size * 0.2, opacity(0.55));
      gap *= 1.13;
      offset += gap * 1.18;
    }
    return (
      path(outline, darker(colour, 0.42)) +
      group(bushes, ` clip-path="${clip}" fill="none" stroke-linecap="round"`)
    );
  };
  const houseX = side > 0 ? w * 0.7 : w * 0.3;
  return [
    sky(pen, horizon + h * 0.1, [side > 0 ? w * 0.28 : w * 0.72, horizon * pen.between(0.36, 0.56)]),
    range(
      pen,
      ridge(pen, horizon + 20, h * 0.26, 0.3),
      h * 0.62,
      mix(lit(pen, "#7fa0a0"), pen.light.haze, 0.5),
    ),
    mist(pen, horizon - 6, 0.7),
    range(
      pen,
      ridge(pen, horizon + 50, h * 0.16, 0.3),
      h * 0.7,
      mix(lit(pen, "#5f8f78"), pen.light.haze, 0.26),
    ),
    mist(pen, horizon + 52, 0.55),
    cypress(pen, houseX - side * 180, h * 0.615, 0.95),
    cypress(pen, houseX - side * 212, h * 0.625, 0.7),
    tree(pen, houseX + side * 150, h * 0.63, 1.1, "#5c8a4a"),
    house(pen, houseX, h * 0.635, 215, { roof: pen.pick(["#565b5f", "#6d5445"]), storeys: pen.pick([1, 2]) }),
    hill(h * 0.64, h * 0.045, side > 0 ? 0.1 : 0.5, 0, mix(green, pen.light.haze, 0.16), 6),
    mist(pen, h * 0.66, 0.22),
    hill(h * 0.78, h * 0.1, side > 0 ? 0.55 : 0.05, 0.5, green, 5),
    picker(pen, side > 0 ? w * 0.26 : w * 0.72, h * 0.8, 0.92),
    hill(h * 0.93, h * 0.07, side > 0 ? 0.05 : 0.6, 1, darker(green, 0.08), 4),
    birds(pen, side > 0 ? w * 0.5 : w * 0.36, horizon * 0.34),
  ].join("");
}

/** Somebody picking tea, under a straw hat. */
function picker(pen: Pen, x: number, y: number, size: number): string {
  const straw = lit(pen, "#dcb56c");
  const cloth = lit(pen, pen.pick(["#b5493c", "#3f6c92", "#d08a4e"]));
  return (
    path(
      `M${n(x - 24 * size)} ${n(y)}Q${n(x - 22 * size)} ${n(y - 54 * size)} ${n(x)} ${n(y - 56 * size)}T${n(x + 24 * size)} ${n(y)}Z`,
      cloth,
    ) +
    circle(x, y - 62 * size, 12 * size, lit(pen, "#e0b08c")) +
    path(
      `M${n(x - 34 * size)} ${n(y - 62 * size)}Q${n(x)} ${n(y - 102 * size)} ${n(x + 34 * size)} ${n(y - 62 * size)}Q${n(x)} ${n(y - 52 * size)} ${n(x - 34 * size)} ${n(y - 62 * size)}Z`,
      straw,
    ) +
    path(
      `M${n(x)} ${n(y - 82 * size)}Q${n(x + 20 * size)} ${n(y - 78 * size)} ${n(x + 34 * size)} ${n(y - 62 * size)}Q${n(x + 10 * size)} ${n(y - 56 * size)} ${n(x)} ${n(y - 56 * size)}Z`,
      darker(straw, 0.16),
    ) +
    rect(x + 14 * size, y - 38 * size, 26 * size, 24 * size, lit(pen, "#8a6a3f"), ` rx="${n(5 * size)}"`)
  );
}

/** The sea, a beach, palms and a white house. */
function sea(pen: Pen): string {
  const { width: w, height: h } = pen;
  const horizon = h * pen.between(0.44, 0.5);
  const side = pen.chance() > 0.5 ? 1 : -1;
  const mirror = (x: number) => (side > 0 ? x : w - x);
  const discX = mirror(w * pen.between(0.24, 0.42));
  const sand = lit(pen, "#ecd3a4");
  const edge = (lift: number): Point[] => [
    [mirror(-40), h * 0.9 - lift],
    [mirror(w * 0.2), h * 0.88 - lift],
    [mirror(w * 0.42), h * 0.81 - lift],
    [mirror(w * 0.62), h * 0.725 - lift],
    [mirror(w * 0.84), h * 0.67 - lift],
    [mirror(w + 40), h * 0.65 - lift],
  ];
  const beach = (lift: number) => `${smooth(edge(lift))}V${n(h + 20)}H${n(mirror(-40))}Z`;
  const houseX = mirror(w * 0.77);
  return [
    sky(pen, horizon, [discX, horizon * pen.between(0.45, 0.72)]),
    path(
      `M${n(mirror(w * 0.52))} ${n(horizon)}q${n(side * 60)} -44 ${n(side * 130)} -38t${n(side * 120)} -14q${n(side * 90)} -6 ${n(side * 160)} 52Z`,
      mix(lit(pen, "#5f8595"), pen.light.haze, 0.32),
    ),
    water(pen, horizon, h * 0.96, discX),
    sail(pen, mirror(w * pen.between(0.12, 0.2)), horizon + 34, 0.95),
    sail(pen, mirror(w * 0.46), horizon + 14, 0.5),
    line(
      smooth(
        Array.from(
          { length: 9 },
          (_, i): Point => [(i / 8) * (w + 60) - 30, horizon + 82 + Math.sin(i * 2.1) * 5],
        ),
      ),
      "#ffffff",
      3,
      opacity(0.35),
    ),
    path(beach(22), mix("#ffffff", pen.light.sky[1], 0.25), opacity(0.55)),
    path(beach(8), mix(sand, "#6d5a4a", 0.3)),
    path(
      beach(-4),
      gradient(pen, [
        [0, lighter(sand, 0.15)],
        [1, darker(sand, 0.14)],
      ]),
    ),
    palm(pen, houseX + side * 168, h * 0.735, 1.15, -side * 0.5),
    villa(pen, houseX, h * 0.755, 270, pen.pick(["#2f7d95", "#c4643f", "#3f6f8f"])),
    palm(pen, houseX - side * 190, h * 0.83, 1.25, -side * 0.8),
    shrub(pen, houseX + side * 108, h * 0.775, 1.1, "#e5567e"),
    shrub(pen, houseX - side * 108, h * 0.775, 0.8, "#e5567e"),
    parasol(pen, mirror(w * 0.36), h * 0.945, 1.1),
    birds(pen, mirror(w * 0.5), horizon * 0.42),
  ].join("");
}

function sail(pen: Pen, x: number, y: number, size: number): string {
  const cloth = lit(pen, "#fdf6e8");
  return (
    path(
      `M${n(x)} ${n(y - 74 * size)}Q${n(x + 40 * size)} ${n(y - 30 * size)} ${n(x + 36 * size)} ${n(y - 8 * size)}H${n(x)}Z`,
      cloth,
    ) +
    path(
      `M${n(x - 4 * size)} ${n(y - 62 * size)}Q${n(x - 28 * size)} ${n(y - 26 * size)} ${n(x - 28 * size)} ${n(y - 8 * size)}H${n(x - 4 * size)}Z`,
      darker(cloth, 0.14),
    ) +
    path(
      `M${n(x - 36 * size)} ${n(y - 5 * size)}H${n(x + 42 * size)}L${n(x + 28 * size)} ${n(y + 8 * size)}H${n(x - 24 * size)}Z`,
      lit(pen, "#8c4a37"),
    )
  );
}

function parasol(pen: Pen, x: number, y: number, size: number): string {
  const cloth = lit(pen, pen.pick(["#e2624f", "#e9a13b", "#2f8f9d"]));
  const white = lit(pen, "#fbf4e6");
  const wedge = (a: number, b: number, fill: string) =>
    path(
      `M${n(x)} ${n(y - 150 * size)}Q${n(x + a * 0.75 * size)} ${n(y - 142 * size)} ${n(x + a * size)} ${n(y - 96 * size)}L${n(x + b * size)} ${n(y - 96 * size)}Q${n(x + b * 0.75 * size)} ${n(y - 142 * size)} ${n(x)} ${n(y - 150 * size)}Z`,
      fill,
    );
  const lounger = (dx: number) =>
    path(
      `M${n(x + dx * size)} ${n(y - 4 * size)}h${n(62 * size)}l${n(26 * size)} ${n(-30 * size)}l${n(9 * size)} ${n(5 * size)}l${n(-28 * size)} ${n(36 * size)}h${n(-69 * size)}Z`,
      white,
    ) +
    line(
      `M${n(x + (dx + 8) * size)} ${n(y + 7 * size)}v${n(14 * size)}M${n(x + (dx + 58) * size)} ${n(y + 7 * size)}v${n(14 * size)}`,
      lit(pen, "#8b6848"),
      4 * size,
    );
  return (
    ellipse(x + 10 * size, y + 20 * size, 110 * size, 10 * size, "#3b2a1a", opacity(0.16)) +
    line(`M${n(x)} ${n(y - 148 * size)}V${n(y + 14 * size)}`, lit(pen, "#8b6848"), 5 * size) +
    lounger(-98) +
    lounger(14) +
    wedge(-88, -44, cloth) +
    wedge(-44, 0, white) +
    wedge(0, 44, cloth) +
    wedge(44, 88, white)
  );
}

/** A courtyard: a white wall with a moon gate, bamboo, a pond. */
function courtyard(pen: Pen): string {
  const { width: w, height: h } = pen;
  const side = pen.chance() > 0.5 ? 1 : -1;
  const gateX = w * (side > 0 ? pen.between(0.4, 0.46) : pen.between(0.54, 0.6));
  const floor = h * 0.7;
  const radius = h * 0.23;
  const gateY = floor - radius * 0.82;
  const wall = lit(pen, "#f4efe4");
  const roof = lit(pen, "#48505a");
  const ground = lit(pen, "#9a9a86");
  const garden = [
    sky(pen, h * 0.62, [gateX + radius * 0.4, gateY - radius * 0.5]),
    range(pen, ridge(pen, h * 0.62, h * 0.24, 0.4), h * 0.72, mix(lit(pen, "#6f949b"), pen.light.haze, 0.4)),
    range(pen, ridge(pen, h * 0.66, h * 0.12, 0.2), h * 0.74, lit(pen, "#5d8a68")),
    rect(0, h * 0.64, w, h * 0.2, lit(pen, "#86a35f")),
    house(pen, gateX - side * radius * 0.2, h * 0.67, radius * 0.95, { door: true }),
    tree(pen, gateX + side * radius * 0.62, h * 0.68, 0.9, "#cf7f86"),
  ].join("");
  const gate = `<circle cx="${n(gateX)}" cy="${n(gateY)}" r="${n(radius)}"/>`;
  const wallTop = h * 0.24;
  const pond: Point = [w * (side > 0 ? 0.74 : 0.26), h * 0.875];
  return [
    sky(pen, h * 0.4, [w * (side > 0 ? 0.78 : 0.22), h * 0.12]),
    repeat(7, (index) =>
      bamboo(pen, (w / 6) * index + pen.between(-30, 30), h * 0.4, -40, pen.between(11, 17)),
    ),
    rect(
      -10,
      wallTop,
      w + 20,
      floor - wallTop,
      gradient(pen, [
        [0, darker(wall, 0.14)],
        [0.2, wall],
        [1, darker(wall, 0.08)],
      ]),
    ),
    rect(-10, floor - 26, w + 20, 26, darker(wall, 0.3)),
    wallCap(pen, wallTop, roof),
    through(
      pen,
      gate,
      { x: gateX - radius * 1.35, y: gateY - radius, width: radius * 2.7, height: radius * 2 },
      garden,
    ),
    `<circle cx="${n(gateX)}" cy="${n(gateY)}" r="${n(radius + 5)}" fill="none" stroke="${roof}" stroke-width="15"/>`,
    `<circle cx="${n(gateX)}" cy="${n(gateY)}" r="${n(radius - 3)}" fill="none" stroke="${lighter(roof, 0.25)}" stroke-width="3"/>`,
    rect(
      -10,
      floor,
      w + 20,
      h - floor + 10,
      gradient(pen, [
        [0, lighter(ground, 0.16)],
        [1, darker(ground, 0.28)],
      ]),
    ),
    steps(pen, gateX, floor, h),
    pondOf(pen, pond),
    leafShadow(pen, w * (side > 0 ? 0.72 : 0.28), h * 0.5, side),
    lantern(pen, gateX - radius - 46, h * 0.34, 1.25),
    lantern(pen, gateX + radius + 46, h * 0.34, 1.25),
    stone(pen, pond[0] - side * 176, h * 0.87, 110),
    stone(pen, pond[0] - side * 116, h * 0.885, 66),
    shrub(pen, w * (side > 0 ? 0.1 : 0.9), h * 0.79, 1.7, "#e88fa2"),
    bamboo(pen, w * (side > 0 ? 0.05 : 0.95), h * 0.95, -40, 25),
    bamboo(pen, w * (side > 0 ? 0.125 : 0.875), h * 0.9, -40, 20),
    bamboo(pen, w * (side > 0 ? 0.93 : 0.07), h * 0.8, -40, 20),
  ].join("");
}

/** Tiles along the top of a wall: a ridge, then round ends in a row. */
function wallCap(pen: Pen, y: number, roof: string): string {
  const w = pen.width;
  return (
    rect(-10, y + 10, w + 20, 26, "#101828", opacity(0.2)) +
    rect(
      -10,
      y - 24,
      w + 20,
      42,
      gradient(pen, [
        [0, lighter(roof, 0.16)],
        [1, darker(roof, 0.16)],
      ]),
    ) +
    line(`M-10 ${n(y + 18)}H${n(w + 10)}`, darker(roof, 0.25), 19, ' stroke-dasharray="0 24"') +
    line(
      `M2 ${n(y + 17)}H${n(w + 10)}`,
      lighter(roof, 0.2),
      9,
      ' stroke-dasharray="0 24" stroke-dashoffset="12"',
    ) +
    rect(-10, y - 32, w + 20, 13, darker(roof, 0.3), ' rx="6"')
  );
}

function steps(pen: Pen, x: number, floor: number, height: number): string {
  const slab = lit(pen, "#c9c6b8");
  return repeat(5, (index) => {
    const t = index / 4;
    const y = floor + 18 + (height - floor) * t ** 1.25 * 0.96;
    const half = 62 + t * 74;
    return (
      ellipse(x + Math.sin(index * 2.2) * 18, y + 5 + t * 5, half, 10 + t * 15, "#101828", opacity(0.18)) +
      ellipse(x + Math.sin(index * 2.2) * 18, y, half, 9 + t * 14, slab)
    );
  });
}

function pondOf(pen: Pen, [x, y]: Point): string {
  const deep = { dawn: "#5b8a90", day: "#3f8c96", dusk: "#56557f", night: "#1c3560" }[pen.light.hour];
  const pad = (dx: number, dy: number, r: number) =>
    ellipse(x + dx, y + dy, r, r * 0.42, lit(pen, "#5f9a5c")) +
    path(`M${n(x + dx)} ${n(y + dy)}l${n(r)} ${n(-r * 0.2)}l${n(-r * 0.3)} ${n(-r * 0.22)}Z`, deep);
  const flower = (dx: number, dy: number) =>
    repeat(5, (i) => {
      const angle = (-150 + i * 30) * (Math.PI / 180);
      return ellipse(
        x + dx + Math.cos(angle) * 9,
        y + dy + Math.sin(angle) * 9,
        9,
        5,
        lit(pen, i % 2 ? "#f4a9bb" : "#f9c9d3"),
        ` transform="rotate(${-150 + i * 30} ${n(x + dx + Math.cos(angle) * 9)} ${n(y + dy + Math.sin(angle) * 9)})"`,
      );
    });
  return (
    ellipse(x, y + 3, 172, 56, lit(pen, "#7b7a6c")) +
    ellipse(
      x,
      y,
      160,
      49,
      gradient(pen, [
        [0, mix(deep, pen.light.sky[2], 0.5)],
        [1, deep],
      ]),
    ) +
    line(`M${n(x - 90)} ${n(y - 12)}h60M${n(x + 10)} ${n(y + 22)}h80`, "#ffffff", 2, opacity(0.3)) +
    pad(-80, 10, 34) +
    pad(-34, 24, 26) +
    pad(78, -10, 30) +
    flower(-78, -2) +
    flower(80, -20) +
    path(
      `M${n(x + 4)} ${n(y + 2)}q18 -12 36 -2q12 8 26 -4q-2 18 -20 12q-22 8 -42 -6Z`,
      "#e8743b",
      opacity(0.9),
    )
  );
}

function leafShadow(pen: Pen, x: number, y: number, side: number): string {
  return group(
    repeat(4, (index) => leaves(pen, x + index * 34 * side, y - index * 26, side, "#5b6b62")),
    opacity(0.16),
  );
}

/** A roof terrace over the town at evening. */
function rooftop(pen: Pen): string {
  const { width: w, height: h } = pen;
  const horizon = h * 0.6;
  const side = pen.chance() > 0.5 ? 1 : -1;
  const mirror = (x: number) => (side > 0 ? x : w - x);
  // What stands under the bulbs takes less of the night.
  const near: Pen = { ...pen, light: { ...pen.light, tintStrength: pen.light.tintStrength * 0.5 } };
  const dark = lit(pen, "#3d4a66");
  const deck = lit(near, "#a06f4b");
  const front = h * 0.72;
  let boards = "";
  for (let i = -3; i <= 13; i++) {
    const x = (w / 10) * i;
    boards += `M${n(w / 2 + (x - w / 2) * 0.72)} ${n(front)}L${n(w / 2 + (x - w / 2) * 1.5)} ${n(h)}`;
  }
  return [
    sky(pen, horizon, [mirror(w * 0.72), horizon * 0.3]),
    range(pen, ridge(pen, horizon, h * 0.2, 0.4), horizon, mix(dark, pen.light.haze, 0.6)),
    skyline(pen, horizon + 30, h * 0.27, mix(dark, pen.light.haze, 0.45)),
    pagoda(pen, mirror(w * 0.24), horizon + 10, 1.02),
    skyline(pen, front, h * 0.22, mix(dark, pen.light.haze, 0.14)),
    rect(
      -10,
      front,
      w + 20,
      h - front + 10,
      gradient(pen, [
        [0, lighter(deck, 0.08)],
        [1, darker(deck, 0.28)],
      ]),
    ),
    line(boards, darker(deck, 0.45), 2.4, opacity(0.55)),
    // Glass parapet.
    rect(-10, front - 66, w + 20, 70, lighter(pen.light.sky[1], 0.25), opacity(0.16)),
    rect(-10, front - 70, w + 20, 7, darker(deck, 0.4)),
    repeat(7, (index) => rect((w / 6) * index - 3, front - 68, 6, 72, darker(deck, 0.4))),
    rect(mirror(w * 0.045) - 6, h * 0.1, 12, h * 0.68, darker(deck, 0.5)),
    rect(mirror(w * 0.965) - 6, h * 0.06, 12, h * 0.72, darker(deck, 0.5)),
    stringLights(pen, mirror(w * 0.045), h * 0.11, mirror(w * 0.965), h * 0.07, 56),
    stringLights(pen, mirror(w * 0.045), h * 0.13, mirror(w * 0.965), h * 0.2, 84),
    sofa(near, mirror(w * 0.29), h * 0.87, 1.15),
    lowTable(near, mirror(w * 0.6), h * 0.9, 1.15),
    pot(near, mirror(w * 0.08), h * 0.86, 1.5),
    pot(near, mirror(w * 0.93), h * 0.85, 1.6),
    pot(near, mirror(w * 0.85), h * 0.82, 1.05),
    glow(pen, mirror(w * 0.6), h * 0.82, 170, pen.light.window, 0.36),
  ].join("");
}

function sofa(pen: Pen, x: number, y: number, size: number): string {
  const cloth = lit(pen, pen.pick(["#c9b79c", "#7f9299", "#b98572"]));
  const wood = lit(pen, "#6d4a33");
  const box = (dx: number, dy: number, width: number, height: number, fill: string, r = 10) =>
    rect(x + dx * size, y + dy * size, width * size, height * size, fill, ` rx="${n(r * size)}"`);
  return (
    ellipse(x, y + 30 * size, 170 * size, 14 * size, "#101828", opacity(0.3)) +
    box(-150, -84, 300, 84, darker(cloth, 0.14), 16) +
    box(-160, -18, 320, 42, wood, 8) +
    box(-146, -36, 144, 40, cloth) +
    box(2, -36, 144, 40, lighter(cloth, 0.05)) +
    box(-132, -74, 62, 48, lit(pen, "#d98e5f"), 12) +
    box(66, -74, 62, 48, lit(pen, "#f0e2c8"), 12)
  );
}

function lowTable(pen: Pen, x: number, y: number, size: number): string {
  const wood = lit(pen, "#8a5d3c");
  return (
    ellipse(x, y + 26 * size, 110 * size, 12 * size, "#101828", opacity(0.3)) +
    line(
      `M${n(x - 76 * size)} ${n(y)}l${n(-10 * size)} ${n(26 * size)}M${n(x + 76 * size)} ${n(y)}l${n(10 * size)} ${n(26 * size)}`,
      darker(wood, 0.3),
      8 * size,
    ) +
    ellipse(x, y, 104 * size, 17 * size, darker(wood, 0.25)) +
    ellipse(x, y - 5 * size, 104 * size, 16 * size, wood) +
    teaSet(pen, x, y - 9 * size, size) +
    candle(pen, x - 62 * size, y - 8 * size, size)
  );
}

export function candle(pen: Pen, x: number, y: number, size: number): string {
  return (
    glow(pen, x, y - 30 * size, 60 * size, "#ffb45a", 0.65) +
    rect(
      x - 9 * size,
      y - 24 * size,
      18 * size,
      24 * size,
      "#f4e6c8",
      ` rx="${n(3 * size)}"${opacity(0.92)}`,
    ) +
    ellipse(x, y - 32 * size, 4 * size, 8 * size, "#ffdf8e")
  );
}

/** A pot, two cups, some steam. */
export function teaSet(pen: Pen, x: number, y: number, size: number): string {
  const clay = lit(pen, "#7d4632");
  const cup = (dx: number) =>
    path(
      `M${n(x + (dx - 15) * size)} ${n(y - 18 * size)}h${n(30 * size)}q0 ${n(18 * size)} ${n(-15 * size)} ${n(18 * size)}t${n(-15 * size)} ${n(-18 * size)}Z`,
      lit(pen, "#f7f2e7"),
    ) + ellipse(x + dx * size, y - 18 * size, 13 * size, 3.4 * size, lit(pen, "#a8743f"));
  const steam = (dx: number) =>
    line(
      `M${n(x + dx * size)} ${n(y - 28 * size)}q${n(-8 * size)} ${n(-12 * size)} 0 ${n(-22 * size)}t0 ${n(-22 * size)}`,
      "#ffffff",
      3 * size,
      opacity(0.38),
    );
  return (
    line(
      `M${n(x + 28 * size)} ${n(y - 38 * size)}q${n(24 * size)} ${n(2 * size)} ${n(6 * size)} ${n(26 * size)}`,
      darker(clay, 0.1),
      5 * size,
    ) +
    path(
      `M${n(x - 28 * size)} ${n(y - 22 * size)}l${n(-20 * size)} ${n(-18 * size)}l${n(6 * size)} ${n(-3 * size)}l${n(20 * size)} ${n(10 * size)}Z`,
      darker(clay, 0.1),
    ) +
    path(
      `M${n(x - 30 * size)} ${n(y - 24 * size)}q0 ${n(-24 * size)} ${n(30 * size)} ${n(-24 * size)}t${n(30 * size)} ${n(24 * size)}q0 ${n(24 * size)} ${n(-30 * size)} ${n(24 * size)}t${n(-30 * size)} ${n(-24 * size)}Z`,
      clay,
    ) +
    ellipse(x, y - 46 * size, 15 * size, 4.5 * size, darker(clay, 0.25)) +
    circle(x, y - 52 * size, 5 * size, darker(clay, 0.1)) +
    cup(62) +
    cup(104) +
    steam(62) +
    steam(-44)
  );
}
