// The documents of `typebpf programs`, `maps` and `links` with --json. Stable as those of documents.ts: fields are added,
// never changed. 64-bit integers are decimal text, bytes hex, times ISO 8601; types are the kernel's names in lower case,
// and numbers where they have none here.
import type { Json } from "@typebpf/loader";
import { z } from "zod";
import { diagnosticsSchema } from "./diagnostic.ts";

const json: z.ZodType<Json> = z.json();
const hex = z.string().regex(/^([0-9a-f]{2})*$/);
const count = z.int().min(0);
const wide = z.string().regex(/^\d{1,20}$/);

const held = {
  /** Processes that have it open. */
  holders: z.array(z.strictObject({ pid: count, command: z.string() })),
  /** Paths of its pins, in the file systems that this process sees. */
  pins: z.array(z.string()),
};

/** What was pinned or unpinned, where; only for those actions. */
const pin = z.strictObject({ path: z.string(), pinned: z.boolean() }).optional();

const program = z.strictObject({
  id: count,
  type: z.string(),
  name: z.string(),
  tag: hex,
  loadedAt: z.iso.datetime(),
  uid: count,
  xlatedBytes: count,
  jitedBytes: count,
  /** null where the kernel does not tell. */
  memoryBytes: count.nullable(),
  verifiedInsns: count,
  maps: z.array(count),
  btf: count,
  runCount: wide,
  runTimeNs: wide,
  recursionMisses: wide,
  ...held,
});

/** `typebpf programs --json`: those that were listed or chosen. */
export const programsDocument = z.strictObject({
  programs: z.array(program),
  /** Only with --stats: runs within that time, and the nanoseconds they took, for programs that ran. */
  runs: z.array(z.strictObject({ id: count, count: wide, timeNs: wide })).optional(),
  /** Only of `dump`: instructions as the verifier left them. */
  instructions: z
    .array(
      z.strictObject({
        /** Index in 8-byte slots. */
        slot: count,
        bytes: hex,
        text: z.string(),
        /** On the first instruction that comes from a line of the source. */
        at: z.strictObject({ file: z.string(), line: count, column: count, text: z.string() }).optional(),
        /** On the first instruction of a function. */
        function: z.string().optional(),
      }),
    )
    .optional(),
  /** Only of `dump --jited`: machine code by function. */
  machineCode: z
    .array(z.strictObject({ function: z.string(), address: z.string().regex(/^0x[0-9a-f]+$/), bytes: hex }))
    .optional(),
  pin,
  diagnostics: diagnosticsSchema,
});

const map = z.strictObject({
  id: count,
  type: z.string(),
  name: z.string(),
  keySize: count,
  valueSize: count,
  maxEntries: count,
  flags: count,
  memoryBytes: count.nullable(),
  frozen: z.boolean(),
  btf: count,
  ...held,
});

/** `typebpf maps --json`: those that were listed or chosen. Values of per-CPU maps are arrays with one for each CPU. */
export const mapsDocument = z.strictObject({
  maps: z.array(map),
  /** Of `dump` all entries, of `get` one, of `set` what was written, of `delete` none. */
  entries: z.array(z.strictObject({ key: json, value: json })).optional(),
  /** Only of `dump`: there are more entries than --limit lets through. */
  truncated: z.boolean().optional(),
  /** Where the shapes of keys and values are known from. */
  decodedBy: z.enum(["btf", "schema", "sizes"]).optional(),
  pin,
  diagnostics: diagnosticsSchema,
});

const link = z.strictObject({
  id: count,
  type: z.string(),
  /** 0 where it runs no program. */
  program: count,
  programName: z.string(),
  /** The interface or cgroup, where that is seen from here. */
  place: z.string().nullable(),
  /** What the kernel tells, by the names of struct bpf_link_info; `kind` says which there are. */
  target: z.record(z.string(), json),
  ...held,
});

/** `typebpf links --json`: those that were listed or chosen. */
export const linksDocument = z.strictObject({
  links: z.array(link),
  /** Only of `detach`. */
  detached: z.boolean().optional(),
  pin,
  diagnostics: diagnosticsSchema,
});

export type ProgramsDocument = z.infer<typeof programsDocument>;
export type MapsDocument = z.infer<typeof mapsDocument>;
export type LinksDocument = z.infer<typeof linksDocument>;
