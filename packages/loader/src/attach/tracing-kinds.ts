// Programs of the type kprobe are attached in several ways: the constructor, which the section names, says which.
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import type { AttachOptions, BackendLink } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { attachKprobeMulti, attachUprobeMulti } from "./multi-probe.ts";
import { attachKprobe, attachUprobe, attachUsdt } from "./probe.ts";
import type { Attachable, AttachKind } from "./registry.ts";

const ways: Readonly<Record<string, AttachKind["attach"]>> = {
  kprobe: attachKprobe,
  kretprobe: attachKprobe,
  "kprobe.multi": attachKprobeMulti,
  "kretprobe.multi": attachKprobeMulti,
  uprobe: attachUprobe,
  uretprobe: attachUprobe,
  "uprobe.multi": attachUprobeMulti,
  "uretprobe.multi": attachUprobeMulti,
  usdt: attachUsdt,
};

/** Attaches a probe. @throws DiagnosticError with what to do */
export function attachProbe(program: Attachable, options: AttachOptions): BackendLink {
  const way = ways[program.section.kind ?? ""];
  if (way) return way(program, options);
  const message = `the section of "${program.name}" does not say which kind of probe it is`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.attachRefused, { message })]);
}
