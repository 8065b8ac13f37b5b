// A compact notation of IR expressions for the tests of rules: `zext32(add64(x, 5))`. The leaves x and y are 64-bit loads, w, h and b loads
// of 4, 2 and 1 bytes, -w a sign-extended load of 4; numbers are constants. `a eq64 b` is a condition.
import type { IrFunction, ValueId } from "../../ir/function.ts";
import { parseModule } from "../../ir/parse.ts";

const leaves: Readonly<Record<string, string>> = {
  x: "load8 v0 +0",
  y: "load8 v0 +8",
  w: "load4 v0 +16",
  h: "load2 v0 +20",
  b: "load1 v0 +22",
  s: "loads4 v0 +24",
};

/** The function that returns the expression, or 1 or 0 for a condition. */
export function functionOf(text: string): IrFunction {
  const lines: string[] = [];
  let next = 1;
  const tokens = text.match(/[\w.-]+|[(),]/g) ?? [];
  let position = 0;
  const take = (token: string): boolean => {
    if (tokens[position] !== token) return false;
    position++;
    return true;
  };
  const define = (body: string): string => {
    const name = `v${next++}`;
    lines.push(`  ${name}: i64 = ${body}`);
    return name;
  };
  const expression = (): string => {
    const word = tokens[position++] ?? "";
    const leaf = leaves[word];
    if (leaf) return define(leaf);
    if (/^-?\d|^0x/.test(word)) return define(`const ${BigInt.asUintN(64, BigInt(word))}`);
    const args: string[] = [];
    if (!take("(")) throw new Error(`rules: ${word} in ${text}`);
    while (!take(")")) {
      args.push(expression());
      take(",");
    }
    return define(`${word} ${args.join(" ")}`);
  };
  const left = expression();
  const compare = tokens[position++];
  const end =
    compare === undefined
      ? [`  return ${left}`]
      : [
          `  branch ${compare} ${left} ${expression()} b1() b2()`,
          "b1():",
          "  v900: i64 = const 1",
          "  return v900",
          "b2():",
          "  v901: i64 = const 0",
          "  return v901",
        ];
  const [fn] = parseModule(
    ["function rule failure 0", "b0(v0: ptr.context):", ...lines, ...end, ""].join("\n"),
  ).functions;
  if (!fn) throw new Error(`rules: ${text} is no expression`);
  return fn;
}

/** The expression that a function of this form returns. */
export function expressionOf(fn: IrFunction): string {
  const insts = new Map(
    fn.blocks.flatMap((block) => block.insts).map((inst) => ["result" in inst ? inst.result : -1, inst]),
  );
  const show = (value: ValueId): string => {
    const inst = insts.get(value);
    if (inst?.op === "const") return String(inst.value < 1n << 63n ? inst.value : BigInt.asIntN(64, inst.value));
    if (inst?.op === "load")
      return (
        Object.entries(leaves).find(
          ([, text]) => text === `load${inst.signed ? "s" : ""}${inst.size} v0 +${inst.offset}`,
        )?.[0] ?? "?"
      );
    return inst && "args" in inst ? `${inst.op}(${inst.args.map(show).join(", ")})` : "?";
  };
  const { end } = fn.blocks[0] ?? {};
  switch (end?.op) {
    case "return":
      return show(end.args[0]);
    case "branch":
      return `${end.then.block === 2 ? "not " : ""}${show(end.args[0])} ${end.compare} ${show(end.args[1])}`;
    case "jump":
      return end.to.block === 1 ? "true" : "false";
    default:
      return "?";
  }
}
