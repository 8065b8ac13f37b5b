// A TCP proxy whose data path is in the kernel: it accepts a connection, makes one to the server, and joins the two. What
// comes before they are joined, and after the program is gone, goes through this process.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Loaded } from "@typebpf/loader";

/** The filter in the kernel. */
export type Redirector = Loaded<typeof import("./socket-redirector.bpf.ts")>;

/** Where a proxy's connections go. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
}

function endsOf({ localPort = 0, remotePort = 0 }: Socket): { readonly local: number; readonly remote: number } {
  return { local: localPort, remote: remotePort };
}

/** Joins two connections until one of them ends. */
function join({ maps }: Redirector, one: Socket, other: Socket): void {
  const pairs = [
    [one, other],
    [other, one],
  ] as const;
  for (const [from, to] of pairs) {
    const ends = endsOf(from);
    maps.joined.set(ends, { to: endsOf(to) });
    maps.sockets.set(ends, from);
    // The kernel takes a socket out of the map when it closes; the pair is ours to forget.
    from.once("close", () => {
      maps.joined.delete(ends);
      to.destroy();
    });
    from.on("error", () => to.destroy());
  }
  // What was there before, in user space.
  one.pipe(other).pipe(one);
}

/** A proxy in front of a server; `listen` on it. The filter's program must be attached. */
export function createProxy(redirector: Redirector, { host, port }: Upstream): Server {
  return createServer({ pauseOnConnect: true, noDelay: true }, async (client) => {
    client.on("error", () => client.destroy());
    const server = connect({ host, port, noDelay: true });
    try {
      await once(server, "connect");
    } catch {
      client.destroy();
      return;
    }
    join(redirector, client, server);
  });
}
