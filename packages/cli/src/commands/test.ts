// `typebpf test FILE --spec SPEC.json`: a filter against packets and expectations from a file, in the simulator or in the
// kernel. Each case that fails is printed with why, and is an error diagnostic, so that the exit status follows.
import type { Diagnostic } from "@typebpf/abi";
import type { Command } from "../command.ts";
import { cliDiagnostic } from "../diagnostics.ts";
import { configOf } from "../globals.ts";
import { readJson } from "../input/files.ts";
import { type CompileSettings, openFilter } from "../input/filter.ts";
import { type TestDocument, testDocument } from "../json/documents.ts";
import { type Spec, specFile } from "../json/inputs.ts";
import { chooseProgram, loadInto, objectOf, programOf } from "../loading.ts";
import type { Styles } from "../output/style.ts";
import { runSpecEvents } from "../spec-events.ts";
import { applySpecMaps, runSpecPacket, type SpecCase } from "../spec-run.ts";

/** Arguments of `test`. */
export interface TestArguments extends CompileSettings {
  readonly file: string;
  readonly spec: string;
  readonly kernel?: boolean | undefined;
  /** `NAME=VALUE`, for what `config` declares. */
  readonly config?: readonly string[] | undefined;
}

function readSpec(path: string): Spec {
  return readJson(path, specFile, "spec", { wrong: "wrongShape", unknown: "unknownSpecField" });
}

function formatCases(cases: readonly SpecCase[], program: string, backend: string, styles: Styles): string {
  const failed = cases.filter(({ ok }) => !ok);
  const lines = failed.map(({ name, why }) => `${styles.bad("failed")} ${name}: ${why ?? ""}\n`);
  const passed = `${cases.length - failed.length} of ${cases.length} cases pass`;
  const style = failed.length === 0 ? styles.good : styles.bad;
  return `${lines.join("")}${styles.title(program)} in the ${backend}: ${style(passed)}\n`;
}

/** `typebpf test` */
export const test: Command<TestArguments, TestDocument> = {
  schema: testDocument,
  empty: (kernel) => ({ backend: kernel ? "kernel" : "simulator", passed: 0, failed: 0, cases: [] }),
  async run({ file, spec: path, kernel = false, config, ...settings }, { styles, progress }) {
    const backend = kernel ? "kernel" : "simulator";
    const spec = readSpec(path);
    const filter = await openFilter(file, settings);
    const object = objectOf(filter);
    const name = chooseProgram(object, spec.prog ?? object.programs[0]?.name);
    using loaded = await loadInto(object, kernel, undefined, configOf(object, config));
    applySpecMaps(loaded.maps, spec.maps ?? [], "maps", loaded.programs);
    const cases: SpecCase[] = [];
    const diagnostics: Diagnostic[] = [...filter.diagnostics];
    cases.push(...(await runSpecEvents(loaded.programs, spec.tracepoints ?? [], kernel)));
    for (const [index, packet] of (spec.packets ?? []).entries()) {
      const done = runSpecPacket(loaded.maps, programOf(loaded, name), packet, index);
      cases.push(done.outcome);
      diagnostics.push(...done.diagnostics);
      progress(`${index + 1} of ${spec.packets?.length ?? 0} cases`);
    }
    const failed = cases.filter(({ ok }) => !ok);
    diagnostics.push(...failed.map((one) => cliDiagnostic("specFailed", { message: `${one.name}: ${one.why ?? ""}` })));
    return {
      body: { backend, passed: cases.length - failed.length, failed: failed.length, cases },
      text: formatCases(cases, name, backend, styles),
      diagnostics,
      filters: [filter],
    };
  },
};
