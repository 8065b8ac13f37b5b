// One side of the test bed: a network namespace with one end of the veth pair, and sockets that live there. What it hands
// out is closed when the test bed is disposed.
import type { Socket as DatagramSocket } from "node:dgram";
import type { Server, Socket } from "node:net";
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { Netlink, type NetworkInterface } from "../kernel/netlink.ts";
import type { Sys } from "../kernel/sys.ts";
import { type Capture, startCapture } from "./capture.ts";
import type { NetworkNamespace } from "./namespace.ts";
import { type PingRequest, type PingResult, ping } from "./ping.ts";
import { type ConnectRequest, connectTcp, type Endpoint, listenTcp, openUdp } from "./socket.ts";

/** How a side is made: its interface's name and its addresses with prefix, "10.42.0.1/24". */
export interface SideOptions {
  readonly interface: string;
  readonly addresses: readonly string[];
}

/** Address and prefix of "10.42.0.1/24". */
function splitPrefix(text: string): readonly [address: string, prefix: number] {
  const [address = "", prefix = address.includes(":") ? "128" : "32"] = text.split("/");
  return [address, Number(prefix)];
}

/** One of the two sides. */
export class TestbedSide {
  /** The end of the veth pair on this side. */
  readonly interface: NetworkInterface;
  /** Addresses without prefix, in the order in which they were given. */
  readonly addresses: readonly string[];
  readonly #sys: Sys;
  readonly #namespace: NetworkNamespace;
  readonly #closers = new Set<() => void>();

  /** Sets the interface up, with its addresses. @throws DiagnosticError */
  constructor(sys: Sys, namespace: NetworkNamespace, options: SideOptions) {
    this.#sys = sys;
    this.#namespace = namespace;
    this.addresses = options.addresses.map((address) => splitPrefix(address)[0]);
    this.interface = this.#configure(options);
  }

  #configure(options: SideOptions): NetworkInterface {
    using netlink = this.#namespace.run(() => new Netlink(this.#sys));
    const links = netlink.links();
    const device = links.find((link) => link.name === options.interface);
    if (!device) throw new Error(`testing/side: no interface ${options.interface}`);
    for (const link of links) if (link === device || link.name === "lo") netlink.setUp(link.index);
    for (const text of options.addresses) netlink.addAddress(device.index, ...splitPrefix(text));
    return device;
  }

  /**
   * Runs a synchronous action inside this side's network: interfaces are looked up here, and programs attach here.
   * @throws what the action throws
   */
  inNamespace<T>(action: () => T): T {
    return this.#namespace.run(action);
  }

  /** The interfaces of this side as they are now. */
  links(): readonly NetworkInterface[] {
    using netlink = this.inNamespace(() => new Netlink(this.#sys));
    return netlink.links();
  }

  /** The first address of the same family as `other`. */
  addressFor(other: string): string {
    const found = this.addresses.find((address) => address.includes(":") === other.includes(":"));
    if (found !== undefined) return found;
    throw this.#noAddress(`no address of the family of ${other}`);
  }

  /** @throws DiagnosticError when the address is not one of this side's. */
  checkAddress(address: string): void {
    if (!this.addresses.includes(address)) throw this.#noAddress(`not the address ${address}`);
  }

  #noAddress(what: string): DiagnosticError {
    const message = `the side with ${this.interface.name} has ${what}`;
    const notes = [`it has ${this.addresses.join(", ")}`];
    return new DiagnosticError([diagnostic(kernelDiagnostics.address, { message, notes })]);
  }

  #keep<T>(resource: T, close: () => void): T {
    this.#closers.add(close);
    return resource;
  }

  /** A UDP socket of Node's, bound to one of this side's addresses. */
  async udpSocket(local: Endpoint): Promise<DatagramSocket> {
    this.checkAddress(local.address);
    const controller = new AbortController();
    const socket = await openUdp(this.#sys, this.#namespace, local, controller.signal);
    const close = (): void => controller.abort();
    socket.once("close", () => this.#closers.delete(close));
    return this.#keep(socket, close);
  }

  /** Makes a TCP or HTTP server of Node's listen on this side; gives its port. */
  async listen(server: Server, local: Endpoint): Promise<number> {
    this.checkAddress(local.address);
    const port = await listenTcp(this.#sys, this.#namespace, server, local);
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    const close = (): void => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
    return this.#keep(port, close);
  }

  /** A connected TCP socket of Node's, or undefined when nobody answers in time. */
  async connect(request: ConnectRequest): Promise<Socket | undefined> {
    this.checkAddress(request.from);
    const socket = await connectTcp(this.#sys, this.#namespace, request);
    if (!socket) return undefined;
    const close = (): void => void socket.destroy();
    socket.once("close", () => this.#closers.delete(close));
    return this.#keep(socket, close);
  }

  /** ICMP echo from one of this side's addresses. */
  ping(request: PingRequest): Promise<PingResult> {
    this.checkAddress(request.from);
    return ping(this.#sys, this.#namespace, request);
  }

  /** Records what passes this side's interface, both ways. */
  capture(): Capture {
    const capture = startCapture(this.#sys, this.#namespace, this.interface.index);
    return this.#keep(capture, () => capture[Symbol.dispose]());
  }

  /** Closes everything that was handed out, then lets go of the namespace. */
  close(): void {
    for (const close of [...this.#closers]) close();
    this.#closers.clear();
    this.#namespace[Symbol.dispose]();
  }
}
