// BPF_MAP_CREATE: what the kernel is told about a map of each type (map_create and the map_alloc_check functions of
// kernel/bpf, Linux 6.12). Types of keys and values go along where the map type takes them; maps of maps are created with a
// map like those that they hold, which is closed again.
import {
  DiagnosticError,
  diagnostic,
  type Layout,
  type MapSpec,
  type MapTemplate,
  type MapTypeRow,
  mapTypes,
  uapi,
} from "@typebpf/abi";
import { Attr, attrLayouts, kernelName } from "./attr.ts";
import type { MapTypeIds } from "./btf.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import { Fd } from "./fd.ts";
import { KernelInnerMaps } from "./inner-maps.ts";
import { KernelMap, type MapHost } from "./map.ts";
import { isRingSize } from "./ringbuf.ts";
import type { Sys } from "./sys.ts";

function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

function refuseMap(spec: MapSpec, status: number): DiagnosticError {
  const sizes = `${spec.type}, key ${spec.key.size} bytes, value ${spec.value.size} bytes, maxEntries ${spec.maxEntries}, flags ${spec.flags}`;
  const details = { ...(spec.at && { at: spec.at }), notes: [sizes, `the kernel answers ${errnoName(-status)}`] };
  if (status === -errnos.EPERM)
    return new DiagnosticError([diagnostic(kernelDiagnostics.privilege, { notes: details.notes })]);
  if (status === -errnos.ENOSYS) return new DiagnosticError([diagnostic(kernelDiagnostics.noBpf)]);
  const memory = status === -errnos.ENOMEM || status === -errnos.E2BIG;
  const row = memory ? kernelDiagnostics.mapMemory : kernelDiagnostics.mapCreate;
  const reason = memory ? "has no memory for" : "refuses";
  return new DiagnosticError([diagnostic(row, { ...details, message: `the kernel ${reason} the map "${spec.name}"` })]);
}

function checkRing(sys: Sys, spec: MapSpec): void {
  if (isRingSize(spec.maxEntries, sys.pageSize)) return;
  const message = `the ring buffer "${spec.name}" cannot have ${spec.maxEntries} bytes`;
  const notes = [`a page has ${sys.pageSize} bytes here`];
  throw new DiagnosticError([
    diagnostic(kernelDiagnostics.ringSize, { message, notes, ...(spec.at && { at: spec.at }) }),
  ]);
}

type CreateAttr = Attr<typeof attrLayouts.mapCreate>;

/** Structs that the kernel finds by name in the BTF of a value: without it such a map is of no use. */
const kernelStructs: ReadonlySet<string> = new Set([
  "bpf_spin_lock",
  "bpf_res_spin_lock",
  "bpf_timer",
  "bpf_wq",
  "bpf_task_work",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
  "bpf_refcount",
]);

function needsBtf(layout: Layout): boolean {
  if (layout.kind === "array") return needsBtf(layout.item);
  if (layout.kind !== "struct") return false;
  return kernelStructs.has(layout.name) || layout.fields.some((field) => needsBtf(field.layout));
}

/** A descriptor or a negative errno. Types that a map need not have (map_check_btf of kernel/bpf) are left out. */
function create(attr: CreateAttr, spec: MapSpec, types: MapTypeIds | undefined): number {
  const { btf }: MapTypeRow = mapTypes[spec.type];
  if (types && btf !== "refused") {
    attr.set("btf_fd", types.btfFd).set("btf_key_type_id", types.key).set("btf_value_type_id", types.value);
    const fd = attr.call(uapi.command.MAP_CREATE);
    if (fd >= 0 || btf === "required" || needsBtf(spec.value)) return fd;
    attr.set("btf_fd", 0).set("btf_key_type_id", 0).set("btf_value_type_id", 0);
  }
  return attr.call(uapi.command.MAP_CREATE);
}

function attrOf({ sys, cpus }: MapHost, spec: MapSpec): CreateAttr {
  const { number, records, keys, counts, holds }: MapTypeRow = mapTypes[spec.type];
  const isMemory = records || counts === "pages";
  // A perf event array without a size has one for each CPU, as libbpf makes it.
  const entries = holds === "perfEvent" && spec.maxEntries === 0 ? cpus : spec.maxEntries;
  return new Attr(sys, attrLayouts.mapCreate)
    .set("map_type", number)
    .set("key_size", keys === "none" ? 0 : spec.key.size)
    .set("value_size", isMemory ? 0 : spec.value.size)
    .set("max_entries", entries)
    .set("map_flags", spec.flags)
    .set("map_name", kernelName(spec.name))
    .set("map_extra", spec.extra ?? 0);
}

/** A template as the description of a map of its own. */
function templateSpec(outer: MapSpec, template: MapTemplate, name: string): MapSpec {
  return { ...template, name, ...(outer.at && { at: outer.at }) };
}

/** The map that a map of maps is created with. @throws DiagnosticError */
function withInner(host: MapHost, spec: MapSpec, attr: CreateAttr): number {
  if (!spec.inner) {
    const message = `nothing says what the maps in "${spec.name}" are like`;
    throw new DiagnosticError([diagnostic(kernelDiagnostics.innerMap, { message, ...(spec.at && { at: spec.at }) })]);
  }
  using inner = createMap(host, templateSpec(spec, spec.inner, `${spec.name}.inner`));
  return attr.set("inner_map_fd", inner.fd.number).call(uapi.command.MAP_CREATE);
}

function innerMaps(host: MapHost, outer: MapSpec): KernelInnerMaps | undefined {
  const { inner } = outer;
  if (!inner) return undefined;
  const specOf = (name: string): MapSpec => templateSpec(outer, inner, name);
  return new KernelInnerMaps(host.sys, {
    create: (name) => createMap(host, specOf(name ?? `${outer.name}.inner`)),
    adopt: (fd, id) => new KernelMap(host, fd, specOf(`${outer.name}.${id}`)),
  });
}

/** A map that exists already and is what `spec` describes; it owns the descriptor. */
export function adoptMap(host: MapHost, fd: Fd, spec: MapSpec): KernelMap {
  return new KernelMap(host, fd, spec, innerMaps(host, spec));
}

/** Creates the map that `spec` describes. @throws DiagnosticError with the kernel's reason. */
export function createMap(host: MapHost, spec: MapSpec): KernelMap {
  const { sys } = host;
  const sizes = [spec.key.size, spec.value.size, spec.maxEntries, spec.flags];
  if (!Object.hasOwn(mapTypes, spec.type) || !sizes.every(isU32)) throw refuseMap(spec, -errnos.EINVAL);
  const { records, inner }: MapTypeRow = mapTypes[spec.type];
  if (records) checkRing(sys, spec);
  const attr = attrOf(host, spec);
  const fd = inner ? withInner(host, spec, attr) : create(attr, spec, host.btf?.map(spec.name));
  if (fd < 0) throw refuseMap(spec, fd);
  return adoptMap(host, new Fd(sys, fd, `map "${spec.name}"`), spec);
}
