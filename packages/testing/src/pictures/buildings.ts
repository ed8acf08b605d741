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
} from "./pen";

/** A house with a tiled roof whose ends turn up; `x` is its middle, `y` its foot. */
export function house(
  pen: Pen,
  x: number,
  y: number,
  width: number,
  options: { storeys?: number; wall?: string; roof?: string; wood?: string; door?: boolean } = {},
): string {
  const storeys = options.storeys ?? 1;
  const wall = lit(pen, options.wall ?? "#f3ece0");
  const roof = lit(pen, options.roof ?? "#4a5560");
  const wood = lit(pen, options.wood ?? "#7b4f35");
  const storeyHeight = width * 0.34;
  const left = x - width / 2;
  let body = ellipse(x, y + 2, width * 0.62, width * 0.045, "#101828", opacity(0.22));
  let foot = y;
  for (let storey = 0; storey < storeys; storey++) {
    const shrink = storey * width * 0.07;
    const w = width - shrink * 2;
    const l = left + shrink;
    const top = foot - storeyHeight;
    body += rect(
      l,
      top,
      w,
      storeyHeight,
      gradient(pen, [
        [0, darker(wall, 0.22)],
        [0.3, wall],
        [1, darker(wall, 0.06)],
      ]),
    );
    body += polygon(
      [
        [l + w * 0.72, top],
        [l + w, top],
        [l + w, foot],
        [l + w * 0.8, foot],
      ],
      "#101828",
      opacity(0.1),
    );
    // Posts and beams.
    for (const t of [0, 0.33, 0.67, 1])
      body += rect(l + (w - width * 0.026) * t, top, width * 0.026, storeyHeight, wood);
    body += rect(l, foot - storeyHeight * 0.07, w, storeyHeight * 0.07, wood);
    const bay = w * 0.33;
    for (const bayIndex of [0, 1, 2]) {
      const bx = l + bayIndex * bay + bay * 0.2;
      if (bayIndex === 1 && storey === 0 && (options.door ?? true))
        body += door(pen, bx + bay * 0.02, foot - storeyHeight * 0.74, bay * 0.62, storeyHeight * 0.7, wood);
      else body += lattice(pen, bx, top + storeyHeight * 0.28, bay * 0.64, storeyHeight * 0.46, wood);
    }
    body += eaves(pen, l + w / 2, top, w, roof, storey === storeys - 1);
    foot = top - width * 0.05;
  }
  return body;
}

/** A window with a lattice; at night it shines on what is around it. */
function lattice(pen: Pen, x: number, y: number, width: number, height: number, wood: string): string {
  const { light } = pen;
  const pane = light.isLit
    ? gradient(pen, [
        [0, lighter(light.window, 0.35)],
        [1, light.window],
      ])
    : gradient(
        pen,
        [
          [0, lighter(light.window, 0.35)],
          [0.5, light.window],
          [1, darker(light.window, 0.2)],
        ],
        "slant",
      );
  return (
    (light.isLit ? glow(pen, x + width / 2, y + height / 2, width * 1.1, light.window, 0.5) : "") +
    rect(x, y, width, height, pane) +
    line(
      `M${n(x + width / 3)} ${n(y)}v${n(height)}M${n(x + (width * 2) / 3)} ${n(y)}v${n(height)}M${n(x)} ${n(y + height / 2)}h${n(width)}`,
      wood,
      Math.max(1.2, width * 0.045),
    ) +
    `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="none" stroke="${wood}" stroke-width="${n(Math.max(1.6, width * 0.07))}"/>`
  );
}

function door(pen: Pen, x: number, y: number, width: number, height: number, wood: string): string {
  const { light } = pen;
  return (
    (light.isLit ? glow(pen, x + width / 2, y + height, width * 1.5, light.window, 0.45) : "") +
    rect(x, y, width, height, light.isLit ? light.window : darker(wood, 0.35)) +
    rect(x, y, width * 0.3, height, wood) +
    rect(x + width * 0.7, y, width * 0.3, height, darker(wood, 0.12)) +
    line(
      `M${n(x + width * 0.15)} ${n(y + height * 0.12)}v${n(height * 0.4)}M${n(x + width * 0.85)} ${n(y + height * 0.12)}v${n(height * 0.4)}`,
      darker(wood, 0.3),
      width * 0.07,
    )
  );
}

/** A roof seen from the front, its foot at `y`. */
function eaves(pen: Pen, x: number, y: number, width: number, roof: string, isTop: boolean): string {
  const over = width * 0.13;
  const height = width * (isTop ? 0.26 : 0.13);
  const [l, r] = [x - width / 2 - over, x + width / 2 + over];
  const ridgeHalf = width * (isTop ? 0.34 : 0.45);
  const top = y - height;
  const lift = width * 0.06;
  const fill = gradient(pen, [
    [0, lighter(roof, 0.12)],
    [1, darker(roof, 0.2)],
  ]);
  const tiles = repeat(11, (index) => {
    const t = (index + 0.5) / 11;
    const tx = x + (t * 2 - 1) * ridgeHalf * 0.96;
    const bx = x + (t * 2 - 1) * (width / 2 + over * 0.6);
    return line(
      `M${n(tx)} ${n(top + 4)}Q${n(tx + (bx - tx) * 0.35)} ${n(y - height * 0.3)} ${n(bx)} ${n(y - 1)}`,
      darker(roof, 0.3),
      Math.max(1, width * 0.007),
      opacity(0.55),
    );
  });
  return (
    rect(x - width / 2, y, width, width * 0.035, "#101828", opacity(0.28)) +
    path(
      `M${n(x - ridgeHalf)} ${n(top)}Q${n(x - ridgeHalf - over * 0.5)} ${n(y - height * 0.2)} ${n(l)} ${n(y - lift)}Q${n(l + over)} ${n(y + 2)} ${n(x)} ${n(y + 2)}T${n(r)} ${n(y - lift)}Q${n(x + ridgeHalf + over * 0.5)} ${n(y - height * 0.2)} ${n(x + ridgeHalf)} ${n(top)}Z`,
      fill,
    ) +
    tiles +
    path(
      `M${n(x - ridgeHalf - 6)} ${n(top - width * 0.025)}Q${n(x - ridgeHalf)} ${n(top + 3)} ${n(x)} ${n(top - width * 0.012)}Q${n(x + ridgeHalf)} ${n(top + 3)} ${n(x + ridgeHalf + 6)} ${n(top - width * 0.025)}L${n(x + ridgeHalf)} ${n(top + width * 0.022)}H${n(x - ridgeHalf)}Z`,
      darker(roof, 0.3),
    )
  );
}

/** A white house by the sea: flat terraces, an arcade, a blue or terracotta trim. */
export function villa(pen: Pen, x: number, y: number, width: number, trim: string): string {
  const wall = lit(pen, "#fbf7ef");
  const edge = lit(pen, trim);
  const storey = width * 0.27;
  const shade = gradient(
    pen,
    [
      [0, wall],
      [0.65, wall],
      [1, darker(wall, 0.2)],
    ],
    "across",
  );
  const archFill = pen.light.isLit ? pen.light.window : darker(edge, 0.35);
  const arch = (ax: number, ay: number, w: number, h: number) =>
    (pen.light.isLit ? glow(pen, ax + w / 2, ay - h / 2, w * 1.3, pen.light.window, 0.5) : "") +
    path(
      `M${n(ax)} ${n(ay)}V${n(ay - h + w / 2)}A${n(w / 2)} ${n(w / 2)} 0 0 1 ${n(ax + w)} ${n(ay - h + w / 2)}V${n(ay)}Z`,
      archFill,
    );
  const left = x - width / 2;
  const upper = { l: left + width * 0.18, w: width * 0.56 };
  let body = ellipse(x, y + 2, width * 0.6, width * 0.04, "#101828", opacity(0.2));
  body += rect(left, y - storey, width, storey, shade);
  body += repeat(4, (index) => arch(left + width * (0.07 + index * 0.235), y, width * 0.14, storey * 0.72));
  body += rect(left - width * 0.02, y - storey - width * 0.03, width * 1.04, width * 0.035, edge);
  body += rect(upper.l, y - storey * 2, upper.w, storey - width * 0.03, shade);
  body += repeat(3, (index) =>
    arch(upper.l + upper.w * (0.1 + index * 0.3), y - storey - width * 0.03, upper.w * 0.18, storey * 0.6),
  );
  body += rect(
    upper.l - width * 0.02,
    y - storey * 2 - width * 0.03,
    upper.w + width * 0.04,
    width * 0.035,
    edge,
  );
  // A parapet with balusters on the terrace.
  body += repeat(5, (index) =>
    rect(
      upper.l + upper.w + width * (0.03 + index * 0.05),
      y - storey - width * 0.085,
      width * 0.015,
      width * 0.055,
      wall,
    ),
  );
  body += rect(upper.l + upper.w, y - storey - width * 0.095, width * 0.27, width * 0.016, edge);
  return body;
}

/** A red lantern that hangs from (x, y). */
export function lantern(pen: Pen, x: number, y: number, size: number): string {
  const red = mix("#d4412f", pen.light.tint, pen.light.tintStrength * 0.25);
  const shine = pen.light.isLit ? glow(pen, x, y + 26 * size, 78 * size, "#ff9b52", 0.62) : "";
  return (
    shine +
    line(`M${n(x)} ${n(y)}v${n(10 * size)}`, "#3c2a22", 2 * size) +
    ellipse(x, y + 28 * size, 19 * size, 17 * size, red) +
    ellipse(x, y + 28 * size, 11 * size, 17 * size, lighter(red, pen.light.isLit ? 0.38 : 0.14)) +
    ellipse(x, y + 28 * size, 4 * size, 17 * size, lighter(red, pen.light.isLit ? 0.62 : 0.24)) +
    rect(x - 9 * size, y + 9 * size, 18 * size, 5 * size, "#8a5a2b", ` rx="${n(2 * size)}"`) +
    rect(x - 9 * size, y + 42 * size, 18 * size, 5 * size, "#8a5a2b", ` rx="${n(2 * size)}"`) +
    line(
      `M${n(x - 4 * size)} ${n(y + 47 * size)}v${n(14 * size)}m${n(4 * size)} ${n(-14 * size)}v${n(18 * size)}m${n(4 * size)} ${n(-18 * size)}v${n(14 * size)}`,
      "#e3a33c",
      1.6 * size,
    )
  );
}

/** A boat with a bowed mat roof, as on southern lakes. */
export function boat(pen: Pen, x: number, y: number, size: number): string {
  const wood = lit(pen, "#6b4a34");
  const mat = lit(pen, "#a98a5c");
  return (
    ellipse(x, y + 7 * size, 72 * size, 5 * size, "#0d1b30", opacity(0.3)) +
    path(
      `M${n(x - 80 * size)} ${n(y - 14 * size)}Q${n(x)} ${n(y + 12 * size)} ${n(x + 80 * size)} ${n(y - 14 * size)}Q${n(x + 46 * size)} ${n(y + 10 * size)} ${n(x)} ${n(y + 10 * size)}T${n(x - 80 * size)} ${n(y - 14 * size)}Z`,
      wood,
    ) +
    path(
      `M${n(x - 34 * size)} ${n(y - 2 * size)}Q${n(x - 30 * size)} ${n(y - 36 * size)} ${n(x)} ${n(y - 36 * size)}T${n(x + 34 * size)} ${n(y - 2 * size)}Z`,
      mat,
    ) +
    path(
      `M${n(x + 10 * size)} ${n(y)}Q${n(x + 12 * size)} ${n(y - 27 * size)} ${n(x + 2 * size)} ${n(y - 35 * size)}Q${n(x + 32 * size)} ${n(y - 33 * size)} ${n(x + 34 * size)} ${n(y - 2 * size)}Z`,
      darker(mat, 0.24),
    ) +
    (pen.light.isLit
      ? glow(pen, x - 46 * size, y - 20 * size, 40 * size, pen.light.window, 0.7) +
        circle(x - 46 * size, y - 18 * size, 5 * size, pen.light.window)
      : "")
  );
}

/** A pagoda, for the far end of a lane or lake. */
export function pagoda(pen: Pen, x: number, y: number, size: number): string {
  const roof = lit(pen, "#4b4a55");
  const wall = mix(lit(pen, "#b98a6a"), pen.light.haze, 0.25);
  let body = "";
  for (let storey = 0; storey < 6; storey++) {
    const half = (40 - storey * 4.6) * size;
    const foot = y - storey * 36 * size;
    body += rect(x - half * 0.72, foot - 26 * size, half * 1.44, 26 * size, wall);
    if (pen.light.isLit)
      body += rect(x - half * 0.16, foot - 20 * size, half * 0.32, 13 * size, pen.light.window);
    body += path(
      `M${n(x - half * 0.66)} ${n(foot - 38 * size)}Q${n(x - half * 0.85)} ${n(foot - 26 * size)} ${n(x - half * 1.22)} ${n(foot - 29 * size)}Q${n(x - half)} ${n(foot - 22 * size)} ${n(x)} ${n(foot - 22 * size)}T${n(x + half * 1.22)} ${n(foot - 29 * size)}Q${n(x + half * 0.85)} ${n(foot - 26 * size)} ${n(x + half * 0.66)} ${n(foot - 38 * size)}Z`,
      mix(roof, pen.light.haze, 0.2),
    );
  }
  return body + line(`M${n(x)} ${n(y - 220 * size)}v${n(-30 * size)}`, roof, 4 * size);
}

/** Bulbs on a sagging wire. */
export function stringLights(pen: Pen, x0: number, y0: number, x1: number, y1: number, sag: number): string {
  const count = 10;
  const wire = line(
    `M${n(x0)} ${n(y0)}Q${n((x0 + x1) / 2)} ${n((y0 + y1) / 2 + sag * 2)} ${n(x1)} ${n(y1)}`,
    "#20222c",
    2,
  );
  const halo = pen.define(
    (id) =>
      `<g id="${id}">${glow(pen, 0, 0, 30, pen.light.window, 0.75)}${circle(0, 0, 5.5, lighter(pen.light.window, 0.45))}</g>`,
  ).href;
  return (
    wire +
    repeat(count, (index) => {
      const t = (index + 0.5) / count;
      const x = x0 * (1 - t) ** 2 + 2 * ((x0 + x1) / 2) * t * (1 - t) + x1 * t * t;
      const y = y0 * (1 - t) ** 2 + 2 * ((y0 + y1) / 2 + sag * 2) * t * (1 - t) + y1 * t * t;
      return `<use href="${halo}" x="${n(x)}" y="${n(y + 9)}"/>`;
    })
  );
}

/** A town's roofs against the sky, its windows lit at night. */
export function skyline(pen: Pen, base: number, height: number, colour: string): string {
  let body = "";
  let windows = "";
  let x = -20;
  while (x < pen.width + 20) {
    const width = pen.between(46, 108);
    const top = base - height * pen.between(0.35, 1);
    body += rect(x, top, width + 1, base - top, colour);
    if (pen.chance() > 0.7) body += rect(x + width / 2 - 2, top - 34, 4, 34, colour);
    for (let wy = top + 14; wy < base - 16; wy += 22)
      for (let wx = x + 10; wx < x + width - 14; wx += 20)
        if (pen.chance() > (pen.light.isLit ? 0.5 : 0.8)) windows += `M${n(wx)} ${n(wy)}h8v10h-8z`;
    x += width;
  }
  const pane = pen.light.isLit ? pen.light.window : lighter(colour, 0.3);
  return body + path(windows, pane, opacity(pen.light.isLit ? 0.78 : 0.4));
}

/** Something seen through an opening: `inside` is drawn on the whole canvas, then fitted into the shape. */
export function through(
  pen: Pen,
  shape: string,
  box: { x: number; y: number; width: number; height: number },
  inside: string,
): string {
  const clip = pen.define((id) => `<clipPath id="${id}">${shape}</clipPath>`).url;
  const scale = Math.max(box.width / pen.width, box.height / pen.height);
  const dx = box.x + (box.width - pen.width * scale) / 2;
  const dy = box.y + (box.height - pen.height * scale) / 2;
  return group(
    group(inside, ` transform="translate(${n(dx)} ${n(dy)}) scale(${Math.round(scale * 1000) / 1000})"`),
    ` clip-path="${clip}"`,
  );
}
