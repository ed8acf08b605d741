import { consoleSessionCookie } from "@looklook/contracts";
import { appRouter } from "@looklook/trpc";
import { generateOpenApiDocument, type OpenAPIObject } from "trpc-to-openapi";
import { z } from "zod";
import type { FieldKind, Fields } from "../bridge/fields";
import { type Route, routes } from "../bridge/routes";

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.1 document: the procedures as they travel over `/trpc`, and the mini-program bridge. trpc-to-openapi
 * knows the procedures' schemas; what it says about REST is replaced by what tRPC really sends.
 */
export function openApiDocument(): OpenAPIObject {
  const document = generateOpenApiDocument(appRouter as never, {
    title: "looklook",
    version: "1.0.0",
    openApiVersion: "3.1.0",
    baseUrl: "/",
    description:
      "Homestay booking. Guests' mini-program speaks the bridge (POST, `{code,msg,data}`); the console speaks tRPC with superjson.",
    securitySchemes: {
      guest: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      console: { type: "apiKey", in: "cookie", name: consoleSessionCookie.https },
    },
  });
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    const { post, ...rest } = item as { post: Json } & Json;
    const isQuery = procedureType(path.replace("/trpc/", "")) === "query";
    (document.paths as Json)[path] = isQuery
      ? { ...rest, get: overTrpc(post, "query") }
      : { ...rest, post: overTrpc(post, "mutation") };
  }
  for (const [path, route] of routes) (document.paths as Json)[path] = { post: overBridge(path, route) };
  (document.paths as Json)[callbackPath] = { post: callback };
  return document;
}

const callbackPath = "/payment/v1/thirdPayment/thirdPaymentWxPayCallback";

function procedureType(name: string): string {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  return procedures[name]?._def.type ?? "mutation";
}

/** tRPC's own envelope: superjson's `{json, meta}` in, `{result:{data:{json,meta}}}` out. */
function overTrpc(operation: Json, type: "query" | "mutation"): Json {
  const { requestBody, responses, ...rest } = operation as {
    requestBody?: { content: { "application/json": { schema: Json } } };
    responses: Record<string, { content?: Record<string, { schema: Json }> } & Json>;
  } & Json;
  const input = requestBody?.content["application/json"].schema;
  const wrapped = input && superjson(input);
  const output = responses["200"]?.content?.["application/json"]?.schema ?? {};
  const shaped: Json = { ...rest };
  if (wrapped && type === "query")
    shaped.parameters = [
      { name: "input", in: "query", required: false, content: { "application/json": { schema: wrapped } } },
    ];
  if (type === "mutation")
    shaped.requestBody = {
      required: true,
      content: { "application/json": { schema: wrapped ?? superjson({}) } },
    };
  shaped.responses = {
    "200": {
      description: "The procedure's answer",
      content: {
        "application/json": {
          schema: objectOf({ result: objectOf({ data: superjson(output) }) }),
        },
      },
    },
    default: {
      description: "A refusal",
      content: { "application/json": { schema: objectOf({ error: superjson(trpcRefusal) }) } },
    },
  };
  return shaped;
}

const trpcRefusal = {
  type: "object",
  properties: {
    message: { type: "string" },
    code: { type: "integer" },
    data: {
      type: "object",
      properties: {
        code: { type: "string", description: "one of our error codes" },
        httpStatus: { type: "integer" },
        path: { type: "string" },
        facts: { type: "object" },
        fields: { type: ["object", "null"], description: "bad fields by name" },
      },
    },
  },
};

function superjson(schema: Json): Json {
  return {
    type: "object",
    required: ["json"],
    properties: { json: schema, meta: { type: "object", description: "superjson: which values are dates" } },
  };
}

function objectOf(properties: Json): Json {
  return { type: "object", required: Object.keys(properties), properties };
}

function overBridge(path: string, route: Route): Json {
  const data = z.toJSONSchema(route.data, { target: "draft-2020-12" }) as Json;
  delete data.$schema;
  const limitedOrAway = {
    content: { "application/json": { schema: bridgeRefusal } },
    headers: { "retry-after": { schema: { type: "integer" }, description: "seconds" } },
  };
  return {
    operationId: `bridge-${path.slice(1).replaceAll("/", "-")}`,
    summary: route.summary,
    tags: [`bridge ${path.split("/")[1]}`],
    security: route.auth === "none" ? [] : [...(route.auth === "optional" ? [{}] : []), { guest: [] }],
    requestBody: { content: { "application/json": { schema: fieldsSchema(route.fields) } } },
    responses: {
      "200": {
        description: "OK",
        content: {
          "application/json": {
            schema: objectOf({ code: { const: 200 }, msg: { const: "OK" }, data }),
          },
        },
      },
      "400": { description: "A refusal", content: { "application/json": { schema: bridgeRefusal } } },
      ...(route.auth === "required" ? { "401": { description: "No good token; the body is empty" } } : {}),
      "413": { description: "The body is above 1 MiB; no body in the answer" },
      "429": { description: "Too often", ...limitedOrAway },
      "503": { description: "The database is away", ...limitedOrAway },
    },
  };
}

const bridgeRefusal = objectOf({ code: { type: "integer" }, msg: { type: "string" } });

const jsonTypes: Record<FieldKind, Json> = {
  int64: { type: "integer", format: "int64" },
  "int64?": { type: "integer", format: "int64" },
  string: { type: "string" },
  "string?": { type: "string" },
  bool: { type: "boolean" },
  "language?": { type: "string", description: '"en" for English words where there are any' },
};

function fieldsSchema(fields: Fields): Json {
  const names = Object.keys(fields);
  return {
    type: "object",
    required: names.filter((name) => !fields[name]?.endsWith("?")),
    properties: Object.fromEntries(names.map((name) => [name, jsonTypes[fields[name] as FieldKind]])),
  };
}

const callback = {
  operationId: "bridge-wechat-callback",
  summary: "WeChat Pay's notification (API v3), verified over its raw bytes",
  tags: ["bridge payment"],
  security: [],
  requestBody: { content: { "application/json": { schema: { type: "object" } } } },
  responses: {
    "200": { description: "Taken", content: { "text/plain": { schema: { const: "SUCCESS" } } } },
    "400": { description: "Not WeChat's", content: { "text/plain": { schema: { const: "FAIL" } } } },
    "503": { description: "Come again", content: { "text/plain": { schema: { const: "FAIL" } } } },
  },
};
