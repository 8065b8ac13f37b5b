// What is sent to kernels that know less of BTF, played by a kernel that refuses kinds.
import {
  type Btf,
  type BtfKind,
  bitsLayout,
  decodeBtf,
  type MapSpec,
  scalarLayouts,
  structLayout,
  uapi,
} from "@typebpf/abi";
import { expect, test } from "vitest";
import { objectOf } from "../object-fixture.ts";
import { loadBtf } from "./btf.ts";
import type { Memory, Sys } from "./sys.ts";

const value = structLayout("entry", { version: bitsLayout(scalarLayouts.u16be, 4), rest: scalarLayouts.u32 });
const map: MapSpec = { name: "entries", type: "hash", key: scalarLayouts.u32, value, maxEntries: 1, flags: 0 };
const object = objectOf({ main: "r0 = 2\nexit" }, [map]);

/** A kernel that takes BTF without these kinds, and what it was sent. */
function kernelWithout(...kinds: readonly BtfKind[]): {
  readonly sys: Sys;
  readonly sent: Btf[];
  readonly open: Set<number>;
} {
  const sent: Btf[] = [];
  const open = new Set<number>();
  const memories = new Map<bigint, Uint8Array>();
  const sys = {
    allocate: (size: number): Memory => {
      const buffer = new ArrayBuffer(size);
      const address = BigInt(0x1000 + memories.size);
      const bytes = new Uint8Array(buffer);
      memories.set(address, bytes);
      return { bytes, view: new DataView(buffer), address };
    },
    bpf: (command: number, attr: Memory): number => {
      expect(command).toBe(uapi.command.BTF_LOAD);
      const bytes = memories.get(attr.view.getBigUint64(0, true)) ?? new Uint8Array();
      expect(attr.view.getUint32(16, true)).toBe(bytes.length);
      const btf = decodeBtf(bytes);
      if ("code" in btf) throw new Error(btf.message);
      sent.push(btf);
      if (btf.types.some((type) => kinds.includes(type.kind))) return -22;
      open.add(7);
      return 7;
    },
    close: (fd: number) => (open.delete(fd) ? 0 : -9),
  };
  return { sys: sys as unknown as Sys, sent, open };
}

test.each<readonly [string, readonly BtfKind[], number, boolean]>([
  ["6.1", [], 1, true],
  ["5.10", ["decl_tag", "type_tag", "enum64", "float"], 2, true],
  ["4.18", ["decl_tag", "func", "func_proto", "var", "datasec"], 3, false],
])("Linux %s gets what it knows", (_, kinds, tries, functions) => {
  const { sys, sent, open } = kernelWithout(...kinds);
  const btf = loadBtf(sys, object);
  expect(sent).toHaveLength(tries);
  expect(new Set(sent.map(({ types }) => types.length)).size).toBe(1);
  const ids = btf?.map("entries");
  expect(ids?.btfFd).toBe(7);
  expect(sent.at(-1)?.types[(ids?.value ?? 0) - 1]).toMatchObject({ kind: "struct", name: "entry" });
  expect(btf?.map("others")).toBeUndefined();
  const code = btf?.code("main");
  expect(code !== undefined).toBe(functions);
  expect(functions ? [code?.functions?.bytes.length, code?.lines?.bytes.length] : []).toEqual(functions ? [8, 32] : []);
  btf?.[Symbol.dispose]();
  expect(open.size).toBe(0);
});

test("a kernel without BTF gets none", () => {
  expect(loadBtf(kernelWithout("int").sys, object)).toBeUndefined();
});
