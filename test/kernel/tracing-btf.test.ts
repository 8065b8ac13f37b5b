// Programs that name places of the kernel by its types: a tracepoint with typed arguments fires, a program is run by
// user space on a struct of its own, an iterator is read, and names that the kernel has not are refused. Needs root.
import type { BpfObject } from "@typebpf/abi";
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/compile.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { load } from "../../packages/loader/src/load.ts";
import { simulator } from "../../packages/loader/src/simulator/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, object, present, program } from "./objects.ts";

const source = new URL("./filters/tracing.bpf.ts", import.meta.url);
type Filters = typeof import("./filters/tracing.bpf.ts");

const placed = (type: BpfObject["programs"][number]["type"], section: string): BpfObject => {
  const one = program("named", "r0 = 0\nexit", type);
  return object([{ ...one, section }]);
};

describeKernel("programs that name places of the kernel", () => {
  test("a tracepoint with typed arguments, seen by process.ppid", async () => {
    using loaded = await load<Filters>(await compile(source), kernel());
    const link = loaded.programs.enter.attach({});
    expect(link.description).toBe("tpBtf sys_enter");
    const before = loaded.maps.counts.get(0) ?? 0n;
    for (let call = 0; call < 5; call++) expect(process.ppid).toBeGreaterThan(0);
    expect((loaded.maps.counts.get(0) ?? 0n) - before).toBeGreaterThanOrEqual(5n);
    expect(loaded.maps.counts.get(1)).toBe(loaded.maps.counts.get(0));
    link.detach();
    expect(link.attached?.()).toBe(false);
    const after = loaded.maps.counts.get(0);
    expect(process.ppid).toBeGreaterThan(0);
    expect(loaded.maps.counts.get(0)).toBe(after);
  });

  test.each([
    [40, 2, 42n, 38],
    [-40, 2, -38n, -42],
    [-0x8000_0000, 0x7fff_ffff, -1n, 1],
  ])("a program on the caller's struct: %i and %i", async (left, right, result, difference) => {
    const compiled = await compile(source);
    for (const backend of [kernel(), simulator()]) {
      using loaded = await load<Filters>(compiled, backend);
      const run = loaded.programs.add.run({ context: { left, right, calls: 0xffff_ffff } });
      expect(run.context).toEqual({ left, right, result, calls: 0 });
      expect(run.retval).toBe(difference >>> 0);
    }
  });

  test("an iterator writes text by a format", async () => {
    const compiled = await compile(new URL("./filters/tasks.bpf.ts", import.meta.url));
    using loaded = await load<typeof import("./filters/tasks.bpf.ts")>(compiled, kernel());
    using link = loaded.programs.tasks.attach({ thread: process.pid });
    expect(link.read?.()).toBe("task 1 of 5\nend\n");
  });

  test("an iterator over tasks is read again and again", async () => {
    // bpf_seq_write(ctx->meta->seq, "x", 1) for each task
    const text = `r1 = *(u64 *)(r1 +0)
      r1 = *(u64 *)(r1 +0)
      *(u8 *)(r10 -1) = 120
      r2 = r10
      r2 += -1
      r3 = 1
      call 127
      w0 = 0
      exit`;
    const one = { ...program("tasks", text, "tracing"), section: "iter/task" };
    using loaded = await kernel().load(object([one]));
    const link = present(loaded.programs.get("tasks")).attach({});
    expect(link.read?.()).toMatch(/^x{2,}$/u);
    const own = present(loaded.programs.get("tasks")).attach({ thread: process.pid });
    // The end of an iteration is a call without a task.
    expect(own.read?.()).toBe("xx");
  });

  test.each([
    ["tracing", "tp_btf/sched_swich", "BPF6271", 'did you mean "sched_switch"?'],
    ["tracing", "fentry/vfs_raed", "BPF6271", 'did you mean "vfs_read"?'],
    ["lsm", "lsm/file_opem", "BPF6271", 'did you mean "file_open"?'],
    ["tracing", "iter/taks", "BPF6271", 'did you mean "task"?'],
    ["tracing", "fentry", "BPF6271", undefined],
    ["ext", "freplace/main", "BPF6273", undefined],
  ] as const)("%s %s is refused with %s", async (type, section, code, help) => {
    const refused = await diagnosticOf(() => kernel().load(placed(type, section)));
    expect(refused.code).toBe(code);
    if (help) expect(refused.help).toBe(help);
  });
});
