// UDP sockets that share their port, which `node:dgram` of Node 20 cannot make.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { socketAddress } from "../../packages/loader/src/kernel/socket-address.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import type { TestbedSide } from "../../packages/loader/src/testing/index.ts";

const AF_INET = 2;
const SOCK_DGRAM_NONBLOCK = 2 | 0x800 | 0x80000;
const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;

/** A UDP socket of the side's first address that shares its port. */
export async function sharingSocket(side: TestbedSide, port: number) {
  const sys = await openSys();
  const fd = side.inNamespace(() => sys.socket(AF_INET, SOCK_DGRAM_NONBLOCK, 0));
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, Uint8Array.of(1, 0, 0, 0));
  const status = sys.bind(fd, socketAddress(side.addresses[0] ?? "", port));
  if (status !== 0) throw new Error(`bind gives ${status}`);
  const socket = createSocket("udp4");
  const listening = once(socket, "listening");
  socket.bind({ fd });
  await listening;
  return socket;
}
