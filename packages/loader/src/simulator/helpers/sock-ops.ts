// Callbacks of a TCP connection that a program turns on and off (bpf_sock_ops_cb_flags_set of net/core/filter.c, Linux 6.12).
import { contexts, uapi } from "@typebpf/abi";
import { errno } from "../../errno.ts";
import { anyContext } from "./task.ts";
import { giveBack, type Implementation, int } from "./world.ts";

const offsetOf = (name: string): number =>
  contexts.bpf_sock_ops.fields.find((field) => field.name === name)?.offset ?? 0;
const isFullSocket = offsetOf("is_fullsock");
const callbackFlags = offsetOf("bpf_sock_ops_cb_flags");
const known = uapi.constant.BPF_SOCK_OPS_ALL_CB_FLAGS;

export const sockOpsCbFlagsSet: Implementation = (world) => {
  anyContext(world);
  const flags = int(world, 2);
  const { view } = world.struct;
  if (view.getUint32(isFullSocket, true) === 0) return giveBack(world, -errno.EINVAL);
  view.setUint32(callbackFlags, flags & known, true);
  giveBack(world, flags & ~known);
};
