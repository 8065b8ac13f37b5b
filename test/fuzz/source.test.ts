// Random programs in JavaScript, on the IR interpreter after each pass, in the simulator and in the kernel: some from a
// seed that stays, some from one that changes and is printed where something is found. `pnpm fuzz` goes on for longer.
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { kernelGate } from "../harness/kernel-gate.ts";
import { campaign, subjectOf } from "./run/campaign.ts";
import { judge } from "./run/judge.ts";
import { reduce } from "./run/reduce.ts";

const modules = 4;
const gate = await kernelGate();
const anySeed = Math.floor(Math.random() * 1e9);
const folder = fileURLToPath(new URL("found", import.meta.url));

describe("random programs", () => {
  test.each([
    ["1", 1],
    [`at random ${anySeed}`, anySeed],
  ])(
    `seed %s, ${gate.title}`,
    async (_, seed) => {
      const report = await campaign({
        seed,
        goesOn: (done) => done < modules,
        ways: { kernel: gate.ok, passes: true, registers: 3 },
        programs: 2,
        inputs: 8,
        shrink: 20_000,
        folder,
      });
      expect(report.findings, `pnpm fuzz --seed ${seed}`).toEqual([]);
      // A generator whose programs are refused sees nothing.
      expect(Object.values(report.refused).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(4);
      expect(report.programs).toBe(modules * 2);
    },
    240_000,
  );

  test("are a function of the seed", () => {
    expect(subjectOf(5, 1, 2)).toEqual(subjectOf(5, 1, 2));
    expect(subjectOf(6, 1, 2).source).not.toBe(subjectOf(5, 1, 2).source);
  });
});

/** Everything that the fuzzer needs to be trusted: it sees what is wrong, makes it small and saves it. */
describe("a wrong oracle", () => {
  const { path } = subjectOf(5, 1, 1);
  const source = `import { struct, u32, xdp, XDP, type XdpAction } from "@typebpf/dsl";
const S = struct("s", { a: u32, b: u32 });
export const p0 = xdp((ctx): XdpAction => {
  const s = ctx.packet.at(0, S);
  if (!s) return XDP.ABORTED;
  s.b = 7;
  if (s.a === 3) s.b = u32(s.b + PLUS);
  return XDP.PASS;
});
`;
  const run = { program: "p0", label: "", context: {}, given: [], leaves: {}, after: new Map() };
  const runs = [0, 3].map((value) => ({
    ...run,
    packet: Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? value : 0)),
  }));

  test("of programs that agree there is nothing to say", async () => {
    const subject = { path, source: source.replace("PLUS", "1"), signed: false, runs };
    expect(await judge(subject, { kernel: false, passes: true })).toEqual({ kind: "agree" });
  });

  test("is seen on the first level of the IR", async () => {
    // What JavaScript reads differs from what the compiler reads: the oracle is wrong, as a compiler would be.
    const javaScript = source.replace("PLUS", "2");
    const subject = { path, source: source.replace("PLUS", "1"), signed: false, runs, javaScript };
    const verdict = await judge(subject, { kernel: false, passes: true });
    expect(verdict).toMatchObject({ kind: "differs", way: "-O0, IR after lowering", run: runs[1] });
  });

  test("a refusal is told by its code, a broken source too", async () => {
    const refused = { path, source: source.replace("PLUS", "0.5"), signed: false, runs };
    expect(await judge(refused, { kernel: false, passes: false })).toMatchObject({ kind: "refused", code: "BPF1054" });
  });
});

test("a failing source becomes small", async () => {
  const { source } = subjectOf(7, 2, 1);
  const fails = async (text: string): Promise<boolean> => /export const p1 = [\s\S]*\bs\.a0\b/.test(text);
  const small = await reduce(source, fails, { within: 5000 });
  expect(await fails(small)).toBe(true);
  expect(small.length).toBeLessThan(source.length / 2);
  expect(small).not.toContain("export const p0");
});
