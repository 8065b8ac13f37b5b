// What a command is to the rest of the program: it takes checked arguments and gives an outcome, as data. Printing it, as
// a document or for people, and the exit status are the same for all (execute.ts).
import type { Diagnostic } from "@typebpf/abi";
import type { z } from "zod";
import type { Filter } from "./input/filter.ts";
import type { Styles } from "./output/style.ts";

/** What a command may know of where it prints to, while it runs. */
export interface Terminal {
  /** Whether a document is printed at the end; nothing else may be, then. */
  readonly json: boolean;
  /** For standard output. */
  readonly styles: Styles;
  /** Rows of standard output where it is a terminal that can be redrawn, else 0. */
  readonly liveRows: number;
  /** Columns of standard output; of one that does not tell, 100. */
  readonly width: number;
  /** Prints on standard output at once; does nothing with --json. */
  print(text: string): void;
  /** Prints diagnostics on standard error at once; does nothing with --json. They are not to be in the outcome as well. */
  report(diagnostics: readonly Diagnostic[], filters: readonly Filter[]): void;
  /** Shows how far a long job is, in place of what was shown before; "" removes it. Only on terminals, and not too often. */
  progress(text: string): void;
}

/** A document without its diagnostics, which are added to each in the same way. */
export type Body<Document> = Omit<Document, "diagnostics">;

/** What a command came to. */
export interface Outcome<Document> {
  readonly body: Body<Document>;
  /** For people. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** What was compiled or read, to quote its lines. */
  readonly filters: readonly Filter[];
}

/** A command by its arguments and the document that it prints with --json. */
export interface Command<Arguments, Document> {
  readonly schema: z.ZodType<Document>;
  /** The document's body when it came to nothing. */
  empty(kernel: boolean): Body<Document>;
  /** @throws DiagnosticError where there is nothing to report but diagnostics. */
  run(args: Arguments, terminal: Terminal): Promise<Outcome<Document>>;
}
