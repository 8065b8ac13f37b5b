// The value under /proc/sys that a test says is read or written. kernel/bpf/cgroup.c (copy_sysctl_value, Linux 6.12)
import { errno } from "../../errno.ts";
import { Fault } from "../fault.ts";
import type { SimulatedSysctl } from "../surroundings.ts";
import { anyContext } from "./task.ts";
import { bytesAt, giveBack, type Implementation, int, unsigned, type World } from "./world.ts";

const BASE_NAME = 1;
const pageBytes = 4096;

function sysctlOf(world: World): SimulatedSysctl {
  anyContext(world);
  const { sysctl } = world.surroundings;
  if (!sysctl) throw new Fault("helperArgument", "no value is read or written", ["say which in the option sysctl"]);
  return sysctl;
}

/** Copies a text to r2, of r3 bytes: its length, or -E2BIG where it is cut. */
function copy(world: World, text: string): void {
  const target = bytesAt(world, 2, int(world, 3) >>> 0, "write");
  const bytes = new TextEncoder().encode(text);
  target.fill(0);
  target.set(bytes.subarray(0, target.length - 1));
  giveBack(world, bytes.length < target.length ? bytes.length : -errno.E2BIG);
}

export const sysctlGetName: Implementation = (world) => {
  const { name } = sysctlOf(world);
  const flags = unsigned(world, 4);
  if (flags > BASE_NAME) return giveBack(world, -errno.EINVAL);
  copy(world, flags === BASE_NAME ? name.slice(name.lastIndexOf("/") + 1) : name);
};

export const sysctlGetCurrentValue: Implementation = (world) => {
  const { value } = sysctlOf(world);
  if (value === "") return giveBack(world, -errno.EINVAL);
  copy(world, value);
};

export const sysctlGetNewValue: Implementation = (world) => {
  sysctlOf(world);
  const { newSysctl } = world.surroundings;
  if (newSysctl !== undefined && newSysctl !== "") return copy(world, newSysctl);
  bytesAt(world, 2, int(world, 3) >>> 0, "write").fill(0);
  giveBack(world, -errno.EINVAL);
};

export const sysctlSetNewValue: Implementation = (world) => {
  sysctlOf(world);
  const { surroundings } = world;
  const value = bytesAt(world, 2, int(world, 3) >>> 0, "read");
  if (surroundings.newSysctl === undefined || value.length === 0) return giveBack(world, -errno.EINVAL);
  if (value.length > pageBytes - 1) return giveBack(world, -errno.E2BIG);
  surroundings.newSysctl = new TextDecoder().decode(value);
  giveBack(world, 0);
};
