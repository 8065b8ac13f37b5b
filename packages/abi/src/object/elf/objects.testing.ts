// Random objects as compilers make them: programs in several sections, functions, maps, global data, lines. Relocated
// instructions have the form that reading gives them: the pseudo source, zero where the address goes, -1 in calls.
import fc from "fast-check";
import { layouts } from "../../btf/generate.testing.ts";
import type { Span } from "../../diagnostics/span.ts";
import { instruction, loadWide } from "../../isa/build.ts";
import { type Insn, slotsOf } from "../../isa/insn.ts";
import { type MapTypeName, mapTypes, noKey } from "../../kernel/map-types.ts";
import type { MapTypeRow } from "../../kernel/maps/row.ts";
import { programTypes } from "../../kernel/program-types.ts";
import { type Layout, scalarLayouts } from "../../layout.ts";
import type { BpfObject, DataSection, FunctionSpec, MapSpec, ProgramSpec } from "../object.ts";
import type { Relocation } from "../relocation.ts";
import { contentsOf } from "./read-data.ts";

const span: fc.Arbitrary<Span> = fc.record({
  file: fc.constantFrom("a.bpf.ts", "lib/é.ts"),
  line: fc.integer({ min: 1, max: 5000 }),
  column: fc.integer({ min: 1, max: 2000 }),
  length: fc.integer({ min: 1, max: 99 }),
});
const optionalSpan = fc.option(
  span.map((at) => ({ at })),
  { nil: {} },
);
const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_]{2,20}$/), { minLength: 12, maxLength: 12 });
const sized = (layout: Layout): Layout => (layout.size > 0 ? layout : scalarLayouts.u16);

const map = (name: string): fc.Arbitrary<MapSpec> =>
  fc
    .record({
      type: fc.constantFrom(...(Object.keys(mapTypes) as MapTypeName[])),
      key: layouts.map(sized),
      value: layouts.map(sized),
      maxEntries: fc.integer({ min: 1, max: 0xffff_ffff }),
      flags: fc.constantFrom(0, 1, 0x8000_0000),
      place: optionalSpan,
    })
    .map(({ type, key, value, place, ...rest }) => {
      const { keys, inner: isOuter, extra, holds }: MapTypeRow = mapTypes[type];
      const own = keys === "none" ? noKey : keys === "index" ? scalarLayouts.u32 : key;
      const inner = { type: "hash", key, value, maxEntries: rest.maxEntries, flags: rest.flags } as const;
      return {
        name,
        type,
        key: own,
        value: isOuter ? scalarLayouts.u32 : value,
        ...rest,
        ...(isOuter && { inner }),
        ...(extra && { extra: 7 }),
        ...(holds === "perfEvent" && { record: key }),
        ...place,
      };
    });

const dataNames = [".bss", ".data", ".data.hot", ".rodata", ".rodata.str1.1"];

const section = (name: string): fc.Arbitrary<DataSection> =>
  fc
    .record({ items: fc.array(fc.tuple(layouts.map(sized), optionalSpan), { maxLength: 4 }), bytes: fc.uint8Array() })
    .map(({ items, bytes }) => {
      let offset = 0;
      const variables = items.map(([layout, place], index) => {
        offset = Math.ceil(offset / layout.align) * layout.align;
        const variable = { name: `v${index}${name.replaceAll(".", "_")}`, offset, layout, ...place };
        offset += layout.size;
        return variable;
      });
      const size = Math.max(offset, 4) + 3;
      const contents = name === ".bss" ? undefined : contentsOf(bytes.subarray(0, size));
      const readOnly = name.startsWith(".rodata");
      return { name, readOnly, size, ...(contents !== undefined && { contents }), variables };
    });

/** What code may refer to. */
interface World {
  readonly maps: readonly string[];
  readonly sections: readonly DataSection[];
  readonly functions: readonly string[];
}

type Piece = readonly [insn: Insn, relocation?: Omit<Relocation, "slot">];

function wide(register: number, src: number): Insn {
  return { ...loadWide(register, 0n), src };
}

function pieces(world: World): fc.Arbitrary<Piece> {
  const plain = fc.constantFrom<Insn>(
    instruction("mov64_imm", { dst: 3, imm: -7 }),
    instruction("add32_reg", { dst: 1, src: 3 }),
    instruction("stx_u32", { dst: 10, src: 1, offset: -8 }),
    instruction("call_helper", { imm: 5 }),
    loadWide(4, 0xffff_0000_0001n),
  );
  const all: fc.Arbitrary<Piece>[] = [plain.map((insn) => [insn])];
  if (world.maps.length > 0) {
    all.push(fc.constantFrom(...world.maps).map((name) => [wide(1, 1), { kind: "map", map: name }]));
  }
  for (const { name, size } of world.sections) {
    const offset = fc.integer({ min: 0, max: size });
    all.push(offset.map((at) => [wide(2, 2), { kind: "data", section: name, offset: at }]));
  }
  if (world.functions.length > 0) {
    const name = fc.constantFrom(...world.functions);
    all.push(name.map((one) => [instruction("call_local", { imm: -1 }), { kind: "call", function: one }]));
    all.push(name.map((one) => [wide(2, 4), { kind: "function", function: one }]));
  }
  return fc.oneof(...all);
}

function code(name: string, world: World): fc.Arbitrary<FunctionSpec> {
  return fc
    .record({
      body: fc.array(pieces(world), { maxLength: 8 }),
      places: fc.array(fc.option(span, { nil: undefined }), { minLength: 9, maxLength: 9 }),
      parameters: fc.option(fc.constant({ parameters: ["ctx"] }), { nil: {} }),
      stackBytes: fc.integer({ min: 0, max: 512 }),
      place: optionalSpan,
    })
    .map(({ body, places, parameters, stackBytes, place }) => {
      const insns = [...body.map(([insn]) => insn), instruction("exit")];
      let slot = 0;
      const slots = insns.map((insn) => {
        const here = slot;
        slot += slotsOf(insn);
        return here;
      });
      const relocations = body.flatMap(([, relocation], index) =>
        relocation ? [{ ...relocation, slot: slots[index] ?? 0 } as Relocation] : [],
      );
      const lines = slots.flatMap((here, index) => {
        const at = places[index];
        return at ? [{ slot: here, at }] : [];
      });
      return { name, insns, relocations, lines, ...parameters, stackBytes, ...place };
    });
}

const kinds = [
  ["xdp", programTypes.xdp.section],
  ["sched_cls", "tc"],
  ["sched_cls", "tc/ingress"],
  ["socket_filter", "socket"],
] as const;

function program(name: string, world: World): fc.Arbitrary<ProgramSpec> {
  return fc
    .tuple(code(name, world), fc.constantFrom(...kinds))
    .map(([one, [type, sectionName]]) => ({ ...one, type, section: sectionName }));
}

/** Random objects. */
export const objects: fc.Arbitrary<BpfObject> = fc
  .tuple(names, fc.subarray(dataNames), fc.nat(3), fc.nat(3), fc.integer({ min: 1, max: 4 }))
  .chain(([all, data, maps, functions, programs]) => {
    const mapNames = all.slice(0, maps);
    const functionNames = all.slice(4, 4 + functions).sort();
    return fc.tuple(...mapNames.map(map)).chain((mapSpecs) =>
      fc.tuple(...data.map(section)).chain((sections) => {
        const world = { maps: mapNames, sections, functions: functionNames };
        return fc
          .record({
            license: fc.constantFrom("GPL", "Dual MIT/GPL", ""),
            target: fc.constantFrom({ kernel: "6.1", isa: 3 } as const, { kernel: "5.15.3", isa: 2 } as const),
            programs: fc.tuple(...all.slice(8, 8 + programs).map((name) => program(name, world))),
            functions: fc.tuple(...functionNames.map((name) => code(name, world))),
            sources: fc.constantFrom([], [{ file: "a.bpf.ts", text: "one\n\ttwo\r\nthree" }]),
          })
          .map((rest): BpfObject => ({ format: 1, maps: mapSpecs, sections, ...rest }));
      }),
    );
  });
