// Commands of user space, by a user ring buffer: drained by a program that does what they say.
import { arrayMap, loop, struct, u8, u16, u32, u64, userRingBuffer, XDP, xdp } from "@typebpf/dsl";

const Command = struct("command", { add: u64, port: u16, last: u8 });

export const commands = userRingBuffer({ value: Command, maxEntries: 4096 });
export const numbers = userRingBuffer({ value: u32, maxEntries: 4096 });
export const sums = arrayMap({ value: u64, maxEntries: 4 });
export const results = arrayMap({ value: struct("result", { taken: u32, last: u32 }), maxEntries: 2 });

/** Sums and the last port; a command may be the last of a run. */
export const obey = xdp(() => {
  let sum = 0n;
  let port = 0;
  const taken = commands.drain((command) => {
    sum = BigInt.asUintN(64, sum + command.add);
    port = command.port;
    if (command.last === 1) return false;
    return true;
  });
  sums.set(0, sum);
  results.set(0, { taken: taken & 0xffff, last: port });
  return taken > 0 ? XDP.PASS : XDP.DROP;
});

/** Each number sets that sum. */
export const mark = xdp(() => {
  const taken = numbers.drain((number) => {
    loop(2, (index) => {
      const sum = sums.get(number.value & 3);
      if (sum) sum.value += BigInt(index + 1);
    });
  });
  results.set(1, { taken, last: 0 });
  return XDP.PASS;
});
