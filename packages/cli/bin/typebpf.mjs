#!/usr/bin/env node
// The installed command. The published package runs its compiled form; in the workspace, where packages resolve to their
// TypeScript sources, tsx runs those, so that no build is needed.
import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const fromSource = exports["."] === "./src/index.ts";
if (fromSource) (await import("tsx/esm/api")).register();
await import(fromSource ? "../src/main.ts" : "../dist/main.js");
