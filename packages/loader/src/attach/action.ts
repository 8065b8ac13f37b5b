// Actions of traffic control (net/sched/act_bpf.c): the program is the action of a filter that takes every packet of one
// direction (cls_matchall), on clsact. Like filters it belongs to the interface (clsact.ts says what becomes of it).
import type { BackendLink } from "../backend.ts";
import type { ActionAttachOptions } from "../network-options.ts";
import { attachClsact } from "./clsact.ts";
import { findInterface } from "./interface.ts";
import { checkInterface, checkNames, checkNumber, checkWord, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";

/** Attaches an action. @throws DiagnosticError with what to do */
export function attachAction(program: Attachable, options: ActionAttachOptions): BackendLink {
  checkNames("tc action", options, ["interface", "direction", "priority"]);
  checkInterface(options.interface);
  const direction = checkWord("direction", options.direction, ["ingress", "egress"]);
  if (direction === undefined)
    return refuseOption("the direction is missing", 'give direction: "ingress" or direction: "egress"');
  const priority = checkNumber("priority", options.priority, 1, 0xffff);
  const device = findInterface(program.sys, options.interface);
  const place = { interface: options.interface, direction, ...(priority !== undefined && { priority }) };
  return attachClsact(program, device, place, "action");
}
