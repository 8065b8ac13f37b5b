// JSON files that commands take besides objects: packets, initial map contents, specs. Strict: a field that is not
// known is an error, because it could be an expectation or a misspelled one.
import type { Json } from "@typebpf/loader";
import { z } from "zod";

const json: z.ZodType<Json> = z.json();

const hexText = z.string();
const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);
const integerText = z.string().regex(/^\d{1,20}$/, "not a decimal number");

/** Context fields by their DSL name; 64-bit ones may be decimal text. */
export const contextJson = z.record(z.string(), z.union([z.int().min(0), integerText.transform(BigInt)]));

/** `--packets FILE.json`: `[{ name, packet, ctx? }]`. */
export const packetsFile = z.array(
  z.strictObject({
    name: z.string().optional(),
    /** Hex, from the Ethernet header on. */
    packet: hexText,
    /** Context fields by their DSL name. */
    ctx: contextJson.optional(),
  }),
);

/** `--maps FILE.json`: `{ NAME: [{ key, value }] }`, in the form that `run --json` prints. */
export const mapsFile = z.record(z.string(), z.array(z.strictObject({ key: json, value: json })));

const specMap = z.strictObject({
  map: z.string(),
  /** Empty the map first; set all of an array to zero. */
  clear: flag.optional(),
  entries: z
    .array(
      z.strictObject({
        key: hexText,
        value: hexText.optional(),
        /** The name of a program, for maps that hold programs. */
        prog: z.string().optional(),
      }),
    )
    .optional(),
});

const specAfter = z.strictObject({
  map: z.string(),
  key: hexText,
  off: z.int().min(0).optional(),
  size: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8)]).optional(),
  eq: z
    .union([z.int().min(0), integerText])
    .transform(BigInt)
    .optional(),
  absent: flag.optional(),
});

/** `--spec SPEC.json`: initial maps, then packets in order, with what each must do. */
export const specFile = z.strictObject({
  /** For people: the name of the filter. */
  program: z.string().optional(),
  /** The program to run; the first one by default. */
  prog: z.string().optional(),
  maps: z.array(specMap).optional(),
  packets: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        data: hexText,
        retval: z.int().min(-0x8000_0000).max(0xffff_ffff).optional(),
        out: hexText.optional(),
        mark: z.int().min(0).max(0xffff_ffff).optional(),
        maps: z.array(specMap).optional(),
        /** For benchmarks only: checked like the others. */
        bench: flag.optional(),
        after: z.array(specAfter).optional(),
      }),
    )
    .optional(),
  /** Programs that run at events: see spec-events.ts. */
  tracepoints: z.array(z.strictObject({ prog: z.string(), event: z.string() })).optional(),
});

export type PacketsFile = z.infer<typeof packetsFile>;
export type MapsFile = z.infer<typeof mapsFile>;
export type Spec = z.infer<typeof specFile>;
export type SpecTracepoint = NonNullable<Spec["tracepoints"]>[number];
export type SpecMap = z.infer<typeof specMap>;
export type SpecPacket = NonNullable<Spec["packets"]>[number];
export type SpecAfter = z.infer<typeof specAfter>;
