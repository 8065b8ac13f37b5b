// The shape of one row of the instruction table: a form is an opcode together with the field values that select it,
// so `sdiv` is a form of the opcode of `div`. Everything that treats instructions one by one (encode, decode,
// assemble, disassemble, simulator, verifier) dispatches on `action` and takes the rest from the row.

/** Conformance groups of RFC 9669 section 2.4; `kernel` is what Linux has beyond it. */
export type ConformanceGroup =
  | "base32"
  | "base64"
  | "atomic32"
  | "atomic64"
  | "divmul32"
  | "divmul64"
  | "packet"
  | "kernel";

/** Version of the instruction set as compilers number them (`-mcpu`). */
export type IsaVersion = "v1" | "v2" | "v3" | "v4";

export type Width = 32 | 64;
export type AccessSize = 1 | 2 | 4 | 8;
/** Where the second operand comes from. */
export type OperandSource = "imm" | "reg";

/** Arithmetic operations with two operands. */
export type BinaryAluOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "sdiv"
  | "or"
  | "and"
  | "lsh"
  | "rsh"
  | "mod"
  | "smod"
  | "xor"
  | "mov"
  | "arsh";
/** Moves that extend the sign of the lower 8, 16 or 32 bits. */
export type MovsxOp = "movsx8" | "movsx16" | "movsx32";
export type AluOp = BinaryAluOp | "neg" | MovsxOp;
/** `le` and `be` convert from or to the host's order, `bswap` always swaps. */
export type ByteOrderOp = "le" | "be" | "bswap";
export type SwapBits = 16 | 32 | 64;
/** Conditions of branches; those with `s` compare as signed, `jset` tests common bits. */
export type JumpOp = "jeq" | "jne" | "jgt" | "jge" | "jlt" | "jle" | "jset" | "jsgt" | "jsge" | "jslt" | "jsle";
/** Read-modify-write operations of atomic instructions. */
export type AtomicOp = "add" | "or" | "and" | "xor" | "xchg" | "cmpxchg";
/** What the 64-bit immediate of a wide instruction stands for (its source field). */
export type WideSource = "value" | "mapFd" | "mapValue" | "btfId" | "function" | "mapIndex" | "mapIndexValue";

/** What an instruction does, with everything that selects its meaning but its operands. */
export type InsnAction =
  | { readonly kind: "alu"; readonly op: AluOp; readonly width: Width; readonly source: OperandSource }
  | { readonly kind: "byteOrder"; readonly op: ByteOrderOp; readonly bits: SwapBits }
  /** `dst = src` seen from the other address space (arena pointers). */
  | { readonly kind: "addrSpaceCast"; readonly from: 0 | 1; readonly to: 0 | 1 }
  /** Target is relative to the next slot; the distance is in `offset` or in `imm`. */
  | { readonly kind: "goto"; readonly distance: "offset" | "imm" }
  | { readonly kind: "branch"; readonly op: JumpOp; readonly width: Width; readonly source: OperandSource }
  /** Jumps by `offset` once the loop budget of the kernel is used up. */
  | { readonly kind: "mayGoto" }
  /** `dst = *(src + offset)`, zero- or sign-extended. */
  | { readonly kind: "load"; readonly size: AccessSize; readonly signed: boolean }
  /** `*(dst + offset) = src or imm`. */
  | { readonly kind: "store"; readonly size: AccessSize; readonly source: OperandSource }
  /** On `*(dst + offset)` with `src`; with `fetch` the old value goes to `src`, for `cmpxchg` to r0. */
  | { readonly kind: "atomic"; readonly op: AtomicOp; readonly size: 4 | 8; readonly fetch: boolean }
  | { readonly kind: "loadAcquire"; readonly size: AccessSize }
  | { readonly kind: "storeRelease"; readonly size: AccessSize }
  | { readonly kind: "loadWide"; readonly source: WideSource }
  /** Legacy: `r0 =` big-endian value in the socket buffer at `imm`, or at `src + imm`. */
  | { readonly kind: "loadPacket"; readonly size: 1 | 2 | 4; readonly indexed: boolean }
  /** `imm` is a helper's number, a distance in slots, or a BTF id. */
  | { readonly kind: "call"; readonly target: "helper" | "local" | "kfunc" }
  | { readonly kind: "exit" };

type SizeName = "u8" | "u16" | "u32" | "u64";

/** Name of every form; the emitter asks for instructions by it. */
export type InsnName =
  | `${BinaryAluOp}${Width}_${OperandSource}`
  | `neg${Width}`
  | "movsx8_32"
  | "movsx16_32"
  | "movsx8_64"
  | "movsx16_64"
  | "movsx32_64"
  | `${ByteOrderOp}${SwapBits}`
  | `addr_space_cast_to_${0 | 1}`
  | "ja"
  | "ja32"
  | `${JumpOp}${Width}_${OperandSource}`
  | "may_goto"
  | `ldx_${SizeName | "s8" | "s16" | "s32"}`
  | `st_${SizeName}`
  | `stx_${SizeName}`
  | `atomic${Width}_${"" | "fetch_"}${"add" | "or" | "and" | "xor"}`
  | `atomic${Width}_${"xchg" | "cmpxchg"}`
  | `load_acquire_${SizeName}`
  | `store_release_${SizeName}`
  | "lddw"
  | `lddw_${"map_fd" | "map_value" | "btf_id" | "function" | "map_index" | "map_index_value"}`
  | `ld_abs_${"u8" | "u16" | "u32"}`
  | `ld_ind_${"u8" | "u16" | "u32"}`
  | `call_${"helper" | "local" | "kfunc"}`
  | "exit";

/** The fields besides the opcode, in the order of the encoding. */
export const insnFields = ["dst", "src", "offset", "imm", "nextImm"] as const;
export type FieldName = (typeof insnFields)[number];

/** What a field may hold: a register r0…r10, anything, or exactly one number (0 where the field is reserved). */
export type FieldRule = "register" | "any" | number;

/** A register that an instruction uses: the one in a field, or one that is implied. */
export type RegisterUse = "dst" | "src" | number;

/** One row of the instruction table. */
export interface InsnForm {
  readonly name: InsnName;
  readonly opcode: number;
  readonly dst: FieldRule;
  readonly src: FieldRule;
  readonly offset: FieldRule;
  readonly imm: FieldRule;
  /** Present exactly on wide instructions (two slots). */
  readonly nextImm?: FieldRule;
  readonly action: InsnAction;
  readonly group: ConformanceGroup;
  readonly isa: IsaVersion;
  /** First kernel that has it. */
  readonly since: string;
  /** Operand syntax (see syntax.ts). The first template whose omitted fields are all zero is printed. */
  readonly syntax: readonly [string, ...string[]];
  /** Registers read; for calls the most that can be read. */
  readonly reads: readonly RegisterUse[];
  /** Registers whose old contents are gone. */
  readonly writes: readonly RegisterUse[];
}
