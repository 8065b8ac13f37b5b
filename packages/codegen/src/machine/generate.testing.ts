// For tests of the back end: IR text to assembly lines.
import { disassemble } from "@typebpf/abi";
import { parseModule } from "../ir/parse.ts";
import { type Generated, type GenerateOptions, generateProgram } from "./generate.ts";

/** Generates code for the only function of the text; every allocation is checked. */
export function generateText(text: string, options: Partial<GenerateOptions> = {}): Generated {
  const [fn] = parseModule(text).functions;
  if (!fn) throw new Error("the text has no function");
  return generateProgram(fn, { isa: 3, level: 2, check: true, ...options });
}

/** The body of a function with a context `v0`, and its slots, as assembly. @throws Error on diagnostics. */
export function assemblyOf(
  body: string,
  options: Partial<GenerateOptions> & { readonly slots?: string } = {},
): readonly string[] {
  const { slots = "", ...rest } = options;
  const generated = generateText(`function f failure 0\n${slots}\nb0(v0: ptr.context):\n${body}`, rest);
  if ("diagnostics" in generated) throw new Error(JSON.stringify(generated.diagnostics));
  const text = disassemble(generated.program.insns);
  return text;
}
