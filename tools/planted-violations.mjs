// Every dependency rule must still bite: each folder of tools/dependency-rules plants one violation of the rule
// it is named after. A rule without a folder, or one that lets its violation pass, fails the check.
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";

const rules = createRequire(import.meta.url)("../.dependency-cruiser.cjs");
const plantsDir = fileURLToPath(new URL("dependency-rules/", import.meta.url));
const { tsConfig: _, exclude: __, ...options } = rules.options;

const problems = [];
for (const { name } of rules.forbidden) {
  const baseDir = `${plantsDir}${name}`;
  if (!existsSync(baseDir)) {
    problems.push(`rule ${name} has no planted violation in tools/dependency-rules`);
    continue;
  }
  const rooms = readdirSync(baseDir).filter((entry) =>
    ["apps", "packages", "tools", "bench"].includes(entry),
  );
  const { output } = await cruise(rooms, {
    ...options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: rules.forbidden },
  });
  if (!output.summary.violations.some((violation) => violation.rule.name === name)) {
    problems.push(`rule ${name} lets its planted violation pass`);
  }
}
for (const folder of readdirSync(plantsDir)) {
  if (!rules.forbidden.some((rule) => rule.name === folder))
    problems.push(`tools/dependency-rules/${folder} belongs to no rule`);
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`${rules.forbidden.length} dependency rules, each caught its planted violation`);
