// Maps whose entries are things of the kernel: programs, events, cgroups, maps, devices, CPUs, sockets. User space stores
// descriptors or numbers. kernel/bpf/{arraymap,hashtab,map_in_map,devmap,cpumap,reuseport_array}.c, net/core/sock_map.c,
// net/xdp/xskmap.c (Linux 6.12).
import { type Layout, scalarLayouts } from "../../layout.ts";
import { uapi } from "../uapi.generated.ts";
import { allFlagsBut, type MapTypeRow } from "./row.ts";

const pair = (name: string, first: string): Layout => ({
  kind: "struct",
  name,
  size: 8,
  align: 4,
  fields: [
    { name: first, offset: 0, layout: scalarLayouts.u32 },
    { name: "program", offset: 4, layout: scalarLayouts.u32 },
  ],
});

/** What maps of references store: a descriptor, or what user space reads in its place. */
export const descriptorLayout: Layout = scalarLayouts.u32;
/** A socket's descriptor going in, its cookie coming out. */
export const socketLayout: Layout = scalarLayouts.u64;
/** `struct bpf_devmap_val`: an interface and a program for it, 0 for none. */
export const deviceLayout: Layout = pair("bpf_devmap_val", "ifindex");
/** `struct bpf_cpumap_val`: the length of a queue and a program for it, 0 for none. */
export const cpuLayout: Layout = pair("bpf_cpumap_val", "qsize");

const entries = ["get", "set", "delete", "walk"] as const;
/** The kernel does not say what is there. */
const writeOnly = ["set", "delete"] as const;

const descriptors = {
  perCpu: false,
  valueSizes: [4],
  refusedFlags: allFlagsBut("NUMA_NODE", "RDONLY", "WRONLY"),
  btf: "refused",
} as const;

export const referenceMaps = {
  progArray: {
    number: uapi.mapType.PROG_ARRAY,
    since: "4.2",
    keys: "index",
    full: "never",
    ...descriptors,
    holds: "program",
    reads: "id",
    user: entries,
  },
  perfEventArray: {
    number: uapi.mapType.PERF_EVENT_ARRAY,
    since: "4.3",
    keys: "index",
    full: "never",
    ...descriptors,
    refusedFlags: allFlagsBut("NUMA_NODE", "RDONLY", "WRONLY", "PRESERVE_ELEMS"),
    holds: "perfEvent",
    user: writeOnly,
  },
  cgroupArray: {
    number: uapi.mapType.CGROUP_ARRAY,
    since: "4.8",
    keys: "index",
    full: "never",
    ...descriptors,
    holds: "cgroup",
    user: writeOnly,
  },
  arrayOfMaps: {
    number: uapi.mapType.ARRAY_OF_MAPS,
    since: "4.12",
    keys: "index",
    full: "never",
    ...descriptors,
    holds: "map",
    reads: "id",
    inner: true,
    user: entries,
  },
  hashOfMaps: {
    number: uapi.mapType.HASH_OF_MAPS,
    since: "4.12",
    keys: "any",
    full: "refuse",
    ...descriptors,
    refusedFlags: allFlagsBut("NO_PREALLOC", "NUMA_NODE", "RDONLY", "WRONLY", "ZERO_SEED"),
    holds: "map",
    reads: "id",
    inner: true,
    user: entries,
  },
  devMap: {
    number: uapi.mapType.DEVMAP,
    since: "4.14",
    keys: "index",
    full: "never",
    ...descriptors,
    valueSizes: [4, 8],
    holds: "device",
    user: entries,
  },
  devMapHash: {
    number: uapi.mapType.DEVMAP_HASH,
    since: "5.4",
    keys: "any",
    keySizes: [4],
    full: "refuse",
    ...descriptors,
    valueSizes: [4, 8],
    holds: "device",
    user: entries,
  },
  cpuMap: {
    number: uapi.mapType.CPUMAP,
    since: "4.15",
    keys: "index",
    full: "never",
    ...descriptors,
    valueSizes: [4, 8],
    refusedFlags: allFlagsBut("NUMA_NODE"),
    holds: "cpu",
    user: entries,
  },
  xskMap: {
    number: uapi.mapType.XSKMAP,
    since: "4.18",
    keys: "index",
    full: "never",
    ...descriptors,
    holds: "xdpSocket",
    user: writeOnly,
  },
  sockMap: {
    number: uapi.mapType.SOCKMAP,
    since: "4.14",
    keys: "index",
    full: "never",
    ...descriptors,
    valueSizes: [4, 8],
    holds: "socket",
    reads: "cookie",
    user: entries,
  },
  sockHash: {
    number: uapi.mapType.SOCKHASH,
    since: "4.18",
    keys: "any",
    full: "refuse",
    ...descriptors,
    valueSizes: [4, 8],
    holds: "socket",
    reads: "cookie",
    user: entries,
  },
  reusePortSockArray: {
    number: uapi.mapType.REUSEPORT_SOCKARRAY,
    since: "4.19",
    keys: "index",
    full: "never",
    ...descriptors,
    valueSizes: [4, 8],
    holds: "socket",
    reads: "cookie",
    user: entries,
  },
} as const satisfies Readonly<Record<string, MapTypeRow>>;
