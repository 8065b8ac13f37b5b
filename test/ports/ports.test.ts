// The reference filters at each optimisation level, in the simulator and in the kernel: our copies with our specs, and the
// originals with theirs where they lie beside the repository.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BpfObject } from "@typebpf/abi";
import { specFile } from "@typebpf/cli";
import { compile } from "@typebpf/codegen";
import { type Backend, kernel, load, simulator } from "@typebpf/loader";
import { beforeAll, describe, expect, test } from "vitest";
import type { Spec } from "../../packages/cli/src/json/inputs.ts";
import { applySpecMaps, runSpecPacket } from "../../packages/cli/src/spec-run.ts";
import { kernelGate } from "../harness/kernel-gate.ts";

interface Port {
  readonly title: string;
  readonly source: URL;
  readonly spec: URL;
}

const own = new URL("../../bench/programs/", import.meta.url);
const reference = new URL("../../../shared/bench/", import.meta.url);
const referenceNames = [
  "empty",
  "parse_drop",
  "drop_udp_port",
  "counter",
  "ratelimit",
  "vlan",
  "l4lb",
  "fw_lpm",
  "tailcall",
];
const levels = [0, 1, 2] as const;

const ownPorts: readonly Port[] = readdirSync(own)
  .filter((file) => file.endsWith(".bpf.ts"))
  .map((file) => file.replace(".bpf.ts", ""))
  .map((name) => ({
    title: name,
    source: new URL(`${name}.bpf.ts`, own),
    spec: new URL(`${name}.spec.json`, own),
  }));
const referencePorts: readonly Port[] = referenceNames.map((name) => ({
  title: `reference xdp_${name}`,
  source: new URL(`ts/xdp_${name}.bpf.ts`, reference),
  spec: new URL(`spec/xdp_${name}.json`, reference),
}));

const gate = await kernelGate();

async function failures(object: BpfObject, spec: Spec, backend: Backend): Promise<readonly string[]> {
  using loaded = await load(object, backend);
  const program = loaded.programs[spec.prog ?? ""] ?? Object.values(loaded.programs)[0];
  if (!program) throw new Error("the filter has no program");
  applySpecMaps(loaded.maps, spec.maps ?? [], "maps", loaded.programs);
  return (spec.packets ?? []).flatMap((packet, index) => {
    const { outcome } = runSpecPacket(loaded.maps, program, packet, index);
    return outcome.ok ? [] : [`${outcome.name}: ${outcome.why}`];
  });
}

function describePort({ title, source, spec }: Port): void {
  describe(title, () => {
    const objects = new Map<number, BpfObject>();
    let parsed: Spec;

    beforeAll(async () => {
      parsed = specFile.parse(JSON.parse(readFileSync(spec, "utf8")));
      for (const level of levels) objects.set(level, await compile(fileURLToPath(source), { level, check: true }));
    });

    const passes = async (level: number, backend: Backend): Promise<void> => {
      const object = objects.get(level);
      if (!object) throw new Error(`not compiled at -O${level}`);
      expect(parsed.packets?.length).toBeGreaterThan(0);
      expect(await failures(object, parsed, backend)).toEqual([]);
    };

    test.each(levels)("-O%i in the simulator", (level) => passes(level, simulator()));
    test.skipIf(!gate.ok).each(levels)(`-O%i in the ${gate.title}`, (level) => passes(level, kernel()));
  });
}

for (const port of ownPorts) describePort(port);

const missing = existsSync(reference) ? "" : " (the reference filters are not beside the repository)";
describe.skipIf(missing !== "")(`originals${missing}`, () => {
  for (const port of referencePorts) describePort(port);
});
