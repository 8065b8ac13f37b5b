// The catalogue and what it means for the exit status; what is thrown becomes diagnostics without a stack.
import { type Diagnostic, DiagnosticError } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { cliDiagnostic, cliDiagnostics, cliError, diagnosticsOf } from "./diagnostics.ts";
import { exitStatusOf } from "./exit-status.ts";

function withCode(code: Diagnostic["code"], severity: Diagnostic["severity"] = "error"): Diagnostic {
  return { code, severity, message: "", labels: [], notes: [] };
}

describe("diagnostics of the command line", () => {
  test("codes are unique and within the range of the command line", () => {
    const codes = Object.values(cliDiagnostics).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^BPF(63\d\d|6999)$/);
  });

  test("whose fault it is decides the exit status, and the gravest counts", () => {
    const program = ["BPF1004", "BPF2101", "BPF4003", "BPF5002", "BPF6100", "BPF6210", "BPF6214", "BPF6342"] as const;
    for (const code of program) expect(exitStatusOf([withCode(code)]), code).toBe(1);
    const environment = [
      "BPF6001",
      "BPF6110",
      "BPF6112",
      "BPF6150",
      "BPF6204",
      "BPF6211",
      "BPF6230",
      "BPF6300",
    ] as const;
    for (const code of environment) expect(exitStatusOf([withCode(code)]), code).toBe(2);
    expect(exitStatusOf([])).toBe(0);
    expect(exitStatusOf([withCode("BPF1004", "warning"), cliDiagnostic("cutPackets")])).toBe(0);
    expect(exitStatusOf([withCode("BPF1004"), withCode("BPF6204")])).toBe(2);
  });

  test("an unexpected error is reported without its stack, unless asked for", () => {
    const [quiet] = diagnosticsOf(new TypeError("x is not a function"), false);
    expect(quiet).toMatchObject({ code: "BPF6999", notes: ["x is not a function"] });
    expect(JSON.stringify(diagnosticsOf(new TypeError("x"), true))).toContain("diagnostics.test.ts");
    expect(diagnosticsOf(undefined, false)).toMatchObject([{ code: "BPF6999" }]);
    expect(diagnosticsOf(cliError("noPackets"), true)).toEqual([cliDiagnostic("noPackets")]);
    expect(diagnosticsOf(new DiagnosticError([]), true)).toEqual([]);
  });
});
