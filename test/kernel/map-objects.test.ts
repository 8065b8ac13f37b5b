// Maps that hold programs, maps, devices, CPUs and sockets by their handles, the same in the simulator and in the kernel.

import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import type { CpuMapHandle, DeviceMapHandle } from "../../packages/loader/src/handles/devices.ts";
import type { MapHandle } from "../../packages/loader/src/handles/map.ts";
import type { MapOfMapsHandle } from "../../packages/loader/src/handles/map-of-maps.ts";
import type {
  ProgramArrayHandle,
  SocketMapHandle,
  WriteOnlyArrayHandle,
} from "../../packages/loader/src/handles/references.ts";
import { type AnyLoaded, describeBoth, type Place } from "./both.ts";
import { diagnosticOf, map, object, present, program } from "./objects.ts";

const { u32, u64 } = scalarLayouts;
const packet = new Uint8Array(60);
const jump = "r2 = map jumps\nr3 = 1\ncall 12\nw0 = 7\nexit";
const programs = [program("main", jump), program("first", "w0 = 1\nexit"), program("second", "w0 = 2\nexit")];

function jumpsOf(loaded: AnyLoaded): ProgramArrayHandle {
  return present(loaded.maps.jumps) as unknown as ProgramArrayHandle;
}

const run = (loaded: AnyLoaded): number => present(loaded.programs.main).run(packet).retval;

describeBoth("an array of programs", (place) => {
  const load = (names?: readonly (string | null)[], more = programs) =>
    place.load(object(more, [map("jumps", { type: "progArray", value: u32, ...(names && { programs: names }) })]));

  test("goes where user space says", async () => {
    using loaded = await load();
    const jumps = jumpsOf(loaded);
    const { first, second } = loaded.programs;
    expect([run(loaded), jumps.get(1), jumps.has(1), [...jumps]]).toEqual([7, undefined, false, []]);
    jumps.set(1, present(first));
    expect(run(loaded)).toBe(1);
    jumps.set(1, present(second));
    expect(run(loaded)).toBe(2);
    const id = present(jumps.get(1));
    expect([...jumps]).toEqual([[1, id]]);
    jumps.set(3, present(second));
    expect([jumps.size, jumps.get(3)]).toEqual([2, id]);
    expect([jumps.delete(1), jumps.delete(1), run(loaded)]).toEqual([true, false, 7]);
    jumps.clear();
    expect(jumps.size).toBe(0);
  });

  test("is filled when the object is loaded", async () => {
    using loaded = await load([null, "second"]);
    expect([run(loaded), jumpsOf(loaded).size]).toEqual([2, 1]);
  });

  test("refuses what it cannot hold", async () => {
    using loaded = await load(undefined, [...programs, program("other", "w0 = 0\nexit", "sched_cls")]);
    const jumps = jumpsOf(loaded);
    jumps.set(0, present(loaded.programs.first));
    const codeOf = async (index: number, value: unknown): Promise<string> =>
      (await diagnosticOf(() => jumps.set(index, value as number))).code;
    expect(await codeOf(4, present(loaded.programs.first))).toBe("BPF6161");
    expect(await codeOf(1, present(loaded.programs.other))).toBe("BPF6167");
    expect(await codeOf(1, 0x7fff_ffff)).toBe("BPF6167");
    expect(await codeOf(1, -1)).toBe("BPF6150");
    expect(await codeOf(1, "first")).toBe("BPF6151");
    expect((await diagnosticOf(() => jumps.set(1, present(loaded.programs.first), 1))).code).toBe("BPF6167");
    expect(jumps.get(4)).toBeUndefined();
    loaded.close();
    expect((await diagnosticOf(() => jumps.get(0))).code).toBe("BPF6005");
  });
});

describeBoth("maps of maps", (place) => {
  type Inner = MapHandle<number, number, bigint, bigint>;
  const inner = { type: "hash", key: u32, value: u64, maxEntries: 4, flags: 0 } as const;
  const open = (type: "arrayOfMaps" | "hashOfMaps") =>
    place.open<MapOfMapsHandle<number, number, Inner>>(type, { value: u32, maxEntries: 2, inner });

  test.each(["arrayOfMaps", "hashOfMaps"] as const)(
    "%s: maps are made by the template and found again",
    async (type) => {
      using opened = await open(type);
      const { m } = opened;
      const [one, two] = [m.create("one"), m.create()];
      one.set(1, 10n);
      two.set(1, 20n);
      m.set(0, one);
      m.set(1, two);
      expect([m.get(0), m.get(1)]).toEqual([one, two]);
      expect([m.get(0)?.get(1), m.get(1)?.get(1), m.has(0), m.has(7)]).toEqual([10n, 20n, true, false]);
      const found = new Map(m.entries());
      expect([found.size, found.get(1)?.get(1)]).toEqual([2, 20n]);
      expect([m.delete(1), m.delete(1), m.get(1), m.size]).toEqual([true, false, undefined, 1]);
    },
  );

  test("a full one, and a map that is not like the template", async () => {
    const other = map("other", { type: "array", value: u64 });
    const same = map("same", { ...inner });
    using loaded = await place.load(
      object([], [map("m", { type: "hashOfMaps", value: u32, maxEntries: 2, inner }), other, same]),
    );
    const m = present(loaded.maps.m) as unknown as MapOfMapsHandle<number, number, Inner>;
    m.set(5, present(loaded.maps.same));
    m.set(6, m.create());
    expect((await diagnosticOf(() => m.set(7, m.create()))).code).toBe("BPF6160");
    expect((await diagnosticOf(() => m.set(6, present(loaded.maps.other)))).code).toBe("BPF6167");
    present(loaded.maps.same).set(3, 33n);
    expect(m.get(5)?.get(3)).toBe(33n);
    expect((await diagnosticOf(() => m.set(5, m.create(), 1))).code).toBe("BPF6162");
  });
});

describeBoth("maps of devices and CPUs", (place) => {
  const pair = structLayout("bpf_devmap_val", { ifindex: u32, program: u32 });

  test.each(["devMap", "devMapHash"] as const)("%s", async (type) => {
    using opened = await place.open<DeviceMapHandle>(type, { value: pair, maxEntries: 4 });
    const { m } = opened;
    expect([m.get(0), m.size]).toEqual([undefined, 0]);
    m.set(2, { interface: 1 });
    expect([m.get(2), [...m]]).toEqual([{ interface: 1, program: 0 }, [[2, { interface: 1, program: 0 }]]]);
    expect([m.delete(2), m.delete(2), m.size]).toEqual([true, false, 0]);
    const codeOf = async (value: object): Promise<string> => (await diagnosticOf(() => m.set(0, value as never))).code;
    expect(await codeOf({ device: 1 })).toBe("BPF6152");
    expect(await codeOf({ interface: 1n })).toBe("BPF6151");
    expect(await codeOf({ interface: 1, program: 0x7fff_ffff })).toBe("BPF6167");
  });

  test("values without room for a program", async () => {
    using opened = await place.open<DeviceMapHandle>("devMap", { value: u32 });
    opened.m.set(0, { interface: 1 });
    expect(opened.m.get(0)).toEqual({ interface: 1, program: 0 });
    expect((await diagnosticOf(() => opened.m.set(0, { interface: 1, program: 3 }))).code).toBe("BPF6152");
  });

  test("CPUs", async () => {
    using opened = await place.open<CpuMapHandle>("cpuMap", {
      value: structLayout("bpf_cpumap_val", { qsize: u32, program: u32 }),
    });
    const { m } = opened;
    m.set(0, { queueSize: 64 });
    expect([m.get(0), m.get(1)]).toEqual([{ queueSize: 64, program: 0 }, undefined]);
    expect([m.delete(0), m.delete(0)]).toEqual([true, false]);
    expect((await diagnosticOf(() => m.set(0, { queueSize: -1 }))).code).toBe("BPF6150");
  });
});

/** A connection over loopback; its ends are open until it is disposed. */
async function connection() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const client = connect(typeof address === "object" && address ? address.port : 0, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [Socket];
  if (client.connecting) await once(client, "connect");
  const close = (): void => {
    client.destroy();
    accepted.destroy();
    server.close();
  };
  return { client, accepted, [Symbol.dispose]: close };
}

/** A socket as the back end takes it: the simulator has none, so any number will do. */
function socketIn(place: Place, socket: Socket): Socket | number {
  return place.kind === "kernel" ? socket : 1000;
}

describeBoth("maps of sockets", (place) => {
  test.each(["sockMap", "sockHash"] as const)("%s: a cookie comes back", async (type) => {
    using pair = await connection();
    using opened = await place.open<SocketMapHandle<number, number>>(type, { value: u64, maxEntries: 2 });
    const { m } = opened;
    expect(m.get(1)).toBeUndefined();
    m.set(1, socketIn(place, pair.client));
    expect([typeof m.get(1), m.has(0), m.has(1), m.size]).toEqual(["bigint", false, true, 1]);
    expect([m.delete(1), m.delete(1), m.has(1)]).toEqual([true, false, false]);
    expect((await diagnosticOf(() => m.set(1, socketIn(place, pair.accepted), 2))).code).toBe("BPF6163");
  });

  test("values too small for a cookie can be written, not read", async () => {
    using pair = await connection();
    using opened = await place.open<SocketMapHandle<number, number>>("sockMap", { value: u32, maxEntries: 2 });
    opened.m.set(1, socketIn(place, pair.client));
    expect((await diagnosticOf(() => opened.m.get(1))).code).toBe("BPF6165");
  });

  test.runIf(place.kind === "kernel")("what is no socket, or is closed", async () => {
    using pair = await connection();
    using opened = await place.open<SocketMapHandle<number, number>>("sockMap", { value: u64, maxEntries: 2 });
    const file = openSync("/dev/null", "r");
    expect((await diagnosticOf(() => opened.m.set(1, file))).code).toBe("BPF6167");
    pair.client.destroy();
    expect((await diagnosticOf(() => opened.m.set(1, pair.client))).code).toBe("BPF6238");
    using sockets = await place.open<WriteOnlyArrayHandle<number>>("xskMap", { value: u32, maxEntries: 2 });
    expect((await diagnosticOf(() => sockets.m.set(1, file))).code).toBe("BPF6167");
    sockets.m.clear();
    closeSync(file);
  });
});
