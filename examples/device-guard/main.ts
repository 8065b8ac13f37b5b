// Lets the processes of a control group open only these device files, and shows what was refused. Rules are
// c|b:MAJOR:MINOR:rwm, as in c:1:3:rw; a minor number * stands for all.
//   sudo npx tsx examples/device-guard/main.ts --cgroup /sys/fs/cgroup/NAME c:1:3:rw c:136:*:rw        until Ctrl-C
//   npx tsx examples/device-guard/main.ts                                  three device files, in the simulator
import { once } from "node:events";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { kernel, load, simulator } from "@typebpf/loader";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cgroup: { type: "string" }, report: { type: "boolean", default: false } },
});

const types: Readonly<Record<string, number>> = { b: 1, c: 2 };
const bits: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 };
const given = positionals.length > 0 ? positionals : ["c:1:3:rw", "c:1:5:r"];

const object = await compile(new URL("./device-guard.bpf.ts", import.meta.url));
const backend = values.cgroup === undefined ? simulator() : kernel();
const config = { settings: { reportOnly: values.report ? 1 : 0 } };
using guard = await load<typeof import("./device-guard.bpf.ts")>(object, backend, { config });

for (const rule of given) {
  const [, type = "", major = "", minor = "", access = ""] = /^([bc]):(\d+):(\d+|\*):([rwm]+)$/.exec(rule) ?? [];
  const device = { type: types[type] ?? 0, major: Number(major), minor: minor === "*" ? 0xffff_ffff : Number(minor) };
  if (type === "") throw new Error(`${rule} is no rule: write c:1:3:rw`);
  guard.maps.rules.set(
    device,
    [...access].reduce((all, letter) => all | (bits[letter] ?? 0), 0),
  );
}

function named(numbers: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(numbers)
    .filter((name) => (value & (numbers[name] ?? 0)) !== 0)
    .join("");
}

function print(): void {
  for (const { pid, type, major, minor, access } of guard.maps.refusals.drain()) {
    console.log(`process ${pid}: ${named(types, type)}:${major}:${minor}:${named(bits, access)} is not allowed`);
  }
}

if (values.cgroup === undefined) {
  for (const [minor, access] of [
    [3, 6],
    [5, 4],
    [9, 2],
  ] as const) {
    const { action } = guard.programs.guard.run({ context: { deviceType: 2, access, major: 1, minor } });
    console.log(`c:1:${minor}:${named(bits, access)}: ${action}`);
  }
} else {
  using link = guard.programs.guard.attach({ cgroup: values.cgroup });
  console.log(link.description);
  const timer = setInterval(print, 200);
  await once(process, "SIGINT");
  clearInterval(timer);
}
print();
