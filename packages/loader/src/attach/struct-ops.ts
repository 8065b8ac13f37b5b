// Tables of functions that the kernel calls (struct_ops; kernel/bpf/bpf_struct_ops.c): the value of a map holds a
// descriptor for each function and the table's other members; storing it registers the table. From Linux 6.4 on a link
// holds the registration, so that it ends with the process; before, deleting the value ends it.
import { type BtfIndex, DiagnosticError, diagnostic, nearest, uapi } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { tableMember } from "../kernel/attach-target.ts";
import { Attr, attrLayouts, kernelName } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import type { Memory } from "../kernel/sys.ts";
import type { StructOpsAttachOptions } from "../placed-options.ts";
import { refuseOption } from "./options.ts";
import { PlacedLink, placedRefusal } from "./placed-link.ts";
import type { Attachable } from "./registry.ts";

const BPF_F_LINK = 1 << 13;

/** A registration that a stored value holds. */
class StoredTable extends PlacedLink {
  readonly #remove: () => void;

  constructor(fd: Fd, description: string, remove: () => void) {
    super(fd, 0, description);
    this.#remove = remove;
  }

  override detach(): void {
    if (!this.fd.closed) this.#remove();
    super.detach();
  }
}

interface Table {
  readonly name: string;
  /** Type of the map's value: the table behind the kernel's own members. */
  readonly valueType: number;
  readonly valueBytes: number;
  /** Type of the table, and where it begins in the value. */
  readonly type: number;
  readonly offset: number;
  readonly index: BtfIndex;
}

function tableOf(program: Attachable): Table {
  const name = program.section.target?.split(".")[0] ?? "";
  const index = program.types?.index;
  const valueType = index?.find(`bpf_struct_ops_${name}`, "struct");
  const type = index?.find(name, "struct");
  const data = valueType === undefined ? undefined : index?.member(valueType, "data");
  const valueBytes = valueType === undefined ? undefined : index?.composite(valueType)?.size;
  if (!index || valueType === undefined || type === undefined || !data || valueBytes === undefined) {
    const message = `this kernel has no table of functions "${name}" that programs can fill`;
    throw new DiagnosticError([diagnostic(kernelDiagnostics.unknownTarget, { message })]);
  }
  return { name, valueType, valueBytes, type, offset: data.bitOffset / 8, index };
}

/** Writes a member that is no function. @throws DiagnosticError for what is not there, or does not fit */
function setMember({ index, type, name, offset }: Table, value: Memory, member: string, given: unknown): void {
  const place = index.member(type, member);
  const members = index.composite(type)?.members.map((one) => one.name) ?? [];
  if (!place) {
    const near = nearest(member, members);
    refuseOption(`struct ${name} has no member "${member}"`, near && `did you mean "${near}"?`);
  }
  const at = offset + place.bitOffset / 8;
  const plain = index.plain(place.type)?.type;
  if (plain?.kind === "array" && typeof given === "string") {
    const text = new TextEncoder().encode(given);
    if (text.length >= plain.length) refuseOption(`${member} has room for ${plain.length - 1} bytes of text`);
    value.bytes.set(text, at);
  } else if (
    (plain?.kind === "int" || plain?.kind === "enum") &&
    (typeof given === "number" || typeof given === "bigint")
  ) {
    const whole = typeof given === "bigint" || Number.isInteger(given) ? BigInt(given) : undefined;
    if (whole === undefined || BigInt.asUintN(plain.size * 8, whole) !== whole)
      refuseOption(`${member} is an unsigned integer of ${plain.size * 8} bits`);
    for (let byte = 0; byte < plain.size; byte++) value.bytes[at + byte] = Number((whole >> BigInt(byte * 8)) & 0xffn);
  } else refuseOption(`${member} of struct ${name} cannot be ${JSON.stringify(String(given))}`);
}

function tableValue(program: Attachable, table: Table, options: StructOpsAttachOptions): Memory {
  const value = program.sys.allocate(table.valueBytes);
  for (const [member, given] of Object.entries(options)) setMember(table, value, member, given);
  for (const one of program.siblings?.() ?? [program]) {
    const found = tableMember(table.index, one.section.target);
    if (one.type !== "struct_ops" || found?.struct !== table.type) continue;
    value.view.setBigUint64(table.offset + found.bitOffset / 8, BigInt(one.fd), true);
  }
  return value;
}

function createMap({ sys, btfFd = 0 }: Attachable, table: Table, flags: number): number {
  return new Attr(sys, attrLayouts.structOpsMap)
    .set("map_type", uapi.mapType.STRUCT_OPS)
    .set("key_size", 4)
    .set("value_size", table.valueBytes)
    .set("max_entries", 1)
    .set("map_flags", flags)
    .set("map_name", kernelName(table.name))
    .set("btf_fd", btfFd)
    .set("btf_vmlinux_value_type_id", table.valueType)
    .call(uapi.command.MAP_CREATE);
}

function checked(program: Attachable, status: number): number {
  if (status === -errnos.EEXIST || status === -errnos.EBUSY) {
    const message = `the kernel has a table of the name of "${program.name}" already`;
    const notes = [`the kernel answers ${errnoName(-status)}`];
    throw new DiagnosticError([
      diagnostic(kernelDiagnostics.busy, { message, notes, help: "give it another name, or see: bpftool struct_ops" }),
    ]);
  }
  if (status < 0) throw new DiagnosticError([placedRefusal(program, status)]);
  return status;
}

/** Registers the table that the program is a function of, with all of the object's. @throws DiagnosticError with what to do */
export function attachStructOps(program: Attachable, options: StructOpsAttachOptions): BackendLink {
  const { sys } = program;
  const table = tableOf(program);
  const value = tableValue(program, table, options);
  const linked = createMap(program, table, BPF_F_LINK);
  const map = new Fd(
    sys,
    linked >= 0 ? linked : checked(program, createMap(program, table, 0)),
    `table "${table.name}"`,
  );
  const description = `table ${table.name}`;
  try {
    const element = new Attr(sys, attrLayouts.mapElement).set("map_fd", map.number).set("key", sys.allocate(4));
    checked(program, element.set("value", value).call(uapi.command.MAP_UPDATE_ELEM));
    if (linked < 0) return new StoredTable(map, description, () => element.call(uapi.command.MAP_DELETE_ELEM));
    const link = new Attr(sys, attrLayouts.linkCreate)
      .set("prog_fd", map.number)
      .set("attach_type", uapi.attachType.STRUCT_OPS);
    const fd = checked(program, link.call(uapi.command.LINK_CREATE));
    map[Symbol.dispose]();
    return new PlacedLink(new Fd(sys, fd, description), linkInfo(sys, fd)?.id ?? 0, description);
  } catch (error) {
    map[Symbol.dispose]();
    throw error;
  }
}
