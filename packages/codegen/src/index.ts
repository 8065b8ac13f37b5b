// TypeScript to BPF objects. `compile` throws on errors, `compileFile` collects them;
// a compiler of one's own (`createCompiler`) remembers what nothing has changed for.
export {
  type Compiled,
  type CompileOptions,
  type Compiler,
  compile,
  compileFile,
  createCompiler,
} from "./compile.ts";
export type { Input } from "./frontend/source-files.ts";
export type { IrFunction, IrModule } from "./ir/function.ts";
export { printFunction, printModule } from "./ir/print.ts";
export type { OptimizationLevel } from "./passes/pipeline.ts";
