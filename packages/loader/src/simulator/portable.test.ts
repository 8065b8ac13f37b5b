// The simulator runs in a browser: nothing in its folder reaches Node, native code, or the kernel back end.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const folder = new URL("./", import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

/** Files of the package, outside of the folder, that the simulator may use; they are checked as well. */
const shared = [
  ...readdirSync(new URL("../", folder))
    .filter((name) => /-(?:options|input)\.ts$/.test(name))
    .map((name) => `../${name}`),
  "../diagnostics.ts",
  "../errno.ts",
  "../backend.ts",
  "../codec.ts",
  "../codec-json.ts",
  "../address.ts",
  "../prefix.ts",
  "../run-events.ts",
  "../ringbuf.ts",
  "../load.ts",
  "../config.ts",
  "../context-fields.ts",
  "../foreign.ts",
  "../handles/global.ts",
  "../handles/map.ts",
  "../handles/program.ts",
  "../handles/ring-buffer.ts",
  "../handles/devices.ts",
  "../handles/map-of-maps.ts",
  "../handles/perf-event-array.ts",
  "../handles/references.ts",
  "../handles/registry.ts",
  "../handles/sequences.ts",
  "../handles/stack-trace.ts",
  "../handles/storage.ts",
  "../handles/user-ring-buffer.ts",
  "../handles/types.ts",
];

function importsOf(file: string): readonly string[] {
  const text = readFileSync(new URL(file, folder), "utf8");
  // Types are gone when the code runs; those of the package's own files are checked all the same.
  const code = text
    .replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "")
    .replaceAll(/import type [^;]* from "@typebpf\/dsl";/g, "");
  return [...code.matchAll(/(?:from|import|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

describe("the simulator's imports", () => {
  test("there are files to check", () => expect(files.length).toBeGreaterThan(20));

  test.each([...files, ...shared])("%s", (file) => {
    for (const name of importsOf(file)) {
      if (name === "@typebpf/abi") continue;
      const { pathname } = new URL(name, new URL(file, folder));
      const inside =
        pathname.startsWith(folder.pathname) || shared.some((one) => pathname === new URL(one, folder).pathname);
      expect(name.startsWith(".") && inside, `${file} imports ${name}`).toBe(true);
    }
  });

  test.each([...files, ...shared])("%s uses no global of Node", (file) => {
    const text = readFileSync(new URL(file, folder), "utf8").replaceAll(/\/\/.*|\/\*[\s\S]*?\*\/| from "[^"]*"/g, "");
    expect(/\b(Buffer|process|require|__dirname|global)\b\s*[.([]/.exec(text)?.[0]).toBeUndefined();
  });
});
