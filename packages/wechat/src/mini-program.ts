import type { Clock, MiniProgram } from "@looklook/core";

export interface MiniProgramConfig {
  appId: string;
  secret: string;
  baseUrl: string;
  /** Template ids by message. */
  templates: { paid: string; stay_info: string };
  /** Which build of the mini-program a message opens. */
  miniProgramState: "formal" | "trial" | "developer";
  /** 5000 when absent. */
  timeoutMs?: number;
}

export function createMiniProgram(
  _config: MiniProgramConfig,
  _deps: { clock: Clock; fetch?: (request: Request) => Promise<Response> },
): MiniProgram {
  throw new Error("not written yet");
}
