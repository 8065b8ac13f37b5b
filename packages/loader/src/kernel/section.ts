// Global data in the kernel: an array map with one entry for each section, shared with this process by mmap(2) where the
// kernel can (BPF_F_MMAPABLE, Linux 5.5), so that a variable is written alone; before that the whole section is read and
// written back. A read-only section is frozen before programs are loaded, so that the verifier knows its values.
import { type DataSection, DiagnosticError, diagnostic, sectionBytes, sectionMap, uapi } from "@typebpf/abi";
import type { BackendSection } from "../backend.ts";
import { copyScalars } from "../section-bytes.ts";
import { Attr, attrLayouts } from "./attr.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import type { KernelMap, MapHost } from "./map.ts";
import { createMap } from "./map-create.ts";
import type { Mapping } from "./sys.ts";

const MMAPABLE = 0x400;
const PROT_READ_WRITE = 3;
const first = new Uint8Array(4);

/** A section in the kernel. Dispose unmaps it and closes its map. */
export class KernelSection implements BackendSection, Disposable {
  readonly spec: DataSection;
  readonly map: KernelMap;
  #mapping: Mapping | undefined;

  constructor(spec: DataSection, map: KernelMap, mapping: Mapping | undefined) {
    this.spec = spec;
    this.map = map;
    this.#mapping = mapping;
  }

  read(offset: number, size: number): Uint8Array | number {
    if (this.map.fd.closed) return -errnos.EBADF;
    if (this.#mapping) return copyScalars(new Uint8Array(this.#mapping.buffer, offset, size), new Uint8Array(size));
    const whole = this.map.lookup(first);
    return typeof whole === "number" ? whole : whole.slice(offset, offset + size);
  }

  write(offset: number, bytes: Uint8Array): number {
    if (this.map.fd.closed) return -errnos.EBADF;
    if (this.spec.readOnly) return -errnos.EPERM;
    if (this.#mapping) {
      copyScalars(bytes, new Uint8Array(this.#mapping.buffer, offset, bytes.length));
      return 0;
    }
    const whole = this.map.lookup(first);
    if (typeof whole === "number") return whole;
    whole.set(bytes, offset);
    return this.map.update(first, whole, 0);
  }

  [Symbol.dispose](): void {
    this.#mapping?.unmap();
    this.#mapping = undefined;
    this.map[Symbol.dispose]();
  }
}

function refuse(section: DataSection, what: string, status: number): never {
  const message = `the kernel does not ${what} the data section "${section.name}": ${errnoName(-status)}`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.mapCreate, { message })]);
}

/** A map that can be shared with this process, or one that cannot where the kernel is too old for that. */
function createSectionMap(host: MapHost, section: DataSection): { readonly map: KernelMap; readonly shared: boolean } {
  const spec = sectionMap(section);
  if (section.readOnly) return { map: createMap(host, spec), shared: false };
  try {
    return { map: createMap(host, { ...spec, flags: spec.flags | MMAPABLE }), shared: true };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { map: createMap(host, spec), shared: false };
  }
}

/** Creates a section with its first contents. @throws DiagnosticError with the kernel's reason. */
export function createSection(host: MapHost, section: DataSection): KernelSection {
  const { map, shared } = createSectionMap(host, section);
  try {
    const filled = map.update(first, sectionBytes(section), 0);
    if (filled < 0) refuse(section, "fill", filled);
    if (section.readOnly) {
      const frozen = new Attr(host.sys, attrLayouts.mapElement)
        .set("map_fd", map.fd.number)
        .call(uapi.command.MAP_FREEZE);
      if (frozen < 0) refuse(section, "freeze", frozen);
    }
    const { pageSize } = host.sys;
    const length = Math.ceil(section.size / pageSize) * pageSize;
    const mapping = shared ? host.sys.mmap(map.fd.number, 0, length, PROT_READ_WRITE) : undefined;
    return new KernelSection(section, map, typeof mapping === "number" ? undefined : mapping);
  } catch (error) {
    map[Symbol.dispose]();
    throw error;
  }
}
