// VLAN tag (IEEE 802.1Q; struct vlan_hdr of include/linux/if_vlan.h), as it follows the EtherType 0x8100 or 0x88a8.
//
//   tci: | priority 3 | drop eligible 1 | VLAN id 12 |
import { type u16, u16be } from "../scalars.ts";
import { type StructSchema, struct } from "../struct.ts";

/** VLAN tag, 4 bytes. */
export interface Vlan {
  /** Tag control information: priority (3 bits), drop eligible (1), VLAN id (12: `tci & 0xfff`). */
  tci: u16;
  /** What follows: one of `EtherType`. */
  proto: u16;
}

/** VLAN tag, 4 bytes. */
export const Vlan: StructSchema<Vlan> = struct("vlan_hdr", { tci: u16be, proto: u16be });
