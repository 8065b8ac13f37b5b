// Reads and writes by address: what a test says that lies there. What cannot be read gives -EFAULT and zeros; a text ends
// with its NUL. kernel/trace/bpf_trace.c (Linux 6.12)
import { errno } from "../../errno.ts";
import { bytesAt, giveBack, type Implementation, int, type World, wide } from "./world.ts";

type Owner = "process" | "kernel" | "any";

/** The memory to fill: r1, of r2 bytes. */
function target(world: World): Uint8Array {
  const size = int(world, 2) >>> 0;
  return size === 0 ? new Uint8Array(0) : bytesAt(world, 1, size, "write");
}

function read(of: Owner): Implementation {
  return (world) => {
    const into = target(world);
    if (into.length === 0) return giveBack(world, 0);
    const found = world.surroundings.memoryAt(wide(world, 3), into.length, of);
    if (found?.length === into.length) {
      into.set(found);
      return giveBack(world, 0);
    }
    into.fill(0);
    giveBack(world, -errno.EFAULT);
  };
}

/** Bytes up to the NUL, which is written even where it would not fit. */
function readText(of: Owner): Implementation {
  return (world) => {
    const into = target(world);
    if (into.length === 0) return giveBack(world, 0);
    const found = world.surroundings.memoryAt(wide(world, 3), into.length, of);
    const end = found?.indexOf(0) ?? -1;
    if (!found || (end < 0 && found.length < into.length)) {
      into.fill(0);
      return giveBack(world, -errno.EFAULT);
    }
    const length = end < 0 ? into.length - 1 : end;
    into.set(found.subarray(0, length));
    into[length] = 0;
    giveBack(world, length + 1);
  };
}

export const probeRead = read("any");

export const probeReadUser = read("process");

export const probeReadKernel = read("kernel");

export const probeReadStr = readText("any");

export const probeReadUserStr = readText("process");

export const probeReadKernelStr = readText("kernel");

export const probeWriteUser: Implementation = (world) => {
  const value = bytesAt(world, 2, int(world, 3) >>> 0, "read");
  const place = world.surroundings.memoryAt(wide(world, 1), value.length, "process");
  if (place?.length !== value.length) return giveBack(world, -errno.EFAULT);
  place.set(value);
  giveBack(world, 0);
};
