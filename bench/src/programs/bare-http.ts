import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "./serve";

/**
 * `node:http` and nothing else: reads the body, parses it, picks the answer by one field and sends the recorded bytes
 * under the recorded headers.
 */
function listen({
  field,
  answers,
}: {
  field: string;
  answers: { key: number; headers: string[]; body: Uint8Array }[];
}): Promise<number> {
  const byKey = new Map(answers.map(({ key, headers, body }) => [key, { headers, body: Buffer.from(body) }]));
  function respond(response: ServerResponse, raw: Buffer) {
    const body = JSON.parse(raw.toString("utf8")) as Record<string, number>;
    const answer = byKey.get(body[field] as number);
    if (answer) response.writeHead(200, answer.headers).end(answer.body);
    else response.writeHead(404).end();
  }
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => respond(response, Buffer.concat(chunks)));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

serve({ listen });
