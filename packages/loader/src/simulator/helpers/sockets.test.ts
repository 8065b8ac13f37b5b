// Runs of programs on the data of sockets in the simulator: where data goes, which part is in view, what becomes of it.
import { compile } from "@typebpf/codegen";
import { expect, test } from "vitest";
import { load } from "../../load.ts";
import { simulator } from "../index.ts";

const source = `
import { reusePortSockArray, SK, skMsg, skReuseport, skSkb, sockHash, sockMap, u8, u32 } from "@typebpf/dsl";

export const byNumber = sockMap({ maxEntries: 4 });
export const byPort = sockHash({ key: u32, maxEntries: 4 });
export const group = reusePortSockArray({ maxEntries: 4 });

export const onward = skSkb.verdict((ctx) => byPort.redirect(ctx, ctx.localPort));
export const back = skMsg((ctx) => (ctx.applyBytes(2) === 0 ? byNumber.redirect(ctx, ctx.size, 1) : SK.PASS));
export const strange = skMsg((ctx) => byNumber.redirect(ctx, 0, 2));
export const change = skMsg((ctx) => {
  if (ctx.pullData(1, 3) !== 0) return SK.DROP;
  const seen = ctx.packet.length;
  const first = ctx.packet.at(0, u8);
  if (!first) return SK.DROP;
  first.value = u8(0x30 + seen);
  if (ctx.pushData(0, 2) !== 0 || ctx.popData(4, 1) !== 0) return SK.DROP;
  return ctx.size === 6 && ctx.popData(6, 1) === -22 && ctx.pullData(2, 2) === -22 ? SK.PASS : SK.DROP;
});
export const choose = skReuseport((ctx) => (group.select(ctx, u32(ctx.len)) === 0 ? SK.PASS : SK.DROP));
`;

async function filters() {
  const file = `${process.cwd()}/sockets.bpf.ts`;
  const object = await compile(file, { virtualFiles: new Map([[file, source]]) });
  const loaded = await load(object, simulator());
  for (const [name, key] of [
    ["byNumber", 3],
    ["byPort", 80],
    ["group", 2],
  ] as const)
    loaded.maps[name]?.set(key, 7);
  return (name: string, text: string, context = {}) => {
    const result = loaded.programs[name]?.run({ packet: Buffer.from(text), context });
    return { action: result?.action, redirect: result?.redirect, text: Buffer.from(result?.packet ?? []).toString() };
  };
}

const bytes = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);

test("data goes to the socket under a key, or is dropped", async () => {
  const run = await filters();
  expect(run("onward", "data", { localPort: 80 })).toEqual({
    action: "PASS",
    redirect: { map: "byPort", key: 80, keyBytes: bytes(80), flags: 0 },
    text: "data",
  });
  expect(run("onward", "data", { localPort: 81 })).toMatchObject({ action: "DROP", redirect: undefined });
  expect(run("back", "abc")).toMatchObject({ action: "PASS", redirect: { map: "byNumber", key: 3, flags: 1 } });
  expect(run("back", "ab")).toMatchObject({ action: "DROP", redirect: undefined });
  expect(run("strange", "abc")).toMatchObject({ action: "DROP", redirect: undefined });
});

test("a message is seen in part, grows and shrinks", async () => {
  const run = await filters();
  expect(run("change", "abcde")).toMatchObject({ action: "PASS", text: "\0\0a2de" });
  expect(run("change", "ab").action).toBe("DROP");
});

test("a socket of a group is chosen", async () => {
  const run = await filters();
  expect(run("choose", "ab")).toMatchObject({ action: "PASS", redirect: { map: "group", key: 2 } });
  expect(run("choose", "abc")).toMatchObject({ action: "DROP", redirect: undefined });
});
