// Run by ringbuf.test.ts in a process of its own, with a program as descriptor 4: test-runs it so many times with so many
// repetitions, while the test reads what it writes.
import { uapi } from "@typebpf/abi";
import { Attr, attrLayouts } from "../../packages/loader/src/kernel/attr.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";

const [times = 0, repeat = 0] = process.argv.slice(2).map(Number);
const sys = await openSys();
const packet = sys.allocate(64);
let status = 0;
for (let time = 0; time < times && status >= 0; time++) {
  const attr = new Attr(sys, attrLayouts.testRun);
  attr.set("prog_fd", 4).set("repeat", repeat).set("data_in", packet).set("data_size_in", 64);
  status = attr.call(uapi.command.PROG_TEST_RUN);
}
process.exit(-status);
