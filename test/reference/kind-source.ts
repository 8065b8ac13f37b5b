// The smallest whole program of each kind, as source: it reads each of the context's integers, counts its runs and returns
// what the kind's row lets it return. From the rows of the abi alone, so that a new row is tested without a line here.
import {
  type ContextFieldRow,
  compareKernels,
  contextFields,
  fieldsOf,
  type ProgramKindName,
  type ProgramKindRow,
  programKinds,
  type ReturnRow,
  returnValues,
} from "@typebpf/abi";

/** The kernel that the sources are for: newer than each kind. */
export const targetKernel = "6.12";

/** Places that this kernel has, for kinds that must name one, and for those that only load with one. */
const places: { readonly [Kind in ProgramKindName]?: string } = {
  tracepoint: "syscalls:sys_enter_getppid",
  rawTracepoint: "sys_enter",
  "rawTracepoint.writable": "nbd_send_request",
  tpBtf: "sys_enter",
  fentry: "do_sys_openat2",
  fexit: "do_sys_openat2",
  fmodRet: "security_inode_rename",
  iter: "task",
  lsm: "inode_mkdir",
  "lsm.cgroup": "socket_bind",
};

/** What a kind returns, as source. */
const verdicts: { readonly [Name in keyof typeof returnValues]?: string } = {
  xdp: "XDP.PASS",
  tc: "TC.OK",
  sk: "SK.PASS",
  lookup: "SK.PASS",
  lwt: "LWT.OK",
  flow: "Flow.OK",
  nf: "NF.ACCEPT",
};

/** Integers of the context that have a name and are one value. */
export function readFields(kind: ProgramKindName): readonly ContextFieldRow[] {
  const row: ProgramKindRow = programKinds[kind];
  const target = places[kind];
  const fields = row.context === undefined && !row.events ? contextFields(row.type, row.attach) : [];
  const all = fields.length > 0 ? fields : fieldsOf({ kind, ...(target !== undefined && { target }) });
  return all.filter(
    ({ is, as, count, since, when }) =>
      is === "integer" &&
      as !== undefined &&
      count === undefined &&
      when === undefined &&
      compareKernels(since, targetKernel) <= 0,
  );
}

function returned(kind: ProgramKindName): string {
  const { returns } = programKinds[kind];
  const range: ReturnRow["range"] = (returnValues[returns] as ReturnRow).range;
  return verdicts[returns] ?? String(range?.[0] ?? 0);
}

/** The source of a module with one program, `every`, of the kind; `body` stands before the end of the program. */
export function kindSource(kind: ProgramKindName, body = ""): string {
  const row: ProgramKindRow = programKinds[kind];
  const verdict = returned(kind);
  const root = kind.split(".")[0] ?? kind;
  const names = ["arrayMap", "u64", root, ...(verdict.includes(".") ? [verdict.split(".")[0] ?? ""] : [])];
  const target = places[kind] === undefined ? "" : `"${places[kind]}", `;
  const reads = readFields(kind).map(({ as }) => `    seen.last = u64(ctx.${as});\n`);
  return `import { struct, ${names.join(", ")} } from "@typebpf/dsl";
export const Seen = struct("seen", { runs: u64, last: u64 });
export const license = "GPL";
export const counts = arrayMap({ value: Seen, maxEntries: 1 });
export const every = ${kind}(${target}${row.schema === "required" ? "Seen, " : ""}(ctx) => {
  const seen = counts.get(0);
  if (seen) {
${reads.join("")}    seen.runs += 1n;
  }
${body}  return ${verdict};
});
`;
}
