// Reads the formats of the kernel's events (/sys/kernel/tracing/events/*/*/format): for each event its fields with type,
// offset and size. Types are those of the C declaration where it says them, because the arguments of system calls stand in
// 8 bytes each, of which an `int` fills the first 4.
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** One field: name in C, type (`i32`, `u8[16]`, `text` for what lies elsewhere in the record), offset. */
export type TracepointField = readonly [name: string, type: string, offset: number];

/** Events by "group:name". */
export type TracepointSnapshot = Readonly<Record<string, readonly TracepointField[]>>;

/** Groups that say something about the kernel's work; those of single drivers and file systems are left out. */
const groups = [
  ...[
    "alarmtimer",
    "block",
    "bpf_test_run",
    "bpf_trace",
    "capability",
    "cgroup",
    "cpuhp",
    "csd",
    "dev",
    "error_report",
  ],
  ...[
    "exceptions",
    "fib",
    "fib6",
    "filelock",
    "filemap",
    "icmp",
    "io_uring",
    "ipi",
    "irq",
    "irq_vectors",
    "jbd2",
    "kmem",
  ],
  ...["lock", "memcg", "migrate", "mmap", "mmap_lock", "mptcp", "napi", "neigh", "net", "netlink", "notifier", "oom"],
  ...["page_pool", "power", "printk", "qdisc", "raw_syscalls", "rcu", "rseq", "sched", "signal", "skb", "sock"],
  ...["syscalls", "task", "tcp", "thermal", "timer", "udp", "vmscan", "vsock", "workqueue", "writeback", "xdp"],
];

/** C types narrower than the 8 bytes of a system call's argument. */
const narrow: Readonly<Record<string, string>> = {
  int: "i32",
  "const int": "i32",
  pid_t: "i32",
  key_t: "i32",
  mqd_t: "i32",
  timer_t: "i32",
  clockid_t: "i32",
  "const clockid_t": "i32",
  key_serial_t: "i32",
  rwf_t: "i32",
  "unsigned int": "u32",
  unsigned: "u32",
  u32: "u32",
  __u32: "u32",
  "const __u32": "u32",
  uid_t: "u32",
  gid_t: "u32",
  qid_t: "u32",
  umode_t: "u16",
  long: "i64",
  off_t: "i64",
  loff_t: "i64",
};

const line = /^\tfield:(?<declaration>[^;]+);\toffset:(?<offset>\d+);\tsize:(?<size>\d+);\tsigned:(?<signed>[01]);$/gm;

function integerOf(type: string, size: number, signed: boolean): string | undefined {
  const known = size === 8 ? narrow[type] : undefined;
  if (known !== undefined) return known;
  return [1, 2, 4, 8].includes(size) ? `${signed ? "i" : "u"}${size * 8}` : undefined;
}

const itemSizes: Readonly<Record<string, number>> = {
  char: 1,
  u8: 1,
  __u8: 1,
  "unsigned char": 1,
  long: 8,
  "unsigned long": 8,
};

function fieldOf(groupsOf: Readonly<Record<string, string>>): TracepointField | undefined {
  const { declaration = "", offset, size, signed } = groupsOf;
  const [, type = "", name = "", count] = /^(.*?)\s*\b(\w+)(\[.*\])?$/.exec(declaration.trim()) ?? [];
  const bytes = Number(size);
  const place = Number(offset);
  if (type.startsWith("__data_loc")) return [name, "text", place];
  const located = /^__data_loc .*\[\]\s*(\w+)$/.exec(declaration);
  if (located?.[1]) return [located[1], "text", place];
  if (count !== undefined) {
    const item = itemSizes[type.replace(/^const /, "")];
    if (item === undefined || bytes === 0) return undefined;
    return [name, `${signed === "1" ? "i" : "u"}${item * 8}[${bytes / item}]`, place];
  }
  const integer = integerOf(type, bytes, signed === "1");
  return integer === undefined ? undefined : [name, integer, place];
}

/** The fields that a format names, without the common ones and those that are structs. */
export function readFormat(format: string): readonly TracepointField[] {
  return [...format.matchAll(line)].flatMap(({ groups: found }) => {
    const field = found && fieldOf(found);
    return field && !field[0].startsWith("common_") ? [field] : [];
  });
}

/** Every event of the chosen groups of the running kernel, sorted. */
export function readTracepoints(tracefs: string): TracepointSnapshot {
  const found: Record<string, readonly TracepointField[]> = {};
  for (const group of groups.filter((one) => existsSync(`${tracefs}/events/${one}`)).sort()) {
    const events = readdirSync(`${tracefs}/events/${group}`, { withFileTypes: true }).filter((one) =>
      one.isDirectory(),
    );
    for (const name of events.map((one) => one.name).sort()) {
      found[`${group}:${name}`] = readFormat(readFileSync(`${tracefs}/events/${group}/${name}/format`, "utf8"));
    }
  }
  return found;
}
