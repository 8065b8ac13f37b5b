// Lines to trace: values of each type, texts with the formatter's own characters, constants, and more values than
// registers.
import { i64, struct, trace, u8, u32, u64, xdp, XDP } from "@typebpf/dsl";

const Values = struct("values", { wide: u64, signed: i64, narrow: u32, small: u8 });
const NAME = "lines";

export const main = xdp((ctx) => {
  const s = ctx.packet.at(0, Values);
  if (!s) return XDP.ABORTED;
  trace`typebpf-test plain 100% %d`;
  trace`typebpf-test ${s.wide} ${s.signed} ${s.narrow}`;
  trace`typebpf-test ${NAME}: ${s.small - 200}, ${1 + 1}, ${true} end`;
  trace`typebpf-test ${s.small} ${s.narrow} ${s.wide} ${s.signed} ${s.small & 1} ${~s.narrow}`;
  return XDP.PASS;
});
