// What helpers of `ctx` take by number: flags, to be joined by `|`, and modes. Values: include/uapi/linux/bpf.h.

/** Where `loadBytesRelative` counts from. */
export const HeaderStart: {
  /** The link-layer header. */
  readonly MAC: 0;
  /** The network header. */
  readonly NET: 1;
} = Object.freeze({ MAC: 0, NET: 1 });

/** Flags of `storeBytes` on socket buffers. */
export const StoreBytes: {
  /** Correct the checksum that the device computed. */
  readonly RECOMPUTE_CSUM: 1;
  /** Forget the hash of the flow. */
  readonly INVALIDATE_HASH: 2;
} = Object.freeze({ RECOMPUTE_CSUM: 1, INVALIDATE_HASH: 2 });

/** Flags of `l4CsumReplace`, beside the field's size. */
export const CsumReplace: {
  /** The field is part of the pseudo header. */
  readonly PSEUDO_HDR: 16;
  /** A checksum of 0 stays 0, and none becomes 0: UDP. */
  readonly MARK_MANGLED_0: 32;
  /** A checksum of 0 is corrected all the same. */
  readonly MARK_ENFORCE: 64;
} = Object.freeze({ PSEUDO_HDR: 16, MARK_MANGLED_0: 32, MARK_ENFORCE: 64 });

/** What `csumLevel` does. */
export const CsumLevel: {
  readonly QUERY: 0;
  readonly INC: 1;
  readonly DEC: 2;
  readonly RESET: 3;
} = Object.freeze({ QUERY: 0, INC: 1, DEC: 2, RESET: 3 });

/** Flags of `redirect` and `cloneRedirect`. */
export const Redirect: {
  /** As if the interface had received the packet. */
  readonly INGRESS: 1;
} = Object.freeze({ INGRESS: 1 });

/** Where `adjustRoom` makes room. */
export const AdjustRoom: {
  /** Behind the network header. */
  readonly NET: 0;
  /** Behind the Ethernet header. */
  readonly MAC: 1;
} = Object.freeze({ NET: 0, MAC: 1 });

/** Flags of `getStack`; the lower eight bits are how many frames are skipped. */
export const StackFlags: {
  /** The stack of the process, not of the kernel. */
  readonly USER_STACK: 256;
  /** Build ids and offsets instead of addresses, with `USER_STACK`. */
  readonly USER_BUILD_ID: 2048;
} = Object.freeze({ USER_STACK: 256, USER_BUILD_ID: 2048 });

/** Flags of `fibLookup`. */
export const FibLookupFlags: {
  /** Asks the table of the interface, and no rules. */
  readonly DIRECT: 1;
  /** From the side of who sends. */
  readonly OUTPUT: 2;
  /** Does not look for the neighbour: no link-layer addresses (Linux 6.3). */
  readonly SKIP_NEIGH: 4;
  /** The table is given (Linux 6.3). */
  readonly TBID: 8;
  /** Gives the source address too (Linux 6.7). */
  readonly SRC: 16;
  /** The mark is given (Linux 6.10). */
  readonly MARK: 32;
} = Object.freeze({ DIRECT: 1, OUTPUT: 2, SKIP_NEIGH: 4, TBID: 8, SRC: 16, MARK: 32 });

/** What `fibLookup` gives where it is no error. */
export const FibLookupResult: {
  /** The next hop is there. */
  readonly SUCCESS: 0;
  readonly BLACKHOLE: 1;
  readonly UNREACHABLE: 2;
  readonly PROHIBIT: 3;
  /** The packet is for this machine, or none to be forwarded. */
  readonly NOT_FWDED: 4;
  /** The interface does not forward. */
  readonly FWD_DISABLED: 5;
  /** The next hop needs a tunnel. */
  readonly UNSUPP_LWT: 6;
  /** The neighbour is not known. */
  readonly NO_NEIGH: 7;
  /** The packet is longer than the MTU. */
  readonly FRAG_NEEDED: 8;
  /** No source address was found. */
  readonly NO_SRC_ADDR: 9;
} = Object.freeze({
  SUCCESS: 0,
  BLACKHOLE: 1,
  UNREACHABLE: 2,
  PROHIBIT: 3,
  NOT_FWDED: 4,
  FWD_DISABLED: 5,
  UNSUPP_LWT: 6,
  NO_NEIGH: 7,
  FRAG_NEEDED: 8,
  NO_SRC_ADDR: 9,
});

/** Flags of `getTunnelKey` and `setTunnelKey`. */
export const TunnelKeyFlags: {
  /** The addresses are IPv6. */
  readonly IPV6: 1;
  readonly ZERO_CSUM_TX: 2;
  readonly DONT_FRAGMENT: 4;
  readonly SEQ_NUMBER: 8;
  /** Sets no key (Linux 6.3). */
  readonly NO_KEY: 16;
} = Object.freeze({ IPV6: 1, ZERO_CSUM_TX: 2, DONT_FRAGMENT: 4, SEQ_NUMBER: 8, NO_KEY: 16 });

/** What `lwtPushEncap` puts before the packet. */
export const LwtEncap: {
  readonly SEG6: 0;
  readonly SEG6_INLINE: 1;
  readonly IP: 2;
} = Object.freeze({ SEG6: 0, SEG6_INLINE: 1, IP: 2 });
