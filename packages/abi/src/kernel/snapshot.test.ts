// The hand-written rows against the checked-in snapshot of the kernel's contract.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ContextRow } from "./context-row.ts";
import { contexts } from "./contexts.ts";
import { helperByNumber, helperNames, helperSince, helpers, methodSince } from "./helpers/helpers.ts";
import { allPrograms } from "./helpers/program-sets.ts";
import type { HelperArg, HelperRow } from "./helpers/row.ts";
import { programKindNames } from "./program-kinds.ts";
import { programTypes } from "./program-types.ts";
import { socketLayouts } from "./sockets.ts";
import { uapi } from "./uapi.generated.ts";

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** Of an anonymous union. */
  readonly members?: readonly Member[];
}

/** The members of a layout, those of anonymous unions in their places. */
function flatten(members: readonly Member[], base = 0): readonly Member[] {
  return members.flatMap(({ name, offset, size, members: inner }) =>
    name === "" ? flatten(inner ?? [], base + offset) : [{ name, offset: base + offset, size }],
  );
}

/** Registers within another struct, and as words: newer kernels split the segments into unions. */
function wordsOf(members: readonly Member[]): readonly Member[] {
  return members.flatMap((member) => {
    if (member.name === "regs") return wordsOf(flatten(snapshot.layouts.pt_regs?.members ?? []));
    if (/^(cs|ss)$/.test(member.name)) return [{ ...member, size: 8 }];
    return /^(csx|ssx|fred_cs|fred_ss)$/.test(member.name) ? [] : [member];
  });
}

const snapshot = JSON.parse(readFileSync(new URL("../../snapshot/kernel.generated.json", import.meta.url), "utf8")) as {
  readonly layouts: Readonly<Record<string, { readonly size: number; readonly members: readonly Member[] }>>;
};

const rows: readonly (readonly [string, HelperRow])[] = Object.entries(helpers);

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

describe("uapi", () => {
  test("has the numbers that older headers lack", () => {
    expect(uapi.attachType).toMatchObject({ NETFILTER: 45, TCX_INGRESS: 46, TCX_EGRESS: 47, TRACE_UPROBE_MULTI: 48 });
    expect(uapi.mapType.ARENA).toBe(33);
  });

  test("has every helper: more than 200, without gaps", () => {
    const numbers = Object.values(uapi.helper).sort((a, b) => a - b);
    expect(numbers.length).toBeGreaterThan(200);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  test("flags keep their values, signed and wide ones too", () => {
    expect(uapi.constant).toMatchObject({
      BPF_F_CURRENT_NETNS: -1,
      BPF_F_CTXLEN_MASK: 0xfffff * 2 ** 32,
      BPF_EXIST: 2,
    });
    expect(uapi.tcAction).toMatchObject({ UNSPEC: -1, SHOT: 2 });
  });
});

describe("contexts agree with the kernel's layouts", () => {
  // Contexts without fields of their own are arrays, or what an author says.
  const structs = Object.entries<ContextRow>(contexts).filter(
    ([, { struct, fields }]) => struct !== "" && fields.length > 0,
  );
  test.each(structs)("%s", (_, row) => {
    const layout = snapshot.layouts[row.struct];
    expect(layout?.size).toBe(row.size);
    const fields = row.fields
      .filter(({ alias }) => !alias)
      .map(({ name, offset, size, count = 1 }) => ({ name, offset, size: size * count }));
    expect(fields).toEqual(wordsOf(flatten(layout?.members ?? [])));
  });

  test.each(Object.values<ContextRow>(contexts))("$struct: names and attach types exist", ({ fields }) => {
    for (const field of fields) {
      if (field.as !== undefined) expect(field.as).toBe(camelCase(field.name.replace(/^bpf_/, "")));
      for (const program of Object.keys(field.programs ?? {})) expect(Object.keys(programTypes)).toContain(program);
      const attached = field.attachTypes ?? [];
      const names = Array.isArray(attached) ? attached : Object.keys(attached);
      for (const attach of names) expect(Object.keys(uapi.attachType)).toContain(attach);
    }
  });
});

describe("helpers", () => {
  test.each(rows)("%s: number, symbol and name are one", (name, row) => {
    const kernelName = row.symbol.replace(/^bpf_/, "");
    expect((uapi.helper as Readonly<Record<string, number>>)[kernelName]).toBe(row.number);
    expect(name).toBe(camelCase(kernelName));
    expect(helperByNumber(row.number)).toBe(row);
  });

  test.each(rows)("%s: the method of ctx follows the naming rule", (_, { surface, symbol }) => {
    if (surface.on === "context") expect(surface.as).toBe(camelCase(symbol.replace(/^bpf_(xdp_|skb_|msg_)?/, "")));
  });

  test.each(rows)("%s: sizes refer to arguments that are sizes", (_, row) => {
    const sizes = row.args.filter((arg) => arg.is === "size").map((arg) => arg.name);
    const refers = (arg: HelperArg) =>
      arg.is !== "size" && "size" in arg && typeof arg.size === "string" ? [arg.size] : [];
    expect(row.args.flatMap(refers)).toEqual(sizes);
    expect(new Set(row.args.map((arg) => arg.name)).size).toBe(row.args.length);
    expect(row.args.length).toBeLessThanOrEqual(5);
  });

  test.each(rows)("%s: flags come last, and what has flags for its size names them", (_, { args, surface }) => {
    // Operations of maps take them last, wherever the helper does.
    if (surface.on === "map" || surface.on === "none") return;
    const order = surface.on === "context" ? surface.order : undefined;
    const listed = order ? order.flatMap((name) => args.filter((arg) => arg.name === name)) : args;
    const optional = listed.flatMap((arg) =>
      arg.is === "size" ? [] : [arg.is === "integer" && arg.optional === true],
    );
    expect([...optional].sort()).toEqual(optional);
    const sized = args.some((arg) => arg.is === "integer" && arg.bigEndian === "bySize");
    if (sized) expect(args.at(-1)).toMatchObject({ name: "flags", is: "integer" });
  });

  test("every helper of the header has a row", () => {
    const numbers = rows.map(([, row]) => row.number).sort((a, b) => a - b);
    expect(numbers).toEqual(Object.values(uapi.helper).filter((number) => number !== uapi.helper.unspec));
  });

  test.each(rows)("%s: attach types exist, of program types that may call it", (_, { attachTypes = {}, programs }) => {
    for (const [program, names] of Object.entries(attachTypes)) {
      expect(programs).toContain(program);
      expect(Object.keys(uapi.attachType)).toEqual(expect.arrayContaining([...names]));
    }
  });

  test.each(rows)("%s: an order names all arguments of the method", (_, { surface, args }) => {
    if (surface.on !== "context" || !surface.order) return;
    const filledIn = ["context", "size", "fixedWrite"];
    const written = args.filter(({ is }) => !filledIn.includes(is)).map(({ name }) => name);
    expect([...surface.order].sort()).toEqual(written.sort());
  });

  test.each(rows)("%s: program types exist", (_, { programs, programSince = {} }) => {
    for (const program of [...(programs === "all" ? [] : programs), ...Object.keys(programSince)]) {
      expect(allPrograms).toContain(program);
    }
  });

  test("what the kernel says changes packet data kills packet refs", () => {
    const killers = rows.filter(([, row]) => row.effects.includes("invalidatesPackets")).map(([name]) => name);
    expect(killers.sort()).toEqual([
      ...["cloneRedirect", "l3CsumReplace", "l4CsumReplace", "lwtPushEncap", "lwtSeg6Action", "lwtSeg6AdjustSrh"],
      ...["lwtSeg6StoreBytes", "msgPopData", "msgPullData", "msgPushData"],
      ...["skbAdjustRoom", "skbChangeHead", "skbChangeProto"],
      ...["skbChangeTail", "skbPullData", "skbStoreBytes", "skbVlanPop", "skbVlanPush", "storeHdrOpt", "tailCall"],
      ...["xdpAdjustHead", "xdpAdjustMeta", "xdpAdjustTail"],
    ]);
  });

  test("one name of a method means one helper of a program type", () => {
    for (const kind of programKindNames) {
      const names = rows.flatMap(([, row]) =>
        row.surface.on === "context" && methodSince(row, kind) !== undefined ? [row.surface.as] : [],
      );
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test("availability per program type", () => {
    expect(helperSince(helpers.redirect, "xdp")).toBe("4.14");
    expect(helperSince(helpers.mapLookupElem, "xdp"), "as old as XDP itself").toBe("4.8");
    expect(helperSince(helpers.redirect, "sched_cls")).toBe("4.4");
    expect(helperSince(helpers.redirect, "socket_filter")).toBeUndefined();
    expect(helperSince({ ...helpers.redirect, programs: ["tc"] }, "xdp")).toBeUndefined();
    expect(helperByNumber(0)).toBeUndefined();
    expect(helperNames).toContain("ktimeGetNs");
  });
});

describe("sockets agree with the kernel's layouts", () => {
  test.each([
    ["sock", "bpf_sock"],
    ["sock_common", "bpf_sock"],
    ["tcp_sock", "bpf_tcp_sock"],
  ] as const)("%s", (kind, struct) => {
    const { fields, size } = socketLayouts[kind];
    const layout = snapshot.layouts[struct];
    expect(size).toBe(layout?.size);
    const known = flatten(layout?.members ?? []).map((one) => ({ ...one, name: camelCase(one.name) }));
    for (const field of fields) {
      expect(known).toContainEqual({ name: field.name, offset: field.offset, size: field.layout.size });
    }
    if (kind !== "sock_common") expect(fields).toHaveLength(known.length);
  });
});
