// Maps whose entries stand for something: programs, events, cgroups, maps, interfaces, CPUs, sockets. Programs cannot read
// them as memory. Each type has its own error numbers: kernel/bpf/{arraymap,hashtab,devmap,cpumap,reuseport_array}.c,
// net/core/sock_map.c, net/xdp/xskmap.c (Linux 6.12).
import { type MapReference, type MapSpec, type MapTypeName, type MapTypeRow, mapTypes } from "@typebpf/abi";
import type { ObjectReference, ResolvedReference } from "../../backend.ts";
import { errno } from "../../errno.ts";
import { entriesOf, type SimulatedMap, updateAll, updateFlags, userWriteStatus } from "./map.ts";
import type { Objects } from "./objects.ts";

/** How the kernel treats entries of a type. */
interface Rules {
  /** Flags of an update: none but 0; those of hash tables; or those of arrays, whose entries count as existing. */
  readonly flags: "none" | "table" | "array";
  /** Deleting an index that is too large. */
  readonly outside: number;
  /** Deleting an entry that is not there. */
  readonly absent: number;
}

const descriptors: Rules = { flags: "none", outside: errno.E2BIG, absent: errno.ENOENT };
const devices: Rules = { flags: "array", outside: errno.EINVAL, absent: 0 };

const rules: { readonly [T in MapTypeName]?: Rules } = {
  progArray: descriptors,
  perfEventArray: descriptors,
  cgroupArray: descriptors,
  arrayOfMaps: descriptors,
  hashOfMaps: { flags: "table", outside: errno.EINVAL, absent: errno.ENOENT },
  devMap: devices,
  cpuMap: devices,
  devMapHash: { flags: "table", outside: errno.EINVAL, absent: errno.ENOENT },
  xskMap: { flags: "table", outside: errno.EINVAL, absent: 0 },
  sockMap: { flags: "table", outside: errno.EINVAL, absent: errno.EINVAL },
  sockHash: { flags: "table", outside: errno.EINVAL, absent: errno.ENOENT },
  reusePortSockArray: { flags: "table", outside: errno.E2BIG, absent: errno.ENOENT },
};

interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

function wordOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}

/** The queue to a CPU is no longer (cpu_map_update_elem). */
const longestQueue = 16_384;

export class ReferenceMap implements SimulatedMap {
  readonly spec: MapSpec;
  readonly copies = 1;
  readonly bufferSize: number;
  protected readonly objects: Objects;
  private readonly rules: Rules;
  private readonly row: MapTypeRow;
  protected readonly cpus: number;
  /** By key, in the order in which they came. */
  private readonly known = new Map<string, Entry>();

  constructor(spec: MapSpec, objects: Objects, cpus: number) {
    const found = rules[spec.type];
    if (!found) throw new Error(`simulator: no rules for entries of a ${spec.type}`);
    this.rules = found;
    this.spec = spec;
    this.bufferSize = spec.value.size;
    this.objects = objects;
    this.row = mapTypes[spec.type];
    this.cpus = cpus;
  }

  private get isIndexed(): boolean {
    return this.row.keys === "index";
  }

  private isOutside(key: Uint8Array): boolean {
    return this.isIndexed && wordOf(key) >= this.spec.maxEntries;
  }

  /** What is stored under a key: the number that user space gave; undefined where there is nothing. */
  number(key: Uint8Array): number | undefined {
    const entry = this.known.get(key.join());
    return entry && wordOf(entry.value);
  }

  /** Why the kernel does not take a value: 0 or a positive errno. */
  private refusal(value: Uint8Array): number {
    const number = wordOf(value);
    const program = value.length > 4 ? wordOf(value.subarray(4)) | 0 : 0;
    const holds: MapReference | undefined = this.row.holds;
    switch (holds) {
      case "program":
        return this.programRefusal(number);
      case "map":
        return this.mapRefusal(number);
      case "device":
        if (this.spec.type === "devMapHash" && number === 0) return errno.EINVAL;
        return program > 0 && (number === 0 || !this.objects.program(program)) ? errno.EINVAL : 0;
      case "cpu":
        if (number > longestQueue) return errno.EOVERFLOW;
        return program > 0 && !this.objects.program(program) ? errno.EINVAL : 0;
      default:
        return 0;
    }
  }

  private programRefusal(number: number): number {
    const found = this.objects.program(number);
    if (!found) return errno.EBADF;
    const [first] = this.known.values();
    const owner = first && this.objects.program(wordOf(first.value));
    return owner && owner.program.spec.type !== found.program.spec.type ? errno.EINVAL : 0;
  }

  /** As bpf_map_meta_equal: an inner map is like the template; arrays with BPF_F_INNER_MAP may differ in length. */
  private mapRefusal(number: number): number {
    const found = this.objects.map(number);
    const { inner } = this.spec;
    if (!found || !inner) return errno.EBADF;
    const { spec } = found.map;
    const sameLength = spec.type !== "array" || spec.maxEntries === inner.maxEntries || (spec.flags & 0x1000) !== 0;
    const same =
      spec.type === inner.type &&
      spec.key.size === inner.key.size &&
      spec.value.size === inner.value.size &&
      spec.flags === inner.flags &&
      sameLength;
    return same ? 0 : errno.EINVAL;
  }

  /** 0, or the positive errno of flags. */
  private flagsRefusal(key: Uint8Array, flags: number): number {
    if (this.rules.flags === "none") return flags === updateFlags.any ? 0 : errno.EINVAL;
    if (flags > updateFlags.exist) return errno.EINVAL;
    const exists = this.known.has(key.join());
    if (flags === updateFlags.noExist && (exists || this.rules.flags === "array")) return errno.EEXIST;
    const needsOld = this.rules.flags === "table" && this.spec.type !== "devMapHash";
    return flags === updateFlags.exist && needsOld && !exists ? errno.ENOENT : 0;
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    if (key.length !== this.spec.key.size || value.length !== this.bufferSize) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    if (denied !== 0) return denied;
    if (this.rules.flags === "none" && flags !== 0) return -errno.EINVAL;
    if (this.isOutside(key)) return -errno.E2BIG;
    if (this.spec.type === "cpuMap" && wordOf(key) >= this.cpus) return -errno.ENODEV;
    const refused = this.flagsRefusal(key, flags) || this.refusal(value);
    if (refused !== 0) return -refused;
    const token = key.join();
    // An interface or a queue of 0 takes the entry away.
    if ((this.row.holds === "device" || this.row.holds === "cpu") && wordOf(value) === 0) {
      this.known.delete(token);
      return 0;
    }
    if (!this.isIndexed && !this.known.has(token) && this.known.size >= this.spec.maxEntries) return -errno.E2BIG;
    this.known.set(token, { key: key.slice(), value: value.slice() });
    return 0;
  }

  lookup(key: Uint8Array): Uint8Array | number {
    if (key.length !== this.spec.key.size) return -errno.EINVAL;
    if (!this.row.user.includes("get")) return -(this.spec.type === "xskMap" ? errno.EOPNOTSUPP : errno.ENOTSUPP);
    if (this.row.holds === "socket" && this.bufferSize !== 8) return -errno.ENOSPC;
    return this.known.get(key.join())?.value.slice() ?? -errno.ENOENT;
  }

  delete(key: Uint8Array): number {
    if (key.length !== this.spec.key.size) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    if (denied !== 0) return denied;
    if (this.isOutside(key)) return -this.rules.outside;
    return this.known.delete(key.join()) || this.rules.absent === 0 ? 0 : -this.rules.absent;
  }

  nextKey(key: Uint8Array | undefined): Uint8Array | undefined {
    if (!this.isIndexed) {
      const all = [...this.known.values()];
      const at = key === undefined ? -1 : all.findIndex((entry) => entry.key.join() === key.join());
      return all[at + 1]?.key.slice();
    }
    const index = key === undefined ? -1 : wordOf(key);
    if (index === this.spec.maxEntries - 1) return undefined;
    const next = new Uint8Array(4);
    new DataView(next.buffer).setUint32(0, index >= this.spec.maxEntries ? 0 : index + 1, true);
    return next;
  }

  entries(): Iterable<readonly [key: Uint8Array, value: Uint8Array]> {
    return entriesOf(this);
  }

  updateBatch(
    entries: readonly (readonly [Uint8Array, Uint8Array])[],
    flags: number,
  ): { readonly status: number; readonly written: number } {
    return updateAll(this, entries, flags);
  }

  resolve(reference: ObjectReference): ResolvedReference {
    return this.objects.resolve(reference);
  }

  /** Programs reach entries by helpers of their own. */
  find(_key: Uint8Array): number | undefined {
    return undefined;
  }

  store(): number {
    return -errno.ENOTSUPP;
  }

  remove(): number {
    return -errno.ENOTSUPP;
  }

  endRun(): void {}
}
