// TypeScript's findings in our shape: codes by what the author did wrong, TypeScript's own text and number, and help
// that fits filters. A table from TypeScript's numbers; the rest is BPF2001.
import { type Diagnostic, diagnostic } from "@typebpf/abi";
import { ts } from "ts-morph";
import { type FrontendDiagnostic, frontendDiagnostics } from "../diagnostics.ts";
import type { Spans } from "./spans.ts";

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

/** Findings about operands and assignments, told apart by the types that TypeScript's text names. */
const byText: ReadonlySet<number> = new Set([2322, 2345, 2365, 2367, 2362, 2363, 2769]);

const texts: readonly (readonly [RegExp, FrontendDiagnostic])[] = [
  [/'XdpAction'|\[action\]|"xdp"/, "verdict"],
  [/type 'number' is not assignable to type '(bigint|u64|i64)'/i, "mixedIntegers"],
  [/type '-?[\d.]+' is not assignable to type '(bigint|u64|i64)'/i, "mixedIntegers"],
  [/type '(bigint|u64|i64|-?\d+n)' is not assignable to type '(number|u8|u16|u32|i8|i16|i32)'/i, "mixedIntegers"],
  [/cannot be applied to types '(bigint|u64|i64|-?\d+n)' and '(number|u8|u16|u32|i8|i16|i32|-?\d+)'/, "mixedIntegers"],
  [/cannot be applied to types '(number|u8|u16|u32|i8|i16|i32|-?\d+)' and '(bigint|u64|i64|-?\d+n)'/, "mixedIntegers"],
  [/types '(bigint|u64|i64|-?\d+n)' and '(number|u8|u16|u32|i8|i16|i32|-?\d+)' have no overlap/, "mixedComparison"],
  [/types '(number|u8|u16|u32|i8|i16|i32|-?\d+)' and '(bigint|u64|i64|-?\d+n)' have no overlap/, "mixedComparison"],
  [/is not assignable to type '(u8|u16|u32|i8|i16|i32)'|type 'Sized</, "narrowing"],
  [/'u64'.*'i64'|'i64'.*'u64'/s, "mixedSigns"],
  [/'undefined' is not assignable|undefined' is not assignable/, "possiblyUndefined"],
];

/** A finding of the checker or the parser. `syntax` is true for the parser's. */
export function fromTypeScript(one: ts.Diagnostic, spans: Spans, syntax: boolean): Diagnostic {
  const message = ts.flattenDiagnosticMessageText(one.messageText, "\n");
  const specifier = moduleSpecifier(one);
  const name = syntax ? "syntax" : specifier ? "unknownModule" : rowOf(one.code, message);
  const related = one.relatedInformation ?? [];
  const missing = name === "unknownName" ? /^Cannot find name '([^']+)'/.exec(message)?.[1] : undefined;
  const own = specifier ? `cannot find the module ${specifier.text}` : missing && `${missing} does not exist here`;
  // The layers of TypeScript's explanation below a flavour only tell how flavours are made.
  const layers = /\[(width|action)\]/.test(message) ? [] : message.split("\n").slice(1);
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
    ...help(name, message),
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
  if (!byText.has(code)) return "type";
  return texts.find(([pattern]) => pattern.test(message))?.[1] ?? "type";
}

function help(name: FrontendDiagnostic, message: string): { readonly help?: string } {
  const suggested = /Did you mean '([^']+)'/.exec(message)?.[1];
  if (suggested) return { help: `write ${suggested}` };
  if (name === "possiblyUndefined") {
    const value = /^'([^']+)' is possibly/.exec(message)?.[1];
    return value ? { help: `check it first: if (!${value}) return …` } : {};
  }
  if (name === "narrowing") {
    const width = /to type '([ui]\d+)'/.exec(message)?.[1];
    return width ? { help: `cast it: ${width}(…)` } : {};
  }
  const member = /exported member '([^']+)'/.exec(message)?.[1];
  if (member) return { help: `the module exports no ${member}; see its declarations` };
  const missing = name === "unknownName" ? /name '([^']+)'/.exec(message)?.[1] : undefined;
  return missing ? { help: `${missing} is neither declared nor imported, and the kernel has none` } : {};
}
