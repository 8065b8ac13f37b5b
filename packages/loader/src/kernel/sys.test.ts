import { DiagnosticError } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { openSys } from "./sys.ts";

async function codeOf(platform: string, architecture: string): Promise<string | undefined> {
  try {
    await openSys(platform, architecture);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0]?.code;
    throw error;
  }
  return undefined;
}

describe("where there is no kernel to talk to", () => {
  test.each([
    ["darwin", "arm64", "BPF6200"],
    ["win32", "x64", "BPF6200"],
    ["linux", "riscv64", "BPF6201"],
    ["linux", "toString", "BPF6201"],
  ])("%s %s", async (platform, architecture, code) => {
    expect(await codeOf(platform, architecture)).toBe(code);
  });
});

test.skipIf(process.platform !== "linux")(
  "importing loads no native code; opening does, and errors are negative",
  async () => {
    const nativeCode = (): readonly string[] =>
      (process.report.getReport() as unknown as { sharedObjects: readonly string[] }).sharedObjects.filter((path) =>
        /koffi/u.test(path),
      );
    await import("../index.ts");
    expect(nativeCode()).toEqual([]);
    const sys = await openSys();
    expect(nativeCode().length).toBe(1);
    expect(sys.close(-1)).toBe(-9);
    expect(sys.pageSize).toBeGreaterThanOrEqual(4096);
    expect([...sys.allocate(16).bytes]).toEqual(new Array<number>(16).fill(0));
  },
);
