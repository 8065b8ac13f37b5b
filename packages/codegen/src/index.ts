// TypeScript to BPF objects. `compile` throws on errors, `compileFile` collects them.
export { type Compiled, type CompileOptions, compile, compileFile } from "./compile.ts";
export type { IrFunction, IrModule } from "./ir/function.ts";
export { printFunction, printModule } from "./ir/print.ts";
export type { OptimizationLevel } from "./passes/pipeline.ts";
