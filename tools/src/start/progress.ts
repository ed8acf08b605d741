import { Stopped } from "../plain-error";

/** Shows what is being done, and for how long: a line that counts on a terminal, plain lines elsewhere. */
export interface Progress {
  /** Runs `work` under a title; the last thing that it says stands beside the title. Steps may overlap. */
  step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
}

const REDRAW_MS = 200;
/** Where nothing can be redrawn, a line now and then says that the work goes on. */
const REMIND_MS = 10_000;

export function progressOn(out: NodeJS.WriteStream): Progress {
  const isTerminal = out.isTTY === true;
  const active = new Map<symbol, { title: string; begun: number }>();
  let timer: NodeJS.Timeout | undefined;

  const seconds = (begun: number) => ((performance.now() - begun) / 1_000).toFixed(1);
  const clear = () => {
    if (isTerminal) out.write("\r\x1b[2K");
  };
  const draw = () => {
    const steps = [...active.values()];
    const [oldest] = steps;
    if (!oldest) return;
    const line = `  … ${steps.map(({ title }) => title).join(", ")} (${seconds(oldest.begun)} s)`;
    clear();
    out.write(isTerminal ? line.slice(0, Math.max(20, (out.columns || 80) - 1)) : `${line}\n`);
  };
  const say = (line: string) => {
    clear();
    out.write(`${line}\n`);
    if (isTerminal) draw();
  };

  return {
    say,
    async step(title, work) {
      const id = Symbol(title);
      const begun = performance.now();
      let detail = "";
      active.set(id, { title, begun });
      timer ??= setInterval(draw, isTerminal ? REDRAW_MS : REMIND_MS);
      const end = (sign: string) => {
        active.delete(id);
        if (active.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
        if (sign) say(`  ${sign} ${title}${detail ? `: ${detail}` : ""} (${seconds(begun)} s)`);
        else clear();
      };
      try {
        const result = await work((text) => {
          detail = text;
        });
        end("✓");
        return result;
      } catch (error) {
        end(error instanceof Stopped ? "" : "✗");
        throw error;
      }
    },
  };
}
