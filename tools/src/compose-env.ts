import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root";
import { localSecrets, type Variables, wechatKeysDir, wechatSecrets } from "./start/secrets";

/**
 * `npm run compose:env`: writes `.env` for docker-compose.yaml with secrets of its own, once. WeChat is the sandbox
 * until somebody puts a merchant's keys there.
 */
const file = join(root, ".env");
if (existsSync(file)) {
  console.error(".env is already there; its secrets are in use. Move it away first if you want new ones.");
  process.exit(1);
}

const dataDir = join(root, ".data/compose");
mkdirSync(dataDir, { recursive: true, mode: 0o711 });
const password = () => randomBytes(24).toString("hex");
const wechatKeys = await wechatSecrets(dataDir);
// The sandbox's container has a user of its own, and these keys open nothing but the sandbox.
chmodSync(wechatKeysDir(dataDir), 0o755);
chmodSync(join(wechatKeysDir(dataDir), "wechat-sandbox-keys.json"), 0o644);
const passwords: Variables = {
  POSTGRES_PASSWORD: password(),
  REDIS_PASSWORD: password(),
  GRAFANA_PASSWORD: password(),
};
const wechat: Variables = {
  ...wechatKeys,
  WECHAT_SANDBOX: "1",
  WECHAT_BASE_URL: "http://wechat-sandbox:4300",
  WECHAT_PAY_BASE_URL: "http://wechat-sandbox:4300",
  WECHAT_NOTIFY_BASE_URL: "https://looklook.localhost",
  SANDBOX_KEYS: wechatKeysDir("./.data/compose"),
};

// Single quotes keep compose from reading `$`; line ends travel as \n, which the apps read back.
const line = ([name, value]: [string, string]) => `${name}='${value.trimEnd().replaceAll("\n", "\\n")}'`;
const section = (title: string, variables: Variables) => [
  `# ${title}`,
  ...Object.entries(variables).map(line),
  "",
];
writeFileSync(
  file,
  [
    ...section("Passwords of the services", passwords),
    ...section("Secrets of looklook", localSecrets(dataDir)),
    ...section(
      "WeChat: the sandbox. For real payments put your merchant's own here and remove the last five",
      wechat,
    ),
  ].join("\n"),
  { mode: 0o600 },
);
console.log("Wrote .env. Now: docker compose --profile sandbox up --build --wait");
