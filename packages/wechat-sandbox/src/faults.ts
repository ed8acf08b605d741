import type { CallbackFault, CallbackMatch, Faults, WireFault, WireMatch } from "./sandbox-types";

/** The connection broke: what a client sees as ECONNRESET. `handle` rejects with it on request only. */
export class ConnectionFault extends Error {
  readonly code = "ECONNRESET";
  constructor() {
    super("connection reset by the sandbox");
    this.name = "ConnectionFault";
  }
}

interface Planned<Fault, Match> {
  id: number;
  fault: Fault;
  match: Match;
  /** null: until cleared. */
  timesLeft: number | null;
}

/** The faults that were asked for and have not been met yet. */
export function createFaultPlan() {
  let lastId = 0;
  let wire: Planned<WireFault, WireMatch>[] = [];
  let callback: Planned<CallbackFault, CallbackMatch>[] = [];

  /** Uses up one of each planned fault that applies. */
  function take<Fault, Match>(plan: Planned<Fault, Match>[], applies: (match: Match) => boolean): Fault[] {
    const taken = plan.filter((planned) => planned.timesLeft !== 0 && applies(planned.match));
    for (const planned of taken) if (planned.timesLeft !== null) planned.timesLeft--;
    return taken.map((planned) => planned.fault);
  }

  const requests: Pick<Faults, "wire" | "callback" | "list" | "clear"> = {
    wire(fault, { match = {}, times = 1 } = {}) {
      wire.push({ id: ++lastId, fault, match, timesLeft: times });
      return lastId;
    },
    callback(fault, { match = {}, times = 1 } = {}) {
      callback.push({ id: ++lastId, fault, match, timesLeft: times });
      return lastId;
    },
    list() {
      return [
        ...wire.map(({ id, fault, timesLeft }) => ({ id, on: "wire" as const, fault, timesLeft })),
        ...callback.map(({ id, fault, timesLeft }) => ({ id, on: "callback" as const, fault, timesLeft })),
      ].filter(({ timesLeft }) => timesLeft !== 0);
    },
    clear(id) {
      wire = id === undefined ? [] : wire.filter((planned) => planned.id !== id);
      callback = id === undefined ? [] : callback.filter((planned) => planned.id !== id);
    },
  };

  return {
    requests,
    takeWire: (method: string, path: string) =>
      take(wire, (match) => (match.method ?? method) === method && path.startsWith(match.path ?? "/")),
    takeCallback: (eventType: string, outTradeNo: string) =>
      take(
        callback,
        (match) =>
          (match.eventType ?? eventType) === eventType && (match.outTradeNo ?? outTradeNo) === outTradeNo,
      ),
  };
}

export type FaultPlan = ReturnType<typeof createFaultPlan>;
