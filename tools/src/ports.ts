import { connect, createServer } from "node:net";

const LOOPBACK = "127.0.0.1";

/** A TCP port on the loopback address that nobody listens on now; the system picks a fresh one each time. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** Whether `port` can be listened on, on every address and on the loopback one. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ["::", "0.0.0.0", LOOPBACK]) {
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      // A machine without IPv6 cannot listen on "::", which says nothing about the port.
      server.once("error", (error: NodeJS.ErrnoException) =>
        resolve(error.code !== "EADDRINUSE" && error.code !== "EACCES"),
      );
      server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (!isFree) return false;
  }
  return true;
}

/** Sends `text` to a local port and resolves with the first bytes that come back, or null within `timeoutMs`. */
export function ask(port: number, text: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port }, () => socket.write(text));
    const finish = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(null));
    socket.once("error", () => finish(null));
    socket.once("close", () => finish(null));
    socket.once("data", (data) => finish(data.toString("utf8")));
  });
}
