// BTF of objects that others compiled, of both byte orders and several years of clang: every one decodes, comes back from
// its bytes, and prints as C.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readFile } from "../object/elf/file.ts";
import { decodeBtf } from "./decode.ts";
import { encodeBtf } from "./encode.ts";
import { decodeBtfExt } from "./ext.ts";
import { formatBtf } from "./format.ts";

const folder = fileURLToPath(new URL("../../../../../shared/conformance/objects/", import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(o|elf)$/.test(name)) : [];

describe.skipIf(files.length === 0)(
  `objects${files.length === 0 ? " (missing: ../shared/conformance/objects)" : ""}`,
  () => {
    test.each(files.length === 0 ? ["none"] : files)("%s", (name) => {
      const { sections } = readFile(new Uint8Array(readFileSync(`${folder}${name}`)));
      const bytes = sections.find((one) => one.name === ".BTF")?.data;
      if (!bytes) return expect(name).toContain("nobtf");
      const btf = decodeBtf(bytes);
      if ("code" in btf) throw new Error(btf.message);
      expect(decodeBtf(encodeBtf(btf.types, btf))).toEqual(btf);
      expect(formatBtf(btf.types)).toContain("#pragma once");
      const ext = sections.find((one) => one.name === ".BTF.ext")?.data;
      if (ext) expect(decodeBtfExt(ext, bytes)).toHaveProperty("functions");
    });
  },
);
