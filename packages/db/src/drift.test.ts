import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Prisma's own answer: 0 the migrations make exactly this schema, 2 they do not, 1 it could not say. */
function diffAgainst(schema: string): Promise<{ exitCode: number; said: string }> {
  const args = [
    "migrate",
    "diff",
    "--from-migrations",
    "prisma/migrations",
    "--to-schema",
    schema,
    "--exit-code",
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, ["tools/prisma.mjs", ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({
        exitCode: typeof error?.code === "number" ? error.code : error ? 1 : 0,
        said: stdout + stderr,
      });
    });
  });
}

test("the migrations make the schema, and a schema that has moved on is noticed", {
  timeout: 120_000,
}, async () => {
  const same = await diffAgainst("prisma/schema");
  expect(same, same.said).toMatchObject({ exitCode: 0 });

  const moved = await mkdtemp(join(tmpdir(), "looklook-schema-"));
  try {
    await cp(join(root, "prisma/schema"), moved, { recursive: true });
    const file = join(moved, "merchant.prisma");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("model Merchant {", 'model Merchant {\n  motto String @default("")'));
    const drifted = await diffAgainst(moved);
    expect(drifted, drifted.said).toMatchObject({ exitCode: 2 });
    expect(drifted.said).toContain("motto");
  } finally {
    await rm(moved, { recursive: true });
  }
});
