// What to do about the verifier's common complaints (kernel/bpf/verifier.c, Linux 5.4 to 6.18), as rows: a pattern over
// the reason's text and the cure in terms of the source language. Pure data; the first row that matches is taken.

/** One family of complaints. */
export interface VerifierReasonRow {
  readonly pattern: RegExp;
  readonly help: string;
}

/** Complaints by pattern, the more specific first. */
export const verifierReasons: readonly VerifierReasonRow[] = [
  {
    pattern: /invalid access to packet|offset is outside of the packet/u,
    help: "check the bounds just before the access (`const header = ctx.packet.at(offset, Type); if (!header) return …`); a helper that moves the packet ends every earlier check",
  },
  {
    pattern: /invalid mem access '(?:map_value_or_null|\w+_or_null)'/u,
    help: "test the result for undefined before using it: `const entry = map.get(key); if (!entry) return …`",
  },
  {
    pattern: /invalid access to map value|invalid map value|value_size=\d+ off=/u,
    help: "the access leaves the map's value: bound the index first, for example with `if (index < length)` or `Math.min`",
  },
  {
    pattern:
      /unbounded memory access|min value is (?:negative|outside)|max value is outside|unbounded min value|R\d+ bitwise/u,
    help: "the verifier has lost the bounds of an index or a length: compare it with constants just before the access",
  },
  {
    pattern: /invalid mem access '(?:scalar|inv)'/u,
    help: "a number is used as an address: a pointer was changed by arithmetic, stored and loaded, or died in a helper call",
  },
  {
    pattern:
      /!read_ok|invalid (?:indirect )?(?:read from|access to|write to) stack|invalid stack|invalid (?:variable-offset )?(?:indirect )?(?:read|write|access) (?:from|to) (?:variable-offset )?stack/u,
    help: "something is read that no path has written: initialise it before (a struct literal fills its padding too)",
  },
  {
    pattern: /back-edge|infinite loop|loop detected/u,
    help: "give the loop a bound that the verifier can see: a constant, or `Math.min(n, LIMIT)`",
  },
  {
    pattern: /program is too large|too many states|sequence of \d+ jumps is too complex|too complex/u,
    help: "the verifier gave up after too many paths: `loop(count, body)` with a large count has it follow the body once (Linux 5.17), and -O2 makes simple choices without branches; else fewer iterations, fewer branches inside of loops, or several programs",
  },
  {
    pattern: /cannot call GPL-restricted function|GPL-only|GPL compatible/u,
    help: 'this helper is for GPL-compatible programs: export const license = "GPL" (or "Dual MIT/GPL")',
  },
  {
    pattern: /unknown func|invalid func|cannot use helper|helper call is not allowed|helper access to/u,
    help: "this kernel does not have the helper, or not for this type of program: compile with --target-kernel set to the kernel you run",
  },
  {
    pattern: /unknown opcode|uses reserved fields|invalid BPF_|BPF_ALU uses|BPF_ATOMIC/u,
    help: "this kernel does not know the instruction: compile with --target-kernel set to the kernel you run",
  },
  {
    pattern: /At program exit the register R0|R0 .*should have been/u,
    help: "return one of the verdicts that this type of program may give",
  },
  {
    pattern: /unreachable insn/u,
    help: "kernels refuse code that can never run: the object was not made by this compiler, or is damaged",
  },
  {
    pattern: /misaligned/u,
    help: "the access is not aligned to its size: read the field by bytes, or align the offset",
  },
  {
    pattern: /stack size|stack depth|combined stack/u,
    help: "the stack is 512 bytes for the whole chain of calls: make buffers smaller, or keep them in a perCpuArray map",
  },
  {
    pattern: /invalid bpf_context access|dereference of modified ctx ptr|cannot write into ctx/u,
    help: "this field of the context does not exist here, or is read-only for this type of program or kernel",
  },
  {
    pattern: /pointer arithmetic|math between|pointer comparison|prohibited|partial spill|leaks addr/u,
    help: "addresses are not numbers for the kernel: keep them out of arithmetic, maps and return values",
  },
  {
    pattern: /Unreleased reference|reference has not been acquired|lock/u,
    help: "release what was acquired on every path, before each return",
  },
  {
    pattern: /div(?:ision)? by zero|BPF_DIV/u,
    help: "make sure that the divisor is not the constant zero",
  },
];
