import { through } from "./buildings";
import { leaves, shrub } from "./nature";
import { candle, teaSet } from "./outdoors";
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
  path,
  polygon,
  rect,
  repeat,
  withLight,
} from "./pen";

/** Inside, what is to be seen through the window is drawn by `view`, on a canvas of the same size. */
type View = (pen: Pen) => string;
export const rooms = { bedroom, teaRoom, bath, balcony } as const;
export type Room = keyof typeof rooms;

/** A room by evening is lit by its own lamps: only a little of the hour's colour gets in. */
function indoors(pen: Pen): Pen {
  const soft = withLight(pen, pen.light.hour);
  soft.light = { ...soft.light, tintStrength: soft.light.tintStrength * 0.42 };
  return soft;
}

type OpeningKind = "wide" | "round" | "arch";

interface Opening {
  shape: string;
  frame: string;
  box: { x: number; y: number; width: number; height: number };
}

function opening(
  kind: OpeningKind,
  x: number,
  y: number,
  width: number,
  height: number,
  wood: string,
): Opening {
  const box = { x, y, width, height };
  if (kind === "round") {
    const radius = Math.min(width, height) / 2;
    const [cx, cy] = [x + width / 2, y + height / 2];
    return {
      box: { x: cx - radius, y: cy - radius, width: radius * 2, height: radius * 2 },
      shape: `<circle cx="${n(cx)}" cy="${n(cy)}" r="${n(radius)}"/>`,
      frame:
        `<circle cx="${n(cx)}" cy="${n(cy)}" r="${n(radius + 5)}" fill="none" stroke="${wood}" stroke-width="17"/>` +
        line(
          `M${n(cx - radius)} ${n(cy)}h${n(radius * 2)}M${n(cx)} ${n(cy - radius)}v${n(radius * 2)}`,
          wood,
          5,
        ),
    };
  }
  if (kind === "arch") {
    const d = `M${n(x)} ${n(y + height)}V${n(y + width / 2)}A${n(width / 2)} ${n(width / 2)} 0 0 1 ${n(x + width)} ${n(y + width / 2)}V${n(y + height)}Z`;
    return {
      box,
      shape: `<path d="${d}"/>`,
      frame:
        `<path d="${d}" fill="none" stroke="${wood}" stroke-width="15"/>` +
        line(
          `M${n(x + width / 2)} ${n(y)}v${n(height)}M${n(x)} ${n(y + width / 2 + 20)}h${n(width)}`,
          wood,
          5,
        ),
    };
  }
  return {
    box,
    shape: `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"/>`,
    frame:
      `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="none" stroke="${wood}" stroke-width="15"/>` +
      line(
        `M${n(x + width / 3)} ${n(y)}v${n(height)}M${n(x + (width * 2) / 3)} ${n(y)}v${n(height)}`,
        wood,
        6,
      ),
  };
}

function shell(pen: Pen, wallColour: string, floorColour: string, floorY: number): string {
  const { width: w, height: h } = pen;
  const wall = lit(pen, wallColour);
  const floor = lit(pen, floorColour);
  let boards = "";
  for (let i = -4; i <= 14; i++) {
    const x = (w / 10) * i;
    boards += `M${n(w / 2 + (x - w / 2) * 0.8)} ${n(floorY)}L${n(w / 2 + (x - w / 2) * 1.6)} ${n(h)}`;
  }
  return (
    rect(
      0,
      0,
      w,
      floorY,
      gradient(pen, [
        [0, darker(wall, 0.1)],
        [0.35, wall],
        [1, darker(wall, 0.05)],
      ]),
    ) +
    rect(
      0,
      floorY,
      w,
      h - floorY,
      gradient(pen, [
        [0, darker(floor, 0.12)],
        [1, floor],
      ]),
    ) +
    line(boards, darker(floor, 0.4), 2, opacity(0.45)) +
    rect(0, floorY - 12, w, 12, darker(wall, 0.22))
  );
}

/** Sun through the window lying on the floor, or lamplight at night. */
function floorLight(pen: Pen, x: number, y: number, width: number): string {
  const colour = pen.light.hour === "night" ? "#9db4e8" : lighter(pen.light.disc, 0.2);
  const depth = pen.height - y;
  return polygon(
    [
      [x, y],
      [x + width, y],
      [x + width * 1.25 + depth * 0.4, pen.height],
      [x + depth * 0.35, pen.height],
    ],
    colour,
    opacity(pen.light.hour === "night" ? 0.1 : 0.2),
  );
}

function curtain(pen: Pen, x: number, y: number, width: number, height: number, colour: string): string {
  const cloth = lit(pen, colour);
  return (
    rect(x, y, width, height, cloth, opacity(0.94)) +
    repeat(4, (index) =>
      rect(x + (width / 4) * (index + 0.55), y, width / 11, height, darker(cloth, 0.18), opacity(0.5)),
    )
  );
}

function lamp(pen: Pen, x: number, y: number, size: number): string {
  return (
    (pen.light.isLit ? glow(pen, x, y - 70 * size, 190 * size, "#ffcf87", 0.5) : "") +
    line(`M${n(x)} ${n(y)}v${n(-52 * size)}`, "#6f5138", 6 * size) +
    ellipse(x, y, 22 * size, 5 * size, "#6f5138") +
    path(
      `M${n(x - 40 * size)} ${n(y - 48 * size)}l${n(16 * size)} ${n(-52 * size)}h${n(48 * size)}l${n(16 * size)} ${n(52 * size)}Z`,
      pen.light.isLit ? "#ffe9bd" : lit(pen, "#efe2cb"),
    )
  );
}

function pendant(pen: Pen, x: number, y: number, size: number): string {
  const straw = lit(pen, "#c99d63");
  return (
    line(`M${n(x)} 0V${n(y)}`, "#4b3a2d", 3) +
    (pen.light.isLit ? glow(pen, x, y + 40 * size, 210 * size, "#ffd18a", 0.45) : "") +
    path(
      `M${n(x - 14 * size)} ${n(y)}h${n(28 * size)}q${n(54 * size)} ${n(20 * size)} ${n(62 * size)} ${n(58 * size)}h${n(-152 * size)}q${n(8 * size)} ${n(-38 * size)} ${n(62 * size)} ${n(-58 * size)}Z`,
      straw,
    ) +
    line(
      `M${n(x - 40 * size)} ${n(y + 18 * size)}L${n(x - 56 * size)} ${n(y + 56 * size)}M${n(x)} ${n(y + 2 * size)}V${n(y + 56 * size)}M${n(x + 40 * size)} ${n(y + 18 * size)}L${n(x + 56 * size)} ${n(y + 56 * size)}`,
      darker(straw, 0.25),
      2.4,
    ) +
    ellipse(x, y + 58 * size, 76 * size, 7 * size, pen.light.isLit ? "#ffe9b8" : darker(straw, 0.2))
  );
}

function plant(pen: Pen, x: number, y: number, size: number): string {
  const leaf = lit(pen, "#4f8058");
  const pot = lit(pen, pen.pick(["#d9cdbb", "#b9744f", "#6f7f86"]));
  return (
    repeat(9, (index) => {
      const angle = ((-168 + index * 19.5) * Math.PI) / 180;
      const length = (80 + (index % 3) * 26) * size;
      const [bx, by] = [x, y - 54 * size];
      const [ex, ey] = [bx + Math.cos(angle) * length * 0.8, by + Math.sin(angle) * length];
      const [mx, my] = [(bx + ex) / 2, (by + ey) / 2 - 16 * size];
      return path(
        `M${n(bx)} ${n(by)}Q${n(mx - 17 * size)} ${n(my)} ${n(ex)} ${n(ey)}Q${n(mx + 17 * size)} ${n(my + 8 * size)} ${n(bx)} ${n(by)}Z`,
        index % 2 ? leaf : darker(leaf, 0.2),
      );
    }) +
    path(
      `M${n(x - 34 * size)} ${n(y - 60 * size)}h${n(68 * size)}l${n(-9 * size)} ${n(60 * size)}h${n(-50 * size)}Z`,
      pot,
    ) +
    path(
      `M${n(x + 6 * size)} ${n(y - 60 * size)}h${n(28 * size)}l${n(-9 * size)} ${n(60 * size)}h${n(-16 * size)}Z`,
      darker(pot, 0.2),
      opacity(0.5),
    )
  );
}

const walls = ["#efe6d8", "#e3e0d3", "#e9ddd0", "#dfe3df", "#f0e3cf"] as const;
const floors = ["#b98b61", "#a3764f", "#c39a70"] as const;
const cloths = ["#7f9a8c", "#c08457", "#6f86a0", "#b56a5c", "#8a8f5f"] as const;

/** A bed by the window. */
function bedroom(outside: Pen, view: View): string {
  const pen = indoors(outside);
  const { width: w, height: h } = pen;
  const side = pen.chance() > 0.5 ? 1 : -1;
  const mirrorBox = (x: number, width: number) => (side > 0 ? x : w - x - width);
  const floorY = h * 0.72;
  const wood = lit(pen, pen.pick(["#7d5a3e", "#6a4b37", "#94704e"]));
  const cloth = pen.pick(cloths);
  const kind = pen.pick<OpeningKind>(["wide", "round", "arch", "wide"]);
  const width = kind === "wide" ? w * 0.44 : w * 0.33;
  const x = mirrorBox(w * 0.08, width);
  const win = opening(kind, x, h * 0.1, width, h * 0.46, wood);
  const bedX = mirrorBox(w * 0.33, w * 0.55);
  const bedW = w * 0.55;
  const headX = side > 0 ? bedX + bedW : bedX;
  const sheet = lit(pen, "#faf6ee");
  const quilt = lit(pen, cloth);
  const top = h * 0.61;
  const u = (dx: number) => headX - side * dx;
  const table = u(-62);
  return [
    shell(pen, pen.pick(walls), pen.pick(floors), floorY),
    through(outside, win.shape, win.box, view(outside)),
    win.frame,
    kind === "wide" ? rect(x - 14, h * 0.56 + 4, width + 28, 14, lighter(wood, 0.12)) : "",
    kind === "round"
      ? ""
      : curtain(pen, side > 0 ? x - 44 : x + width - 30, h * 0.07, 74, h * 0.56, mix(cloth, "#ffffff", 0.6)),
    floorLight(pen, x, floorY, width * 0.8),
    // A picture over the bed.
    rect(u(w * 0.1) - 62, h * 0.2, 124, 92, wood),
    rect(u(w * 0.1) - 54, h * 0.2 + 8, 108, 76, lit(pen, "#f6efe0")),
    path(
      `M${n(u(w * 0.1) - 54)} ${n(h * 0.2 + 84)}v-26l30 -26l26 20l22 -32l30 34v30Z`,
      mix(quilt, "#ffffff", 0.3),
    ),
    circle(u(w * 0.1) + 26, h * 0.2 + 28, 10, lit(pen, "#d9764f")),
    // Rug.
    ellipse(w / 2 - side * 60, h * 0.945, w * 0.36, 44, lit(pen, mix(cloth, "#efe2cb", 0.66))),
    ellipse(w / 2 - side * 60, h * 0.945, w * 0.31, 35, lit(pen, mix(cloth, "#efe2cb", 0.8))),
    // Bed: headboard, base, mattress, quilt, pillows.
    rect(side > 0 ? headX - 26 : headX, h * 0.46, 26, h * 0.4, wood, ' rx="10"'),
    rect(bedX, h * 0.75, bedW, h * 0.085, darker(wood, 0.1), ' rx="8"'),
    rect(bedX + 26, h * 0.83, 22, h * 0.055, darker(wood, 0.3)),
    rect(bedX + bedW - 52, h * 0.83, 22, h * 0.055, darker(wood, 0.3)),
    rect(bedX + 4, top + 30, bedW - 8, h * 0.12, darker(sheet, 0.08), ' rx="18"'),
    rect(side > 0 ? bedX + 2 : bedX + bedW * 0.3, top + 16, bedW * 0.7 - 2, h * 0.145, quilt, ' rx="20"'),
    rect(
      side > 0 ? bedX + bedW * 0.6 : bedX + bedW * 0.28,
      top + 14,
      bedW * 0.13,
      h * 0.13,
      lighter(quilt, 0.42),
      ' rx="14"',
    ),
    line(
      `M${n(u(bedW * 0.9))} ${n(top + 46)}q${n(side * 70)} 20 ${n(side * 190)} 6M${n(u(bedW * 0.94))} ${n(top + 84)}q${n(side * 90)} 16 ${n(side * 220)} 2`,
      darker(quilt, 0.25),
      3,
      opacity(0.5),
    ),
    pillow(pen, u(88), top + 8, sheet, side),
    pillow(pen, u(134), top + 18, lit(pen, mix(cloth, "#ffffff", 0.4)), side),
    // Bedside table with a drawer, lamp and book.
    rect(table - 48, h * 0.69, 96, h * 0.17, wood, ' rx="6"'),
    rect(table - 38, h * 0.725, 76, h * 0.055, lighter(wood, 0.12), ' rx="4"'),
    circle(table, h * 0.752, 4, darker(wood, 0.4)),
    rect(table - 40, h * 0.86, 12, h * 0.04, darker(wood, 0.2)),
    rect(table + 28, h * 0.86, 12, h * 0.04, darker(wood, 0.2)),
    rect(table - 44, h * 0.69 - 10, 40, 10, lit(pen, "#c4643f"), ' rx="2"'),
    lamp(pen, table + 14, h * 0.69, 0.92),
    plant(pen, mirrorBox(w * 0.075, 0), h * 0.93, 1.3),
    pendant(pen, u(bedW * 0.62), h * 0.06, 0.72),
  ].join("");
}

function pillow(pen: Pen, x: number, y: number, colour: string, side: number): string {
  return group(
    path(`M${n(x - 50)} ${n(y)}q50 -20 100 0q12 26 0 52q-50 16 -100 0q-12 -26 0 -52Z`, colour) +
      line(`M${n(x - 26)} ${n(y + 12)}q26 10 52 0`, darker(colour, 0.2), 2.4, opacity(0.5)) +
      (pen.light.isLit
        ? path(
            `M${n(x - 50)} ${n(y)}q50 -20 100 0q4 8 4 14q-54 -14 -108 0q0 -8 4 -14Z`,
            "#ffe6b8",
            opacity(0.4),
          )
        : ""),
    ` transform="rotate(${-side * 9} ${n(x)} ${n(y)})"`,
  );
}

/** Cushions and a low table in front of an open wall. */
function teaRoom(outside: Pen, view: View): string {
  const pen = indoors(outside);
  const { width: w, height: h } = pen;
  const wood = lit(pen, pen.pick(["#6a4b37", "#7d5a3e", "#5b4334"]));
  const mat = lit(pen, "#cbb98a");
  const floorY = h * 0.66;
  const kind = pen.pick<OpeningKind>(["wide", "round", "wide"]);
  const win =
    kind === "round"
      ? opening("round", w * 0.2, h * 0.06, w * 0.6, h * 0.56, wood)
      : opening("wide", w * 0.09, h * 0.08, w * 0.82, h * 0.53, wood);
  const side = pen.chance() > 0.5 ? 1 : -1;
  const vaseX = w / 2 + side * w * 0.37;
  const table = h * 0.8;
  return [
    shell(pen, pen.pick(walls), "#b9a06b", floorY),
    // Straw mats with dark borders instead of boards.
    rect(
      0,
      floorY,
      w,
      h - floorY,
      gradient(pen, [
        [0, darker(mat, 0.1)],
        [1, mat],
      ]),
    ),
    line(
      `M${n(w * 0.34)} ${n(floorY)}L${n(w * 0.24)} ${n(h)}M${n(w * 0.66)} ${n(floorY)}L${n(w * 0.76)} ${n(h)}M0 ${n(h * 0.84)}H${n(w)}`,
      lit(pen, "#5d6a4c"),
      7,
      opacity(0.7),
    ),
    through(outside, win.shape, win.box, view(outside)),
    win.frame,
    rect(win.box.x - 20, h * 0.62, win.box.width + 40, 16, wood),
    floorLight(pen, w * 0.2, floorY, w * 0.5),
    pendant(pen, w * 0.5, h * 0.07, 0.72),
    // A scroll beside the window, or a branch in a vase.
    branch(pen, vaseX, h * 0.74, side),
    cushion(pen, w * 0.24, h * 0.87, pen.pick(cloths)),
    cushion(pen, w * 0.76, h * 0.87, pen.pick(cloths)),
    ellipse(w / 2, h * 0.95, w * 0.25, 20, "#2a1c12", opacity(0.28)),
    polygon(
      [
        [w * 0.31, table],
        [w * 0.69, table],
        [w * 0.73, table + 44],
        [w * 0.27, table + 44],
      ],
      lighter(wood, 0.16),
    ),
    rect(w * 0.27, table + 44, w * 0.46, 17, darker(wood, 0.1)),
    rect(w * 0.29, table + 60, 20, h * 0.075, darker(wood, 0.2)),
    rect(w * 0.71 - 20, table + 60, 20, h * 0.075, darker(wood, 0.2)),
    teaSet(pen, w * 0.46, table + 32, 1.25),
    ellipse(w * 0.63, table + 22, 42, 9, lit(pen, "#f4efe2")),
    circle(w * 0.63 - 14, table + 14, 9, lit(pen, "#8faf5a")),
    circle(w * 0.63 + 4, table + 12, 9, lit(pen, "#e2a55a")),
    circle(w * 0.63 + 18, table + 15, 8, lit(pen, "#d3705a")),
    pen.light.isLit ? candle(pen, w * 0.345, table + 26, 1) : "",
  ].join("");
}

function cushion(pen: Pen, x: number, y: number, colour: string): string {
  const cloth = lit(pen, colour);
  return (
    ellipse(x, y + 26, 108, 16, "#2a1c12", opacity(0.22)) +
    rect(x - 96, y - 14, 192, 40, cloth, ' rx="20"') +
    rect(x - 96, y - 14, 192, 16, lighter(cloth, 0.16), ' rx="8"') +
    circle(x, y - 6, 4, darker(cloth, 0.3))
  );
}

function branch(pen: Pen, x: number, y: number, side: number): string {
  const twig = lit(pen, "#5b4334");
  const blossom = lit(pen, pen.pick(["#ef9fb2", "#f6e3b0", "#e2624f"]));
  const vase = lit(pen, pen.pick(["#4e7a86", "#d8d2c2", "#7a8f6a"]));
  const tip = (dx: number, dy: number) => [x + side * dx, y - dy] as const;
  const spots = [
    tip(-34, 190),
    tip(-62, 232),
    tip(8, 216),
    tip(20, 256),
    tip(-14, 158),
    tip(-48, 206),
    tip(30, 230),
  ];
  return (
    line(
      `M${n(x)} ${n(y - 80)}q${n(-side * 30)} -70 ${n(-side * 62)} -156M${n(x - side * 18)} ${n(y - 130)}q${n(side * 30)} -50 ${n(side * 36)} -126`,
      twig,
      4.5,
    ) +
    spots.map(([bx, by]) => circle(bx, by, 9, blossom) + circle(bx, by, 3.4, "#fff3c4")).join("") +
    path(`M${n(x - 14)} ${n(y - 96)}h28q-4 20 14 40q16 34 -10 56h-36q-26 -22 -10 -56q18 -20 14 -40Z`, vase) +
    path(
      `M${n(x + 4)} ${n(y - 96)}h10q-4 20 14 40q16 34 -10 56h-14q16 -40 0 -96Z`,
      darker(vase, 0.22),
      opacity(0.5),
    )
  );
}

/** A wooden tub that steams before the view. */
function bath(outside: Pen, view: View): string {
  const pen = indoors(outside);
  const { width: w, height: h } = pen;
  const wood = lit(pen, "#b4824f");
  const dark = lit(pen, "#6a4b37");
  const floorY = h * 0.68;
  const side = pen.chance() > 0.5 ? 1 : -1;
  const win = opening("wide", w * 0.1, h * 0.07, w * 0.8, h * 0.5, dark);
  const tubX = w / 2 + side * 20;
  const wall = lit(pen, "#8f9a94");
  const slats = repeat(12, (index) => {
    const t = index / 12;
    const next = (index + 1) / 12;
    const half = 250;
    const x0 = tubX - half + half * 2 * t;
    const x1 = tubX - half + half * 2 * next;
    return polygon(
      [
        [x0, h * 0.64],
        [x1, h * 0.64],
        [tubX + (x1 - tubX) * 0.9, h * 0.9],
        [tubX + (x0 - tubX) * 0.9, h * 0.9],
      ],
      index % 2 ? wood : darker(wood, 0.07 + Math.abs(t - 0.4) * 0.22),
    );
  });
  return [
    shell(pen, "#a9b0a6", "#7f8587", floorY),
    repeat(7, (index) => rect(0, (floorY / 7) * index, w, 2, darker(wall, 0.2), opacity(0.35))),
    through(outside, win.shape, win.box, view(outside)),
    win.frame,
    floorLight(pen, w * 0.16, floorY, w * 0.5),
    ellipse(tubX, h * 0.915, 260, 28, "#101828", opacity(0.3)),
    slats,
    path(`M${n(tubX - 225)} ${n(h * 0.9)}q225 36 450 0l-4 14q-221 34 -442 0Z`, darker(wood, 0.35)),
    line(
      `M${n(tubX - 243)} ${n(h * 0.7)}q243 40 486 0M${n(tubX - 234)} ${n(h * 0.84)}q234 36 468 0`,
      lit(pen, "#7d6a55"),
      9,
    ),
    ellipse(tubX, h * 0.64, 252, 40, darker(wood, 0.18)),
    ellipse(tubX, h * 0.645, 230, 31, mix("#7fc0c4", pen.light.sky[1], 0.35)),
    line(
      `M${n(tubX - 120)} ${n(h * 0.64)}h90M${n(tubX + 20)} ${n(h * 0.66)}h110`,
      "#ffffff",
      3,
      opacity(0.5),
    ),
    repeat(7, () =>
      ellipse(
        tubX + pen.between(-180, 180),
        h * 0.645 + pen.between(-14, 18),
        9,
        4,
        lit(pen, pen.pick(["#e88fa2", "#f4b7c2", "#e2624f"])),
      ),
    ),
    repeat(5, (index) =>
      line(`M${n(tubX - 150 + index * 76)} ${n(h * 0.6)}q-22 -34 0 -66t0 -66`, "#ffffff", 9, opacity(0.2)),
    ),
    // Stool with towels and a plant.
    rect(tubX - side * 390 - 62, h * 0.79, 124, 16, dark, ' rx="5"'),
    line(
      `M${n(tubX - side * 390 - 46)} ${n(h * 0.81)}v${n(h * 0.1)}M${n(tubX - side * 390 + 46)} ${n(h * 0.81)}v${n(h * 0.1)}`,
      darker(dark, 0.1),
      11,
    ),
    rect(tubX - side * 390 - 48, h * 0.755, 96, 26, lit(pen, "#f6f1e6"), ' rx="12"'),
    rect(tubX - side * 390 - 42, h * 0.72, 84, 26, lit(pen, pen.pick(cloths)), ' rx="12"'),
    plant(pen, tubX + side * 380, h * 0.93, 1.35),
    pen.light.isLit
      ? candle(pen, tubX - side * 200, h * 0.62, 1.1) + candle(pen, tubX - side * 168, h * 0.615, 0.8)
      : "",
  ].join("");
}

/** Rattan chairs on a balcony; the view takes the whole picture. */
function balcony(outside: Pen, view: View): string {
  const pen = indoors(outside);
  const { width: w, height: h } = pen;
  const side = pen.chance() > 0.5 ? 1 : -1;
  const wood = lit(pen, "#7a573d");
  const floor = lit(pen, "#b08a63");
  const floorY = h * 0.8;
  let boards = "";
  for (let i = -3; i <= 13; i++) {
    const x = (w / 10) * i;
    boards += `M${n(w / 2 + (x - w / 2) * 0.85)} ${n(floorY)}L${n(w / 2 + (x - w / 2) * 1.35)} ${n(h)}`;
  }
  return [
    group(view(outside), ` transform="translate(0 ${n(-h * 0.04)})"`),
    rect(
      0,
      floorY,
      w,
      h - floorY,
      gradient(pen, [
        [0, darker(floor, 0.1)],
        [1, floor],
      ]),
    ),
    line(boards, darker(floor, 0.4), 2.4, opacity(0.5)),
    repeat(25, (index) => rect((w / 24) * index - 4, h * 0.6, 7, floorY - h * 0.6, wood)),
    rect(0, h * 0.585, w, 18, lighter(wood, 0.1)),
    rect(0, floorY - 10, w, 14, darker(wood, 0.15)),
    rect(0, 0, w, 30, darker(wood, 0.3)),
    rect(side > 0 ? 0 : w - 34, 0, 34, h, darker(wood, 0.2)),
    pendant(pen, w * (side > 0 ? 0.2 : 0.8), h * 0.05, 0.8),
    chair(pen, w * (side > 0 ? 0.3 : 0.7), h * 0.93, 1.12, side),
    chair(pen, w * (side > 0 ? 0.76 : 0.24), h * 0.93, 1.12, -side),
    ellipse(w * 0.53, h * 0.955, 90, 12, "#101828", opacity(0.24)),
    line(`M${n(w * 0.53)} ${n(h * 0.83)}v${n(h * 0.12)}`, darker(wood, 0.2), 12),
    ellipse(w * 0.53, h * 0.83, 92, 16, darker(wood, 0.1)),
    ellipse(w * 0.53, h * 0.825, 92, 15, lighter(wood, 0.16)),
    teaSet(pen, w * 0.5, h * 0.825, 0.95),
    plant(pen, w * (side > 0 ? 0.935 : 0.065), h * 0.95, 1.2),
    shrub(pen, w * (side > 0 ? 0.1 : 0.9), h * 0.97, 1.25, "#e5567e"),
    group(
      repeat(4, (index) =>
        leaves(
          pen,
          w * (side > 0 ? 0.98 : 0.02) - side * index * 30,
          70 + index * 8,
          -side,
          lit(pen, "#5f8f58"),
        ),
      ),
      "",
    ),
  ].join("");
}

function chair(pen: Pen, x: number, y: number, size: number, side: number): string {
  const rattan = lit(pen, "#b98a55");
  const cloth = lit(pen, pen.pick(cloths));
  return (
    ellipse(x, y + 6 * size, 88 * size, 11 * size, "#101828", opacity(0.26)) +
    line(
      `M${n(x - 56 * size)} ${n(y - 40 * size)}L${n(x - 68 * size)} ${n(y + 4 * size)}M${n(x + 56 * size)} ${n(y - 40 * size)}L${n(x + 68 * size)} ${n(y + 4 * size)}`,
      darker(rattan, 0.35),
      8 * size,
    ) +
    path(
      `M${n(x - 76 * size)} ${n(y - 44 * size)}C${n(x - 96 * size)} ${n(y - 170 * size)} ${n(x + 96 * size)} ${n(y - 170 * size)} ${n(x + 76 * size)} ${n(y - 44 * size)}Z`,
      rattan,
    ) +
    repeat(7, (index) =>
      line(
        `M${n(x + (index - 3) * 20 * size)} ${n(y - 46 * size)}L${n(x + (index - 3) * 17 * size)} ${n(y - (132 - Math.abs(index - 3) * 12) * size)}`,
        darker(rattan, 0.28),
        2.6 * size,
        opacity(0.6),
      ),
    ) +
    rect(x - 80 * size, y - 58 * size, 160 * size, 28 * size, cloth, ` rx="${n(14 * size)}"`) +
    rect(x - 80 * size, y - 58 * size, 160 * size, 11 * size, lighter(cloth, 0.18), ` rx="${n(5 * size)}"`) +
    rect(
      x + side * 12 * size - 28 * size,
      y - 104 * size,
      60 * size,
      46 * size,
      lit(pen, "#f2e6cf"),
      ` rx="${n(11 * size)}"`,
    )
  );
}
