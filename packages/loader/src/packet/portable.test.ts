// The packet builders run in a browser: they reach nothing but their own folder, the codec and the addresses.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("./", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
const shared = /^(@typebpf\/abi|\.\.\/(address|codec|diagnostics)\.ts|\.\/[\w-]+\.ts)$/;

test("there are files to check", () => expect(files).toContain("build.ts"));

test.each(files)("%s", (file) => {
  const text = readFileSync(new URL(file, folder), "utf8").replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
  for (const [, name] of text.matchAll(/(?:from|import|import\()\s*"([^"]+)"/g)) expect(name).toMatch(shared);
  expect(/\b(Buffer|process|require|__dirname|global)\b\s*[.([]/.exec(text)?.[0]).toBeUndefined();
});
