// Handles of the maps that XDP programs send packets by: to interfaces and to CPUs, each perhaps with a program that sees
// the packet there (struct bpf_devmap_val, struct bpf_cpumap_val). Maps with values of 4 bytes have no room for a program.
import type { Layout } from "@typebpf/abi";
import type { BackendMap } from "../backend.ts";
import { describe, encode, type Value } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import {
  numbersIn,
  type ObjectMapHandle,
  ObjectsHandle,
  type ProgramLike,
  programReference,
  resolveIn,
} from "./references.ts";

/** An interface that packets are sent to. */
export interface DeviceTarget {
  /** Name or index of the interface. */
  readonly interface: string | number;
  /** An XDP program of the kind `xdp.devmap`. */
  readonly program?: ProgramLike;
}

/** A CPU that packets are sent to. */
export interface CpuTarget {
  /** How many packets may wait for the CPU. */
  readonly queueSize: number;
  /** An XDP program of the kind `xdp.cpumap`. */
  readonly program?: ProgramLike;
}

/** What is read of an interface's entry. */
export interface DeviceValue {
  /** Index of the interface. */
  readonly interface: number;
  /** Id of the program; 0 for none. */
  readonly program: number;
}

/** What is read of a CPU's entry. */
export interface CpuValue {
  readonly queueSize: number;
  /** Id of the program; 0 for none. */
  readonly program: number;
}

/** Interfaces by number. */
export interface DeviceMapHandle extends ObjectMapHandle<number, number, DeviceValue, DeviceTarget> {}
/** CPUs by their number. */
export interface CpuMapHandle extends ObjectMapHandle<number, number, CpuValue, CpuTarget> {}

const u32: Layout = { kind: "scalar", name: "u32", size: 4, align: 4, signed: false, bigEndian: false };

function membersOf(
  value: unknown,
  first: string,
  path: string,
): { readonly first: unknown; readonly program: unknown } {
  if (typeof value !== "object" || value === null)
    throw loaderError("valueKind", { message: `${path} takes { ${first}, program? }, not ${describe(value)}` });
  const given = new Map<string, unknown>(Object.entries(value));
  for (const name of given.keys()) {
    if (name === first || name === "program") continue;
    throw loaderError("unknownField", { message: `${path} has no field "${name}"; it has ${first}, program` });
  }
  return { first: given.get(first), program: given.get("program") };
}

abstract class TargetHandle extends ObjectsHandle {
  private readonly first: string;

  constructor(raw: BackendMap, first: string) {
    super(raw, (bytes): Value => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return { [first]: view.getUint32(0, true), program: bytes.length < 8 ? 0 : view.getUint32(4, true) };
    });
    this.first = first;
  }

  /** Calls `store` with the first number of a value. */
  protected abstract withFirst(value: unknown, path: string, store: (number: number) => void): void;

  protected override withValue(value: unknown, store: (bytes: Uint8Array) => void): void {
    const path = `${this.name} value`;
    const { first, program } = membersOf(value, this.first, path);
    const { size } = this.spec.value;
    if (program !== undefined && size < 8) {
      throw loaderError("unknownField", { message: `${path}.program: values of ${size} bytes have no program` });
    }
    this.withFirst(first, `${path}.${this.first}`, (number) => {
      if (program === undefined) {
        store(numbersIn(size, number));
        return;
      }
      using resolved = resolveIn(this.raw, programReference(program, `${path}.program`), `${path}.program`);
      store(numbersIn(size, number, resolved.number));
    });
  }

  /** The kernel does not say whether there was something. */
  override delete(key: unknown): boolean {
    return this.has(key) && super.delete(key);
  }
}

/** A map of interfaces. */
export class DevicesHandle extends TargetHandle {
  constructor(raw: BackendMap) {
    super(raw, "interface");
  }

  protected withFirst(value: unknown, path: string, store: (number: number) => void): void {
    if (typeof value !== "string" && typeof value !== "number")
      throw loaderError("valueKind", {
        message: `${path} takes the name or index of an interface, not ${describe(value)}`,
      });
    // An index is as good as the kernel says; it may be of another namespace than ours.
    if (typeof value === "number") {
      store(numberOf(value, path));
      return;
    }
    using resolved = resolveIn(this.raw, { kind: "interface", interface: value }, path);
    store(resolved.number);
  }
}

/** A map of CPUs. */
export class CpusHandle extends TargetHandle {
  constructor(raw: BackendMap) {
    super(raw, "queueSize");
  }

  protected withFirst(value: unknown, path: string, store: (number: number) => void): void {
    store(numberOf(value, path));
  }
}

/** A value of 32 bits. @throws DiagnosticError BPF6150, BPF6151 */
function numberOf(value: unknown, path: string): number {
  return new DataView(encode(u32, value, path).buffer).getUint32(0, true);
}
