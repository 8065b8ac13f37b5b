// Error numbers by name, for people. Names come from the platform's own table; the kernel's internal ENOTSUPP (524),
// which bpf(2) lets out (kernel/bpf/syscall.c), is in no C header and is added here.
import { constants } from "node:os";

/** Error numbers that decisions of the back end depend on; Linux, all architectures that we support. */
export const errnos = {
  EPERM: 1,
  ENOENT: 2,
  EBADF: 9,
  E2BIG: 7,
  EAGAIN: 11,
  ENOMEM: 12,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  ERANGE: 34,
  ENOSYS: 38,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  EISCONN: 106,
  ETIMEDOUT: 110,
  EALREADY: 114,
  EINPROGRESS: 115,
  ENOTSUPP: 524,
} as const;

/** The name of a positive error number: "EPERM"; "errno 4095" when nobody knows it. */
export function errnoName(errno: number): string {
  if (errno === errnos.ENOTSUPP) return "ENOTSUPP";
  for (const [name, value] of Object.entries(constants.errno)) if (value === errno) return name;
  return `errno ${errno}`;
}
