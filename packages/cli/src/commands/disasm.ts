// `typebpf disasm FILE`: programs as assembly in the kernel's syntax with the TypeScript lines that they come from. With
// --insns it lists bare bytecode, which has no lines.
import { DiagnosticError, decode } from "@typebpf/abi";
import { fromHex } from "@typebpf/loader";
import type { Command, Outcome } from "../command.ts";
import { cliError } from "../diagnostics.ts";
import { type CompileSettings, openFilter } from "../input/filter.ts";
import { type DisasmDocument, disasmDocument } from "../json/documents.ts";
import { noProgram, objectOf } from "../loading.ts";
import { codesOf, formatAssembly, formatListing, type Listable, listProgram } from "../output/assembly.ts";
import { programTypeName } from "../output/names.ts";
import type { Styles } from "../output/style.ts";

/** Arguments of `disasm`. */
export interface DisasmArguments extends CompileSettings {
  readonly file?: string | undefined;
  readonly program?: string | undefined;
  /** Bare bytecode as hex. */
  readonly insns?: string | undefined;
}

type Instructions = DisasmDocument["programs"][number]["instructions"];

function instructionsOf(program: Listable): Instructions {
  return listProgram(program).map(({ slot, bytes, text, at }) => ({ slot, bytes, text, ...(at && { at }) }));
}

function listBare(hex: string, styles: Styles): Outcome<DisasmDocument> {
  const { insns, diagnostics } = decode(fromHex(hex, "--insns"));
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  const program = {
    name: "insns",
    type: null,
    section: null,
    stackBytes: null,
    instructions: instructionsOf({ insns }),
  };
  return {
    body: { programs: [program] },
    text: formatListing(listProgram({ insns }), new Map(), styles),
    diagnostics,
    filters: [],
  };
}

/** The program or function of that name. */
function chooseCode(codes: ReturnType<typeof codesOf>, name: string): (typeof codes)[number] {
  const found = codes.find((one) => one.name === name);
  if (found) return found;
  throw noProgram(
    codes.map((one) => one.name),
    name,
  );
}

async function listFilter(
  file: string,
  { program, level, targetKernel, cache }: DisasmArguments,
  styles: Styles,
): Promise<Outcome<DisasmDocument>> {
  const filter = await openFilter(file, { level, targetKernel, cache });
  const object = objectOf(filter);
  const codes = codesOf(object);
  const chosen = program === undefined ? codes : [chooseCode(codes, program)];
  const types = new Map([
    ...object.programs.map((one) => [one.name, programTypeName(one.type)] as const),
    ...(object.foreign?.programs ?? []).map((one) => [one.name, one.type] as const),
  ]);
  const documents = chosen.map((one) => ({
    name: one.name,
    type: types.get(one.name) ?? null,
    section: types.has(one.name) ? one.section : null,
    stackBytes: one.stackBytes,
    instructions: instructionsOf(one),
  }));
  return {
    body: { programs: documents },
    text: formatAssembly(object, styles, chosen),
    diagnostics: filter.diagnostics,
    filters: [filter],
  };
}

/** `typebpf disasm` */
export const disasm: Command<DisasmArguments, DisasmDocument> = {
  schema: disasmDocument,
  empty: () => ({ programs: [] }),
  async run(args, { styles }) {
    const { file, insns, program } = args;
    if (insns === undefined) {
      if (file === undefined) throw cliError("arguments", { message: "disasm takes a FILE, or --insns HEX" });
      return listFilter(file, args, styles);
    }
    const other = file !== undefined ? "FILE" : program !== undefined ? "--program" : undefined;
    if (other !== undefined) {
      throw cliError("conflict", { message: `--insns lists bare bytecode: ${other} has no meaning there` });
    }
    return listBare(insns, styles);
  },
};
