import { type ContextFieldRow, DiagnosticError } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { Memory } from "../memory.ts";
import { StructContext } from "./struct.ts";

const common = { is: "integer", since: "4.1", doc: "" } as const;
const rows: readonly ContextFieldRow[] = [
  { ...common, name: "op", as: "op", offset: 0, size: 4, access: "read" },
  { ...common, name: "reply", as: "reply", offset: 4, size: 4, access: "readWrite" },
  { ...common, name: "port", as: "port", offset: 8, size: 4, bits: 16, bigEndian: true, access: "readWrite" },
  { ...common, name: "args", as: "args", offset: 16, size: 8, count: 2, access: "read" },
];

function started(context: Readonly<Record<string, number | bigint>>): StructContext {
  const one = new StructContext(new Memory());
  one.begin("things", rows, { packet: new Uint8Array(0), context });
  return one;
}

function read(context: StructContext, offset: number, size: number): readonly number[] {
  const registers = new Int32Array(2);
  context.load(offset, size, registers, 0);
  return [...registers];
}

describe("a context by rows", () => {
  test("shows a run's fields, in the byte order of the row", () => {
    const context = started({ op: 3, port: 0x1f90, "args[1]": 0x1_0000_0002n });
    expect(read(context, 0, 4)).toEqual([3, 0]);
    expect(read(context, 8, 4)).toEqual([0x901f, 0]);
    expect(read(context, 24, 8)).toEqual([2, 1]);
    expect(read(context, 24, 4)).toEqual([2, 0]);
  });

  test("gives back what a program wrote", () => {
    const context = started({});
    context.store(4, 4, -2, 0);
    context.store(8, 4, 0x901f, 0);
    expect(context.output()).toEqual({ reply: 0xffff_fffe, port: 0x1f90 });
  });

  test.each([
    ["a write of what is read only", (c: StructContext) => c.store(0, 4, 1, 0)],
    ["a hole", (c: StructContext) => read(c, 12, 4)],
    ["behind the end", (c: StructContext) => read(c, 32, 8)],
    ["across items", (c: StructContext) => read(c, 20, 8)],
  ])("refuses %s", (_, access) => {
    expect(() => access(started({}))).toThrow(Fault);
  });

  test("refuses fields that are not there, and values that do not fit", () => {
    expect(() => started({ nothing: 1 })).toThrow(DiagnosticError);
    expect(() => started({ port: 0x1_0000 })).toThrow(DiagnosticError);
    expect(() => started({ op: 0.5 })).toThrow(DiagnosticError);
  });

  test("is plain memory without rows", () => {
    const context = new StructContext(new Memory());
    context.begin("", [], { packet: new Uint8Array(0), contextBytes: Uint8Array.of(1, 2, 3, 4, 5) });
    expect(read(context, 4, 1)).toEqual([5, 0]);
    expect(() => read(context, 4096, 1)).toThrow(Fault);
  });
});
