#!/usr/bin/env node
// The executable of plugin.ts: registers the loader for TypeScript, so that no build is needed.
import { register } from "tsx/esm/api";

register();
await import("./plugin.ts");
