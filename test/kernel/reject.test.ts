// Programs that the kernel's verifier refuses: the diagnostic stands on the right line, with the verifier's reason and
// what to do. Needs CAP_BPF and CAP_NET_ADMIN.
import { expect, test } from "vitest";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, diagnosticsOf, map, object, present, program } from "./objects.ts";

const load = (...assembly: readonly string[]) =>
  kernel().load(
    object(
      assembly.map((text, index) => program(`p${index}`, text)),
      [map("m", { type: "hash" })],
    ),
  );

describeKernel("rejected programs", () => {
  test.each([
    [
      "a packet access without a check",
      "r2 = *(u32 *)(r1 +0)\nr0 = *(u8 *)(r2 +3)\nexit",
      2,
      "invalid access to packet",
      "ctx.packet.at",
    ],
    [
      "a map value that may be null",
      "*(u32 *)(r10 -4) = 0\nr2 = r10\nr2 += -4\nr1 = map m\ncall 1\nr0 = *(u64 *)(r0 +0)\nexit",
      6,
      "invalid mem access 'map_value_or_null'",
      "undefined",
    ],
    ["a register that nothing wrote", "exit", 1, "!read_ok", "initialise"],
    ["an endless loop", "w0 = 1\nagain: w0 += 1\ngoto again\nexit", undefined, "unreachable insn 3", ""],
    [
      "a pointer that a helper killed",
      "r6 = r1\nr2 = -4\ncall 44\nr1 = *(u32 *)(r6 +0)\nr0 = *(u8 *)(r1 +0)\nexit",
      5,
      "invalid access to packet",
      "",
    ],
    ["a helper that does not exist", "call 9999\nexit", 1, "invalid func", "--target-kernel"],
  ] as const)("%s", async (_, assembly, line, message, help) => {
    const refused = await diagnosticOf(() => load(assembly));
    expect(refused.code).toBe("BPF6214");
    expect(refused.message).toContain(message);
    if (line !== undefined) expect(refused.at).toEqual({ file: "p0.bpf.ts", line, column: 1, length: 1 });
    expect(refused.help).toContain(help);
  });

  test("tell what the verifier knows and how it came there", async () => {
    const text = `
      r2 = *(u32 *)(r1 +0)
      r3 = *(u32 *)(r1 +4)
      r4 = r2
      r4 += 14
      if r4 > r3 goto out
      r0 = *(u8 *)(r2 +14)
      out: exit`;
    const refused = await diagnosticOf(() => load(text));
    expect(refused.at?.line).toBe(6);
    expect(refused.notes).toContain("r2 points to the packet, of which 14 bytes have been checked");
    expect(refused.notes).toContain("at instruction 5: r0 = *(u8 *)(r2 +14)");
    expect(refused.notes).toContain("the refused path goes through line 1 → 2 → 3 → 4 → 5 → 6");
  });

  test("each program of an object that is refused has its say, and nothing stays open", async () => {
    const refused = await diagnosticsOf(() => load("exit", "w0 = 2\nexit", "r0 = r9\nexit"));
    expect(refused.map((one) => one.at?.file)).toEqual(["p0.bpf.ts", "p2.bpf.ts"]);
  });

  test("a long log is read to its end", async () => {
    // Many states, then the mistake on the last path.
    const branches = Array.from({ length: 3000 }, (_, index) => `r${2 + (index % 4)} = ${index}`);
    const refused = await diagnosticOf(() => load([...branches, "r0 = r9", "exit"].join("\n")));
    expect(refused).toMatchObject({ code: "BPF6214", at: { line: 3001 } });
  });

  test("relocations that fit nothing, and instructions that do not exist", async () => {
    const lone = program("lone", "w0 = 2\nexit");
    const wrong = { ...lone, relocations: [{ kind: "map", slot: 0, map: "m" }] as const };
    const missing = { ...program("missing", "r1 = map nobody\nw0 = 2\nexit") };
    const bad = { ...lone, insns: [{ opcode: 0xff, dst: 0, src: 0, offset: 0, imm: 0 }] };
    for (const [one, code] of [
      [wrong, "BPF6213"],
      [missing, "BPF6213"],
      [bad, "BPF6217"],
      [{ ...lone, insns: [] }, "BPF6216"],
    ] as const) {
      expect((await diagnosticOf(() => kernel().load(object([one], [map("m")])))).code).toBe(code);
    }
  });

  test("a log of a program that loads, when asked for", async () => {
    using quiet = await load("w0 = 2\nexit");
    expect(present(quiet.programs.get("p0")).log).toBe("");
    using loaded = await kernel({ logLevel: 1 }).load(object([program("p", "w0 = 2\nexit")]));
    const p = present(loaded.programs.get("p"));
    expect(p.log).toContain("processed 2 insns");
    expect(p.verifiedInsns).toBe(2);
  });
});
