// Catalogue, BPF1001…BPF1019 and BPF1999: a module as a whole: its text, its names, its top level.
// Codes are stable: a row is never renumbered, and a code is never used again for something else.
import type { DiagnosticRow } from "@typebpf/abi";

/** Rows about a module, by the name the code uses for them. */
export const moduleDiagnostics = {
  syntax: {
    code: "BPF1001",
    severity: "error",
    title: "syntax error",
    explain: "The text is not TypeScript, so nothing else can be said about it.",
    help: "correct the syntax at this place; what follows is checked once it is right",
  },
  unreadable: {
    code: "BPF1002",
    severity: "error",
    title: "module cannot be read",
    explain: "The path does not lead to a TypeScript file that this process may read.",
    help: "give the path of a readable file that ends in .bpf.ts",
  },
  notText: {
    code: "BPF1003",
    severity: "error",
    title: "module is not UTF-8 text of a sensible size",
    explain: "Sources are UTF-8 text of at most 1 MiB, so that every place in them can be quoted.",
    help: "save the file as UTF-8, or split it",
  },
  dynamicProperty: {
    code: "BPF1004",
    severity: "error",
    title: "property chosen at run time",
    explain:
      "The members of an object live in registers or at fixed offsets, so the compiler must know which one is meant.",
    help: "name the property, or use a schema array, whose items can be chosen by a number",
  },
  noProgram: {
    code: "BPF1005",
    severity: "error",
    title: "module exports no program",
    explain: "A filter is an exported constant made by a function such as xdp. Without one there is nothing to load.",
    help: "export a program: export const filter = xdp((ctx) => XDP.PASS)",
  },
  programMisplaced: {
    code: "BPF1006",
    severity: "error",
    title: "program that is not an exported constant",
    explain: "A program gets its name from the export, so it is made at the top of the module and exported.",
    help: "write export const name = xdp((ctx) => …) with a function in place",
  },
  kernelName: {
    code: "BPF1007",
    severity: "error",
    title: "name that the kernel does not take",
    explain: "Names of programs and maps reach the kernel, which takes letters, digits, `_` and `.` only.",
    help: "rename it with letters, digits and _",
  },
  nameCollision: {
    code: "BPF1008",
    severity: "error",
    title: "two names that are one to the kernel",
    explain: "The kernel keeps the first 15 bytes of a name, and two programs or two maps must stay distinguishable.",
    help: "make the names differ within their first 15 characters",
  },
  defaultExport: {
    code: "BPF1009",
    severity: "error",
    title: "default export",
    explain: "Programs and maps are known by the names of their exports, and a default export has none.",
    help: "export a named constant",
  },
  topLevelStatement: {
    code: "BPF1010",
    severity: "error",
    title: "statement at the top of a module",
    explain:
      "Nothing runs when a filter is loaded: the top of a module only declares constants, maps, functions and programs.",
    help: "move the statement into a program",
  },
  moduleVariable: {
    code: "BPF1011",
    severity: "error",
    title: "global variable without a layout",
    explain:
      "A module-level `let` is a global variable in memory of the kernel, so its width must be known: from an annotation, or from a schema that is called.",
    help: "annotate it (let count: u32 = 0), call a schema (let last = Flow()), or use const for a constant",
  },
  notConstant: {
    code: "BPF1012",
    severity: "error",
    title: "not a compile-time constant",
    explain: "Constants of a module are evaluated by the compiler: literals, arithmetic, tables, schemas and maps.",
    help: "use literals and other constants, or compute the value inside a function",
  },
  recursion: {
    code: "BPF1013",
    severity: "error",
    title: "recursive function",
    explain:
      "The stack of a BPF program is 512 bytes and the kernel must see that it ends, so functions do not call themselves.",
    help: "write a bounded loop: for (let i = 0; i < 16; i++) …",
  },
  closure: {
    code: "BPF1014",
    severity: "error",
    title: "function that captures a changing variable",
    explain:
      "A function may use constants of the functions around it, but not variables that change: there is no heap for them to live on.",
    help: "pass the value as an argument and return the new one",
  },
  tooDeep: {
    code: "BPF1015",
    severity: "error",
    title: "nested too deeply",
    explain: "The module nests expressions, statements or calls deeper than the compiler follows.",
    help: "split the expression with constants, or the function into smaller ones",
  },
  circularConstant: {
    code: "BPF1016",
    severity: "error",
    title: "constant defined by itself",
    explain: "To evaluate the constant its own value is needed.",
    help: "break the circle with a literal",
  },
  importForm: {
    code: "BPF1017",
    severity: "error",
    title: "form of import that filters do not have",
    explain: "Modules of a filter are joined at compile time by plain import and export declarations.",
    help: 'write import { name } from "./module.bpf.ts"',
  },
  license: {
    code: "BPF1018",
    severity: "error",
    title: "licence is not a short constant text",
    explain:
      "The kernel takes the licence as text of at most 127 ASCII characters and compares it with those it knows.",
    help: 'write export const license = "GPL"',
  },
  suppression: {
    code: "BPF1019",
    severity: "error",
    title: "comment that hides type errors",
    explain:
      "The compiler relies on TypeScript's checks: behind a hidden error there may be an unchecked packet access, which the kernel refuses.",
    help: "remove the comment and correct the error",
  },
  globalValue: {
    code: "BPF1072",
    severity: "error",
    title: "first value that does not fit its global",
    explain: "The first value of a global variable is put into its memory by the compiler, so it must fit the layout.",
    help: "change the value, or the width of the variable",
  },
  evaluationBudget: {
    code: "BPF1073",
    severity: "error",
    title: "constant that takes too long to evaluate",
    explain:
      "The compiler evaluates constants of a module by walking their functions, for at most two million steps each.",
    help: "do less at compile time: a smaller table, or a loop with fewer rounds",
  },
  slotProgram: {
    code: "BPF1085",
    severity: "error",
    title: "slot of an array of programs that cannot hold this",
    explain:
      "The slots of an array of programs are filled when the filter is loaded, with programs that the module exports. They are all of one type, because only programs of that type can jump to them.",
    help: "name a program that the module exports, of the same type as the others",
  },
  internal: {
    code: "BPF1999",
    severity: "error",
    title: "bug in the compiler",
    explain: "The compiler met a state that its authors thought impossible. The program may be fine.",
    help: "please report it with the module that causes it",
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
