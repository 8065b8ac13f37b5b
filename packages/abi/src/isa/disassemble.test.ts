// Text of the disassembler as the kernel's log has it, written by hand.
import { describe, expect, test } from "vitest";
import { instruction, loadWide } from "./build.ts";
import { disassembleInsn } from "./disassemble.ts";
import type { Insn } from "./insn.ts";

const cases: readonly (readonly [Insn, string])[] = [
  [instruction("ldx_u32", { dst: 1, src: 2, offset: 4 }), "r1 = *(u32 *)(r2 +4)"],
  [instruction("ldx_s8", { dst: 1, src: 10, offset: -8 }), "r1 = *(s8 *)(r10 -8)"],
  [instruction("stx_u64", { dst: 10, src: 1, offset: 0 }), "*(u64 *)(r10 +0) = r1"],
  [instruction("st_u8", { dst: 10, offset: -1, imm: -1 }), "*(u8 *)(r10 -1) = -1"],
  [instruction("add32_imm", { dst: 0, imm: 1 }), "w0 += 1"],
  [instruction("arsh64_reg", { dst: 0, src: 1 }), "r0 s>>= r1"],
  [instruction("sdiv64_imm", { dst: 0, imm: -2 }), "r0 s/= -2"],
  [instruction("neg32", { dst: 4 }), "w4 = -w4"],
  [instruction("movsx32_64", { dst: 1, src: 2 }), "r1 = (s32)r2"],
  [instruction("be16", { dst: 1 }), "r1 = be16 r1"],
  [instruction("bswap64", { dst: 1 }), "r1 = bswap64 r1"],
  [instruction("addr_space_cast_to_0", { dst: 1, src: 2 }), "r1 = addr_space_cast(r2, 0, 1)"],
  [instruction("jne64_imm", { dst: 1, offset: 3 }), "if r1 != 0x0 goto pc+3"],
  [instruction("jslt32_imm", { dst: 1, imm: -1, offset: -3 }), "if w1 s< 0xffffffff goto pc-3"],
  [instruction("jset64_reg", { dst: 1, src: 2 }), "if r1 & r2 goto pc+0"],
  [instruction("ja", { offset: -1 }), "goto pc-1"],
  [instruction("ja32", { imm: 70000 }), "gotol pc+70000"],
  [instruction("may_goto", { offset: 2 }), "may_goto pc+2"],
  [instruction("atomic64_add", { dst: 1, src: 2 }), "lock *(u64 *)(r1 +0) += r2"],
  [instruction("atomic64_fetch_add", { dst: 1, src: 2 }), "r2 = atomic64_fetch_add((u64 *)(r1 +0), r2)"],
  [instruction("atomic32_fetch_or", { dst: 1, src: 2 }), "r2 = atomic_fetch_or((u32 *)(r1 +0), r2)"],
  [instruction("atomic64_xchg", { dst: 1, src: 2 }), "r2 = atomic64_xchg((u64 *)(r1 +0), r2)"],
  [instruction("atomic32_cmpxchg", { dst: 1, src: 2 }), "r0 = atomic_cmpxchg((u32 *)(r1 +0), r0, r2)"],
  [instruction("load_acquire_u16", { dst: 1, src: 2, offset: 6 }), "r1 = load_acquire((u16 *)(r2 +6))"],
  [instruction("store_release_u64", { dst: 1, src: 2 }), "store_release((u64 *)(r1 +0), r2)"],
  [loadWide(1, 0xfedcba9876543210n), "r1 = 0xfedcba9876543210 ll"],
  [instruction("lddw_map_fd", { dst: 1, imm: 5 }), "r1 = map[fd:5] ll"],
  [instruction("lddw_map_value", { dst: 1, imm: 5, nextImm: 8 }), "r1 = map[fd:5][0]+8 ll"],
  [instruction("lddw_btf_id", { dst: 1, imm: 9 }), "r1 = btf[id:9] ll"],
  [instruction("lddw_function", { dst: 1, imm: 5 }), "r1 = subprog[pc+5] ll"],
  [instruction("ld_abs_u16", { imm: 12 }), "r0 = *(u16 *)skb[12]"],
  [instruction("ld_ind_u8", { src: 7, imm: 1 }), "r0 = *(u8 *)skb[r7 + 1]"],
  [instruction("call_helper", { imm: 1 }), "call bpf_map_lookup_elem#1"],
  [instruction("call_helper", { imm: 9999 }), "call unknown#9999"],
  [instruction("call_local", { imm: -7 }), "call pc-7"],
  [instruction("call_kfunc", { imm: 77 }), "call kernel-function#77"],
  [instruction("call_kfunc", { imm: 77, offset: 1 }), "call kernel-function#77 in +1"],
  [instruction("exit"), "exit"],
];

const helperName = (number: number) => (number === 1 ? "bpf_map_lookup_elem" : undefined);

describe("disassemble", () => {
  test.each(cases)("%o is %s", (insn, text) => {
    expect(disassembleInsn(insn, { helperName })).toBe(text);
  });
});
