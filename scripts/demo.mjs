// `npm run demo`: what TypeBPF does, on one filter and real traffic. The demonstration itself is TypeScript, run by tsx.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const main = fileURLToPath(new URL("demo/main.ts", import.meta.url));
const { status } = spawnSync(process.execPath, ["--import", require.resolve("tsx"), main], { stdio: "inherit" });
process.exit(status ?? 1);
