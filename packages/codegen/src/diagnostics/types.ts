// Catalogue, BPF2001…BPF2099: types and layouts, TypeScript's own findings first.
// Codes are stable: a row is never renumbered, and a code is never used again for something else.
import type { DiagnosticRow } from "@typebpf/abi";

/** Rows about types and layouts, by the name the code uses for them. */
export const typeDiagnostics = {
  type: {
    code: "BPF2001",
    severity: "error",
    title: "type error",
    explain: "TypeScript refuses the program; the note has its own number for the error.",
    help: "correct the types; an editor shows the same error",
  },
  unknownName: {
    code: "BPF2002",
    severity: "error",
    title: "name that does not exist in a filter",
    explain:
      "A filter runs in the kernel: only the language itself, @typebpf/dsl and your own modules exist there. There is no console, Date, Promise or fetch.",
    help: "import it, or do without",
  },
  possiblyUndefined: {
    code: "BPF2003",
    severity: "error",
    title: "value may be undefined",
    explain:
      "A packet access may lie behind the end of the packet, and a map may lack the key. The kernel refuses programs that do not check.",
    help: "check it first: if (!x) return …",
  },
  unknownProperty: {
    code: "BPF2004",
    severity: "error",
    title: "property does not exist",
    explain:
      "The struct, context or map has no such member. A context only offers what the kernel allows for its program type.",
    help: "see the members in the type's declaration",
  },
  mixedIntegers: {
    code: "BPF2005",
    severity: "error",
    title: "number and bigint mixed",
    explain: "64-bit integers are bigint and narrower ones number; JavaScript does not mix them.",
    help: "write 1n for a 64-bit constant, BigInt(x) to widen, u32(x) to narrow",
  },
  narrowing: {
    code: "BPF2006",
    severity: "error",
    title: "wide integer into a narrow place",
    explain: "The value may not fit, and bits would get lost silently.",
    help: "cast it: u8(x), u16(x) or u32(x) keeps the low bits",
  },
  unknownModule: {
    code: "BPF2007",
    severity: "error",
    title: "module cannot be found",
    explain: "Filters import @typebpf/dsl, @typebpf/dsl/net, and other TypeScript modules by relative path.",
    help: "check the path; npm packages and modules of Node do not exist in the kernel",
  },
  readOnly: {
    code: "BPF2008",
    severity: "error",
    title: "assignment to something read-only",
    explain: "Constants do not change, and the kernel lets a program write only some fields of its context.",
    help: "use a variable of your own",
  },
  missingReturn: {
    code: "BPF2009",
    severity: "error",
    title: "not all paths return a value",
    explain: "A program's return value is its verdict, so each path must return one.",
    help: "add a return at the end, such as return XDP.PASS",
  },
  verdict: {
    code: "BPF2010",
    severity: "error",
    title: "not a verdict of this program type",
    explain: "Each program type has its own return values, and the kernel gives meaning to no other number.",
    help: "return one of the program type's constants, such as XDP.PASS",
  },
  implicitAny: {
    code: "BPF2011",
    severity: "error",
    title: "type cannot be inferred",
    explain: "Without a type the value would be any.",
    help: "annotate it, for example x: u32",
  },
  mixedSigns: {
    code: "BPF2020",
    severity: "error",
    title: "u64 and i64 mixed",
    explain: "Division, comparison, shifts and widening depend on the sign, so both sides must have the same.",
    help: "cast one side: i64(x) or u64(x)",
  },
  bigintRange: {
    code: "BPF2021",
    severity: "error",
    title: "constant does not fit 64 bits of this sign",
    explain: "A bigint is 64 bits wide here: 0 to 2^64-1 for u64, -2^63 to 2^63-1 for i64.",
    help: "annotate the value as i64, or write the wrapped constant, u64(-1n)",
  },
  numberRange: {
    code: "BPF2022",
    severity: "error",
    title: "constant is not an exact integer",
    explain: "Beyond ±(2^53 - 1) JavaScript's numbers are not exact.",
    help: "use a bigint constant: 1n",
  },
  mixedComparison: {
    code: "BPF2023",
    severity: "error",
    title: "comparison of bigint and number",
    explain: "JavaScript compares their mathematical values, which needs more than 64 bits.",
    help: "compare with a bigint constant such as 5n, or cast one side: BigInt(x), u32(x)",
  },
  layoutMismatch: {
    code: "BPF2024",
    severity: "error",
    title: "value does not fit the layout",
    explain:
      "The place in memory holds something else than the value: another struct, an array of another length, or an integer of another kind.",
    help: "give a value of the schema that the place has",
  },
  unknownMember: {
    code: "BPF2025",
    severity: "error",
    title: "member that the struct does not have",
    explain: "Only the fields of the schema have a place in memory.",
    help: "use a field of the schema",
  },
  typesDiffer: {
    code: "BPF2026",
    severity: "error",
    title: "one place gets values of different types",
    explain:
      "A variable, a parameter or a result has one type on every path: number, u64, i64, boolean, or a reference to one schema.",
    help: "make both sides the same, with a cast if need be",
  },
  schema: {
    code: "BPF2027",
    severity: "error",
    title: "schema or map that cannot be made",
    explain: "Sizes, counts, names and kinds of members are limited by the memory layout.",
    help: "correct the description",
  },
  untypedVariable: {
    code: "BPF2028",
    severity: "error",
    title: "variable without a type or an initial value",
    explain: "The compiler must know what kind of register the variable lives in where it is declared.",
    help: "initialise it, or annotate it: let x: u32; let r: Ref<typeof Flow> | undefined",
  },
  operands: {
    code: "BPF2029",
    severity: "error",
    title: "operator does not apply to these values",
    explain: "Arithmetic works on integers; references, objects and booleans have none.",
    help: "use a member, or b ? 1 : 0 for a boolean",
  },
  atomic: {
    code: "BPF2030",
    severity: "error",
    title: "place that atomics cannot work on",
    explain: "Atomic instructions work on native 32- and 64-bit integers in memory.",
    help: "declare the field as u32 or u64",
  },
  tooManyItems: {
    code: "BPF2031",
    severity: "error",
    title: "more items than the array has",
    explain: "The length of an array is part of its schema.",
    help: "remove items, or make the array longer",
  },
  unionMembers: {
    code: "BPF2040",
    severity: "error",
    title: "a union is made from one of its members",
    explain: "The members of a union are views of the same bytes, so what one of them sets the next would overwrite.",
    help: "give one member and assign the others after it, or copy a whole union by calling its schema: Name(other)",
  },
  tableIndex: {
    code: "BPF2032",
    severity: "error",
    title: "index outside a constant table",
    explain: "In JavaScript the item would be undefined, which is no integer.",
    help: "use an index from 0 to length - 1",
  },
  table: {
    code: "BPF2033",
    severity: "error",
    title: "table that cannot be indexed at run time",
    explain: "A run-time index picks from a table of integers of one kind.",
    help: "make all items numbers, or all bigints of one sign",
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
