import { expect, test } from "vitest";
import { compileFile } from "../compile.ts";

const filter = (limit: string): string => `
import { perCpuArray, u64, xdp, XDP } from "@typebpf/dsl";
export const seen = perCpuArray({ value: u64, maxEntries: 64 });
export const p = xdp((ctx) => {
  const n = Math.min(ctx.packet.length, ${limit});
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const one = seen.get(i);
    if (one) sum += Number(one.value & 0xffn);
  }
  return sum > 3 ? XDP.PASS : XDP.DROP;
});
`;

async function compiled(limit: string, targetKernel: string) {
  const virtualFiles = { "/f.bpf.ts": filter(limit) };
  return compileFile("/f.bpf.ts", { targetKernel, virtualFiles: new Map(Object.entries(virtualFiles)), check: true });
}

test("a loop whose end depends on data becomes copies of its body before Linux 5.3", async () => {
  const [old, recent] = await Promise.all([compiled("8", "5.2"), compiled("8", "5.3")]);
  const calls = (one: typeof old): number =>
    (one.object?.programs[0]?.insns ?? []).filter(({ opcode, src }) => opcode === 0x85 && src === 0).length;
  expect([calls(old), calls(recent)]).toEqual([8, 1]);
});

test("a loop that would make too many copies is refused where it stands", async () => {
  const { object, diagnostics } = await compiled("1000", "5.2");
  expect(object).toBeUndefined();
  expect(diagnostics.map(({ code, at, message }) => [code, at?.line, message])).toEqual([
    ["BPF3009", 7, "a loop of up to 1000 rounds needs Linux 5.3, the target is 5.2"],
  ]);
});
