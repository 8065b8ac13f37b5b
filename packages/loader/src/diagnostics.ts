// The catalogue of this package but for kernel/: what load, the handles, the codec and the simulator can report.
// BPF6000–6099 loading and running, BPF6100–6149 faults in the simulator, BPF6150–6199 values and map operations.
import { type Diagnostic, type DiagnosticDetails, DiagnosticError, type DiagnosticRow, diagnostic } from "@typebpf/abi";

function row(code: DiagnosticRow["code"], title: string, explain: string, help: string): DiagnosticRow {
  return { code, severity: "error", title, explain, help };
}

/** Rows by name; the names are used in the code, the codes by users. */
export const loaderDiagnostics = {
  objectFormat: row(
    "BPF6001",
    "this is no BPF object",
    "`load` takes what `compile` or `read` gives: format 1 of a BpfObject.",
    "compile the filter again with the same version of TypeBPF",
  ),
  attachInSimulator: row(
    "BPF6002",
    "a simulated program cannot be attached",
    "The simulator runs packets that you hand to it; it has no interfaces.",
    "use `run(packet)`, or load the object into `kernel()` to attach it",
  ),
  unsimulatedProgram: row(
    "BPF6003",
    "the simulator cannot run this type of program",
    "Each program type has a context that the simulator has to provide.",
    "load the object into `kernel()`",
  ),
  unsimulatedMap: row(
    "BPF6004",
    "the simulator cannot make this map",
    "The simulator does not know the type, the kernel would refuse the map too, or it is larger than the memory it may use.",
    "change the map as the message says, make it smaller, or load the object into `kernel()`",
  ),
  disposed: row(
    "BPF6005",
    "this object has been disposed",
    "Maps and programs live as long as the object that `load` gave.",
    "keep the loaded object until you are done with its maps and programs",
  ),
  packetTooShort: row(
    "BPF6006",
    "the packet is shorter than its headers",
    "A test run needs 14 bytes at least, and one of a tc program or socket filter the whole IP header that the EtherType promises: the kernel answers EINVAL.",
    "give a whole frame, from the destination MAC address on",
  ),
  packetTooLong: row(
    "BPF6007",
    "the packet is too long for a test run",
    "A test run takes what fits into one page with its headroom and tailroom: 3520 bytes for XDP, 3712 for tc programs and socket filters.",
    "cut the packet, or capture without segmentation offload",
  ),
  contextField: row(
    "BPF6008",
    "this context field cannot be set",
    "Only the fields that a test run in the kernel accepts can be given, with values that it accepts.",
    "leave the field out",
  ),
  option: row(
    "BPF6009",
    "an option is out of range",
    "Options are whole numbers within limits: a run is repeated 1 to 2^31 - 1 times, a simulated machine has 1 to 1024 CPUs.",
    "give a whole number within the limits",
  ),
  foreign: row(
    "BPF6020",
    "the object has parts that cannot be loaded yet",
    "Objects of other compilers are read whole, but program and map types without support here, relocations against kernel types (CO-RE) and kernel symbols (externs), and big-endian code are only listed.",
    "load the object with libbpf, or leave that part out",
  ),
  pinInSimulator: row(
    "BPF6021",
    "nothing can be pinned in the simulator",
    "Pins are files by which the kernel keeps maps, programs and links alive once the process has ended.",
    "load the object into `kernel()` to pin it",
  ),
  outOfBounds: row(
    "BPF6100",
    "access outside of the memory that the pointer belongs to",
    "The simulator checks each access against the bounds that its region has at this moment. The kernel's verifier would refuse the program.",
    "check the bounds before the access",
  ),
  nullPointer: row(
    "BPF6101",
    "access through a null pointer",
    "A lookup that finds nothing gives null.",
    "check for `undefined` before you use the reference",
  ),
  notAnAddress: row(
    "BPF6102",
    "access through a number that is no address",
    "The address lies in no region of memory: it was computed from something that is no pointer.",
    "use pointers only as they come from the context, a map or the stack",
  ),
  freedMemory: row(
    "BPF6103",
    "access to memory that no longer exists",
    "A map value lives until the end of the run in which it was deleted; a stack frame until its function returns.",
    "look the value up again",
  ),
  readOnlyMemory: row(
    "BPF6104",
    "write to read-only memory",
    "This region can be read but not written.",
    "write to a copy",
  ),
  misalignedAtomic: row(
    "BPF6105",
    "atomic operation on an address that is not aligned",
    "Atomic operations need an address that is a multiple of their size.",
    "align the field to its own size",
  ),
  atomicNotAllowed: row(
    "BPF6106",
    "atomic operation where the kernel allows none",
    "Atomic operations work on map values and on the stack, not on packets or contexts.",
    "read, change and write the field instead",
  ),
  contextAccess: row(
    "BPF6107",
    "access to the context that the kernel does not allow",
    "Contexts are read field by field, each in its own size; most fields cannot be written.",
    "read the whole field",
  ),
  instructionLimit: row(
    "BPF6108",
    "the program ran too many instructions",
    "A run ends at the limit, so that a loop that never ends cannot hang whoever runs it.",
    "bound the loop, or raise `maxInstructions` of `simulator()`",
  ),
  callDepth: row(
    "BPF6109",
    "functions are called more than 8 levels deep",
    "The kernel allows 8 stack frames.",
    "call fewer functions within one another, or let them be inlined",
  ),
  unsimulatedInstruction: row(
    "BPF6110",
    "the simulator cannot run this instruction",
    "Instructions that need kernel objects (arenas, kernel functions) have no counterpart in the simulator.",
    "load the object into `kernel()`",
  ),
  unsimulatedHelper: row(
    "BPF6112",
    "the simulator has no such helper",
    "Each helper is written for the simulator on its own; this one is not.",
    "load the object into `kernel()`",
  ),
  helperArgument: row(
    "BPF6113",
    "a helper was called with an argument that the kernel refuses",
    "The verifier checks what each argument points to before the program may run.",
    "pass what the helper's row describes",
  ),
  mapReference: row(
    "BPF6114",
    "an instruction refers to a map that the object does not have",
    "Each reference to a map is a relocation by name.",
    "compile the filter again",
  ),
  configName: row(
    "BPF6115",
    "no configuration value of that name",
    "Values that are set at load time are those that the filter declares with `config`.",
    "use one of the names that the filter declares",
  ),
  valueRange: row(
    "BPF6150",
    "the value does not fit its field",
    "A field holds the integers of its width; nothing is cut off silently.",
    "give a value within the field's range",
  ),
  valueKind: row(
    "BPF6151",
    "the value is of the wrong kind",
    "Integers of up to 32 bits are numbers, 64-bit ones are bigints, byte arrays are Uint8Arrays, structs are objects.",
    "give a value of the schema's type",
  ),
  unknownField: row(
    "BPF6152",
    "the struct has no such field",
    "Every property of the value must be a field of the schema.",
    "remove the property, or add the field to the schema",
  ),
  wrongLength: row(
    "BPF6153",
    "the array has the wrong length",
    "Arrays in schemas have a fixed length.",
    "give exactly as many items as the schema has",
  ),
  badText: row(
    "BPF6154",
    "the text is no value of this kind",
    "Numbers may be written in decimal or as 0x…, addresses as 10.0.0.1, 2001:db8::1 or 02:00:00:00:00:01, prefixes as 10.0.0.0/8, without bits behind the prefix.",
    "write the value in one of these forms",
  ),
  bytesLength: row(
    "BPF6155",
    "the number of bytes is not the size of the schema",
    "Keys and values have a fixed size.",
    "give exactly as many bytes as the schema has",
  ),
  mapFull: row(
    "BPF6160",
    "the map is full",
    "Hash maps and tries take `maxEntries` entries.",
    "delete entries, raise `maxEntries`, or use a hash map that evicts the oldest, such as `lruHashMap`",
  ),
  indexRange: row(
    "BPF6161",
    "the index is outside of the array",
    "An array map has the indices from 0 to maxEntries - 1.",
    "use an index below `maxEntries`",
  ),
  entryExists: row(
    "BPF6162",
    "the map already has this key",
    "The flag NOEXIST asks for a new entry. Entries of array maps always exist.",
    "leave the flag out to overwrite",
  ),
  entryMissing: row(
    "BPF6163",
    "the map does not have this key",
    "The flag EXIST asks for an existing entry.",
    "leave the flag out to create the entry",
  ),
  arrayDelete: row(
    "BPF6164",
    "entries of an array map cannot be deleted",
    "Every index of an array map always exists.",
    "write zeros instead",
  ),
  mapOperation: row(
    "BPF6165",
    "the map refused the operation",
    "The error number is the one that the kernel gives for this operation.",
    "check the flags and whether the map is frozen or read-only",
  ),
  prefixLength: row(
    "BPF6166",
    "the prefix is longer than the address",
    "The key of a trie says how many bits of its address count.",
    "give a `prefixLength` from 0 to the number of the address's bits",
  ),
  mapObject: row(
    "BPF6167",
    "the map does not take this program, map, socket or descriptor",
    "Maps of objects take open descriptors of one kind: an array of programs those of the type of its first, a map of maps those like its template, a socket map connected or listening sockets, a map of interfaces those that exist.",
    "check that the object is open and of the kind that the map holds",
  ),
  noOperation: row(
    "BPF6168",
    "this back end has no such operation for this map",
    "Some operations need things that only a kernel has: sockets, cgroups, CPUs.",
    "load the object into `kernel()`",
  ),
  recordLength: row(
    "BPF6170",
    "a record does not have the size of its schema",
    "The filter has written a record of another size into the ring buffer than the map's schema describes.",
    "write records of the map's value type, or read bytes with `map.raw.ringBuffer()`",
  ),
  simulatedReference: row(
    "BPF6178",
    "an entry of a map refers to what the simulator does not have",
    "Maps of programs, maps, interfaces, sockets and the like refer to things of the machine. The simulator knows programs and maps of the same object, and takes numbers for everything else.",
    "give a program or map of the same object, or a number",
  ),
  ringReader: row(
    "BPF6171",
    "the ring buffer already has a reader",
    "Readers, and writers of a user ring buffer, move one common position forward, so that a second one would take records from the first.",
    "end the first reader, or read in one place and hand the records on",
  ),
} as const satisfies Readonly<Record<string, DiagnosticRow>>;

/** The name of a row of this catalogue. */
export type LoaderDiagnosticName = keyof typeof loaderDiagnostics;

/** A diagnostic of this catalogue. */
export function loaderDiagnostic(name: LoaderDiagnosticName, details: DiagnosticDetails = {}): Diagnostic {
  return diagnostic(loaderDiagnostics[name], details);
}

/** The same as an error to throw. */
export function loaderError(name: LoaderDiagnosticName, details: DiagnosticDetails = {}): DiagnosticError {
  return new DiagnosticError([loaderDiagnostic(name, details)]);
}

/** Refuses to pin something of a back end that has no pins. */
export function refusePin(what: string): never {
  throw loaderError("pinInSimulator", { message: `the ${what} cannot be pinned: it is in the simulator` });
}
