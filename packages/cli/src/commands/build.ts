// `typebpf build FILE…`: compiles, and prints a table of programs and maps, or writes the object: as ELF unless another
// form is asked for. Forms that are text may be printed.
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { type BpfObject, dumpBtf, encodeBtf, formatHeader, objectTypes, slotCount, writeElf } from "@typebpf/abi";
import type { Command } from "../command.ts";
import { cliError } from "../diagnostics.ts";
import { fileReason, writeBytes } from "../input/files.ts";
import { type CompileSettings, type Filter, openFilter } from "../input/filter.ts";
import { type BuildDocument, buildDocument } from "../json/documents.ts";
import { formatAssembly } from "../output/assembly.ts";
import { mapTypeName, mapTypeOfNumber, programTypeName } from "../output/names.ts";
import { needsOf, reasonText } from "../output/needs.ts";
import { type Styles, stylesFor } from "../output/style.ts";
import { formatTable } from "../output/table.ts";

/** What can be written. */
export const emitForms = ["elf", "json", "asm", "ir", "btf", "header"] as const;

/** Arguments of `build`. */
export interface BuildArguments extends CompileSettings {
  readonly files: readonly string[];
  readonly emit?: (typeof emitForms)[number] | undefined;
  /** A file, or a folder for several filters. */
  readonly output?: string | undefined;
}

type BuildBody = Omit<BuildDocument, "diagnostics">;

function describe(objects: readonly BpfObject[]): BuildBody {
  return {
    programs: objects.flatMap((object) => [
      ...object.programs.map((one) => {
        const { name, type, section, insns, stackBytes } = one;
        const listed = { name, type: programTypeName(type), section, insns: slotCount(insns), stackBytes };
        return { ...listed, ...needsOf(object, one) };
      }),
      ...(object.foreign?.programs ?? []).map(({ name, type, section, insns, stackBytes }) => {
        return { name, type, section, insns: slotCount(insns), stackBytes, needs: [] };
      }),
    ]),
    maps: objects.flatMap((object) => [
      ...object.maps.map(({ name, type, key, value, maxEntries, flags }) => {
        return { name, type: mapTypeName(type), keySize: key.size, valueSize: value.size, maxEntries, flags };
      }),
      ...(object.foreign?.maps ?? []).map(({ name, type, keySize, valueSize, maxEntries, flags }) => {
        return { name, type: mapTypeOfNumber(type), keySize, valueSize, maxEntries, flags };
      }),
    ]),
  };
}

function tableText({ programs, maps }: BuildBody, styles: Styles): string {
  if (programs.length === 0) return "";
  const right = "right" as const;
  const programTable = formatTable(
    [
      { title: "program" },
      { title: "type" },
      { title: "section" },
      { title: "insns", align: right },
      { title: "stack", align: right },
      { title: "kernel", align: right },
      { title: "because of" },
    ],
    programs.map((one) => [
      one.name,
      one.type,
      one.section,
      `${one.insns}`,
      `${one.stackBytes}`,
      one.minimumKernel ?? "",
      reasonText(one),
    ]),
    styles,
  );
  if (maps.length === 0) return programTable;
  const mapTable = formatTable(
    [
      { title: "map" },
      { title: "type" },
      { title: "key", align: right },
      { title: "value", align: right },
      { title: "entries", align: right },
      { title: "flags", align: right },
    ],
    maps.map((one) => [
      one.name,
      one.type,
      `${one.keySize}`,
      `${one.valueSize}`,
      `${one.maxEntries}`,
      `0x${one.flags.toString(16)}`,
    ]),
    styles,
  );
  return `${programTable}\n${mapTable}`;
}

type Form = NonNullable<BuildArguments["emit"]>;
type TextForm = Exclude<Form, "elf">;

async function emitted({ object, ir, file }: Filter, form: TextForm, styles: Styles): Promise<string> {
  if (!object) return "";
  if (form === "asm") return formatAssembly(object, styles);
  if (form === "btf") return dumpBtf(objectTypes(object).types);
  if (form === "header") return formatHeader(object);
  if (form === "json") return (await import("../json/object.ts")).objectText(object);
  if (ir === undefined) throw cliError("noIr", { message: `${file} is compiled already and has no intermediate form` });
  return ir;
}

/** What goes into a file: ELF and BTF as bytes, the rest as text. */
async function written(filter: Filter, form: Form): Promise<string | Uint8Array> {
  if (form === "elf" && filter.object) return writeElf(filter.object);
  if (form === "btf" && filter.object) return encodeBtf(objectTypes(filter.object).types);
  return form === "elf" ? "" : emitted(filter, form, stylesFor(false));
}

function outputPath(output: string, file: string, form: Form, several: boolean): string {
  const ending = form === "elf" ? "o" : form === "header" ? "h" : form;
  return several ? join(output, `${basename(file).replace(/\.[^.]*$/, "")}.${ending}`) : output;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw cliError("unwritable", { message: `cannot make the folder ${path}: ${fileReason(error)}` });
  }
}

function checkOptions({ files, emit, output }: BuildArguments, json: boolean): void {
  if (emit === undefined || output !== undefined) return;
  if (json) throw cliError("conflict", { message: "--json prints its own document: give --emit a file with -o" });
  if (emit === "elf") throw cliError("conflict", { message: "an ELF object is no text: give it a file with -o" });
  if (["json", "btf", "header"].includes(emit) && files.length > 1) {
    throw cliError("conflict", { message: "several objects do not make one file: give a folder with -o" });
  }
}

/** `typebpf build` */
export const build: Command<BuildArguments, BuildDocument> = {
  schema: buildDocument,
  empty: () => ({ programs: [], maps: [] }),
  async run(args, { json, styles }) {
    checkOptions(args, json);
    const { files, output, emit = output === undefined ? undefined : "elf", ...settings } = args;
    const filters: Filter[] = [];
    const opened = { ...settings, directMapValues: false };
    for (const file of files) filters.push(await openFilter(file, opened, { ir: emit === "ir" }));
    const objects = filters.flatMap(({ object }) => object ?? []);
    const body = describe(objects);
    const diagnostics = filters.flatMap((filter) => filter.diagnostics);
    if (emit === undefined) return { body, text: tableText(body, styles), diagnostics, filters };
    if (output === undefined) {
      if (emit === "elf") throw new Error("build: an ELF object without a file");
      const texts = await Promise.all(filters.map((filter) => emitted(filter, emit, styles)));
      return { body, text: texts.filter((text) => text !== "").join("\n"), diagnostics, filters };
    }
    const several = files.length > 1;
    if (several) makeFolder(output);
    for (const filter of filters) {
      const contents = await written(filter, emit);
      if (contents.length > 0) writeBytes(outputPath(output, filter.file, emit, several), contents);
    }
    return { body, text: tableText(body, styles), diagnostics, filters };
  },
};
