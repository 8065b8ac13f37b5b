// Protocol numbers of IPv4's `protocol` and IPv6's `nexthdr` (IANA; include/uapi/linux/in.h and in6.h).

/** What an IPv4 or IPv6 packet carries. */
export const IpProtocol = {
  HOPOPTS: 0,
  ICMP: 1,
  IGMP: 2,
  IPIP: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  ROUTING: 43,
  FRAGMENT: 44,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMPV6: 58,
  NONE: 59,
  DSTOPTS: 60,
  SCTP: 132,
  UDPLITE: 136,
} as const;
