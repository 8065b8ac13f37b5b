// Catalogue, BPF1050…BPF1079: constructs that are refused by how they are used.
// Codes are stable: a row is never renumbered, and a code is never used again for something else.
import type { DiagnosticRow } from "@typebpf/abi";

/** Rows about uses that the language refuses, by the name the code uses for them. */
export const languageDiagnostics = {
  argumentsObject: {
    code: "BPF1050",
    severity: "error",
    title: "arguments or eval",
    explain: "Arguments are known by name, and text cannot be run.",
    help: "name the parameters",
  },
  spreadArgument: {
    code: "BPF1051",
    severity: "error",
    title: "spread in this place",
    explain:
      "Tuples and arrays can be spread into calls of functions and into literals: their lengths are known. Operations of the DSL take their arguments one by one.",
    help: "write the arguments one by one",
  },
  parameterForm: {
    code: "BPF1052",
    severity: "error",
    title: "function or schema in a rest parameter",
    explain: "A rest parameter is a tuple of values. Functions, schemas and maps have no value at run time.",
    help: "give it a parameter of its own",
  },
  fraction: {
    code: "BPF1053",
    severity: "error",
    title: "division of numbers gives a fraction",
    explain:
      "BPF has integers only, and in JavaScript 7 / 2 is 3.5. So a division is accepted only where it is made an integer at once.",
    help: "write Math.trunc(a / b), Math.floor(a / b), (a / b) | 0 or (a / b) >>> 0",
  },
  notInteger: {
    code: "BPF1054",
    severity: "error",
    title: "number that is not an integer",
    explain: "BPF has integers only. Fractions may stand in constants as long as the value that is used is an integer.",
    help: "use an integer, or Math.round(…) around the constant",
  },
  computedName: {
    code: "BPF1055",
    severity: "error",
    title: "computed member name",
    explain: "The members of an object are known when the program is compiled.",
    help: "write the name itself",
  },
  optionalChain: {
    code: "BPF1056",
    severity: "error",
    title: "optional call in this place",
    explain: "`a?.b` is a value that may be undefined. A call behind ?. stands on its own, as in `event?.submit();`.",
    help: "check it first: if (!a) return …",
  },
  iteration: {
    code: "BPF1057",
    severity: "error",
    title: "for … of over something else than an array",
    explain: "Only arrays of schemas and constant arrays have a length that the compiler knows.",
    help: "loop with a counter: for (let i = 0; i < n; i++)",
  },
  functionValue: {
    code: "BPF1058",
    severity: "error",
    title: "function as a value",
    explain:
      "A BPF program cannot call through a pointer, so functions are called by name or passed directly as arguments.",
    help: "call the function here and keep its result: x ? one() : two()",
  },
  notCallable: {
    code: "BPF1059",
    severity: "error",
    title: "call that cannot be compiled",
    explain: "Calls go to functions of your modules, to schemas, maps, helpers of ctx, and to Math and BigInt.",
    help: "call a function whose definition the compiler can see",
  },
  pattern: {
    code: "BPF1060",
    severity: "error",
    title: "destructuring of this form",
    explain:
      "Structs and objects are taken apart by constant names, arrays and tuples by place; the rest is that of a struct, an object, an array or a tuple.",
    help: "write const x = object.x",
  },
  arrayForm: {
    code: "BPF1061",
    severity: "error",
    title: "array literal of this form",
    explain: "Arrays in a filter have a fixed number of items, each given, or spread from a tuple or an array.",
    help: "write each item, 0 for one that is not needed",
  },
  aliasing: {
    code: "BPF1062",
    severity: "error",
    title: "object in registers that would need an address",
    explain:
      "A plain object has no address: it can be named by constants and passed to functions, but not stored, chosen or replaced at run time.",
    help: "spread it to make a copy, { ...x }, or use a struct, which has an address",
  },
  undefinedValue: {
    code: "BPF1063",
    severity: "error",
    title: "undefined for something that is not a reference",
    explain: "Only references can be undefined (the null pointer); an integer always has a value.",
    help: "use a number that stands for nothing, or a separate boolean",
  },
  dslPlace: {
    code: "BPF1064",
    severity: "error",
    title: "this part of the DSL does not go here",
    explain:
      "Maps and programs are declared at the top of a module. Maps, schemas and the context are used through their operations and do not live in variables of the program.",
    help: "declare it as a constant at the top of the module and use it by that name",
  },
  constantModified: {
    code: "BPF1065",
    severity: "error",
    title: "assignment to a constant object",
    explain: "Objects and arrays at the top of a module are compile-time constants.",
    help: "copy it into a local object, or keep the state in a map",
  },
  refIdentity: {
    code: "BPF1066",
    severity: "error",
    title: "comparison of references or objects",
    explain: "The kernel does not let programs compare addresses; a reference can be compared with undefined only.",
    help: "compare the members: a.value === b.value",
  },
  objectForm: {
    code: "BPF1068",
    severity: "error",
    title: "object literal of this form",
    explain: "Objects are made of named members and of spreads of structs and other objects.",
    help: "name each member",
  },
  noValue: {
    code: "BPF1069",
    severity: "error",
    title: "value of something that gives none",
    explain: "The function or expression gives no value, so nothing can be done with it.",
    help: "use it as a statement of its own, or let the function return a value",
  },
  reservedRecord: {
    code: "BPF1070",
    severity: "error",
    title: "reserved record without using",
    explain:
      "The kernel refuses a program that may end with a reserved record. `using` discards the record at the end of its block on every path that has not submitted it.",
    help: "write `using record = ring.reserve();` as a statement of its own, then `if (!record) return …;`",
  },
  recordRelease: {
    code: "BPF1071",
    severity: "error",
    title: "a record is released where it was not reserved",
    explain:
      "Whether a record is still held must be known at the end of its scope, so only the function that reserved it may submit or discard it, by the name that `using` gave it.",
    help: "let the other function fill the record, or tell by its result what to do with it",
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
