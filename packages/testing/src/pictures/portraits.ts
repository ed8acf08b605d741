import {
  circle,
  darker,
  ellipse,
  gradient,
  group,
  lighter,
  line,
  mix,
  n,
  opacity,
  type Pen,
  path,
  rect,
} from "./pen";

export type Hair = "short" | "bob" | "bun" | "long" | "cap" | "grey";

const skins = ["#f3cfae", "#e9bd96", "#f6d9be", "#dca87f"] as const;
const cloths = ["#c1583f", "#3f6c7e", "#7f9a6c", "#8a6a9a", "#d19a3f", "#4d5f86"] as const;
const grounds = ["#f2d9c2", "#cfe0dc", "#e4dcc6", "#d5d9ea", "#f0d3cf", "#d9e4c9"] as const;

/** Head and shoulders of one person, for a round frame. */
export function portrait(pen: Pen, hair: Hair): string {
  const size = pen.width;
  const u = size / 200;
  const skin = pen.pick(skins);
  const cloth = pen.pick(cloths);
  const ground = pen.pick(grounds);
  const strands = hair === "grey" ? "#b9b6b0" : pen.pick(["#2c2523", "#3d2c25", "#241f22"]);
  const at = (value: number) => n(value * u);
  const p = (d: string, fill: string, extra = "") => path(scale(d, u), fill, extra);
  const behind = {
    short: "",
    cap: "",
    grey: "",
    bob: p("M58 92C54 34 146 34 142 92L146 134Q100 150 54 134Z", strands),
    bun: circle(100 * u, 38 * u, 21 * u, strands),
    long: p("M56 92C52 30 148 30 144 92L154 182H46Z", strands),
  }[hair];
  const front = {
    short: p(
      "M60 92C54 40 92 38 104 44C136 40 146 62 140 94C136 76 128 68 118 66C98 74 78 70 68 70C64 76 62 84 60 92Z",
      strands,
    ),
    grey: p(
      "M62 90C56 44 94 40 102 46C132 42 144 62 138 90C134 76 126 68 116 68C98 70 84 66 72 72C66 78 64 84 62 90Z",
      strands,
    ),
    bob: p(
      "M60 100C54 42 146 42 140 100C138 80 128 66 110 66C92 84 72 80 66 82C63 88 61 94 60 100Z",
      strands,
    ),
    bun: p("M60 96C56 42 144 42 140 96C136 72 118 62 100 62C82 62 64 72 60 96Z", strands),
    long: p(
      "M60 104C52 42 148 42 140 104C138 78 122 66 102 62C88 78 72 80 66 86C62 92 61 98 60 104Z",
      strands,
    ),
    cap:
      p("M60 80C60 36 140 36 140 80Z", mix(cloth, "#ffffff", 0.2)) +
      p("M54 80Q100 66 146 80Q152 88 142 88Q100 74 58 88Q48 88 54 80Z", darker(cloth, 0.1)),
  }[hair];
  const clip = pen.define(
    (id) => `<clipPath id="${id}"><circle cx="${at(100)}" cy="${at(96)}" r="${at(140)}"/></clipPath>`,
  );
  return (
    rect(
      0,
      0,
      size,
      size,
      gradient(pen, [
        [0, lighter(ground, 0.3)],
        [1, darker(ground, 0.08)],
      ]),
    ) +
    group(
      behind +
        p("M26 204C28 160 62 150 84 146H116C138 150 172 160 174 204Z", cloth) +
        p("M80 146Q100 172 120 146L112 138H88Z", darker(skin, 0.12)) +
        p("M76 148Q100 182 124 148L132 154Q102 196 68 154Z", lighter(cloth, 0.25)) +
        rect(86 * u, 116 * u, 28 * u, 38 * u, darker(skin, 0.1), ` rx="${at(13)}"`) +
        circle(60 * u, 98 * u, 8 * u, darker(skin, 0.06)) +
        circle(140 * u, 98 * u, 8 * u, darker(skin, 0.06)) +
        p("M61 92C61 60 139 60 139 92C139 122 122 138 100 138C78 138 61 122 61 92Z", skin) +
        ellipse(78 * u, 112 * u, 9 * u, 5.5 * u, "#e98b7a", opacity(0.4)) +
        ellipse(122 * u, 112 * u, 9 * u, 5.5 * u, "#e98b7a", opacity(0.4)) +
        eyes(pen, u) +
        line(scale("M98 104q4 4 0 7", u), darker(skin, 0.32), 2.2 * u) +
        line(
          scale(pen.pick(["M88 120q12 12 24 0", "M90 121q10 8 20 0", "M89 120q13 10 22 -2"]), u),
          "#a8483f",
          3 * u,
        ) +
        front,
      ` clip-path="${clip.url}"`,
    )
  );
}

function eyes(pen: Pen, u: number): string {
  const kind = pen.pick(["open", "open", "smile", "glasses"]);
  const brows = line(scale("M74 86q8 -5 15 -1M111 85q8 -4 15 1", u), "#3a2d28", 2.6 * u, opacity(0.8));
  if (kind === "smile") return brows + line(scale("M75 99q7 -7 14 0M111 99q7 -7 14 0", u), "#2c2523", 3 * u);
  const pupils = circle(82 * u, 98 * u, 4 * u, "#2c2523") + circle(118 * u, 98 * u, 4 * u, "#2c2523");
  if (kind === "open") return brows + pupils;
  const ring = (x: number) =>
    `<circle cx="${n(x * u)}" cy="${n(98 * u)}" r="${n(13 * u)}" fill="#ffffff" fill-opacity=".25" stroke="#3b3f4a" stroke-width="${n(2.6 * u)}"/>`;
  return brows + ring(82) + ring(118) + line(scale("M95 97q5 -4 10 0", u), "#3b3f4a", 2.6 * u) + pupils;
}

/** Every number of a path, times `factor`. */
function scale(d: string, factor: number): string {
  return d.replace(/-?\d+(\.\d+)?/g, (value) => n(Number(value) * factor)).replace(/([^A-Za-z\s])-/g, "$1 -");
}
