/** Shows what is being done, and for how long: a line that counts on a terminal, plain lines elsewhere. */
export interface Progress {
  /** Runs `work` under a title; what `work` says stands beside it. */
  step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
}

const REMIND_MS = 10_000;

export function progressOn(out: NodeJS.WriteStream): Progress {
  const isTerminal = out.isTTY === true;
  const clear = () => {
    if (isTerminal) out.write("\r\x1b[2K");
  };
  return {
    say(line) {
      clear();
      out.write(`${line}\n`);
    },
    async step(title, work) {
      const begun = performance.now();
      const seconds = () => ((performance.now() - begun) / 1_000).toFixed(1);
      let detail = "";
      const show = () => {
        const line = `  … ${title}${detail ? `: ${detail}` : ""} ${seconds()} s`;
        clear();
        if (isTerminal) out.write(line.slice(0, Math.max(20, out.columns ?? 80) - 1));
        else out.write(`${line}\n`);
      };
      if (isTerminal) show();
      const timer = setInterval(show, isTerminal ? 200 : REMIND_MS);
      try {
        const result = await work((text) => {
          detail = text;
        });
        clearInterval(timer);
        clear();
        out.write(`  ✓ ${title}${detail ? `: ${detail}` : ""} (${seconds()} s)\n`);
        return result;
      } catch (error) {
        clearInterval(timer);
        clear();
        out.write(`  ✗ ${title} (${seconds()} s)\n`);
        throw error;
      }
    },
  };
}
