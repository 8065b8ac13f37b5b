// Helpers of XDP programs. net/core/filter.c; bpf_csum_diff gives 16 bits, as it does since Linux 6.13.
import { errno } from "../../errno.ts";
import { bytesAt, contextArgument, giveBack, type Implementation, int, type World } from "./world.ts";

export const xdpAdjustHead: Implementation = (world) =>
  giveBack(world, contextArgument(world, 1).adjustHead(int(world, 2)));

export const xdpAdjustTail: Implementation = (world) =>
  giveBack(world, contextArgument(world, 1).adjustTail(int(world, 2)));

export const xdpAdjustMeta: Implementation = (world) =>
  giveBack(world, contextArgument(world, 1).adjustMeta(int(world, 2)));

export const xdpGetBuffLen: Implementation = (world) => giveBack(world, contextArgument(world, 1).length());

/** Copies between the packet and the buffer that r3 points to. */
function transfer(access: "read" | "write"): Implementation {
  return (world) => {
    const length = int(world, 4) >>> 0;
    const buffer = bytesAt(world, 3, length, access);
    const bytes = contextArgument(world, 1).bytes(int(world, 2) >>> 0, length);
    if (typeof bytes === "number") return giveBack(world, bytes);
    if (access === "write") buffer.set(bytes);
    else bytes.set(buffer);
    giveBack(world, 0);
  };
}

export const xdpLoadBytes = transfer("write");

export const xdpStoreBytes = transfer("read");

/** The sum of 32-bit words with end-around carry: in 1…2^32-1, or 0 where all words are 0. */
function checksum(world: World, register: number, size: number): number {
  if (size === 0) return 0;
  const bytes = bytesAt(world, register, size, "read");
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  let sum = 0;
  for (let at = 0; at < size; at += 4) sum = carry(sum + view.getUint32(at, true));
  return sum;
}

function carry(sum: number): number {
  return sum > 0xffffffff ? sum - 0xffffffff : sum;
}

export const csumDiff: Implementation = (world) => {
  const fromSize = int(world, 2) >>> 0;
  const toSize = int(world, 4) >>> 0;
  if ((fromSize | toSize) % 4 !== 0) return giveBack(world, -errno.EINVAL);
  let sum = int(world, 5) >>> 0;
  if (fromSize > 0) sum = carry(sum + (~checksum(world, 1, fromSize) >>> 0));
  sum = carry(sum + checksum(world, 3, toSize));
  const folded = (sum >>> 16) + (sum & 0xffff);
  giveBack(world, (folded >>> 16) + (folded & 0xffff));
};
