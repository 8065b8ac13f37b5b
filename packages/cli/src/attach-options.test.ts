// Options of `attach` by type of program: what the loader is given, and what is refused with what fits.
import { type Diagnostic, DiagnosticError, type ProgramTypeName } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { type AttachSettings, attachOptionsOf, attachUsage } from "./attach-options.ts";

const accepted: readonly (readonly [type: ProgramTypeName, settings: AttachSettings, options: object])[] = [
  ["xdp", { interface: "eth0" }, { interface: "eth0" }],
  ["xdp", { interface: "3", mode: "generic" }, { interface: 3, mode: "generic" }],
  ["sched_cls", { interface: "lo", direction: "egress" }, { interface: "lo", direction: "egress" }],
  [
    "sched_cls",
    { interface: "lo", direction: "ingress", mode: "clsact", priority: "10", handle: "1" },
    { interface: "lo", direction: "ingress", mode: "clsact", priority: 10, handle: 1 },
  ],
  [
    "sched_cls",
    { interface: "lo", direction: "ingress", before: "link:7", after: "all" },
    { interface: "lo", direction: "ingress", before: { link: 7 }, after: "all" },
  ],
  ["socket_filter", { interface: "lo" }, { interface: "lo" }],
  ["cgroup_device", { cgroup: "/cg", mode: "exclusive" }, { cgroup: "/cg", mode: "exclusive" }],
  ["sock_ops", { cgroup: "/cg", replace: "7" }, { cgroup: "/cg", replace: 7 }],
  ["netfilter", { family: "ipv4", hook: "input", priority: "-5" }, { family: "ipv4", hook: "input", priority: -5 }],
  [
    "lwt_in",
    { to: "10.0.0.1", interface: "eth0", type: "local", replace: "yes", table: "255" },
    { to: "10.0.0.1", interface: "eth0", type: "local", replace: true, table: 255 },
  ],
  ["sk_msg", { map: "sockets" }, { map: "sockets" }],
  ["sk_lookup", {}, {}],
];

function refusal(type: ProgramTypeName, settings: AttachSettings): Diagnostic | undefined {
  try {
    attachOptionsOf(type, settings);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0];
    throw error;
  }
  return undefined;
}

const refused: readonly (readonly [type: ProgramTypeName, settings: AttachSettings, code: string, message: string])[] =
  [
    ["xdp", {}, "BPF6302", "attaching an XDP program needs --interface"],
    ["xdp", { interface: "lo", direction: "ingress" }, "BPF6309", "--direction is not for an XDP program"],
    ["xdp", { interface: "lo", mode: "tcx" }, "BPF6303", '--mode of an XDP program is native or generic, not "tcx"'],
    ["sk_skb", {}, "BPF6302", "attaching a sk_skb program needs --map"],
    ["lwt_out", { interface: "lo" }, "BPF6302", "attaching a lwt_out program needs --to"],
    ["netfilter", { family: "ipx" }, "BPF6303", '--family of a netfilter program is ipv4 or ipv6, not "ipx"'],
    ["sched_cls", { interface: "lo" }, "BPF6302", "attaching a tc program needs --direction"],
    [
      "sched_cls",
      { interface: "lo", direction: "up" },
      "BPF6303",
      '--direction of a tc program is ingress or egress, not "up"',
    ],
    [
      "sched_cls",
      { interface: "lo", direction: "egress", priority: "-1" },
      "BPF6303",
      "--priority -1: this is not a number",
    ],
    [
      "sched_cls",
      { interface: "lo", direction: "egress", after: "link" },
      "BPF6303",
      "--after link: this is not a program",
    ],
    ["socket_filter", { interface: "lo", mode: "tcx" }, "BPF6309", "--mode is not for a socket filter"],
    ["cgroup_skb", {}, "BPF6302", "attaching a cgroup_skb program needs --cgroup"],
    ["xdp", { interface: "lo", cgroup: "/cg" }, "BPF6309", "--cgroup is not for an XDP program"],
  ];

describe("options of attach", () => {
  test.each(accepted)("%s %j", (type, settings, options) => {
    expect(attachOptionsOf(type, settings)).toEqual(options);
  });

  test.each(refused)("%s %j is refused with %s", (type, settings, code, message) => {
    expect(refusal(type, settings)).toMatchObject({ code, message, help: expect.stringMatching(/\S/) });
  });

  test("the help has a line for each type", () => {
    expect(attachUsage()).toContain(
      "  a tc program takes --interface IF, --direction ingress|egress, --mode tcx|clsact",
    );
  });
});
