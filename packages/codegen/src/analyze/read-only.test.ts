// Packets that programs of a type may only read.
import { expect, test } from "vitest";
import { parseModule } from "../ir/parse.ts";
import { checkReadOnly } from "./read-only.ts";

const text = `
function filter failure 0
b0(v0: ptr.context):
  v1: ptr.packet = load8 v0 +76
  v2: i64 = const 4
  v3: ptr.packet = ptradd v1 v2
  store4 v3 v2 +0
  return v2
`;

test.each([
  ["lwt_in", ["programs of type lwt_in may only read the packet"]],
  ["flow_dissector", ["programs of type flow_dissector may only read the packet"]],
  ["lwt_xmit", []],
  ["xdp", []],
] as const)("a write to the packet of %s", (program, messages) => {
  const [fn] = parseModule(text).functions;
  expect(fn && checkReadOnly({ ...fn, program }).map(({ message }) => message)).toEqual(messages);
});
