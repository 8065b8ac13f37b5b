// The declarations of the kernel's events for one program. There are more than a thousand, and parsing them takes longer
// than checking a filter, so the checker is given those that the author's modules name. An event that nobody knows is
// found where TypeScript has no overload for it.
import { nearestTracepoint, tracepointFields } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { FrontendDiagnostic } from "../diagnostics.ts";
import type { Reporter } from "./reporter.ts";
import type { Refusal } from "./subset.ts";

/** A call whose event is written out; any other needs all the declarations. */
const writtenOut = /^\s*\(\s*["'`][\w/:]+["'`]/;

/** A member of `TracepointEvents`. */
const eventMember = /^ {2}"([\w:]+)": (?:\{[^}]*\}|\w+);\n/gm;

/** Names that may be those of events; undefined where an event is named otherwise than by a text. */
function namesIn(text: string): readonly string[] | undefined {
  const calls = text.split(/\btracepoint\b/).slice(1);
  if (calls.some((rest) => /^\s*\(/.test(rest) && !writtenOut.test(rest))) return undefined;
  return calls.length === 0 ? [] : [...text.matchAll(/\w+:\w+/g)].map(([name]) => name);
}

/** Of the declarations in `declarations` those that modules with these texts need. */
export function eventDeclarations(declarations: string, texts: readonly string[]): string {
  const named = new Set<string>();
  for (const text of texts) {
    const names = namesIn(text);
    if (!names) return declarations;
    for (const name of names) named.add(name);
  }
  return declarations.replaceAll(eventMember, (member, name: string) => (named.has(name) ? member : ""));
}

/** `tracepoint("group:name", …)` around a node. */
function tracepointCall(node: ts.Node | undefined): ts.CallExpression | undefined {
  for (let one = node; one; one = one.parent) {
    if (ts.isCallExpression(one) && ts.isIdentifier(one.expression) && one.expression.text === "tracepoint") return one;
  }
  return undefined;
}

function nodeAt(file: ts.SourceFile, position: number): ts.Node | undefined {
  const within = (node: ts.Node): ts.Node =>
    ts.forEachChild(node, (child) => (child.pos <= position && position < child.end ? within(child) : undefined)) ??
    node;
  return within(file);
}

/** Reports the events that nobody knows, of calls in which TypeScript found something; its findings there are covered. */
export function reportUnknownEvents(
  file: ts.SourceFile,
  findings: readonly ts.Diagnostic[],
  reporter: Reporter,
): readonly Refusal[] {
  const calls = new Set(findings.map(({ start = 0 }) => tracepointCall(nodeAt(file, start))));
  return [...calls].flatMap((call): readonly Refusal[] => {
    const [target, handler] = call?.arguments ?? [];
    if (!call || !target || !handler || !ts.isStringLiteralLike(target) || tracepointFields(target.text)) return [];
    if (!ts.isArrowFunction(handler) && !ts.isFunctionExpression(handler)) return [];
    const name: FrontendDiagnostic = "unknownEvent";
    const near = nearestTracepoint(target.text);
    reporter.report(name, target, {
      message: `no event ${target.text} is known`,
      ...(near !== undefined && { help: `did you mean ${near}?` }),
    });
    return [{ name, at: target, covers: call }];
  });
}
