// The code of a loaded program: instructions as the verifier left them ("xlated"), with functions, maps and helpers by
// name and the lines of the source that BTF has, and machine code. The verifier rewrites programs into instructions that
// no author can write, so each is decoded by itself, and one that our table does not have is shown as its bytes.
import { decode, disassembleInsn, helperByNumber } from "@typebpf/abi";
import type { Sys } from "../sys.ts";
import type { BtfCache } from "./btf.ts";
import { openById } from "./ids.ts";
import { readInfo, roomFor } from "./info.ts";
import { objectLayouts } from "./layouts.ts";
import { readMap } from "./map-info.ts";
import { functionName, functionsOf, type ProgramBlock } from "./program-info.ts";
import { type CallNames, callNames } from "./symbols.ts";

/** A line of the source. */
export interface CodeLine {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** An instruction as the kernel has it. */
export interface CodeInsn {
  /** Index in 8-byte slots. */
  readonly slot: number;
  /** 8 or 16 bytes. */
  readonly bytes: Uint8Array;
  /** In the kernel's syntax; maps, helpers and functions by name where they are known. */
  readonly text: string;
  /** On the first instruction that comes from a line. */
  readonly at?: CodeLine;
  /** On the first instruction of a function: its name, "" where it is not known. */
  readonly function?: string;
}

/** Machine code of one function. */
export interface MachineCode {
  /** "" where it is not known. */
  readonly function: string;
  /** 0 where the kernel does not tell. */
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

const CALL = 0x85;
const WIDE = 0x18;
const pseudo = { MAP_FD: 1, MAP_VALUE: 2, CALL: 1, KFUNC: 2 };

interface Slots {
  readonly slot: number;
  readonly bytes: Uint8Array;
  readonly opcode: number;
  readonly src: number;
  readonly offset: number;
  readonly imm: number;
  readonly nextImm: number;
}

function split(code: Uint8Array): readonly Slots[] {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const all: Slots[] = [];
  for (let at = 0; at + 8 <= code.length; ) {
    const wide = view.getUint8(at) === WIDE && at + 16 <= code.length;
    const size = wide ? 16 : 8;
    all.push({
      slot: at / 8,
      bytes: code.slice(at, at + size),
      opcode: view.getUint8(at),
      src: view.getUint8(at + 1) >> 4,
      offset: view.getInt16(at + 2, true),
      imm: view.getInt32(at + 4, true),
      nextImm: wide ? view.getInt32(at + 12, true) : 0,
    });
    at += size;
  }
  return all;
}

/** What texts of instructions refer to. */
interface Names {
  /** By slot of the first instruction. */
  readonly functions: ReadonlyMap<number, string>;
  readonly calls: CallNames;
  readonly map: (id: number) => string;
}

function callText({ slot, src, offset, imm }: Slots, { functions, calls }: Names): string {
  if (src === pseudo.CALL) {
    const distance = offset === 0 ? imm : offset;
    const name = functions.get(slot + 1 + distance);
    return `call pc${distance < 0 ? "" : "+"}${distance}${name ? ` (${name})` : ""}`;
  }
  const name = calls.get(imm) ?? (src === 0 ? helperByNumber(imm)?.symbol : undefined);
  return `call ${name ?? (src === pseudo.KFUNC ? "kernel-function" : "unknown")}#${imm}`;
}

function plainText({ bytes }: Slots): string {
  const { insns } = decode(bytes);
  const [insn] = insns;
  if (insn) return disassembleInsn(insn);
  return `unknown ${Buffer.from(bytes).toString("hex")}`;
}

function textOf(insn: Slots, names: Names): string {
  if (insn.opcode === CALL) return callText(insn, names);
  if (insn.opcode === WIDE && (insn.src === pseudo.MAP_FD || insn.src === pseudo.MAP_VALUE)) {
    const dst = (insn.bytes[1] ?? 0) & 0xf;
    const map = `map[id:${insn.imm}${names.map(insn.imm)}]`;
    return `r${dst} = ${map}${insn.src === pseudo.MAP_VALUE ? `[0]+${insn.nextImm >>> 0}` : ""} ll`;
  }
  return plainText(insn);
}

/** The name of a map for people: " blocked"; nothing where it has none, or has gone. */
function mapName(sys: Sys): (id: number) => string {
  const known = new Map<number, string>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    using fd = openById(sys, "map", id);
    const info = fd && readMap(sys, fd.number);
    const name = typeof info === "object" && info.name !== "" ? ` ${info.name}` : "";
    known.set(id, name);
    return name;
  };
}

/** Lines by slot of their first instruction (struct bpf_line_info). */
function linesOf(sys: Sys, fd: number, info: ProgramBlock, btf: BtfCache): ReadonlyMap<number, CodeLine> {
  const [count, size] = [info.get("nr_line_info"), info.get("line_info_rec_size")];
  const room = size >= 16 ? roomFor(sys, count, size) : undefined;
  const text = btf.get(info.get("btf_id"))?.text;
  if (!room || !text) return new Map();
  const filled = readInfo(sys, fd, objectLayouts.program, (one) => {
    one.set("nr_line_info", count).set("line_info_rec_size", size).set("line_info", room);
  });
  if (typeof filled === "number") return new Map();
  const word = (record: number, at: number): number => room.view.getUint32(record * size + at * 4, true);
  return new Map(
    Array.from({ length: Math.min(count, filled.get("nr_line_info")) }, (_, record) => {
      const place = word(record, 3);
      const line = {
        file: text(word(record, 1)),
        line: place >>> 10,
        column: place & 0x3ff,
        text: text(word(record, 2)),
      };
      return [word(record, 0), line] as const;
    }),
  );
}

/** Functions of a program by the slot of their first instruction. */
function functionNames(sys: Sys, fd: number, info: ProgramBlock, btf: BtfCache): ReadonlyMap<number, string> {
  const types = btf.get(info.get("btf_id"));
  return new Map(functionsOf(sys, fd, info).map(([slot, type]) => [slot, functionName(types, type) ?? ""]));
}

/** The instructions of a program, or a negative errno; none where this process may not see them. */
export function readCode(sys: Sys, fd: number, btf: BtfCache): readonly CodeInsn[] | number {
  const info = readInfo(sys, fd, objectLayouts.program);
  if (typeof info === "number") return info;
  const room = roomFor(sys, info.get("xlated_prog_len"), 1);
  if (!room) return [];
  const filled = readInfo(sys, fd, objectLayouts.program, (one) => {
    one.set("xlated_prog_len", room.bytes.length).set("xlated_prog_insns", room);
  });
  if (typeof filled === "number") return filled;
  // The kernel takes the address away again where instructions are not for this process to see.
  if (filled.wide("xlated_prog_insns") === 0n) return [];
  const slots = split(room.bytes.subarray(0, filled.get("xlated_prog_len")));
  const helpers = slots.filter((one) => one.opcode === CALL && one.src !== pseudo.CALL).map((one) => one.imm);
  const functions = functionNames(sys, fd, info, btf);
  const names: Names = { functions, calls: callNames(helpers), map: mapName(sys) };
  const lines = linesOf(sys, fd, info, btf);
  return slots.map((insn) => {
    const [at, name] = [lines.get(insn.slot), functions.get(insn.slot)];
    const { slot, bytes } = insn;
    return { slot, bytes, text: textOf(insn, names), ...(at && { at }), ...(name !== undefined && { function: name }) };
  });
}

/** The machine code of a program, function by function, or a negative errno; none where this process may not see it. */
export function readMachineCode(sys: Sys, fd: number, btf: BtfCache): readonly MachineCode[] | number {
  const info = readInfo(sys, fd, objectLayouts.program);
  if (typeof info === "number") return info;
  const [count, functions] = [info.get("nr_jited_func_lens"), info.get("nr_jited_ksyms")];
  const code = roomFor(sys, info.get("jited_prog_len"), 1);
  const [lengths, addresses] = [roomFor(sys, count, 4), roomFor(sys, functions, 8)];
  if (!code || !lengths || !addresses) return [];
  const filled = readInfo(sys, fd, objectLayouts.program, (one) => {
    one.set("jited_prog_len", code.bytes.length).set("jited_prog_insns", code);
    one.set("nr_jited_func_lens", count).set("jited_func_lens", lengths);
    one.set("nr_jited_ksyms", functions).set("jited_ksyms", addresses);
  });
  if (typeof filled === "number") return filled;
  if (filled.wide("jited_prog_insns") === 0n) return [];
  const names = [...functionNames(sys, fd, info, btf).values()];
  let start = 0;
  return Array.from({ length: Math.min(count, filled.get("nr_jited_func_lens")) }, (_, index) => {
    const bytes = code.bytes.slice(start, start + lengths.view.getUint32(index * 4, true));
    start += bytes.length;
    const address = index < functions ? addresses.view.getBigUint64(index * 8, true) : 0n;
    return { function: names[index] ?? "", address, bytes };
  });
}
