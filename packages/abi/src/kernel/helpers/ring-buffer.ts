// Helpers on ring buffers. Prototypes: kernel/bpf/ringbuf.c (Linux 6.12). A record is reserved, written in place and then
// submitted or discarded, exactly once on every path; `output` does it all with a copy.
import { uapi } from "../uapi.generated.ts";
import { basePrograms } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

const since = "5.8";
const any = { license: "any", programs: basePrograms } as const;

export const ringBufferHelpers = {
  ringbufReserve: {
    symbol: "bpf_ringbuf_reserve",
    number: uapi.helper.ringbuf_reserve,
    since,
    args: [
      { name: "ring", is: "map" },
      { name: "size", is: "recordSize" },
      { name: "flags", is: "integer", width: 64, signed: false },
    ],
    returns: { is: "record", nullable: true },
    effects: ["impure", "acquiresRecord"],
    ...any,
    surface: { on: "map", as: "reserve", maps: ["ringBuffer"] },
    doc: "A record to write in place, or undefined when the ring is full.",
  },
  ringbufSubmit: {
    symbol: "bpf_ringbuf_submit",
    number: uapi.helper.ringbuf_submit,
    since,
    args: [
      { name: "record", is: "record" },
      { name: "flags", is: "integer", width: 64, signed: false },
    ],
    returns: { is: "void" },
    effects: ["impure", "releasesRecord"],
    ...any,
    surface: { on: "record", as: "submit" },
    doc: "Hands the record to user space.",
  },
  ringbufDiscard: {
    symbol: "bpf_ringbuf_discard",
    number: uapi.helper.ringbuf_discard,
    since,
    args: [
      { name: "record", is: "record" },
      { name: "flags", is: "integer", width: 64, signed: false },
    ],
    returns: { is: "void" },
    effects: ["impure", "releasesRecord"],
    ...any,
    surface: { on: "record", as: "discard" },
    doc: "Gives the record up; user space never sees it.",
  },
  ringbufOutput: {
    symbol: "bpf_ringbuf_output",
    number: uapi.helper.ringbuf_output,
    since,
    args: [
      { name: "ring", is: "map" },
      { name: "data", is: "memoryRead", size: "size" },
      { name: "size", is: "size", zero: true },
      { name: "flags", is: "integer", width: 64, signed: false, plain: true, optional: true },
    ],
    returns: { is: "status" },
    effects: ["impure", "acquiresRecord"],
    ...any,
    surface: { on: "map", as: "output", maps: ["ringBuffer"] },
    doc: "Hands a copy of `value` to user space. 0, or a negative errno: -11 (EAGAIN) when the ring is full.",
  },
  ringbufQuery: {
    symbol: "bpf_ringbuf_query",
    number: uapi.helper.ringbuf_query,
    since,
    args: [
      { name: "ring", is: "map" },
      { name: "what", is: "integer", width: 64, signed: false },
    ],
    returns: { is: "integer", width: 64, signed: false },
    effects: ["impure"],
    ...any,
    surface: { on: "map", as: "query", maps: ["ringBuffer"] },
    doc: "A size or position of the ring, in bytes: one of `RingBufferQuery`.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
