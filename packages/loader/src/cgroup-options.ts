// Where programs on control groups are attached, and where among others.

/** Another program of the same hook, by its number (`bpftool net`, `bpftool cgroup`); "all" is whichever there are. */
export type Neighbour = "all" | { readonly link: number } | { readonly program: number };

/** Where among the programs of a hook a new one goes. */
export interface PositionOptions {
  /** Runs before this one. Without `before` and `after` it runs last. */
  readonly before?: Neighbour;
  /** Runs after this one. */
  readonly after?: Neighbour;
  /** Attach only while the hook's list has this revision. */
  readonly expectedRevision?: number | bigint;
}

/** The control group that a program is attached to, and how. */
export interface CgroupAttachOptions extends PositionOptions {
  /** Path of a directory of a cgroup2 file system, or an open descriptor of one. The groups below it are included. */
  readonly cgroup: string | number;
  /**
   * "link" is a BPF link that ends with the process (Linux 5.7), beside other programs. The others stay until they are
   * detached, also when the process is killed: "multi" beside other programs, "override" until a group below has one of its
   * own, "exclusive" as the only one, here and below. Without a mode: "link" where the kernel has it, else "multi".
   */
  readonly mode?: "link" | "multi" | "override" | "exclusive";
  /** multi: takes the place of the program with this number (Linux 5.6). */
  readonly replace?: number;
}
