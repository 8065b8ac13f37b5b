// The context of programs on socket buffers for the IR interpreter: fields, and the helpers that cases use. Written apart
// from the simulator, from the kernel's descriptions in include/uapi/linux/bpf.h.
import { contexts, type HelperName, type ProgramTypeName } from "@typebpf/abi";

/** The bytes of the packet: those from `low` to `high` exist. */
export interface PacketMemory {
  bytes: Uint8Array;
  low: number;
  high: number;
}

const EFAULT = -14n;
const EINVAL = -22n;
const ethernetBytes = 14;

type Name = (typeof contexts.sk_buff.fields)[number]["name"];

function offsetOf(name: Name): number {
  return contexts.sk_buff.fields.find((one) => one.name === name)?.offset ?? 0;
}

function signed(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** The one's complement sum of 16-bit words as they lie in memory. */
function sum(words: readonly number[]): number {
  let total = words.reduce((all, word) => all + word, 0);
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  return total;
}

function words(bytes: Uint8Array): number[] {
  return Array.from({ length: bytes.length / 2 }, (_, at) => (bytes[at * 2] ?? 0) | ((bytes[at * 2 + 1] ?? 0) << 8));
}

/** One packet in a socket buffer. */
export class IrSkb {
  readonly #memory: PacketMemory;
  readonly #base: bigint;
  readonly #frame: number;
  readonly #image = new DataView(new ArrayBuffer(contexts.sk_buff.size));

  /** `memory` holds a whole frame; `base` is the address of its first byte in the buffer. */
  constructor(memory: PacketMemory, base: bigint, program: ProgramTypeName, given: Readonly<Record<string, number>>) {
    this.#memory = memory;
    this.#base = base;
    this.#frame = memory.low;
    const type = new DataView(memory.bytes.buffer, memory.low).getUint16(12);
    if (program === "socket_filter") memory.low += ethernetBytes;
    for (const [name, value] of Object.entries({ ifindex: 1, ...given })) {
      const field = contexts.sk_buff.fields.find((one) => "as" in one && one.as === name);
      if (field) this.#image.setUint32(field.offset, value, true);
    }
    this.#image.setUint32(offsetOf("wire_len"), memory.high - memory.low, true);
    this.#image.setUint16(offsetOf("protocol"), type >= 0x600 ? type : 4);
  }

  /** What a test run gives back. */
  get context(): Readonly<Record<string, string>> {
    const word = (name: Name, index = 0): string => `${this.#image.getUint32(offsetOf(name) + index * 4, true)}`;
    const items = [0, 1, 2, 3, 4].map((index) => [`cb[${index}]`, word("cb", index)] as const);
    const tstamp = `${this.#image.getBigUint64(offsetOf("tstamp"), true)}`;
    return { mark: word("mark"), priority: word("priority"), tstamp, ...Object.fromEntries(items) };
  }

  load(offset: number, size: number): bigint {
    if (offset === offsetOf("data")) return this.#base + BigInt(this.#memory.low);
    if (offset === offsetOf("data_end")) return this.#base + BigInt(this.#memory.high);
    this.#image.setUint32(offsetOf("len"), this.#memory.high - this.#memory.low, true);
    if (size === 8) return this.#image.getBigUint64(offset, true);
    return BigInt(size === 4 ? this.#image.getUint32(offset, true) : this.#image.getUint16(offset, true));
  }

  store(offset: number, size: number, value: bigint): void {
    const small = (["tc_index", "tc_classid", "queue_mapping"] as const).some((name) => offset === offsetOf(name));
    if (size === 8) this.#image.setBigUint64(offset, value, true);
    else if (size === 4) this.#image.setUint32(offset, Number(small ? value & 0xffffn : value), true);
    else throw new Error(`a store of ${size} bytes into the context`);
  }

  #at(start: number, offset: bigint, size: number): Uint8Array | undefined {
    const from = start + Number(BigInt.asUintN(32, offset));
    return from + size > this.#memory.high ? undefined : this.#memory.bytes.subarray(from, from + size);
  }

  #copy(from: Uint8Array | undefined, to: Uint8Array): bigint {
    if (from) to.set(from);
    else to.fill(0);
    return from ? 0n : signed(EFAULT);
  }

  #checksum(at: bigint, from: bigint, to: bigint, flags: bigint): bigint {
    const field = this.#at(this.#memory.low, at, 2);
    const size = flags & 0xfn;
    if (!field || at % 2n !== 0n) return signed(EFAULT);
    if (size === 0n && from !== 0n) return signed(EINVAL);
    const halves = (value: bigint): number[] => [Number(value & 0xffffn), Number((value >> 16n) & 0xffffn)];
    const [old = 0] = words(field);
    const parts = [~old & 0xffff, ...halves(from).map((word) => (size === 0n ? 0 : ~word & 0xffff)), ...halves(to)];
    const next = ~sum(parts) & 0xffff;
    field.set([next & 0xff, next >> 8]);
    return 0n;
  }

  /** Undefined for helpers of all programs. */
  call(
    helper: HelperName,
    args: readonly bigint[],
    bytes: (address: bigint, size: number) => Uint8Array,
  ): bigint | undefined {
    const [first = 0n, second = 0n, third = 0n, fourth = 0n, fifth = 0n] = args;
    const { low, high } = this.#memory;
    switch (helper) {
      case "skbLoadBytes":
        return this.#copy(this.#at(low, second, Number(fourth)), bytes(third, Number(fourth)));
      case "skbLoadBytesRelative": {
        const start = fifth === 0n ? this.#frame : this.#frame + ethernetBytes;
        const found = second > 0xffffn || fifth > 1n ? undefined : this.#at(start, second, Number(fourth));
        return this.#copy(found, bytes(third, Number(fourth)));
      }
      case "skbStoreBytes": {
        const target = this.#at(low, second, Number(fourth));
        if ((fifth & ~3n) !== 0n) return signed(EINVAL);
        return target ? this.#copy(bytes(third, Number(fourth)), target) : signed(EFAULT);
      }
      case "skbPullData":
        return Number(second) <= high - low ? 0n : signed(-12n);
      case "l3CsumReplace":
      case "l4CsumReplace":
        return this.#checksum(second, third, fourth, fifth);
      case "csumDiff": {
        const from = second === 0n ? [] : words(bytes(first, Number(second)));
        const to = fourth === 0n ? [] : words(bytes(third, Number(fourth)));
        return BigInt(sum([...from.map((word) => ~word & 0xffff), ...to, Number(fifth & 0xffffn)]));
      }
      case "setHash":
        this.#image.setUint32(offsetOf("hash"), Number(second & 0xffff_ffffn), true);
        return 0n;
      case "redirect":
        return second <= 1n ? 7n : 2n;
      default:
        return undefined;
    }
  }
}
