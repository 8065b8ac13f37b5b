// The test bed: two network namespaces joined by a veth pair, and real traffic between them. It needs root and nothing
// but Node. All of it hangs on descriptors of this process, so nothing is left behind even when the process is killed.
//
//   host  veth0  10.42.0.1, fd42::1   ══════   veth1  10.42.0.2, 10.42.0.3, 10.42.0.4, fd42::2, fd42::3  peer
import { Netlink } from "../kernel/netlink.ts";
import { openSys, type Sys } from "../kernel/sys.ts";
import { createNamespace, type NetworkNamespace } from "./namespace.ts";
import type { PingResult } from "./ping.ts";
import { type SideOptions, TestbedSide } from "./side.ts";
import { type HttpOptions, type HttpResult, requestHttp, serveHttp } from "./traffic-http.ts";
import { countEchoes, serveEcho, type UdpOptions, type UdpResult } from "./traffic-udp.ts";

/** What differs from the default test bed. */
export interface TestbedOptions {
  readonly host?: SideOptions;
  readonly peer?: SideOptions;
}

/** Where traffic comes from and how long an answer may take. */
export interface TrafficOptions {
  /** An address of either side; the other side answers at `to`, default its first address of the same family. */
  readonly from: string;
  readonly to?: string;
  /** How many, 1 to 1000; default 3. */
  readonly count?: number;
  /** For all of them together; default 2000. An answer that comes is never waited for longer than it takes. */
  readonly timeoutMs?: number;
}

const defaultHost: SideOptions = { interface: "veth0", addresses: ["10.42.0.1/24", "fd42::1/64"] };
const defaultPeer: SideOptions = {
  interface: "veth1",
  addresses: ["10.42.0.2/24", "10.42.0.3/24", "10.42.0.4/24", "fd42::2/64", "fd42::3/64"],
};
const defaultCount = 3;
const mostPackets = 1000;
const defaultTimeoutMs = 2000;

interface Route {
  readonly source: TestbedSide;
  readonly target: TestbedSide;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly timeoutMs: number;
}

/** Two namespaces, a veth pair, and traffic between them. `await using` it. */
export class Testbed implements AsyncDisposable {
  /** The side where filters are attached. */
  readonly host: TestbedSide;
  /** The side where traffic comes from; it has several addresses, so that one of them can be blocked. */
  readonly peer: TestbedSide;
  /** Servers that traffic needs, started on first use: by side, kind and address. */
  readonly #servers = new Map<string, Promise<number>>();

  constructor(host: TestbedSide, peer: TestbedSide) {
    this.host = host;
    this.peer = peer;
  }

  #route(options: TrafficOptions): Route {
    const fromHost = this.host.addresses.includes(options.from);
    const [source, target] = fromHost ? [this.host, this.peer] : [this.peer, this.host];
    source.checkAddress(options.from);
    const to = options.to ?? target.addressFor(options.from);
    target.checkAddress(to);
    const count = Math.min(Math.max(Math.trunc(options.count ?? defaultCount), 1), mostPackets);
    return { source, target, from: options.from, to, count, timeoutMs: options.timeoutMs ?? defaultTimeoutMs };
  }

  #server(kind: string, address: string, start: () => Promise<number>): Promise<number> {
    const key = `${kind} ${address}`;
    const running = this.#servers.get(key) ?? start();
    this.#servers.set(key, running);
    return running;
  }

  /** ICMP echo requests: how many were answered. */
  async ping(options: TrafficOptions): Promise<PingResult> {
    const { source, from, to, count, timeoutMs } = this.#route(options);
    return source.ping({ from, to, count, timeoutMs });
  }

  /** UDP datagrams to an echo server on the other side: how many came back. */
  async udp(options: TrafficOptions & UdpOptions): Promise<UdpResult> {
    const route = this.#route(options);
    const port = options.port ?? 0;
    const bound = await this.#server(`udp ${port}`, route.to, () =>
      serveEcho(route.target, { address: route.to, port }),
    );
    const { source, from, count, timeoutMs } = route;
    return countEchoes(source, { from, to: { address: route.to, port: bound }, count, timeoutMs });
  }

  /** One HTTP request to a server on the other side; undefined when no answer comes in time. */
  async http(options: TrafficOptions & HttpOptions): Promise<HttpResult | undefined> {
    const route = this.#route(options);
    const port = options.port ?? 0;
    const bound = await this.#server(`http ${port}`, route.to, () =>
      serveHttp(route.target, { address: route.to, port }),
    );
    const { source, from, timeoutMs } = route;
    return requestHttp(source, { from, to: { address: route.to, port: bound }, timeoutMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.peer.close();
    this.host.close();
  }
}

function joinByVeth(
  sys: Sys,
  host: NetworkNamespace,
  peer: NetworkNamespace,
  names: { readonly host: string; readonly peer: string },
): void {
  using netlink = host.run(() => new Netlink(sys));
  netlink.createVeth({ name: names.host, namespace: host.fd }, { name: names.peer, namespace: peer.fd });
}

/**
 * Makes the two namespaces with a veth pair between them, up and addressed.
 * @throws DiagnosticError when this is not Linux, or the process may not; nothing is left behind then.
 */
export async function createTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const { host = defaultHost, peer = defaultPeer } = options;
  const sys = await openSys();
  const made: NetworkNamespace[] = [];
  try {
    for (let count = 0; count < 2; count++) made.push(await createNamespace(sys));
    const [near, far] = made;
    if (!near || !far) throw new Error("testing/testbed: two namespaces");
    joinByVeth(sys, near, far, { host: host.interface, peer: peer.interface });
    return new Testbed(new TestbedSide(sys, near, host), new TestbedSide(sys, far, peer));
  } catch (error) {
    for (const namespace of made) namespace[Symbol.dispose]();
    throw error;
  }
}
