// Contexts that are structs with a packet behind two of their fields, and memory behind another: the data of a message, the
// packet for a group of sockets, a packet and the keys of its flow. What the packet's first byte is, is the type's matter.
import type { ContextFieldRow } from "@typebpf/abi";
import type { RunInput } from "../../backend.ts";
import { addressHigh, type Memory, REGION_START, type Segment, segment } from "../memory.ts";
import { StructContext } from "./struct.ts";

/** The longest packet: what a message or a page has. */
const MAX_BYTES = 1 << 16;
const MEMORY_BYTES = 64;

/** A struct with pointers. One serves all programs of the machine: `begin` says whose turn it is. */
export class PacketStructContext extends StructContext {
  private readonly packet: Segment;
  private readonly packetHigh: number;
  private readonly behindHigh: number;
  /** What the field that points to memory points to. */
  readonly memory = new Uint8Array(MEMORY_BYTES);
  private whole = 0;
  private rowsOfLength: readonly ContextFieldRow[] = [];
  private pointers: readonly ContextFieldRow[] = [];

  constructor(memory: Memory) {
    super(memory);
    this.packet = segment("packet", "the packet", new Uint8Array(MAX_BYTES), { atomics: false });
    this.packetHigh = addressHigh(memory.add(this.packet), 0);
    const behind = segment("context", "what the context points to", this.memory, { atomics: false });
    this.behindHigh = addressHigh(memory.add(behind), 0);
  }

  /** Sets a run up with a packet. @throws DiagnosticError BPF6008 */
  override begin(struct: string, rows: readonly ContextFieldRow[], input: RunInput): void {
    super.begin(struct, rows, input);
    this.pointers = rows.filter(({ is }) => is !== "integer");
    this.rowsOfLength = rows.filter(({ is }) => is === "integer");
    this.packet.bytes.fill(0, 0, this.whole);
    this.packet.bytes.set(input.packet);
    this.whole = input.packet.length;
    this.show(0, this.whole);
  }

  /** The packet as it is now, also what is not in view. */
  result(): Uint8Array {
    return this.packet.bytes.slice(0, this.length);
  }

  /** Bytes of the whole packet. */
  get length(): number {
    return this.whole;
  }

  /** Has the fields point to a part of the packet. */
  show(start: number, end: number): void {
    this.packet.low = start;
    this.packet.high = end;
  }

  /** Makes room of zeros; false where there is none left. All is in view then. */
  insert(start: number, length: number): boolean {
    if (this.whole + length > MAX_BYTES) return false;
    this.packet.bytes.copyWithin(start + length, start, this.whole).fill(0, start, start + length);
    this.resize(this.whole + length);
    return true;
  }

  /** Takes bytes out. All that is left is in view then. */
  remove(start: number, length: number): void {
    this.packet.bytes.copyWithin(start, start + length, this.whole).fill(0, this.whole - length, this.whole);
    this.resize(this.whole - length);
  }

  private resize(length: number): void {
    this.whole = length;
    this.show(0, length);
    const size = this.rowsOfLength.find(({ name }) => name === "size" || name === "len");
    if (size) this.view.setUint32(size.offset, length, true);
  }

  override load(offset: number, size: number, registers: Int32Array, d: number): void {
    super.load(offset, size, registers, d);
    const row = this.pointers.find((one) => one.offset === offset && one.size === size);
    if (!row || row.is === "socket") return;
    const inPacket = row.is === "packetEnd" ? this.packet.high : this.packet.low;
    registers[d] = REGION_START + (row.is === "memory" ? 0 : inPacket);
    registers[d + 1] = row.is === "memory" ? this.behindHigh : this.packetHigh;
  }
}
