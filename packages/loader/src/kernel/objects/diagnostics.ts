// The catalogue of what the kernel holds and what is pinned: BPF6280-6299. Messages of one occurrence (paths, ids, the
// kernel's own words) are added where a row is raised.
import { type DiagnosticDetails, DiagnosticError, type DiagnosticRow, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "../diagnostics.ts";
import { errnoName, errnos } from "../errno.ts";

function row(code: DiagnosticRow["code"], title: string, explain: string, help: string): DiagnosticRow {
  return { code, severity: "error", title, explain, help };
}

/** Every diagnostic of objects in the kernel, by name. */
export const objectDiagnostics = {
  pinPath: row(
    "BPF6280",
    "nothing can be pinned under this name",
    "The BPF file system takes names of at most 255 bytes and paths of at most 4095, and no dots in them.",
    "choose a path such as /sys/fs/bpf/my_map",
  ),
  notBpffs: row(
    "BPF6281",
    "the path is not on a BPF file system",
    "Pins are files of the file system of type bpf, which keeps programs, maps and links alive; others cannot.",
    "mount one: mount -t bpf bpf /sys/fs/bpf",
  ),
  pinExists: row(
    "BPF6282",
    "something is pinned there already",
    "A pin is never replaced silently: others may open what it holds.",
    "choose another path, or remove the pin: typebpf maps, programs or links unpin PATH",
  ),
  pinMissing: row(
    "BPF6283",
    "nothing is pinned there",
    "The path leads to no file, or to a folder.",
    "see what is pinned: typebpf maps, typebpf programs, typebpf links",
  ),
  pinKind: row(
    "BPF6284",
    "another kind of object is pinned there",
    "A pin holds a map, a program or a link, and is opened as what it is.",
    "give the path of the right pin",
  ),
  pinRefused: row(
    "BPF6285",
    "the kernel refuses a pin",
    "Pinning, opening or removing a pin failed. The note has the error of the kernel.",
    "pins need CAP_BPF, and permission to write into the folder: run as root",
  ),
  pinnedType: row(
    "BPF6286",
    "the pinned map has another type",
    "A pinned map is used again only where it is what the object declares.",
    "remove the pin if nobody needs the map, or choose another path",
  ),
  pinnedKey: row(
    "BPF6287",
    "the pinned map has keys of another size",
    "A pinned map is used again only where it is what the object declares.",
    "remove the pin if nobody needs the map, or choose another path",
  ),
  pinnedValue: row(
    "BPF6288",
    "the pinned map has values of another size",
    "A pinned map is used again only where it is what the object declares.",
    "remove the pin if nobody needs the map, or choose another path",
  ),
  pinnedEntries: row(
    "BPF6289",
    "the pinned map has another number of entries",
    "A pinned map is used again only where it is what the object declares.",
    "declare the same maxEntries, remove the pin if nobody needs the map, or choose another path",
  ),
  pinnedFlags: row(
    "BPF6290",
    "the pinned map has other flags",
    "A pinned map is used again only where it is what the object declares.",
    "remove the pin if nobody needs the map, or choose another path",
  ),
  pinnedLayout: row(
    "BPF6291",
    "the pinned map has keys or values of another shape",
    "Both sides know the types of keys and values, and these differ although their sizes do not: each would read something else than the other wrote.",
    "use the schema that the map was made with, or choose another path",
  ),
  noObject: row(
    "BPF6292",
    "the kernel has no such object",
    "Ids count up and are not used again; an object goes when nobody holds it any more.",
    "see what there is: typebpf programs, typebpf maps, typebpf links",
  ),
  notPinnable: row(
    "BPF6293",
    "this cannot be pinned",
    "Pins hold maps, programs and BPF links of the kernel. Attachments of other kinds belong to their interface or socket, and the simulator has no pins.",
    "attach by link where the kernel has one for this type of program",
  ),
  detachRefused: row(
    "BPF6294",
    "the kernel does not detach this link by force",
    "Links to network interfaces, network namespaces and cgroups can be detached by anybody with the privilege; others end when nobody holds them.",
    "remove its pins, or end the processes that hold it",
  ),
  infoRefused: row(
    "BPF6295",
    "the kernel does not tell about an object",
    "Asking for ids or facts failed with something else than the end of the list.",
    "see the note for what the kernel reported",
  ),
  noEntries: row(
    "BPF6296",
    "the entries of this map cannot be reached",
    "Ring buffers have records, and maps of types that are not known here are listed by their numbers only.",
    "choose another map",
  ),
  pinName: row(
    "BPF6297",
    "there is no such map to pin",
    "`pins` of kernel() is a folder for all maps, or has a path for each map that it names.",
    "use the name of an exported map",
  ),
} as const satisfies Readonly<Record<string, DiagnosticRow>>;

/** The name of a row of this catalogue. */
export type ObjectDiagnosticName = keyof typeof objectDiagnostics;

/** A diagnostic of this catalogue as an error to throw. */
export function objectError(name: ObjectDiagnosticName, details: DiagnosticDetails = {}): DiagnosticError {
  return new DiagnosticError([diagnostic(objectDiagnostics[name], details)]);
}

/** What a refusal of the kernel comes to; a missing privilege and a missing bpf(2) are their own diagnostics. */
export function refusedBy(name: ObjectDiagnosticName, message: string, status: number): DiagnosticError {
  const notes = [`the kernel answers ${errnoName(-status)}`];
  if (status === -errnos.ENOSYS) return new DiagnosticError([diagnostic(kernelDiagnostics.noBpf)]);
  if (status === -errnos.EPERM) {
    const help = "run as root, or with CAP_SYS_ADMIN, which looking at what others have loaded needs";
    return new DiagnosticError([diagnostic(kernelDiagnostics.privilege, { message, notes, help })]);
  }
  return objectError(name, { message, notes });
}
