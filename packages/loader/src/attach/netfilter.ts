// Programs at a hook of the packet filter, by link (net/netfilter/nf_bpf_link.c, Linux 6.4), in the network namespace of the
// calling thread. A hook runs its programs and rules by priority; only one has the same priority.
import { uapi } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnos } from "../kernel/errno.ts";
import type { NetfilterAttachOptions } from "../network-options.ts";
import { createLink, type Refusal } from "./create-link.ts";
import { checkNames, checkNumber, checkWord, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";

/** `NFPROTO_*` */
const families = { ipv4: 2, ipv6: 10 } as const;
/** `NF_INET_*` */
const hooks = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;
/** The kernel keeps the least and the greatest for itself. */
const LEAST = -0x7fff_ffff;
const MOST = 0x7fff_fffe;

const refusals: ReadonlyMap<number, Refusal> = new Map([
  [
    errnos.EBUSY,
    {
      row: kernelDiagnostics.busy,
      message: "another program has this priority at the hook",
      help: "choose another priority",
    },
  ],
  [
    errnos.ENOENT,
    {
      row: kernelDiagnostics.attachRefused,
      message: "the kernel cannot put fragments together: it has no nf_defrag_ipv4 or nf_defrag_ipv6",
      help: "leave defragment out, or load the module",
    },
  ],
  [
    errnos.EOPNOTSUPP,
    {
      row: kernelDiagnostics.attachRefused,
      message: "the kernel knows no such option (defragment: Linux 6.6)",
    },
  ],
]);

/** Attaches to a hook. @throws DiagnosticError with what to do */
export function attachNetfilter(program: Attachable, options: NetfilterAttachOptions): BackendLink {
  checkNames("netfilter", options, ["family", "hook", "priority", "defragment"]);
  const family = checkWord("family", options.family, ["ipv4", "ipv6"]);
  const hook = checkWord("hook", options.hook, ["prerouting", "input", "forward", "output", "postrouting"]);
  const priority = checkNumber("priority", options.priority, LEAST, MOST);
  if (family === undefined) return refuseOption("the family is missing", 'give family: "ipv4" or family: "ipv6"');
  if (hook === undefined)
    return refuseOption(
      "the hook is missing",
      'give hook: "prerouting", "input", "forward", "output" or "postrouting"',
    );
  if (priority === undefined)
    return refuseOption("the priority is missing", "give priority: 0, or where among the hook's rules it runs");
  return createLink(program, {
    target: 0,
    where: `netfilter ${family} ${hook} (priority ${priority})`,
    refusals,
    fill: (attr) => {
      attr
        .set("netfilter.pf", families[family])
        .set("netfilter.hooknum", hooks[hook])
        .set("netfilter.priority", priority);
      attr.set("netfilter.flags", options.defragment ? uapi.constant.BPF_F_NETFILTER_IP_DEFRAG : 0);
    },
  });
}
