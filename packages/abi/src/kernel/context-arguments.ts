// Arguments of a function of the kernel, 64 bits each (kernel/bpf/btf.c, btf_ctx_access; MAX_BPF_FUNC_ARGS). Behind them the
// result, where there is one. Iterators see their objects in the same form.
import type { ContextRow } from "./context-row.ts";

/** Row of the context `arguments`. */
export const argumentsContext = {
  struct: "",
  size: 96,
  fields: [
    {
      name: "args",
      as: "args",
      offset: 0,
      size: 8,
      count: 12,
      access: "read",
      is: "integer",
      since: "5.5",
      doc: "The arguments of the function, then its result where the program runs as it returns.",
    },
  ],
} as const satisfies ContextRow;
