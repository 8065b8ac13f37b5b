// Error numbers that only the kernel back end meets, on top of those that both back ends share, and their names from the
// platform's own table. Linux, all architectures that we support.
import { constants } from "node:os";
import { errno } from "../errno.ts";

/** Error numbers that decisions of the back end depend on. */
export const errnos = {
  ...errno,
  EINTR: 4,
  EBADF: 9,
  ERANGE: 34,
  ENOSYS: 38,
  ESRCH: 3,
  EADDRNOTAVAIL: 99,
  ENOTSOCK: 88,
  ESTALE: 116,
  EISCONN: 106,
  ETIMEDOUT: 110,
  EALREADY: 114,
  EINPROGRESS: 115,
} as const;

/** The name of a positive error number: "EPERM"; "errno 4095" when nobody knows it. */
export function errnoName(number: number): string {
  const named = [...Object.entries(errnos), ...Object.entries(constants.errno)].find(([, value]) => value === number);
  return named?.[0] ?? `errno ${number}`;
}
