// The kernel's own names of numbers, in lower case as bpftool prints them; a number that the snapshot of the header does
// not have stands for itself.
import { uapi } from "@typebpf/abi";

function nameOf(numbers: Readonly<Record<string, number>>, number: number): string {
  const name = Object.keys(numbers).find((one) => numbers[one] === number);
  return name?.toLowerCase() ?? `${number}`;
}

/** "sched_cls" for 3. */
export const programTypeNameOf = (number: number): string => nameOf(uapi.progType, number);

/** "lru_hash" for 9. */
export const mapTypeNameOf = (number: number): string => nameOf(uapi.mapType, number);

/** "tcx" for 11. */
export const linkTypeNameOf = (number: number): string => nameOf(uapi.linkType, number);

/** "cgroup_inet_ingress" for 0. */
export const attachTypeNameOf = (number: number): string => nameOf(uapi.attachType, number);
