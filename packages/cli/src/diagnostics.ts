// The command line's catalogue: BPF6300–6309 usage, 6310–6319 files in general, 6320–6339 packets, captures and maps,
// 6340–6349 specs, 6350–6359 attachments, 6360–6369 objects of the kernel, 6999 the last resort. Messages of one occurrence (names, offsets) are added where a row is raised.
import { type Diagnostic, type DiagnosticDetails, DiagnosticError, type DiagnosticRow, diagnostic } from "@typebpf/abi";

function row(code: DiagnosticRow["code"], title: string, explain: string, help: string): DiagnosticRow {
  return { code, severity: "error", title, explain, help };
}

/** Every diagnostic of the command line, by name. */
export const cliDiagnostics = {
  unknownCommand: row(
    "BPF6300",
    "unknown command",
    "The first argument names what to do.",
    "typebpf --help lists the commands",
  ),
  unknownOption: row(
    "BPF6301",
    "unknown option",
    "Each command has its own options; one that is not known is never ignored.",
    "typebpf COMMAND --help lists the options",
  ),
  arguments: row(
    "BPF6302",
    "wrong arguments",
    "An argument is missing, or there are more than the command takes.",
    "typebpf COMMAND --help shows how to call it",
  ),
  optionValue: row(
    "BPF6303",
    "wrong value for an option",
    "Values of options are checked before anything is done.",
    "typebpf COMMAND --help describes the values",
  ),
  conflict: row(
    "BPF6304",
    "options that do not go together",
    "Each of these options is right by itself, but together they ask for two things at once.",
    "leave one of them out",
  ),
  noProgram: row(
    "BPF6306",
    "the filter has no such program",
    "A program is named by its export; with more than one, --program says which.",
    "choose one with --program NAME",
  ),
  noIr: row(
    "BPF6307",
    "a compiled object has no intermediate form",
    "The intermediate representation exists while a filter is compiled and is not part of the object.",
    "give the .bpf.ts file",
  ),
  noCode: row(
    "BPF6308",
    "there is no such diagnostic",
    "Codes are BPF and four digits, as they stand in brackets before a message.",
    "typebpf explain lists all codes",
  ),
  attachOption: row(
    "BPF6309",
    "an option that is not for this type of program",
    "Each type of program is attached in its own way, with its own options; none is ignored.",
    "typebpf attach --help lists the options of each type",
  ),
  unreadable: row(
    "BPF6310",
    "a file cannot be read",
    "The path does not lead to a regular file that this process may read.",
    "check the path and its permissions",
  ),
  unwritable: row(
    "BPF6311",
    "a file cannot be written",
    "The folder must exist, and this process must be allowed to write there.",
    "check the path, its permissions and the free space",
  ),
  tooLarge: row(
    "BPF6312",
    "too much data",
    "Files are read into memory as a whole, and a document is one text, so both have a limit.",
    "split the file",
  ),
  notJson: row("BPF6313", "a file is not JSON", "The text breaks the rules of JSON (RFC 8259).", "correct the file"),
  wrongShape: row(
    "BPF6314",
    "a JSON file has the wrong form",
    "Files are checked against the form that the command describes; nothing in them is ignored.",
    "correct the file; typebpf COMMAND --help shows the form",
  ),
  fileKind: row(
    "BPF6315",
    "this kind of file cannot be compiled or run",
    "A filter is a TypeScript file, or an object that `typebpf build --emit json` has written.",
    "give a file that ends in .bpf.ts, or an object that ends in .json",
  ),
  noPackets: row(
    "BPF6320",
    "there are no packets to run",
    "A run needs at least one packet.",
    "give --pcap FILE, --packets FILE.json or --packet HEX",
  ),
  notCapture: row(
    "BPF6321",
    "the file is no packet capture",
    "Captures are known by their first bytes: pcap (microseconds or nanoseconds) and pcapng.",
    "record one with: tcpdump -i INTERFACE -w FILE",
  ),
  linkType: row(
    "BPF6322",
    "the packets of the capture are not Ethernet frames",
    "Programs see packets from the Ethernet header on; link types without one cannot be turned into that.",
    "record on an Ethernet interface (not on `any`)",
  ),
  truncated: row(
    "BPF6323",
    "the capture ends in the middle of a packet",
    "The last record is not there as a whole: the recording was cut off, or a length is wrong.",
    "record again, or cut the file after the last whole packet",
  ),
  damaged: row(
    "BPF6324",
    "the capture is damaged",
    "A length or a field contradicts the format, so nothing behind it can be trusted.",
    "record again",
  ),
  cutPackets: {
    code: "BPF6325",
    severity: "warning",
    title: "packets were cut when they were recorded",
    explain: "The capture's snapshot length left out the end of packets. The program sees them as short as they are.",
    help: "record whole packets: tcpdump -s 0",
  },
  noMap: row(
    "BPF6330",
    "the filter has no such map",
    "Maps are named by their export.",
    "use the name of an exported map",
  ),
  assignment: row(
    "BPF6331",
    "an entry must be given as MAP[KEY]=VALUE",
    "Keys and values are integers, addresses, hex bytes, or JSON objects and arrays.",
    "for example: --set 'blocked[10.0.0.1]=0'",
  ),
  spec: row(
    "BPF6340",
    "the spec cannot be used with this filter",
    "A spec names maps and programs of the filter, and gives keys and values in their sizes.",
    "correct the spec",
  ),
  unknownSpecField: row(
    "BPF6341",
    "the spec has fields that are not known",
    "A field that is not understood could be an expectation, so none is ignored.",
    "remove the field, or correct its name",
  ),
  specFailed: row(
    "BPF6342",
    "a case of the spec fails",
    "The program did something else than the spec expects.",
    "correct the program or the spec",
  ),
  detached: row(
    "BPF6350",
    "the program is not attached any more",
    "The interface has gone, or somebody else has detached the program.",
    "attach it again when the interface is back",
  ),
  noMatch: row(
    "BPF6360",
    "the kernel has no object of that name",
    "Programs, maps and links are chosen by id, by the path of a pin, by name, or programs by their tag; id:, name: and tag: say which is meant.",
    "see what there is: typebpf programs, typebpf maps, typebpf links",
  ),
  ambiguous: row(
    "BPF6361",
    "several objects have that name",
    "Names are not unique in the kernel; ids are.",
    "give one of the ids",
  ),
  noEntry: row(
    "BPF6362",
    "the map has no such key",
    "Nothing is stored under the key. Keys are compared byte by byte.",
    "see which there are: typebpf maps dump WHICH",
  ),
  hiddenCode: row(
    "BPF6363",
    "the kernel does not show the code of the program",
    "Instructions and machine code are shown to privileged processes, machine code only where addresses of the kernel are not hidden (kernel.kptr_restrict), and of programs that are compiled.",
    "run as root",
  ),
  internal: row(
    "BPF6999",
    "internal error: this is a mistake in TypeBPF, not in your program",
    "Something happened that the code rules out.",
    "please report it with the command line and the input; TYPEBPF_DEBUG=1 shows where it happened",
  ),
} as const satisfies Readonly<Record<string, DiagnosticRow>>;

/** The name of a row of this catalogue. */
export type CliDiagnosticName = keyof typeof cliDiagnostics;

/** A diagnostic of this catalogue. */
export function cliDiagnostic(name: CliDiagnosticName, details: DiagnosticDetails = {}): Diagnostic {
  return diagnostic(cliDiagnostics[name], details);
}

/** The same as an error to throw. */
export function cliError(name: CliDiagnosticName, details: DiagnosticDetails = {}): DiagnosticError {
  return new DiagnosticError([cliDiagnostic(name, details)]);
}

/** What any thrown value comes to: its diagnostics, or an internal error that hides the stack unless asked for. */
export function diagnosticsOf(error: unknown, debug: boolean): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  const what = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
  const stack = debug && error instanceof Error ? [error.stack ?? ""] : [];
  return [cliDiagnostic("internal", { notes: [what || "no message", ...stack] })];
}
