// Text and constant bytes: as initialisers, compared with bytes in packets and on the stack, copied; bytes against bytes.
//
// run http
//   packet: 47455420 2f696e64 65782e68 746d6c20 48545450 2f312e31
//   returns: PASS
//   out: 47455420 2f696e64 65782e68 746d6c20 48545450 2f312e31 01 00 01 01 00 01
// run http
//   packet: 504f5354 202f
//   returns: DROP
// sweep made: u32 u16
// sweep same: u32 u32
import { array, bytesEqual, copy, startsWith, struct, u16, u32, u8, view, xdp, XDP } from "@typebpf/dsl";

const Request = struct("request", { line: array(u8, 24), get: u8, post: u8, slash: u8, version: u8, odd: u8, prefix: u8 });
const gateway = [0x2f, 0x69, 0x6e, 0x64, 0x65] as const;
const html = "html ";

export const http = xdp((ctx) => {
  const r = ctx.packet.at(0, Request);
  if (!r) return XDP.ABORTED;
  const { line } = r;
  r.get = startsWith(line, "GET ") ? 1 : 0;
  r.post = startsWith(line, "POST ") ? 1 : 0;
  r.slash = bytesEqual(view(line, 4, array(u8, 5)), gateway) ? 1 : 0;
  r.version = startsWith(line, "HTTP/1.", 16) && !startsWith(line, "HTTP/2", 16) ? 1 : 0;
  r.odd = bytesEqual(line, "GET /index.html HTTP/1.0") ? 1 : 0;
  r.prefix = startsWith(line, html, 11) ? 1 : 0;
  for (let i = 0; i < 20; i++) {
    if (startsWith(line, "ml H", i)) return i === 13 ? XDP.PASS : XDP.TX;
  }
  return XDP.DROP;
});

const Name = struct("name", { id: u16, text: array(u8, 11), more: array(u8, 16), table: array(u16, 3) });
const Made = struct("made", { a: u32, b: u16, first: Name, second: Name, raw: array(u8, 8) });

export const made = xdp((ctx) => {
  const m = ctx.packet.at(0, Made);
  if (!m) return XDP.ABORTED;
  m.first = Name({ id: m.b, text: "hello", more: gateway, table: [1, 0x8001, 0xffff] });
  const name = Name({ text: "exactly 11!", more: "\xff\0\x80" });
  name.text[m.a % 11] = u8(m.a);
  copy(name.more, "abc", m.b & 7);
  m.second = name;
  m.raw = array(u8, 8)("raw");
  copy(m.raw, [9, 8], 5);
  return bytesEqual(name.text, "exactly 11!") ? XDP.TX : XDP.PASS;
});

const Same = struct("same", { a: u32, b: u32, left: array(u8, 13), right: array(u8, 13) });

export const same = xdp((ctx) => {
  const s = ctx.packet.at(0, Same);
  if (!s) return XDP.ABORTED;
  const buffer = new Uint8Array(13);
  new DataView(buffer.buffer).setUint32(3, s.a);
  view(s.left, 3, u32).value = s.b;
  copy(s.right, buffer);
  if (!bytesEqual(s.right, buffer)) return XDP.ABORTED;
  if (bytesEqual(s.left, s.right)) return XDP.TX;
  return startsWith(buffer, view(s.left, 3, array(u8, 4)), s.a % 10) ? XDP.DROP : XDP.PASS;
});
