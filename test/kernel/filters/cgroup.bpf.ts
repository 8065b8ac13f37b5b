// One program for each way that control groups run programs; what they do is up to the maps.
import {
  array,
  cgroupDevice,
  cgroupSkb,
  cgroupSock,
  cgroupSockAddr,
  cgroupSockopt,
  cgroupSysctl,
  DeviceAccess,
  DeviceType,
  hashMap,
  SockOps,
  SockOpsFlags,
  sockOps,
  sizeOf,
  startsWith,
  struct,
  u8,
  u16,
  u32,
  u64,
} from "@typebpf/dsl";
import { IPv4, Udp } from "@typebpf/dsl/net";

/** Ports that are kept out, by whatever program is attached. */
export const refused = hashMap({ key: u16, value: u8, maxEntries: 16 });
/** Ports and what stands for them. */
export const moved = hashMap({ key: u16, value: u16, maxEntries: 16 });

export const Total = struct("total", { packets: u64, bytes: u64 });
/** Traffic by IP protocol. */
export const totals = hashMap({ key: u8, value: Total, maxEntries: 256 });

/** How often programs have run, by a number that each gives. */
export const runs = hashMap({ key: u32, value: u64, maxEntries: 64 });

function count(what: number): void {
  const entry = runs.get(what);
  if (entry) entry.value += 1n;
  else runs.set(what, 1n);
}

export const ingress = cgroupSkb.ingress((ctx) => {
  const ip = ctx.packet.at(0, IPv4);
  if (!ip || ip.version !== 4) return 1;
  const total = totals.get(ip.protocol);
  if (total) {
    total.packets += 1n;
    total.bytes += u64(ctx.len);
  } else {
    totals.set(ip.protocol, Total({ packets: 1n, bytes: u64(ctx.len) }));
  }
  const udp = ctx.packet.at(sizeOf(IPv4), Udp);
  return udp && ip.protocol === 17 && refused.has(udp.dest) ? 0 : 1;
});

export const egress = cgroupSkb.egress((ctx) => {
  const udp = ctx.packet.at(sizeOf(IPv4), Udp);
  return udp && refused.has(udp.dest) ? 0 : 1;
});

export const created = cgroupSock.create((ctx) => {
  count(1);
  // A raw socket of IPv4, or one of the protocol ICMP.
  if (ctx.family === 2 && ctx.type === 3) return 0;
  ctx.mark = 77;
  return 1;
});

export const released = cgroupSock.release((ctx) => {
  if (ctx.type === 2 && ctx.mark === 77) count(2);
  return 1;
});

export const bound4 = cgroupSock.postBind4((ctx) => (refused.has(u16(ctx.srcPort)) ? 0 : 1));
export const bound6 = cgroupSock.postBind6((ctx) => (refused.has(u16(ctx.srcPort)) && ctx.srcIp6[3] === 1 ? 0 : 1));

export const bind4 = cgroupSockAddr.bind4((ctx) => {
  const port = moved.get(ctx.userPort);
  if (port) ctx.userPort = port.value;
  return 1;
});
export const bind6 = cgroupSockAddr.bind6((ctx) => {
  const port = moved.get(ctx.userPort);
  if (port) ctx.userPort = port.value;
  return 1;
});

export const connect4 = cgroupSockAddr.connect4((ctx) => {
  if (refused.has(ctx.userPort)) return 0;
  const port = moved.get(ctx.userPort);
  if (!port) return 1;
  ctx.userIp4 = 0x7f00_0001;
  ctx.userPort = port.value;
  return 1;
});
export const connect6 = cgroupSockAddr.connect6((ctx) => {
  const port = moved.get(ctx.userPort);
  if (!port) return 1;
  ctx.userIp6[0] = 0;
  ctx.userIp6[1] = 0;
  ctx.userIp6[2] = 0;
  ctx.userIp6[3] = 1;
  ctx.userPort = port.value;
  return 1;
});
export const sendmsg4 = cgroupSockAddr.sendmsg4((ctx) => {
  if (refused.has(ctx.userPort)) return 0;
  const port = moved.get(ctx.userPort);
  if (!port) return 1;
  ctx.userIp4 = 0x7f00_0001;
  ctx.userPort = port.value;
  return 1;
});
export const sendmsg6 = cgroupSockAddr.sendmsg6((ctx) => (refused.has(ctx.userPort) && ctx.msgSrcIp6[0] === 0 ? 0 : 1));
/** Datagrams and peers seem to come from the port that stands for theirs. */
export const recvmsg4 = cgroupSockAddr.recvmsg4((ctx) => {
  const port = moved.get(ctx.userPort);
  if (port) ctx.userPort = port.value;
  return 1;
});
export const recvmsg6 = cgroupSockAddr.recvmsg6((ctx) => {
  const port = moved.get(ctx.userPort);
  if (port) ctx.userPort = port.value;
  return 1;
});
export const getpeername4 = cgroupSockAddr.getpeername4((ctx) => {
  const port = moved.get(ctx.userPort);
  if (port) ctx.userPort = port.value;
  return 1;
});
export const getpeername6 = cgroupSockAddr.getpeername6((ctx) => {
  const port = moved.get(ctx.userPort);
  if (port) ctx.userPort = port.value;
  return 1;
});
export const getsockname4 = cgroupSockAddr.getsockname4((ctx) => {
  const port = moved.get(ctx.userPort);
  if (port) ctx.userPort = port.value;
  return 1;
});
export const getsockname6 = cgroupSockAddr.getsockname6((ctx) => {
  const port = moved.get(ctx.userPort);
  if (port) ctx.userPort = port.value;
  return 1;
});

/** No random numbers by name, and nothing that writes to /dev/zero. */
export const device = cgroupDevice((ctx) => {
  if (ctx.deviceType !== DeviceType.CHAR || ctx.major !== 1) return 1;
  if (ctx.minor === 9) return 0;
  return ctx.minor === 5 && (ctx.access & DeviceAccess.WRITE) !== 0 ? 0 : 1;
});

/** Only reading, but for `net/`. */
export const sysctl = cgroupSysctl((ctx) => {
  if (ctx.write === 0) return 1;
  const name = ctx.sysctlGetName(array(u8, 32));
  return name && startsWith(name, "net/") ? 1 : 0;
});

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_PRIORITY = 12;

export const setsockopt = cgroupSockopt.setsockopt((ctx) => {
  if (ctx.level !== SOL_SOCKET) return 1;
  if (ctx.optname === SO_RCVBUF) return 0;
  if (ctx.optname !== SO_PRIORITY) return 1;
  const value = ctx.optval.at(0, u32);
  if (value) value.value = 3;
  return 1;
});

export const getsockopt = cgroupSockopt.getsockopt((ctx) => {
  if (ctx.level !== SOL_SOCKET || ctx.optname !== SO_RCVBUF) return 1;
  const value = ctx.optval.at(0, u32);
  if (!value) return 1;
  value.value = 4321;
  ctx.optlen = 4;
  ctx.retval = 0;
  return 1;
});

const IPPROTO_TCP = 6;
const TCP_KEEPCNT = 6;

/** Runs by `op`, and by the new state from 100 on. */
export const connections = sockOps((ctx) => {
  count(1000 + ctx.op);
  switch (ctx.op) {
    case SockOps.ACTIVE_ESTABLISHED_CB:
      ctx.setsockopt(IPPROTO_TCP, TCP_KEEPCNT, 66);
      ctx.sockOpsCbFlagsSet(SockOpsFlags.STATE);
      return 1;
    case SockOps.STATE_CB:
      count(2000 + ctx.newState);
      return 1;
    case SockOps.RWND_INIT:
      ctx.reply = 20;
      return 1;
    default:
      return 1;
  }
});
