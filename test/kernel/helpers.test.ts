// What this kernel answers for each kind of program and each helper, beside the rows: a program that only calls the helper is
// loaded, and the verifier says whether programs of that kind may call it at all, before it looks at the arguments
// (check_helper_call of kernel/bpf/verifier.c). What cannot be asked here has its reason.
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  compareKernels,
  decodeBtf,
  type HelperRow,
  helperSince,
  helpers,
  type ProgramKindName,
  type ProgramKindRow,
  programKindNames,
  programKinds,
  programTypes,
  uapi,
} from "../../packages/abi/src/index.ts";
import { type Memory, openSys, type Sys } from "../../packages/loader/src/kernel/sys.ts";
import { describeKernel } from "./gate.ts";

const SLEEPABLE = 1 << 4;
const logSize = 1 << 16;

/** Rows that say more than the answer, or less, and why. */
const exceptions: readonly { readonly helper: string; readonly programs: readonly string[]; readonly why: string }[] = [
  { helper: "probeWriteUser", programs: ["all"], why: "lockdown takes it away" },
  { helper: "overrideReturn", programs: ["all"], why: "needs CONFIG_BPF_KPROBE_OVERRIDE" },
  {
    helper: "spinLock",
    programs: ["socket_filter", "kprobe", "tracepoint", "perf_event", "raw_tracepoint", "raw_tracepoint_writable"],
    why: "refused with the map, check_map_prog_compatibility",
  },
  {
    helper: "spinUnlock",
    programs: ["socket_filter", "kprobe", "tracepoint", "perf_event", "raw_tracepoint", "raw_tracepoint_writable"],
    why: "refused with the map, check_map_prog_compatibility",
  },
  ...["timerInit", "timerSetCallback", "timerStart", "timerCancel"].map((helper) => ({
    helper,
    programs: ["kprobe", "tracepoint", "perf_event", "raw_tracepoint", "raw_tracepoint_writable"],
    why: "refused with the map, check_map_prog_compatibility",
  })),
  { helper: "dPath", programs: ["tracing"], why: "depends on the function or the iterator" },
  { helper: "skStorageGet", programs: ["tracing", "syscall"], why: "depends on the function" },
  { helper: "skStorageDelete", programs: ["tracing", "syscall"], why: "depends on the function" },
  { helper: "getSocketCookie", programs: ["syscall"], why: "takes a kernel's pointer" },
];

/** The type in the kernel's BTF that a program of the kind names. */
const targets: Readonly<Record<string, { readonly kind: string; readonly name: string }>> = {
  TRACE_RAW_TP: { kind: "typedef", name: "btf_trace_sched_switch" },
  TRACE_ITER: { kind: "func", name: "bpf_iter_task" },
  TRACE_FENTRY: { kind: "func", name: "do_filp_open" },
  TRACE_FEXIT: { kind: "func", name: "do_filp_open" },
  LSM_MAC: { kind: "func", name: "bpf_lsm_file_open" },
  LSM_CGROUP: { kind: "func", name: "bpf_lsm_socket_post_create" },
  STRUCT_OPS: { kind: "struct", name: "tcp_congestion_ops" },
};

/** The member of that struct that programs of the test are for: `cong_avoid` comes after `ssthresh`. */
const structOpsMember = 2;

/** One kind for each type and attach type. */
const kinds = programKindNames.filter((kind, index) => {
  const same = (other: ProgramKindName): boolean =>
    programKinds[other].type === programKinds[kind].type && attachOf(other) === attachOf(kind);
  return programKindNames.findIndex(same) === index;
});

function attachOf(kind: ProgramKindName): string | undefined {
  const { attach }: ProgramKindRow = programKinds[kind];
  return attach;
}

const rows = Object.entries<HelperRow>(helpers);

describeKernel("helpers that programs may call", () => {
  const kernel = /^\d+\.\d+/.exec(release())?.[0] ?? "0.0";
  let sys: Sys;
  let memory: { readonly attr: Memory; readonly code: Memory; readonly license: Memory; readonly log: Memory };
  const ids = new Map<string, number>();

  beforeAll(async () => {
    sys = await openSys();
    memory = {
      attr: sys.allocate(144),
      code: sys.allocate(24),
      license: sys.allocate(16),
      log: sys.allocate(logSize),
    };
    const btf = decodeBtf(readFileSync("/sys/kernel/btf/vmlinux"));
    if (!("types" in btf)) throw new Error("the kernel's BTF cannot be read");
    btf.types.forEach((type, index) => {
      if (!("name" in type)) return;
      for (const [attach, { kind, name }] of Object.entries(targets)) {
        if (type.kind === kind && type.name === name) ids.set(attach, index + 1);
      }
    });
  });

  afterAll(() => ids.clear());

  /** The verifier's log of a program that calls the helper and ends; undefined where it was loaded. */
  function answer(
    kind: ProgramKindName,
    helper: number,
    { license = "GPL", sleepable = false } = {},
  ): string | undefined {
    const { attr, code, log } = memory;
    const { type, attach }: ProgramKindRow = programKinds[kind];
    for (const { bytes } of [attr, memory.license]) bytes.fill(0);
    log.bytes.fill(0, 0, 4096);
    code.view.setBigUint64(0, 0x85n | (BigInt(helper) << 32n), true);
    code.view.setBigUint64(8, 0xb7n, true);
    code.view.setBigUint64(16, 0x95n, true);
    memory.license.bytes.set(new TextEncoder().encode(license));
    attr.view.setUint32(0, programTypes[type].number, true);
    attr.view.setUint32(4, 3, true);
    attr.view.setBigUint64(8, code.address, true);
    attr.view.setBigUint64(16, memory.license.address, true);
    attr.view.setUint32(24, 1, true);
    attr.view.setUint32(28, logSize, true);
    attr.view.setBigUint64(32, log.address, true);
    attr.view.setUint32(44, sleepable ? SLEEPABLE : 0, true);
    const expected = attach ? uapi.attachType[attach] : 0;
    attr.view.setUint32(68, attach === "STRUCT_OPS" ? structOpsMember : expected, true);
    attr.view.setUint32(108, (attach && ids.get(attach)) ?? 0, true);
    const fd = sys.bpf(uapi.command.PROG_LOAD, attr);
    if (fd >= 0) {
      sys.close(fd);
      return undefined;
    }
    return new TextDecoder().decode(log.bytes.subarray(0, log.bytes.indexOf(0)));
  }

  /** Whether programs of the kind may call the helper; undefined where the kernel does not say. */
  function allows(kind: ProgramKindName, helper: number): boolean | undefined {
    const sleepable = programKinds[kind].type === "syscall";
    const log = answer(kind, helper, { sleepable });
    if (log === undefined) return true;
    if (!log.includes("(85) call")) return undefined;
    return !/unknown func|cannot use helper|not supported for program type|supported only for|not allowed in probe/.test(
      log,
    );
  }

  /** Kinds of which this kernel has said nothing. */
  const silent: string[] = [];

  test.each(kinds)("%s", (kind) => {
    const { type, attach }: ProgramKindRow = programKinds[kind];
    if (allows(kind, uapi.helper.map_lookup_elem) === undefined) {
      silent.push(kind);
      return;
    }
    const wrong: string[] = [];
    for (const [name, row] of rows) {
      const isException = exceptions.some(
        ({ helper, programs }) => helper === name && (programs.includes("all") || programs.includes(type)),
      );
      if (isException) continue;
      const since = helperSince(row, type, attach);
      // Programs that never sleep may not call what sleeps, whatever the kernel's table says.
      if (row.sleeps) continue;
      const expected = since !== undefined && compareKernels(since, kernel) <= 0;
      const found = allows(kind, row.number);
      if (found !== expected) wrong.push(`${row.symbol}: the kernel says ${found}, the row ${since ?? "never"}`);
    }
    expect(wrong).toEqual([]);
  });

  test("who is not asked: what this host refuses before the verifier sees it, and what the kernel is built without", () => {
    const may = ["fentry", "fexit", "fmodRet", "lsm", "lsm.cgroup", "lircMode2", "extension"];
    const newer = ["netfilter", "netkit.primary", "netkit.peer", "tcx.ingress", "tcx.egress", "kprobe.session"];
    expect([...may, ...newer]).toEqual(expect.arrayContaining(silent));
    expect(kinds.length - silent.length).toBeGreaterThan(40);
  });

  test("what demands a GPL-compatible licence", () => {
    const plain = kinds.filter((kind) => !["struct_ops", "lsm", "tracing", "ext"].includes(programKinds[kind].type));
    const wrong: string[] = [];
    for (const [name, row] of rows) {
      const kind = plain.find((one) => allows(one, row.number));
      if (kind === undefined) continue;
      const log =
        answer(kind, row.number, { license: "other", sleepable: programKinds[kind].type === "syscall" }) ?? "";
      const demands = log.includes("GPL");
      const expected = row.license === "GPL" || compareKernels(row.gplBefore ?? "0.0", kernel) > 0;
      if (demands !== expected) wrong.push(`${name} as ${kind}: the kernel says ${demands}`);
    }
    expect(wrong).toEqual([]);
  });
});
