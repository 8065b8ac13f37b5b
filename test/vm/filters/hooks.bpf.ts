// Programs on functions of the kernel and on security hooks.
import { arrayMap, config, fentry, fexit, fmodRet, i32, i64, lsm, struct, u32, u64 } from "@typebpf/dsl";

/** Whose calls are counted and refused. */
export const settings = config({ process: u32 }, { process: 0 });

/** Calls, failed calls, refused calls. */
export const counts = arrayMap({ value: u64, maxEntries: 4 });

function count(index: number): void {
  const entry = counts.get(index);
  if (entry) entry.value += 1n;
}

function isOurs(id: u64): boolean {
  return u32(id >> 32n) === settings.process;
}

/** do_sys_openat2(int dfd, const char *filename, struct open_how *how) */
export const opening = fentry(
  "do_sys_openat2",
  struct("opening", { dfd: i32, filename: u64, how: u64 }),
  (ctx) => {
    if (isOurs(ctx.getCurrentPidTgid()) && ctx.dfd === -100) count(0);
    return 0;
  },
);

/** The same with what it returns. */
export const opened = fexit(
  "do_sys_openat2",
  struct("opened", { dfd: i32, filename: u64, how: u64, result: i64 }),
  (ctx) => {
    if (isOurs(ctx.getCurrentPidTgid()) && ctx.result === -2n) count(1);
    return 0;
  },
);

/** No directories may be made. */
export const noFolders = lsm("inode_mkdir", (ctx) => {
  if (!isOurs(ctx.getCurrentPidTgid())) return 0;
  count(2);
  return -1;
});

/** Nothing may be renamed. */
export const noRenames = fmodRet("security_inode_rename", (ctx) => {
  if (!isOurs(ctx.getCurrentPidTgid())) return 0;
  count(3);
  return -13;
});
