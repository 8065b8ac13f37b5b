// Spin locks in map values. Prototypes: kernel/bpf/helpers.c; between the two calls nothing else may be called
// (check_helper_call of kernel/bpf/verifier.c, Linux 6.12). Values that others change may be seen anew after each.
import { uapi } from "../uapi.generated.ts";
import { lockPrograms } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

const common = {
  since: "5.1",
  args: [{ name: "lock", is: "spinLock" }],
  returns: { is: "void" },
  license: "any",
  programs: lockPrograms,
  surface: { on: "none" },
} as const;

export const lockHelpers = {
  spinLock: {
    symbol: "bpf_spin_lock",
    number: uapi.helper.spin_lock,
    effects: ["impure", "writesMap", "acquiresLock"],
    doc: "Waits for the lock of a map's value and takes it.",
    ...common,
  },
  spinUnlock: {
    symbol: "bpf_spin_unlock",
    number: uapi.helper.spin_unlock,
    effects: ["impure", "writesMap", "releasesLock"],
    doc: "Gives the lock back.",
    ...common,
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
