import type { ProgramSpec } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { explainRejection, parseVerifierLog } from "./verifier-log.ts";

/** Line N of the source for each slot N. */
const program: ProgramSpec = {
  name: "filter",
  type: "xdp",
  section: "xdp",
  insns: [],
  relocations: [],
  lines: Array.from({ length: 20 }, (_, slot) => ({
    slot,
    at: { file: "f.bpf.ts", line: slot + 1, column: 5, length: 3 },
  })),
  stackBytes: 0,
};

const packetLog = `0: R1=ctx() R10=fp0
0: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2_w=pkt(r=0)
1: (61) r3 = *(u32 *)(r1 +4)          ; R1=ctx() R3_w=pkt_end()
2: (bf) r4 = r2                       ; R2_w=pkt(r=0) R4_w=pkt(r=0)
3: (07) r4 += 14                      ; R4_w=pkt(off=14,r=0)
4: (2d) if r4 > r3 goto pc+2          ; R3_w=pkt_end() R4_w=pkt(off=14,r=14)
; return packet[20] @ f.bpf.ts:6
5: (71) r0 = *(u8 *)(r2 +20)
invalid access to packet, off=20 size=1, R2(id=0,off=20,r=14)
R2 offset is outside of the packet
processed 6 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
\0\0`;

/** As Linux 5.10 writes it. */
const oldLog = `0: (b7) r0 = 0
1: (15) if r1 == 0x0 goto pc+1
 R0_w=inv0 R1=ctx(id=0,off=0,imm=0) R10=fp0
2: (05) goto pc+3
6: (95) exit

from 1 to 3: R0_w=inv0 R1=inv0 R7_w=map_value_or_null(id=1,off=0,ks=4,vs=8,imm=0) R10=fp0
3: (79) r0 = *(u64 *)(r7 +0)
R7 invalid mem access 'map_value_or_null'
processed 5 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

describe("reading a log", () => {
  test("the refused instruction, the reason, the registers, the path", () => {
    const rejection = parseVerifierLog(packetLog);
    expect(rejection).toMatchObject({
      slot: 5,
      instruction: "r0 = *(u8 *)(r2 +20)",
      reason: ["invalid access to packet, off=20 size=1, R2(id=0,off=20,r=14)", "R2 offset is outside of the packet"],
      path: [0, 1, 2, 3, 4, 5],
      processed: 6,
    });
    expect(rejection.registers.get("r2")).toBe("pkt(r=14)");
    expect(rejection.registers.get("r3")).toBe("pkt_end()");
  });

  test("old kernels, and a path that is taken up again", () => {
    const rejection = parseVerifierLog(oldLog);
    expect(rejection).toMatchObject({
      slot: 3,
      reason: ["R7 invalid mem access 'map_value_or_null'"],
      path: [0, 1, 3],
    });
    expect(rejection.registers.get("r1")).toBe("inv0");
  });

  test.each([
    ["unreachable insn 4\nprocessed 0 insns (limit 1000000)", 4],
    ["back-edge from insn 7 to 2\n", 7],
    ["jump out of range from insn 3 to 99\n", 3],
    ["0: (b7) r0 = 1\n1: (05) goto pc-1\ninfinite loop detected at insn 2\n", 2],
    ["0: (b7) r0 = 1\nBPF program is too large. Processed 1000001 insn\nprocessed 1000001 insns (limit 1000000)", 0],
    ["last insn is not an exit or jmp\n", undefined],
    ["", undefined],
  ])("the slot of %j", (log, slot) => {
    expect(parseVerifierLog(log).slot).toBe(slot);
  });

  test("any text is read without failing", () => {
    for (let end = 0; end < packetLog.length; end += 3) {
      expect(() => explainRejection(program, packetLog.slice(0, end))).not.toThrow();
      expect(() => explainRejection(program, packetLog.slice(end).replaceAll("=", "(("))).not.toThrow();
    }
  });
});

describe("telling it", () => {
  test.each(["BPF program is too large. Processed 1000001 insn", "The sequence of 8193 jumps is too complex."])(
    "%s: a loop that the verifier need not follow",
    (complaint) => {
      expect(explainRejection(program, `0: (b7) r0 = 1\n${complaint}\n`).help).toContain("loop(count, body)");
    },
  );

  test("on the line of the source, in words, with a cure", () => {
    expect(explainRejection(program, packetLog)).toMatchObject({
      code: "BPF6214",
      message: `the kernel's verifier rejects "filter": invalid access to packet, off=20 size=1, R2(id=0,off=20,r=14)`,
      at: { line: 6, column: 5 },
      notes: [
        "the verifier adds: R2 offset is outside of the packet",
        "at instruction 5: r0 = *(u8 *)(r2 +20)",
        "r2 points to the packet, of which 14 bytes have been checked",
        "the refused path goes through line 1 → 2 → 3 → 4 → 5 → 6",
        "the verifier followed 6 instructions",
      ],
      help: expect.stringContaining("ctx.packet.at"),
    });
    const old = explainRejection(program, oldLog);
    expect(old.notes).toContain("r7 points to a value of a map (8 bytes), or is null: not tested yet");
    expect(old.help).toContain("undefined");
  });

  test("a program without lines, and a log without a reason", () => {
    const bare = explainRejection({ ...program, lines: [] }, "");
    expect(bare.at).toBeUndefined();
    expect(bare.message).toContain("no reason given");
    expect(bare.help).toBeDefined();
  });
});
