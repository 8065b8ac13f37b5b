// Options of the one simulated socket: what a program sets it reads back; of an option that nobody has set nothing is known.
// net/core/filter.c (Linux 6.12)
import { errno } from "../../errno.ts";
import { anyContext } from "./task.ts";
import { bytesAt, giveBack, type Implementation, int } from "./world.ts";

export const setsockopt: Implementation = (world) => {
  anyContext(world);
  world.surroundings.setOption(int(world, 2), int(world, 3), bytesAt(world, 4, int(world, 5) >>> 0, "read"));
  giveBack(world, 0);
};

export const getsockopt: Implementation = (world) => {
  anyContext(world);
  const target = bytesAt(world, 4, int(world, 5) >>> 0, "write");
  const value = world.surroundings.option(int(world, 2), int(world, 3));
  target.fill(0);
  if (value?.length !== target.length) return giveBack(world, -errno.EINVAL);
  target.set(value);
  giveBack(world, 0);
};
