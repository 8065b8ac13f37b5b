// THE instruction table: one row per form, built by loops over operation, width and operand source.
// RFC 9669 sections 4 and 5 and appendix A; forms of group "kernel" and the packet loads from Linux 6.15
// (include/uapi/linux/bpf.h, kernel/bpf/verifier.c); syntax of kernel/bpf/disasm.c.
//
//   arithmetic and jump opcode:  code (4) | source: 8 = register | class (3)
//   load and store opcode:       mode (3) | size (2)            | class (3)
import type {
  BinaryAluOp,
  ByteOrderOp,
  ConformanceGroup,
  FieldRule,
  InsnForm,
  IsaVersion,
  JumpOp,
  RegisterUse,
  WideSource,
} from "./form.ts";
import type { Insn } from "./insn.ts";
import { argumentRegisters, callClobbered, isRegister } from "./registers.ts";

const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu32: 4, jmp64: 5, jmp32: 6, alu64: 7 };
const MODE = { imm: 0x00, abs: 0x20, ind: 0x40, mem: 0x60, memsx: 0x80, atomic: 0xc0 };
const FROM_REGISTER = 0x08;

const SIZES = [
  { code: 0x10, size: 1, u: "u8", s: "s8" },
  { code: 0x08, size: 2, u: "u16", s: "s16" },
  { code: 0x00, size: 4, u: "u32", s: "s32" },
  { code: 0x18, size: 8, u: "u64", s: undefined },
] as const;

const WIDTHS = [
  { width: 32, alu: CLASS.alu32, jmp: CLASS.jmp32, base: "base32", divmul: "divmul32", dst: "{wdst}", src: "{wsrc}" },
  { width: 64, alu: CLASS.alu64, jmp: CLASS.jmp64, base: "base64", divmul: "divmul64", dst: "{dst}", src: "{src}" },
] as const;

interface RowHead {
  readonly group: ConformanceGroup;
  readonly isa: IsaVersion;
  readonly since: string;
}

interface Fields {
  readonly dst?: FieldRule;
  readonly src?: FieldRule;
  readonly offset?: FieldRule;
  readonly imm?: FieldRule;
  readonly nextImm?: FieldRule;
}

const V1 = { isa: "v1", since: "3.18" } as const;
const V2 = { isa: "v2", since: "4.14" } as const;
const V3_JUMP = { isa: "v3", since: "5.1" } as const;
const V3_ATOMIC = { isa: "v3", since: "5.12" } as const;
const V4 = { isa: "v4", since: "6.6" } as const;

/** Fills fields that the form does not use with "must be zero". */
function row(
  form: Pick<InsnForm, "name" | "opcode" | "action" | "syntax">,
  head: RowHead,
  fields: Fields,
  reads: readonly RegisterUse[],
  writes: readonly RegisterUse[],
): InsnForm {
  return { ...form, dst: 0, src: 0, offset: 0, imm: 0, ...fields, ...head, reads, writes };
}

interface AluOpRow {
  readonly op: BinaryAluOp;
  readonly code: number;
  readonly sign: string;
  readonly group: "base" | "divmul";
  /** Selects the signed variants of an opcode. */
  readonly offset?: number;
}

const BINARY_ALU: readonly AluOpRow[] = [
  { op: "add", code: 0x00, sign: "+=", group: "base" },
  { op: "sub", code: 0x10, sign: "-=", group: "base" },
  { op: "mul", code: 0x20, sign: "*=", group: "divmul" },
  { op: "div", code: 0x30, sign: "/=", group: "divmul" },
  { op: "sdiv", code: 0x30, sign: "s/=", group: "divmul", offset: 1 },
  { op: "or", code: 0x40, sign: "|=", group: "base" },
  { op: "and", code: 0x50, sign: "&=", group: "base" },
  { op: "lsh", code: 0x60, sign: "<<=", group: "base" },
  { op: "rsh", code: 0x70, sign: ">>=", group: "base" },
  { op: "mod", code: 0x90, sign: "%=", group: "divmul" },
  { op: "smod", code: 0x90, sign: "s%=", group: "divmul", offset: 1 },
  { op: "xor", code: 0xa0, sign: "^=", group: "base" },
  { op: "mov", code: 0xb0, sign: "=", group: "base" },
  { op: "arsh", code: 0xc0, sign: "s>>=", group: "base" },
];

function binaryAluRows(): InsnForm[] {
  return WIDTHS.flatMap((w) =>
    BINARY_ALU.flatMap(({ op, code, sign, group, offset = 0 }) => {
      const head = { group: w[group], ...(offset === 0 ? V1 : V4) };
      const old: readonly RegisterUse[] = op === "mov" ? [] : ["dst"];
      const opcode = code | w.alu;
      return [
        row(
          {
            name: `${op}${w.width}_imm`,
            opcode,
            action: { kind: "alu", op, width: w.width, source: "imm" },
            syntax: [`${w.dst} ${sign} {imm}`],
          },
          head,
          { dst: "register", offset, imm: "any" },
          old,
          ["dst"],
        ),
        row(
          {
            name: `${op}${w.width}_reg`,
            opcode: opcode | FROM_REGISTER,
            action: { kind: "alu", op, width: w.width, source: "reg" },
            syntax: [`${w.dst} ${sign} ${w.src}`],
          },
          head,
          { dst: "register", src: "register", offset },
          [...old, "src"],
          ["dst"],
        ),
      ];
    }),
  );
}

function negateRows(): InsnForm[] {
  return WIDTHS.map((w) =>
    row(
      {
        name: `neg${w.width}`,
        opcode: 0x80 | w.alu,
        action: { kind: "alu", op: "neg", width: w.width, source: "imm" },
        syntax: [`${w.dst} = -${w.dst}`],
      },
      { group: w.base, ...V1 },
      { dst: "register" },
      ["dst"],
      ["dst"],
    ),
  );
}

const SIGN_MOVES = [
  { name: "movsx8_32", op: "movsx8", bits: 8, width: 32 },
  { name: "movsx16_32", op: "movsx16", bits: 16, width: 32 },
  { name: "movsx8_64", op: "movsx8", bits: 8, width: 64 },
  { name: "movsx16_64", op: "movsx16", bits: 16, width: 64 },
  { name: "movsx32_64", op: "movsx32", bits: 32, width: 64 },
] as const;

function signMoveRows(): InsnForm[] {
  return SIGN_MOVES.map(({ name, op, bits, width }) => {
    const w = width === 32 ? WIDTHS[0] : WIDTHS[1];
    return row(
      {
        name,
        opcode: 0xb0 | FROM_REGISTER | w.alu,
        action: { kind: "alu", op, width, source: "reg" },
        syntax: [`${w.dst} = (s${bits})${w.src}`],
      },
      { group: w.base, ...V4 },
      { dst: "register", src: "register", offset: bits },
      ["src"],
      ["dst"],
    );
  });
}

const BYTE_ORDER: readonly { op: ByteOrderOp; opcode: number; version: typeof V1 | typeof V4 }[] = [
  { op: "le", opcode: 0xd0 | CLASS.alu32, version: V1 },
  { op: "be", opcode: 0xd0 | FROM_REGISTER | CLASS.alu32, version: V1 },
  { op: "bswap", opcode: 0xd0 | CLASS.alu64, version: V4 },
];

function byteOrderRows(): InsnForm[] {
  return BYTE_ORDER.flatMap(({ op, opcode, version }) =>
    ([16, 32, 64] as const).map((bits) =>
      row(
        {
          name: `${op}${bits}`,
          opcode,
          action: { kind: "byteOrder", op, bits },
          syntax: [`{dst} = ${op}${bits} {dst}`],
        },
        { group: bits === 64 ? "base64" : "base32", ...version },
        { dst: "register", imm: bits },
        ["dst"],
        ["dst"],
      ),
    ),
  );
}

const ADDRESS_SPACE_CASTS = [
  { name: "addr_space_cast_to_0", from: 1, to: 0 },
  { name: "addr_space_cast_to_1", from: 0, to: 1 },
] as const;

function addressSpaceCastRows(): InsnForm[] {
  return ADDRESS_SPACE_CASTS.map(({ name, from, to }) =>
    row(
      {
        name,
        opcode: 0xb0 | FROM_REGISTER | CLASS.alu64,
        action: { kind: "addrSpaceCast", from, to },
        syntax: [`{dst} = addr_space_cast({src}, ${to}, ${from})`],
      },
      { group: "kernel", isa: "v4", since: "6.9" },
      { dst: "register", src: "register", offset: 1, imm: (to << 16) | from },
      ["src"],
      ["dst"],
    ),
  );
}

const JUMPS: readonly { op: JumpOp; code: number; sign: string; version: typeof V1 | typeof V2 }[] = [
  { op: "jeq", code: 0x10, sign: "==", version: V1 },
  { op: "jgt", code: 0x20, sign: ">", version: V1 },
  { op: "jge", code: 0x30, sign: ">=", version: V1 },
  { op: "jset", code: 0x40, sign: "&", version: V1 },
  { op: "jne", code: 0x50, sign: "!=", version: V1 },
  { op: "jsgt", code: 0x60, sign: "s>", version: V1 },
  { op: "jsge", code: 0x70, sign: "s>=", version: V1 },
  { op: "jlt", code: 0xa0, sign: "<", version: V2 },
  { op: "jle", code: 0xb0, sign: "<=", version: V2 },
  { op: "jslt", code: 0xc0, sign: "s<", version: V2 },
  { op: "jsle", code: 0xd0, sign: "s<=", version: V2 },
];

function branchRows(): InsnForm[] {
  return WIDTHS.flatMap((w) =>
    JUMPS.flatMap(({ op, code, sign, version }) => {
      const head = { group: w.base, ...(w.width === 32 ? V3_JUMP : version) };
      return [
        row(
          {
            name: `${op}${w.width}_imm`,
            opcode: code | w.jmp,
            action: { kind: "branch", op, width: w.width, source: "imm" },
            syntax: [`if ${w.dst} ${sign} {immHex} goto {target}`],
          },
          head,
          { dst: "register", offset: "any", imm: "any" },
          ["dst"],
          [],
        ),
        row(
          {
            name: `${op}${w.width}_reg`,
            opcode: code | FROM_REGISTER | w.jmp,
            action: { kind: "branch", op, width: w.width, source: "reg" },
            syntax: [`if ${w.dst} ${sign} ${w.src} goto {target}`],
          },
          head,
          { dst: "register", src: "register", offset: "any" },
          ["dst", "src"],
          [],
        ),
      ];
    }),
  );
}

function gotoRows(): InsnForm[] {
  return [
    row(
      {
        name: "ja",
        opcode: 0x00 | CLASS.jmp64,
        action: { kind: "goto", distance: "offset" },
        syntax: ["goto {target}"],
      },
      { group: "base32", ...V1 },
      { offset: "any" },
      [],
      [],
    ),
    row(
      {
        name: "ja32",
        opcode: 0x00 | CLASS.jmp32,
        action: { kind: "goto", distance: "imm" },
        syntax: ["gotol {farTarget}"],
      },
      { group: "base32", ...V4 },
      { imm: "any" },
      [],
      [],
    ),
    row(
      { name: "may_goto", opcode: 0xe0 | CLASS.jmp64, action: { kind: "mayGoto" }, syntax: ["may_goto {target}"] },
      { group: "kernel", isa: "v4", since: "6.9" },
      { offset: "any" },
      [],
      [],
    ),
  ];
}

function memoryRows(): InsnForm[] {
  return SIZES.flatMap(({ code, size, u }) => {
    const head = { group: size === 8 ? "base64" : "base32", ...V1 } as const;
    return [
      row(
        {
          name: `ldx_${u}`,
          opcode: MODE.mem | code | CLASS.ldx,
          action: { kind: "load", size, signed: false },
          syntax: [`{dst} = *(${u} *)({src} {offset})`],
        },
        head,
        { dst: "register", src: "register", offset: "any" },
        ["src"],
        ["dst"],
      ),
      row(
        {
          name: `st_${u}`,
          opcode: MODE.mem | code | CLASS.st,
          action: { kind: "store", size, source: "imm" },
          syntax: [`*(${u} *)({dst} {offset}) = {imm}`],
        },
        head,
        { dst: "register", offset: "any", imm: "any" },
        ["dst"],
        [],
      ),
      row(
        {
          name: `stx_${u}`,
          opcode: MODE.mem | code | CLASS.stx,
          action: { kind: "store", size, source: "reg" },
          syntax: [`*(${u} *)({dst} {offset}) = {src}`],
        },
        head,
        { dst: "register", src: "register", offset: "any" },
        ["dst", "src"],
        [],
      ),
    ];
  });
}

function signedLoadRows(): InsnForm[] {
  return SIZES.flatMap(({ code, size, s }) =>
    s === undefined
      ? []
      : row(
          {
            name: `ldx_${s}`,
            opcode: MODE.memsx | code | CLASS.ldx,
            action: { kind: "load", size, signed: true },
            syntax: [`{dst} = *(${s} *)({src} {offset})`],
          },
          { group: "base64", ...V4 },
          { dst: "register", src: "register", offset: "any" },
          ["src"],
          ["dst"],
        ),
  );
}

const ATOMIC_WIDTHS = [
  { width: 32, size: 4, code: 0x00, group: "atomic32", type: "u32", prefix: "atomic" },
  { width: 64, size: 8, code: 0x18, group: "atomic64", type: "u64", prefix: "atomic64" },
] as const;

const ATOMIC_ARITHMETIC = [
  { op: "add", imm: 0x00, sign: "+=", plain: V1 },
  { op: "or", imm: 0x40, sign: "|=", plain: V3_ATOMIC },
  { op: "and", imm: 0x50, sign: "&=", plain: V3_ATOMIC },
  { op: "xor", imm: 0xa0, sign: "^=", plain: V3_ATOMIC },
] as const;

const FETCH = 0x01;
const EXCHANGE = 0xe0 | FETCH;
const COMPARE_EXCHANGE = 0xf0 | FETCH;

const ATOMIC_FIELDS = { dst: "register", src: "register", offset: "any" } as const;

function atomicArithmeticRows(): InsnForm[] {
  return ATOMIC_WIDTHS.flatMap(({ width, size, code, group, type, prefix }) =>
    ATOMIC_ARITHMETIC.flatMap(({ op, imm, sign, plain }) => {
      const opcode = MODE.atomic | code | CLASS.stx;
      const at = `(${type} *)({dst} {offset})`;
      return [
        row(
          {
            name: `atomic${width}_${op}`,
            opcode,
            action: { kind: "atomic", op, size, fetch: false },
            syntax: [`lock *${at} ${sign} {src}`],
          },
          { group, isa: "v3", since: plain.since },
          { ...ATOMIC_FIELDS, imm },
          ["dst", "src"],
          [],
        ),
        row(
          {
            name: `atomic${width}_fetch_${op}`,
            opcode,
            action: { kind: "atomic", op, size, fetch: true },
            syntax: [`{src} = ${prefix}_fetch_${op}(${at}, {src})`],
          },
          { group, ...V3_ATOMIC },
          { ...ATOMIC_FIELDS, imm: imm | FETCH },
          ["dst", "src"],
          ["src"],
        ),
      ];
    }),
  );
}

function atomicExchangeRows(): InsnForm[] {
  return ATOMIC_WIDTHS.flatMap(({ width, size, code, group, type, prefix }) => {
    const opcode = MODE.atomic | code | CLASS.stx;
    const at = `(${type} *)({dst} {offset})`;
    return [
      row(
        {
          name: `atomic${width}_xchg`,
          opcode,
          action: { kind: "atomic", op: "xchg", size, fetch: true },
          syntax: [`{src} = ${prefix}_xchg(${at}, {src})`],
        },
        { group, ...V3_ATOMIC },
        { ...ATOMIC_FIELDS, imm: EXCHANGE },
        ["dst", "src"],
        ["src"],
      ),
      row(
        {
          name: `atomic${width}_cmpxchg`,
          opcode,
          action: { kind: "atomic", op: "cmpxchg", size, fetch: true },
          syntax: [`r0 = ${prefix}_cmpxchg(${at}, r0, {src})`],
        },
        { group, ...V3_ATOMIC },
        { ...ATOMIC_FIELDS, imm: COMPARE_EXCHANGE },
        ["dst", "src", 0],
        [0],
      ),
    ];
  });
}

function orderedRows(): InsnForm[] {
  return SIZES.flatMap(({ code, size, u }) => {
    const head = { group: "kernel", isa: "v4", since: "6.15" } as const;
    const opcode = MODE.atomic | code | CLASS.stx;
    return [
      row(
        {
          name: `load_acquire_${u}`,
          opcode,
          action: { kind: "loadAcquire", size },
          syntax: [`{dst} = load_acquire((${u} *)({src} {offset}))`],
        },
        head,
        { ...ATOMIC_FIELDS, imm: 0x100 },
        ["src"],
        ["dst"],
      ),
      row(
        {
          name: `store_release_${u}`,
          opcode,
          action: { kind: "storeRelease", size },
          syntax: [`store_release((${u} *)({dst} {offset}), {src})`],
        },
        head,
        { ...ATOMIC_FIELDS, imm: 0x110 },
        ["dst", "src"],
        [],
      ),
    ];
  });
}

const WIDE = [
  { name: "lddw", source: "value", src: 0, since: "3.18", nextImm: "any", syntax: ["{dst} = {imm64} ll"] },
  { name: "lddw_map_fd", source: "mapFd", src: 1, since: "3.18", nextImm: 0, syntax: ["{dst} = map[fd:{imm}] ll"] },
  {
    name: "lddw_map_value",
    source: "mapValue",
    src: 2,
    since: "5.2",
    nextImm: "any",
    syntax: ["{dst} = map[fd:{imm}][0]{nextOffset} ll"],
  },
  {
    name: "lddw_btf_id",
    source: "btfId",
    src: 3,
    since: "5.10",
    nextImm: "any",
    syntax: ["{dst} = btf[id:{imm}] ll", "{dst} = btf[id:{imm}, fd:{nextImm}] ll"],
  },
  {
    name: "lddw_function",
    source: "function",
    src: 4,
    since: "5.13",
    nextImm: 0,
    syntax: ["{dst} = subprog[{farTarget}] ll"],
  },
  {
    name: "lddw_map_index",
    source: "mapIndex",
    src: 5,
    since: "5.14",
    nextImm: 0,
    syntax: ["{dst} = map[idx:{imm}] ll"],
  },
  {
    name: "lddw_map_index_value",
    source: "mapIndexValue",
    src: 6,
    since: "5.14",
    nextImm: "any",
    syntax: ["{dst} = map[idx:{imm}][0]{nextOffset} ll"],
  },
] as const satisfies readonly (Pick<InsnForm, "name" | "src" | "since" | "nextImm" | "syntax"> & {
  source: WideSource;
})[];

function wideRows(): InsnForm[] {
  return WIDE.map(({ name, source, src, since, nextImm, syntax }) =>
    row(
      { name, opcode: 0x18 | CLASS.ld, action: { kind: "loadWide", source }, syntax },
      { group: "base64", isa: "v1", since },
      { dst: "register", src, imm: "any", nextImm },
      [],
      ["dst"],
    ),
  );
}

function packetRows(): InsnForm[] {
  return SIZES.flatMap(({ code, size, u }) => {
    if (size === 8) return [];
    const head = { group: "packet", ...V1 } as const;
    return [
      row(
        {
          name: `ld_abs_${u}`,
          opcode: MODE.abs | code | CLASS.ld,
          action: { kind: "loadPacket", size, indexed: false },
          syntax: [`r0 = *(${u} *)skb[{imm}]`],
        },
        head,
        { imm: "any" },
        [6],
        callClobbered,
      ),
      row(
        {
          name: `ld_ind_${u}`,
          opcode: MODE.ind | code | CLASS.ld,
          action: { kind: "loadPacket", size, indexed: true },
          syntax: [`r0 = *(${u} *)skb[{src} {plusImm}]`],
        },
        head,
        { src: "register", imm: "any" },
        [6, "src"],
        callClobbered,
      ),
    ];
  });
}

const CALLS = [
  { name: "call_helper", target: "helper", src: 0, offset: 0, isa: "v1", since: "3.18", syntax: ["call {helper}"] },
  { name: "call_local", target: "local", src: 1, offset: 0, isa: "v3", since: "4.16", syntax: ["call {farTarget}"] },
  {
    // The offset is an index into the descriptors of module BTF, 0 for the kernel itself.
    name: "call_kfunc",
    target: "kfunc",
    src: 2,
    offset: "any",
    isa: "v3",
    since: "5.13",
    syntax: ["call {kfunc}", "call {kfunc} in {offset}"],
  },
] as const;

function callRows(): InsnForm[] {
  return [
    ...CALLS.map(({ name, target, src, offset, isa, since, syntax }) =>
      row(
        { name, opcode: 0x80 | CLASS.jmp64, action: { kind: "call", target }, syntax },
        { group: "base32", isa, since },
        { src, offset, imm: "any" },
        argumentRegisters,
        callClobbered,
      ),
    ),
    row(
      { name: "exit", opcode: 0x90 | CLASS.jmp64, action: { kind: "exit" }, syntax: ["exit"] },
      { group: "base32", ...V1 },
      {},
      [0],
      [],
    ),
  ];
}

/** Every form of every instruction, each exactly once. */
export const insnTable: readonly InsnForm[] = [
  ...binaryAluRows(),
  ...negateRows(),
  ...signMoveRows(),
  ...byteOrderRows(),
  ...addressSpaceCastRows(),
  ...gotoRows(),
  ...branchRows(),
  ...memoryRows(),
  ...signedLoadRows(),
  ...atomicArithmeticRows(),
  ...atomicExchangeRows(),
  ...orderedRows(),
  ...wideRows(),
  ...packetRows(),
  ...callRows(),
];

const BY_NAME: ReadonlyMap<string, InsnForm> = new Map(insnTable.map((form) => [form.name, form]));

const BY_OPCODE: readonly (readonly InsnForm[])[] = Array.from({ length: 256 }, (_, opcode) =>
  insnTable.filter((form) => form.opcode === opcode),
);

/** The row of a name. */
export function formNamed(name: InsnForm["name"]): InsnForm {
  const form = BY_NAME.get(name);
  if (form === undefined) throw new Error(`isa: the table has no row ${name}`);
  return form;
}

/** All forms that share an opcode; none for an unknown opcode. */
export function formsOfOpcode(opcode: number): readonly InsnForm[] {
  return BY_OPCODE[opcode] ?? [];
}

/** True when a field's value obeys the rule. */
export function obeys(rule: FieldRule, value: number): boolean {
  if (rule === "any") return true;
  return rule === "register" ? isRegister(value) : value === rule;
}

/** True when the instruction is of this form, reserved fields included. */
export function isOfForm(form: InsnForm, insn: Insn): boolean {
  return (
    form.opcode === insn.opcode &&
    obeys(form.dst, insn.dst) &&
    obeys(form.src, insn.src) &&
    obeys(form.offset, insn.offset) &&
    obeys(form.imm, insn.imm) &&
    (form.nextImm === undefined
      ? insn.nextImm === undefined
      : insn.nextImm !== undefined && obeys(form.nextImm, insn.nextImm))
  );
}

/** The row of an instruction; undefined when its opcode is unknown or a field breaks every form's rules. */
export function formOf(insn: Insn): InsnForm | undefined {
  return formsOfOpcode(insn.opcode).find((form) => isOfForm(form, insn));
}
