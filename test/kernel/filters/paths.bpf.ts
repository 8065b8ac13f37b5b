// Loops whose turns choose by data: checksums, counts of bits and bytes, least and greatest, parity.
import { array, arrayMap, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";
const P = struct("p", { bytes: array(u8, 64), words: array(u16, 32), out: u32 });
export const B = arrayMap({ value: struct("big", { bytes: array(u8, 1000), words: array(u32, 500), out: u64 }), maxEntries: 1 });

export const crcBits = xdp((ctx) => {
  const p = ctx.packet.at(0, P); if (!p) return XDP.ABORTED;
  let crc = 0xffffffff;
  for (let i = 0; i < 64; i++) {
    crc ^= p.bytes[i];
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  p.out = u32(~crc >>> 0);
  return XDP.PASS;
});
export const carry = xdp((ctx) => {
  const e = B.get(0); if (!e) return XDP.ABORTED;
  let sum = 0;
  for (let i = 0; i < 500; i++) {
    sum += e.words[i];
    if (sum > 0xffffffff) sum -= 0xffffffff;
  }
  e.out = u64(sum);
  return XDP.PASS;
});
export const carry16 = xdp((ctx) => {
  const p = ctx.packet.at(0, P); if (!p) return XDP.ABORTED;
  let sum = 0;
  for (let i = 0; i < 32; i++) {
    sum += p.words[i];
    if (sum > 0xffff) sum = (sum & 0xffff) + 1;
  }
  p.out = u32(~sum & 0xffff);
  return XDP.PASS;
});
export const matching = xdp((ctx) => {
  const e = B.get(0); if (!e) return XDP.ABORTED;
  const p = ctx.packet.at(0, P); if (!p) return XDP.ABORTED;
  const wanted = p.bytes[0];
  let count = 0;
  for (let i = 0; i < 1000; i++) if (e.bytes[i] === wanted) count++;
  e.out = u64(count);
  return count > 7 ? XDP.DROP : XDP.PASS;
});
export const popcount = xdp((ctx) => {
  const e = B.get(0); if (!e) return XDP.ABORTED;
  let count = 0;
  for (let i = 0; i < 500; i++) {
    const w = e.words[i];
    for (let k = 0; k < 32; k++) if ((w >>> k) & 1) count++;
  }
  e.out = u64(count);
  return count > 100 ? XDP.DROP : XDP.PASS;
});
export const minMax = xdp((ctx) => {
  const e = B.get(0); if (!e) return XDP.ABORTED;
  let least = 0xffffffff; let most = 0;
  for (let i = 0; i < 500; i++) {
    const w = e.words[i];
    if (w < least) least = w;
    if (w > most) most = w;
  }
  e.out = u64(most - least);
  return least < 10 ? XDP.DROP : XDP.PASS;
});
export const mathMax = xdp((ctx) => {
  const e = B.get(0); if (!e) return XDP.ABORTED;
  let most = 0;
  for (let i = 0; i < 1000; i++) most = Math.max(most, e.bytes[i]);
  e.out = u64(most);
  return XDP.PASS;
});
export const parity = xdp((ctx) => {
  const e = B.get(0); if (!e) return XDP.ABORTED;
  let odd = false;
  for (let i = 0; i < 1000; i++) if (e.bytes[i] & 1) odd = !odd;
  return odd ? XDP.DROP : XDP.PASS;
});
export const bits = xdp((ctx) => {
  const p = ctx.packet.at(0, P); if (!p) return XDP.ABORTED;
  let bits = 0;
  for (let i = 0; i < 64; i++) { if (p.bytes[i] > 100 && p.bytes[i] < 200) bits += i; else bits ^= 3; }
  p.out = u32(bits);
  return XDP.PASS;
});
export const unrolled = xdp((ctx) => {
  const p = ctx.packet.at(0, P);
  if (!p) return XDP.ABORTED;
  let crc = p.out;
  for (let k = 0; k < 16; k++) crc = u32(crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1);
  return crc === 7 ? XDP.DROP : XDP.PASS;
});
