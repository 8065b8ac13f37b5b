// The handle of a map of stacks: addresses by the ids that filters get from `getStackId`. What lies at an address is told by
// `symbolise`.
import { mapCreateFlags } from "@typebpf/abi";
import type { BackendMap } from "../backend.ts";
import type { Value } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { EntriesHandle, type NamedMap } from "./map.ts";

/** Stacks by id. */
export interface StackTraceHandle extends NamedMap, Iterable<[id: number, addresses: bigint[]]> {
  /** Number of stacks; counts them one by one. */
  readonly size: number;
  /** The addresses of a stack, innermost first; undefined where there is none of that id. */
  get(id: number): bigint[] | undefined;
  has(id: number): boolean;
  delete(id: number): boolean;
  clear(): void;
  keys(): IterableIterator<number>;
  entries(): IterableIterator<[id: number, addresses: bigint[]]>;
}

function addressesOf(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all = Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => view.getBigUint64(index * 8, true));
  const end = all.indexOf(0n);
  return end < 0 ? all : all.slice(0, end);
}

/** A map of stacks of either back end. */
export class StacksHandle extends EntriesHandle {
  constructor(raw: BackendMap) {
    const { name, flags } = raw.spec;
    super(raw, {
      encode: () => {
        throw loaderError("noOperation", { message: `the stacks of "${name}" come from filters` });
      },
      decode: (bytes): Value => {
        if ((flags & mapCreateFlags.STACK_BUILD_ID) === 0) return addressesOf(bytes);
        const message = `the stacks of "${name}" are build ids and offsets (BPF_F_STACK_BUILD_ID), not addresses`;
        throw loaderError("noOperation", { message, help: "read them as bytes with `map.raw.lookup`" });
      },
    });
  }
}
