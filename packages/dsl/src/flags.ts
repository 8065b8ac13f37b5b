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
