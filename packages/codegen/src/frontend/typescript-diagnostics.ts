// TypeScript's findings in our shape: codes by what the author did wrong, TypeScript's own text and number, and help
// that fits filters. A table from TypeScript's numbers; the rest is BPF2001.
import { type Diagnostic, diagnostic } from "@typebpf/abi";
import { ts } from "ts-morph";
import { type FrontendDiagnostic, frontendDiagnostics } from "../diagnostics.ts";
import { assignedPair, operandPair, rowOfAssignment, rowOfOperands } from "./assignability.ts";
import type { Spans } from "./spans.ts";
import { helpFor } from "./typescript-help.ts";
import type { Knowledge } from "./typescript-knowledge.ts";

const codes: ReadonlyMap<number, FrontendDiagnostic> = new Map<number, FrontendDiagnostic>([
  [2304, "unknownName"],
  [2305, "unknownName"],
  [2724, "unknownName"],
  [2503, "unknownName"],
  [2552, "unknownName"],
  [2580, "unknownName"],
  [2583, "unknownName"],
  [2584, "unknownName"],
  [2318, "unknownName"],
  [2531, "possiblyUndefined"],
  [2532, "possiblyUndefined"],
  [2533, "possiblyUndefined"],
  [18047, "possiblyUndefined"],
  [18048, "possiblyUndefined"],
  [18049, "possiblyUndefined"],
  [2339, "unknownProperty"],
  [2551, "unknownProperty"],
  [2550, "unknownProperty"],
  [2353, "unknownProperty"],
  [2561, "unknownProperty"],
  [2307, "unknownModule"],
  [2792, "unknownModule"],
  [2882, "unknownModule"],
  [2540, "readOnly"],
  [2542, "readOnly"],
  [2588, "readOnly"],
  [2366, "missingReturn"],
  [2355, "missingReturn"],
  [7030, "missingReturn"],
  [7005, "implicitAny"],
  [7006, "implicitAny"],
  [7031, "implicitAny"],
  [7034, "implicitAny"],
]);

const assignments: ReadonlySet<number> = new Set([2322, 2345, 2769]);
const operators: ReadonlySet<number> = new Set([2365, 2362, 2363]);
const comparisons: ReadonlySet<number> = new Set([2367]);

/** Texts about flavours that are no pair of integers. */
const verdict = /'\w*(Action|Verdict)'|\[action\]/;
const sized = /type 'Sized</;

/** A finding of the checker or the parser. Without knowledge it is the parser's. */
export function fromTypeScript(one: ts.Diagnostic, spans: Spans, knowledge?: Knowledge): Diagnostic {
  const message = ts.flattenDiagnosticMessageText(one.messageText, "\n");
  const specifier = moduleSpecifier(one);
  const name = !knowledge ? "syntax" : specifier ? "unknownModule" : rowOf(one.code, message);
  const related = one.relatedInformation ?? [];
  const property = /^Property '([^']+)' does not exist on type '\{/.exec(message)?.[1];
  const missing = name === "unknownName" ? /^Cannot find name '([^']+)'/.exec(message)?.[1] : undefined;
  const absent = missing ?? property;
  const own = specifier ? `cannot find the module ${specifier.text}` : absent && `${absent} does not exist here`;
  // The layers of TypeScript's explanation below a flavour only tell how flavours are made.
  const layers = /\[(width|action)\]/.test(message) ? [] : message.split("\n").slice(1);
  const help = knowledge && !specifier ? helpFor(one, name, message, knowledge) : undefined;
  return diagnostic(frontendDiagnostics[name], {
    message: own ?? firstLine(message),
    ...(one.file && { at: spans.range(one.file, one.start ?? 0, (one.start ?? 0) + (one.length ?? 1)) }),
    labels: related.flatMap(({ file, start, length, messageText }) =>
      file && start !== undefined && !file.isDeclarationFile
        ? [
            {
              at: spans.range(file, start, start + (length ?? 1)),
              message: firstLine(ts.flattenDiagnosticMessageText(messageText, "\n")),
            },
          ]
        : [],
    ),
    notes: [...layers.map((line) => line.trim()), `TypeScript: TS${one.code}`],
    ...(help !== undefined && { help }),
  });
}

/** The module specifier that a finding is about: one that leads nowhere. */
function moduleSpecifier({ file, start }: ts.Diagnostic): ts.StringLiteral | undefined {
  for (const statement of file?.statements ?? []) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const { moduleSpecifier: specifier } = statement;
    if (specifier && ts.isStringLiteral(specifier) && specifier.getStart() === start) return specifier;
  }
  return undefined;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}

function rowOf(code: number, message: string): FrontendDiagnostic {
  const row = codes.get(code);
  if (row) return row;
  if (comparisons.has(code) || operators.has(code)) {
    const pair = operandPair(message);
    return (pair && rowOfOperands(pair, comparisons.has(code))) ?? "type";
  }
  if (!assignments.has(code)) return "type";
  if (verdict.test(message)) return "verdict";
  const pair = assignedPair(message);
  return (pair && rowOfAssignment(pair)) ?? (sized.test(message) ? "narrowing" : "type");
}
