// `typebpf check --watch` as a process: the filter and its imports change, come and go; Ctrl-C ends it well.
import { type ChildProcess, spawn } from "node:child_process";
import { renameSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { document, Folder } from "./harness.ts";

const launcher = fileURLToPath(new URL("../../packages/cli/bin/typebpf.mjs", import.meta.url));
const folder = new Folder();
const importing = `import { xdp, XDP } from "@typebpf/dsl";
import { verdict } from "./verdict.ts";
export const filter = xdp(() => verdict);
`;
const right = 'import { XDP } from "@typebpf/dsl";\nexport const verdict = XDP.PASS;\n';
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** A process that watches, with what it has printed; `until` waits for a text behind all that was waited for before. */
function watchFile(...files: readonly string[]) {
  // One stream, so that what is printed keeps its order.
  const command = [process.execPath, launcher, "check", "--watch", ...files];
  const child = spawn("sh", ["-c", 'exec "$@" 2>&1', "sh", ...command], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  let text = "";
  let wake = (): void => undefined;
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    text += more;
    wake();
  });
  const status = new Promise<number | null>((resolve) => child.on("close", resolve));
  let seen = 0;
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted, seen)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    seen = text.indexOf(wanted, seen) + wanted.length;
  };
  return { child, status, until };
}

describe("check --watch", () => {
  test("follows the filter and its imports until Ctrl-C", async () => {
    const filter = folder.file("filter.bpf.ts", importing);
    const { child, status, until } = watchFile(filter);
    await until("error[BPF2007]");
    await until("Ctrl-C ends");
    // The import that was missing comes.
    const verdict = folder.file("verdict.ts", right);
    await until("ok, 1 program");
    await until("watching 3 files");
    // It is replaced, as editors do, by one that is wrong.
    renameSync(folder.file("verdict.ts.new", "export const verdict = 1.5;\n"), verdict);
    await until("error[BPF");
    await until("Ctrl-C ends");
    folder.file("verdict.ts", right);
    await until("ok, 1 program");
    await until("Ctrl-C ends");
    folder.file("filter.bpf.ts", "export const filter = ;\n");
    await until("error[BPF1001]");
    child.kill("SIGINT");
    expect(await status).toBe(0);
  });

  test("a document never ends", async () => {
    expect(await document("check", "--watch", "x.bpf.ts")).toMatchObject({
      status: 2,
      json: { ok: false, diagnostics: [{ code: "BPF6304" }] },
    });
  });
});
