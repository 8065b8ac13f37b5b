// What the compiler treats specially: one row per value that @typebpf/dsl exports, by its name there. The compiler
// resolves a symbol to its export and looks it up here; it never goes by the text of a program.
// Plain data, for @typebpf/dsl/intrinsics.
import {
  type MapTypeName,
  type ProgramKindName,
  programKindNames,
  type ScalarLayout,
  scalarLayouts,
} from "@typebpf/abi";
import type * as dsl from "./index.ts";

/** What an export of the DSL is to the compiler. */
export type Intrinsic =
  /** A cast when called, a schema otherwise. */
  | { readonly kind: "scalar"; readonly layout: ScalarLayout }
  /** `struct(name, fields)`, `union(name, members)`: makes a schema. */
  | { readonly kind: "structSchema" }
  /** `array(item, length)`: makes a schema. */
  | { readonly kind: "arraySchema" }
  /** `bits(unit, count)`: makes a member of a struct. */
  | { readonly kind: "bitField" }
  /** `sizeOf(schema)`: a constant. */
  | { readonly kind: "sizeOf" }
  /** `offsetOf(schema, field)`: a constant. */
  | { readonly kind: "offsetOf" }
  /** `ipv4(text)`, `ipv6(text)`, `mac(text)`: a constant. */
  | { readonly kind: "address" }
  /** `config(schema, defaults)`: read-only data, set when loading. */
  | { readonly kind: "config" }
  /** Makes a map; `operations` are its methods in the filter. */
  | { readonly kind: "mapConstructor"; readonly mapType: MapTypeName; readonly operations: readonly MapOperation[] }
  /** Makes a program from a function of its context, as do its members. */
  | {
      readonly kind: "program";
      readonly program?: ProgramKindName;
      readonly members: Readonly<Record<string, ProgramKindName>>;
    }
  /** A table of integer constants. */
  | { readonly kind: "constant"; readonly value: Readonly<Record<string, number>> }
  /** A schema that is no function. */
  | { readonly kind: "schema" }
  /** The tag of a line to trace. */
  | { readonly kind: "trace" }
  /** `noinline(fn)`: the function, with a wish for the compiler. */
  | { readonly kind: "functionHint" }
  /** An operation that the compiler lowers itself. */
  | { readonly kind: "function"; readonly name: DslFunctionName };

/** An operation of the DSL that is a function of its own. */
export type DslFunctionName =
  | "copy"
  | "startsWith"
  | "view"
  | "atomicAdd"
  | "atomicAnd"
  | "atomicOr"
  | "atomicXor"
  | "atomicExchange"
  | "atomicCompareExchange"
  | "bytesEqual"
  | "range"
  | "loop";

/** A method of a map in the filter. */
export type MapOperation =
  | "get"
  | "has"
  | "set"
  | "delete"
  | "forEach"
  | "drain"
  | "getPerCpu"
  | "reserve"
  | "output"
  | "query"
  | "tailCall"
  | "redirect"
  | "push"
  | "pop"
  | "peek"
  | "add"
  | "update"
  | "select"
  | "getCurrent"
  | "deleteCurrent"
  | "getStackId"
  | "skbUnderCgroup"
  | "currentTaskUnderCgroup";

const keyed = ["get", "has", "set", "delete"] as const;
const hashed = [...keyed, "forEach"] as const;
const indexed = ["get", "has", "set", "forEach"] as const;
const records = ["reserve", "output", "query"] as const;
const sequence = ["push", "pop", "peek"] as const;
const sockets = ["redirect", "update", "select"] as const;
const groups = ["skbUnderCgroup", "currentTaskUnderCgroup"] as const;
const redirects = ["redirect"] as const;

/** The exports that make programs: the first parts of the kinds' paths. */
export type ProgramRoot = ProgramKindName extends infer Path
  ? Path extends `${infer Root}.${string}`
    ? Root
    : Path
  : never;

function programRoots(): Readonly<Record<ProgramRoot, Extract<Intrinsic, { readonly kind: "program" }>>> {
  const roots: Record<
    string,
    { kind: "program"; program?: ProgramKindName; members: Record<string, ProgramKindName> }
  > = {};
  for (const path of programKindNames) {
    const [root = path, member] = path.split(".");
    roots[root] ??= { kind: "program", members: {} };
    const row = roots[root];
    if (member === undefined) row.program = path;
    else row.members[member] = path;
  }
  return roots as Readonly<Record<ProgramRoot, Extract<Intrinsic, { readonly kind: "program" }>>>;
}

/** Every value export of @typebpf/dsl. */
export const intrinsics = {
  ...programRoots(),
  u8: { kind: "scalar", layout: scalarLayouts.u8 },
  u16: { kind: "scalar", layout: scalarLayouts.u16 },
  u32: { kind: "scalar", layout: scalarLayouts.u32 },
  u64: { kind: "scalar", layout: scalarLayouts.u64 },
  i8: { kind: "scalar", layout: scalarLayouts.i8 },
  i16: { kind: "scalar", layout: scalarLayouts.i16 },
  i32: { kind: "scalar", layout: scalarLayouts.i32 },
  i64: { kind: "scalar", layout: scalarLayouts.i64 },
  u16be: { kind: "scalar", layout: scalarLayouts.u16be },
  u32be: { kind: "scalar", layout: scalarLayouts.u32be },
  u64be: { kind: "scalar", layout: scalarLayouts.u64be },
  struct: { kind: "structSchema" },
  union: { kind: "structSchema" },
  array: { kind: "arraySchema" },
  bits: { kind: "bitField" },
  sizeOf: { kind: "sizeOf" },
  offsetOf: { kind: "offsetOf" },
  ipv4: { kind: "address" },
  ipv6: { kind: "address" },
  mac: { kind: "address" },
  config: { kind: "config" },
  hashMap: { kind: "mapConstructor", mapType: "hash", operations: hashed },
  lruHashMap: { kind: "mapConstructor", mapType: "lruHash", operations: hashed },
  perCpuHashMap: { kind: "mapConstructor", mapType: "perCpuHash", operations: [...hashed, "getPerCpu"] },
  lruPerCpuHashMap: { kind: "mapConstructor", mapType: "lruPerCpuHash", operations: [...hashed, "getPerCpu"] },
  lpmTrie: { kind: "mapConstructor", mapType: "lpmTrie", operations: keyed },
  arrayMap: { kind: "mapConstructor", mapType: "array", operations: indexed },
  perCpuArray: { kind: "mapConstructor", mapType: "perCpuArray", operations: [...indexed, "getPerCpu"] },
  userRingBuffer: { kind: "mapConstructor", mapType: "userRingBuffer", operations: ["drain"] },
  ringBuffer: { kind: "mapConstructor", mapType: "ringBuffer", operations: records },
  progArray: { kind: "mapConstructor", mapType: "progArray", operations: ["tailCall"] },
  perfEventArray: { kind: "mapConstructor", mapType: "perfEventArray", operations: ["output"] },
  PerfOutput: { kind: "constant", value: { CURRENT_CPU: 0xffff_ffff } },
  queue: { kind: "mapConstructor", mapType: "queue", operations: sequence },
  stack: { kind: "mapConstructor", mapType: "stack", operations: sequence },
  Push: { kind: "constant", value: { ANY: 0, EXIST: 2 } },
  bloomFilter: { kind: "mapConstructor", mapType: "bloomFilter", operations: ["add", "has"] },
  devMap: { kind: "mapConstructor", mapType: "devMap", operations: redirects },
  devMapHash: { kind: "mapConstructor", mapType: "devMapHash", operations: redirects },
  cpuMap: { kind: "mapConstructor", mapType: "cpuMap", operations: redirects },
  xskMap: { kind: "mapConstructor", mapType: "xskMap", operations: redirects },
  arrayOfMaps: { kind: "mapConstructor", mapType: "arrayOfMaps", operations: ["get", "has"] },
  hashOfMaps: { kind: "mapConstructor", mapType: "hashOfMaps", operations: ["get", "has"] },
  sockMap: { kind: "mapConstructor", mapType: "sockMap", operations: sockets },
  sockHash: { kind: "mapConstructor", mapType: "sockHash", operations: sockets },
  reusePortSockArray: { kind: "mapConstructor", mapType: "reusePortSockArray", operations: ["select"] },
  RedirectSocket: { kind: "constant", value: { INGRESS: 1 } },
  stackTrace: { kind: "mapConstructor", mapType: "stackTrace", operations: ["getStackId"] },
  StackId: { kind: "constant", value: { USER_STACK: 256, FAST_STACK_CMP: 512, REUSE_STACKID: 1024 } },
  skStorage: { kind: "mapConstructor", mapType: "skStorage", operations: ["get", "delete"] },
  taskStorage: { kind: "mapConstructor", mapType: "taskStorage", operations: ["getCurrent", "deleteCurrent"] },
  cgroupArray: { kind: "mapConstructor", mapType: "cgroupArray", operations: groups },
  deprecatedCgroupStorage: { kind: "mapConstructor", mapType: "deprecatedCgroupStorage", operations: ["get"] },
  deprecatedPerCpuCgroupStorage: {
    kind: "mapConstructor",
    mapType: "deprecatedPerCpuCgroupStorage",
    operations: ["get"],
  },
  RedirectMap: { kind: "constant", value: { BROADCAST: 8, EXCLUDE_INGRESS: 16 } },
  RingBufferFlags: { kind: "constant", value: { NO_WAKEUP: 1, FORCE_WAKEUP: 2 } },
  RingBufferQuery: { kind: "constant", value: { AVAIL_DATA: 0, RING_SIZE: 1, CONS_POS: 2, PROD_POS: 3 } },
  MapUpdate: { kind: "constant", value: { ANY: 0, NOEXIST: 1, EXIST: 2 } },
  XDP: { kind: "constant", value: { ABORTED: 0, DROP: 1, PASS: 2, TX: 3, REDIRECT: 4 } },
  TC: {
    kind: "constant",
    value: {
      UNSPEC: -1,
      OK: 0,
      RECLASSIFY: 1,
      SHOT: 2,
      PIPE: 3,
      STOLEN: 4,
      QUEUED: 5,
      REPEAT: 6,
      REDIRECT: 7,
      TRAP: 8,
    },
  },
  SK: { kind: "constant", value: { DROP: 0, PASS: 1 } },
  LWT: { kind: "constant", value: { OK: 0, DROP: 2, REDIRECT: 7, REROUTE: 128 } },
  Flow: { kind: "constant", value: { OK: 0, DROP: 2, CONTINUE: 129 } },
  NF: { kind: "constant", value: { DROP: 0, ACCEPT: 1 } },
  HeaderStart: { kind: "constant", value: { MAC: 0, NET: 1 } },
  StoreBytes: { kind: "constant", value: { RECOMPUTE_CSUM: 1, INVALIDATE_HASH: 2 } },
  CsumReplace: { kind: "constant", value: { PSEUDO_HDR: 16, MARK_MANGLED_0: 32, MARK_ENFORCE: 64 } },
  CsumLevel: { kind: "constant", value: { QUERY: 0, INC: 1, DEC: 2, RESET: 3 } },
  StackFlags: { kind: "constant", value: { USER_STACK: 256, USER_BUILD_ID: 2048 } },
  FibLookupFlags: { kind: "constant", value: { DIRECT: 1, OUTPUT: 2, SKIP_NEIGH: 4, TBID: 8, SRC: 16, MARK: 32 } },
  FibLookupResult: {
    kind: "constant",
    value: {
      SUCCESS: 0,
      BLACKHOLE: 1,
      UNREACHABLE: 2,
      PROHIBIT: 3,
      NOT_FWDED: 4,
      FWD_DISABLED: 5,
      UNSUPP_LWT: 6,
      NO_NEIGH: 7,
      FRAG_NEEDED: 8,
      NO_SRC_ADDR: 9,
    },
  },
  TunnelKeyFlags: {
    kind: "constant",
    value: { IPV6: 1, ZERO_CSUM_TX: 2, DONT_FRAGMENT: 4, SEQ_NUMBER: 8, NO_KEY: 16 },
  },
  LwtEncap: { kind: "constant", value: { SEG6: 0, SEG6_INLINE: 1, IP: 2 } },
  Redirect: { kind: "constant", value: { INGRESS: 1 } },
  AdjustRoom: { kind: "constant", value: { NET: 0, MAC: 1 } },
  SockOps: {
    kind: "constant",
    value: {
      VOID: 0,
      TIMEOUT_INIT: 1,
      RWND_INIT: 2,
      TCP_CONNECT_CB: 3,
      ACTIVE_ESTABLISHED_CB: 4,
      PASSIVE_ESTABLISHED_CB: 5,
      NEEDS_ECN: 6,
      BASE_RTT: 7,
      RTO_CB: 8,
      RETRANS_CB: 9,
      STATE_CB: 10,
      TCP_LISTEN_CB: 11,
      RTT_CB: 12,
      PARSE_HDR_OPT_CB: 13,
      HDR_OPT_LEN_CB: 14,
      WRITE_HDR_OPT_CB: 15,
      TSTAMP_SCHED_CB: 16,
      TSTAMP_SND_SW_CB: 17,
      TSTAMP_SND_HW_CB: 18,
      TSTAMP_ACK_CB: 19,
      TSTAMP_SENDMSG_CB: 20,
    },
  },
  SockOpsFlags: {
    kind: "constant",
    value: {
      RTO: 1,
      RETRANS: 2,
      STATE: 4,
      RTT: 8,
      PARSE_ALL_HDR_OPT: 16,
      PARSE_UNKNOWN_HDR_OPT: 32,
      WRITE_HDR_OPT: 64,
    },
  },
  TcpState: {
    kind: "constant",
    value: {
      ESTABLISHED: 1,
      SYN_SENT: 2,
      SYN_RECV: 3,
      FIN_WAIT1: 4,
      FIN_WAIT2: 5,
      TIME_WAIT: 6,
      CLOSE: 7,
      CLOSE_WAIT: 8,
      LAST_ACK: 9,
      LISTEN: 10,
      CLOSING: 11,
      NEW_SYN_RECV: 12,
    },
  },
  DeviceType: { kind: "constant", value: { BLOCK: 1, CHAR: 2 } },
  DeviceAccess: { kind: "constant", value: { MKNOD: 1, READ: 2, WRITE: 4 } },
  spinLock: { kind: "schema" },
  trace: { kind: "trace" },
  noinline: { kind: "functionHint" },
  range: { kind: "function", name: "range" },
  loop: { kind: "function", name: "loop" },
  bytesEqual: { kind: "function", name: "bytesEqual" },
  copy: { kind: "function", name: "copy" },
  startsWith: { kind: "function", name: "startsWith" },
  view: { kind: "function", name: "view" },
  atomicAdd: { kind: "function", name: "atomicAdd" },
  atomicAnd: { kind: "function", name: "atomicAnd" },
  atomicOr: { kind: "function", name: "atomicOr" },
  atomicXor: { kind: "function", name: "atomicXor" },
  atomicExchange: { kind: "function", name: "atomicExchange" },
  atomicCompareExchange: { kind: "function", name: "atomicCompareExchange" },
} as const satisfies Readonly<Record<keyof typeof dsl, Intrinsic>>;

/** The name of a row. */
export type IntrinsicName = keyof typeof intrinsics;
