// What the kernel tells about a loaded program (struct bpf_prog_info). Times are since boot there, and become dates here.
// Arrays are asked for by a second call, with the numbers of the first.
import { readFileSync } from "node:fs";
import { resolveBtf } from "@typebpf/abi";
import type { Sys } from "../sys.ts";
import type { BtfCache, KernelBtfTypes } from "./btf.ts";
import { memoryOf } from "./fdinfo.ts";
import { type Info, readInfo, roomFor } from "./info.ts";
import { objectLayouts } from "./layouts.ts";
import { programTypeNameOf } from "./names.ts";

/** Facts about a program in the kernel. */
export interface KernelProgramInfo {
  readonly id: number;
  /** The kernel's name of the type in lower case, as `bpftool` prints it; the number where it is not known. */
  readonly type: string;
  /** `BPF_PROG_TYPE_*` */
  readonly typeNumber: number;
  /** Whole where BTF has it, else the 15 bytes that the kernel keeps. */
  readonly name: string;
  /** Hash of the instructions, 16 hex digits. */
  readonly tag: string;
  readonly loadedAt: Date;
  /** User who loaded it. */
  readonly uid: number;
  /** Bytes of its instructions after the verifier; 0 where this process may not see them. */
  readonly xlatedBytes: number;
  /** Bytes of machine code; 0 where it is interpreted. */
  readonly jitedBytes: number;
  /** Bytes of memory that it takes, if the kernel tells. */
  readonly memoryBytes: number | undefined;
  /** Instructions that the verifier followed, all paths together; 0 before Linux 5.16. */
  readonly verifiedInsns: number;
  readonly mapIds: readonly number[];
  /** 0 where it has none. */
  readonly btfId: number;
  /** Runs that were counted, while somebody had statistics on. */
  readonly runCount: bigint;
  /** Nanoseconds of those runs. */
  readonly runTimeNs: bigint;
  /** Runs that were left out, since the program was running on that CPU already. */
  readonly recursionMisses: bigint;
  /** Type of the kernel that it is attached to (tracing, LSM, struct_ops), by id of BTF and type; 0 where there is none. */
  readonly attachBtf: { readonly object: number; readonly type: number };
}

/** The info struct of a program. */
export type ProgramBlock = Info<typeof objectLayouts.program>;

/** When the machine was started, in milliseconds. */
function bootTime(): number {
  try {
    return Date.now() - Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000;
  } catch {
    return 0;
  }
}

/** "c0ffee…" of bytes. */
function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function mapIdsOf(sys: Sys, fd: number, count: number): readonly number[] {
  const room = roomFor(sys, count, 4);
  if (!room) return [];
  const info = readInfo(sys, fd, objectLayouts.program, (one) => one.set("nr_map_ids", count).set("map_ids", room));
  if (typeof info === "number") return [];
  const given = Math.min(count, info.get("nr_map_ids"));
  return Array.from({ length: given }, (_, index) => room.view.getUint32(index * 4, true));
}

/** Instruction and type of each function of a program, in order. */
export function functionsOf(
  sys: Sys,
  fd: number,
  info: ProgramBlock,
): readonly (readonly [slot: number, type: number])[] {
  const [count, size] = [info.get("nr_func_info"), info.get("func_info_rec_size")];
  const room = size >= 8 ? roomFor(sys, count, size) : undefined;
  if (!room) return [];
  const filled = readInfo(sys, fd, objectLayouts.program, (one) => {
    one.set("nr_func_info", count).set("func_info_rec_size", size).set("func_info", room);
  });
  if (typeof filled === "number") return [];
  return Array.from({ length: Math.min(count, filled.get("nr_func_info")) }, (_, index) => {
    return [room.view.getUint32(index * size, true), room.view.getUint32(index * size + 4, true)] as const;
  });
}

/** The name of a function in BTF. */
export function functionName(btf: KernelBtfTypes | undefined, type: number): string | undefined {
  const found = btf && resolveBtf(btf.types, type);
  return found?.kind === "func" && found.name !== "" ? found.name : undefined;
}

/** The name that the author gave: the kernel keeps 15 bytes, BTF has all. */
function wholeName(sys: Sys, fd: number, info: ProgramBlock, btf: BtfCache): string {
  const short = info.text("name");
  if (new TextEncoder().encode(short).length < 15) return short;
  const [first] = functionsOf(sys, fd, info);
  const whole = first && functionName(btf.get(info.get("btf_id")), first[1]);
  return whole?.startsWith(short) ? whole : short;
}

/** Facts about the program behind a descriptor, or a negative errno. */
export function readProgram(sys: Sys, fd: number, btf: BtfCache): KernelProgramInfo | number {
  const info = readInfo(sys, fd, objectLayouts.program);
  if (typeof info === "number") return info;
  const typeNumber = info.get("type");
  return {
    id: info.get("id"),
    type: programTypeNameOf(typeNumber),
    typeNumber,
    name: wholeName(sys, fd, info, btf),
    tag: hex(info.bytes("tag")),
    loadedAt: new Date(bootTime() + Number(info.wide("load_time") / 1_000_000n)),
    uid: info.get("created_by_uid"),
    xlatedBytes: info.get("xlated_prog_len"),
    jitedBytes: info.get("jited_prog_len"),
    memoryBytes: memoryOf(fd),
    verifiedInsns: info.get("verified_insns"),
    mapIds: mapIdsOf(sys, fd, info.get("nr_map_ids")),
    btfId: info.get("btf_id"),
    runCount: info.wide("run_cnt"),
    runTimeNs: info.wide("run_time_ns"),
    recursionMisses: info.wide("recursion_misses"),
    attachBtf: { object: info.get("attach_btf_obj_id"), type: info.get("attach_btf_id") },
  };
}
