// Writes docs/openapi.json; `npm run check` looks whether that leaves a difference.
import { writeFileSync } from "node:fs";
import { openApiDocument } from "./document";

const target = new URL("../../../../docs/openapi.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
