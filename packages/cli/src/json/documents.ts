// The document that each command prints with --json. Stable: fields are added, never changed. 64-bit integers are
// decimal strings, bytes are hex without a prefix, structs are objects with the schema's field names.
import type { Json } from "@typebpf/loader";
import { z } from "zod";
import { diagnosticsSchema, spanSchema } from "./diagnostic.ts";

const json: z.ZodType<Json> = z.json();

const hex = z.string().regex(/^([0-9a-f]{2})*$/);

/** `typebpf check --json`; `ok` when no diagnostic is an error. */
export const checkDocument = z.strictObject({ ok: z.boolean(), diagnostics: diagnosticsSchema });

/** `typebpf build --json`. Types of programs and maps are the kernel's names in lower case, as `bpftool` prints them. */
export const buildDocument = z.strictObject({
  programs: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      section: z.string(),
      /** 8-byte slots. */
      insns: z.int().min(0),
      stackBytes: z.int().min(0).max(512),
      /** The oldest kernel that has all it needs: "5.8". Absent for programs that are only listed. */
      minimumKernel: z.string().optional(),
      /** What it needs that older kernels have not, each with the release that has it. */
      needs: z.array(
        z.strictObject({
          what: z.string(),
          since: z.string(),
          /** The line of the source, from 1, and its text. */
          at: z.strictObject({ file: z.string(), line: z.int(), text: z.string() }).optional(),
        }),
      ),
    }),
  ),
  maps: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      keySize: z.int().min(0),
      valueSize: z.int().min(0),
      maxEntries: z.int().min(0),
      flags: z.int().min(0),
    }),
  ),
  diagnostics: diagnosticsSchema,
});

/** Contents of maps by name. Values of per-CPU maps are arrays with one value for each CPU. */
export const mapContents = z.record(z.string(), z.array(z.strictObject({ key: json, value: json })));

const backend = z.enum(["simulator", "kernel"]);

/** `typebpf run --json`. */
export const runDocument = z.strictObject({
  backend,
  runs: z.array(
    z.strictObject({
      name: z.string(),
      /** Unsigned 32 bits. */
      retval: z.int().min(0).max(0xffff_ffff),
      /** The verdict by name; null where the number has none. */
      action: z.string().nullable(),
      /** The packet after the run; with --insns the memory. */
      packet: hex,
      /** Fields of the context after the run, for programs on socket buffers: 64-bit ones as decimal numbers in text. */
      context: z
        .record(z.string(), z.union([z.int().min(0).max(0xffff_ffff), z.string().regex(/^\d{1,20}$/)]))
        .optional(),
      /** Lines that the run traced; only in the simulator, and only where there are some. */
      trace: z.array(z.string()).optional(),
      /** Mean of one run. */
      durationNs: z.number().min(0),
    }),
  ),
  maps: mapContents,
  /** Global variables and configuration values by name; only where the filter has some. */
  globals: z.record(z.string(), json).optional(),
  /** Records of ring buffers by name, in order; only where the filter has ring buffers. */
  records: z.record(z.string(), z.array(json)).optional(),
  /** Only with --insns: all 64 bits of r0, as an unsigned decimal number. */
  r0: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
  diagnostics: diagnosticsSchema,
});

/** `typebpf test --json`. */
export const testDocument = z.strictObject({
  backend,
  passed: z.int().min(0),
  failed: z.int().min(0),
  cases: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), why: z.string().optional() })),
  diagnostics: diagnosticsSchema,
});

/** `typebpf attach --json`, printed when the program is detached; `link` is null when it could not be attached. */
export const attachDocument = z.strictObject({
  backend: z.literal("kernel"),
  link: z.strictObject({ id: z.int().min(0), description: z.string() }).nullable(),
  maps: mapContents,
  /** Global variables and configuration values by name; only where the filter has some. */
  globals: z.record(z.string(), json).optional(),
  /** Number of records by ring buffer, which were read and not kept; only where the filter has ring buffers. */
  recordCounts: z.record(z.string(), z.int().min(0)).optional(),
  /** Packets that a socket filter on an interface has let pass. */
  passed: z.int().min(0).optional(),
  /** Only with --pin: where the link is pinned, which stays attached. */
  pin: z.strictObject({ path: z.string() }).optional(),
  /** Only with --pin-maps: paths of pins that were made; maps that were there already have none. */
  mapPins: z.array(z.string()).optional(),
  diagnostics: diagnosticsSchema,
});

/** `typebpf explain --json`: one code, or all of them. */
export const explainDocument = z.strictObject({
  codes: z.array(
    z.strictObject({
      code: z.string().regex(/^BPF\d{4}$/),
      severity: z.enum(["error", "warning", "note"]),
      /** Which part of TypeBPF raises it. */
      package: z.enum(["abi", "codegen", "loader", "cli"]),
      title: z.string(),
      why: z.string(),
      help: z.string(),
      /** A program in TypeScript that causes it, or arguments of `typebpf` that do; `cure` is the program put right. */
      example: z
        .strictObject({ kind: z.enum(["program", "call"]), text: z.string(), cure: z.string().optional() })
        .optional(),
    }),
  ),
  diagnostics: diagnosticsSchema,
});

const instruction = z.strictObject({
  /** Index in 8-byte slots, which jumps and the kernel's log count in. */
  slot: z.int().min(0),
  /** 8 bytes, 16 for wide instructions, as the object has them. */
  bytes: hex,
  /** In the kernel's syntax; maps by name. */
  text: z.string(),
  /** The place in the source, on the first instruction that comes from it. */
  at: spanSchema.optional(),
});

/** `typebpf disasm --json`; bare bytecode is one program without section and type. */
export const disasmDocument = z.strictObject({
  programs: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string().nullable(),
      section: z.string().nullable(),
      stackBytes: z.int().min(0).max(512).nullable(),
      instructions: z.array(instruction),
    }),
  ),
  diagnostics: diagnosticsSchema,
});

/** `typebpf completion --json`; `script` is null when there is none. */
export const completionDocument = z.strictObject({ script: z.string().nullable(), diagnostics: diagnosticsSchema });

/** What is printed when no command was understood. */
export const usageDocument = z.strictObject({ diagnostics: diagnosticsSchema });

export type CheckDocument = z.infer<typeof checkDocument>;
export type BuildDocument = z.infer<typeof buildDocument>;
export type RunDocument = z.infer<typeof runDocument>;
export type TestDocument = z.infer<typeof testDocument>;
export type AttachDocument = z.infer<typeof attachDocument>;
export type ExplainDocument = z.infer<typeof explainDocument>;
export type DisasmDocument = z.infer<typeof disasmDocument>;
export type CompletionDocument = z.infer<typeof completionDocument>;
export type UsageDocument = z.infer<typeof usageDocument>;
