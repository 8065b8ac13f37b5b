// Error numbers of map operations and what they mean to the user, for both back ends alike.
// Linux numbers, include/uapi/asm-generic/errno-base.h; operations return them negated.
import { type DiagnosticError, type MapSpec, type MapTypeRow, mapTypes } from "@typebpf/abi";
import { type LoaderDiagnosticName, loaderError } from "./diagnostics.ts";

/** Error numbers that the back ends give, by name. 524 has no name outside of the kernel. */
export const errno = {
  EPERM: 1,
  ENOENT: 2,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  ERANGE: 34,
  EBADMSG: 74,
  EOVERFLOW: 75,
  EOPNOTSUPP: 95,
  EALREADY: 114,
  ENOTSUPP: 524,
} as const;

/** "ENOENT" for 2 or -2; the number itself where it has no name here. */
export function errnoName(status: number): string {
  const number = Math.abs(status);
  return Object.entries(errno).find(([, value]) => value === number)?.[0] ?? `error ${number}`;
}

/** A map operation as the user wrote it. */
export type MapOperation =
  | "get"
  | "has"
  | "set"
  | "delete"
  | "setMany"
  | "clear"
  | "entries"
  | "freeze"
  | "push"
  | "pop"
  | "peek"
  | "add";

/** Error numbers that say that a map does not take the object which an entry names. */
const refusals: readonly number[] = [9, 22, 88, 95];

function meaningOf(spec: MapSpec, operation: MapOperation, number: number): LoaderDiagnosticName {
  const { keys, holds, user }: MapTypeRow = mapTypes[spec.type];
  const index = keys === "index";
  const names = keys === "owner" || (holds !== undefined && operation === "set");
  if (names && refusals.includes(number)) return "mapObject";
  switch (number) {
    case errno.EBADF:
      return "disposed";
    case errno.E2BIG:
      return index ? "indexRange" : "mapFull";
    case errno.ENOSPC:
    case errno.ENOMEM:
      // A read gives ENOSPC where the values of sockets are too small for a cookie.
      return index || operation === "get" ? "mapOperation" : "mapFull";
    case errno.EEXIST:
      return "entryExists";
    case errno.ENOENT:
      return index && !user.includes("delete") ? "indexRange" : "entryMissing";
    case errno.EINVAL:
      return index && operation === "delete" && !user.includes("delete") ? "arrayDelete" : "mapOperation";
    default:
      return "mapOperation";
  }
}

/** What a failed map operation throws: `status` is a negative error number. */
export function mapError(spec: MapSpec, operation: MapOperation, status: number, key?: string): DiagnosticError {
  const name = meaningOf(spec, operation, Math.abs(status));
  const what = `${operation} on map "${spec.name}"${key === undefined ? "" : ` with key ${key}`} gave ${errnoName(status)}`;
  const size = `the map is a ${spec.type} with maxEntries ${spec.maxEntries}`;
  return loaderError(name, { notes: [what, size], ...(spec.at && { at: spec.at }) });
}
