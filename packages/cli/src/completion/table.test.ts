// The table that completion scripts are made from: what commander knows, and nothing else.
import { Command } from "commander";
import { expect, test } from "vitest";
import { commandTable } from "./table.ts";

test("the table is commander's own", () => {
  const program = new Command("x");
  program.command("go").description("goes").argument("<file>").option("-f, --fast <how>", "faster");
  expect(commandTable(program)[0]).toEqual({
    name: "go",
    description: "goes",
    options: [
      { flags: ["-f", "--fast"], description: "faster", value: { name: "how", kind: "any" } },
      { flags: ["-h", "--help"], description: "display help for command" },
    ],
    argument: { kind: "file" },
  });
});
