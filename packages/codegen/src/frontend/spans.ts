// Places in the author's modules: from nodes of the checker to spans as diagnostics and line tables carry them.
import type { Span } from "@typebpf/abi";
import type { ts } from "ts-morph";

/** Turns nodes and ranges into spans. */
export interface Spans {
  of(node: ts.Node): Span;
  range(file: ts.SourceFile, start: number, end: number): Span;
}

/** Spans whose files are named by `shown`. */
export function createSpans(shown: (path: string) => string): Spans {
  const range = (file: ts.SourceFile, start: number, end: number): Span => {
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    const lineEnd = file.getLineEndOfPosition(start);
    return {
      file: shown(file.fileName),
      line: line + 1,
      column: character + 1,
      length: Math.max(1, Math.min(end, lineEnd) - start),
    };
  };
  return {
    range,
    of: (node) => {
      const file = node.getSourceFile();
      return range(file, node.getStart(file), node.end);
    },
  };
}
