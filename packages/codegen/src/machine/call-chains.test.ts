import { instruction, type Relocation } from "@typebpf/abi";
import { expect, test } from "vitest";
import { checkCallChains } from "./call-chains.ts";

const at = { file: "f.bpf.ts", line: 3, column: 1, length: 5 };

function code(
  name: string,
  stackBytes: number,
  calls: readonly Relocation[],
): Parameters<typeof checkCallChains>[1][0] {
  return { name, insns: [instruction("exit")], lines: [{ slot: 0, at }], relocations: calls, stackBytes };
}

const call = (callee: string): Relocation => ({ kind: "call", slot: 0, function: callee });
const callback = (callee: string): Relocation => ({ kind: "function", slot: 0, function: callee });
const programs = [{ name: "main", at }];

test("frames that are open at a time share 512 bytes, each rounded up to 32; the deepest chain counts", () => {
  const functions = (bytes: number): Parameters<typeof checkCallChains>[1] => [
    code("main", 200, [call("small"), callback("large")]),
    code("small", 0, [call("large")]),
    code("large", bytes, []),
  ];
  expect(checkCallChains(programs, functions(256))).toEqual([]);
  expect(checkCallChains(programs, functions(257))).toMatchObject([
    { message: "the calls main → small → large need 544 bytes of stack, the kernel allows 512", at },
  ]);
});

test("eight frames may be open, nine may not, whatever they need", () => {
  const chain = (length: number): Parameters<typeof checkCallChains>[1] =>
    Array.from({ length }, (_, index) =>
      code(index === 0 ? "main" : `f${index}`, 0, index + 1 < length ? [call(`f${index + 1}`)] : []),
    );
  expect(checkCallChains(programs, chain(8))).toEqual([]);
  expect(checkCallChains(programs, chain(9))).toMatchObject([{ message: expect.stringContaining("9 functions"), at }]);
});

test("functions that a program does not call do not count", () => {
  expect(checkCallChains(programs, [code("main", 480, []), code("other", 480, [])])).toEqual([]);
});
