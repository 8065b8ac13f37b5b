// Run by tests of control groups in a process of its own, inside a group of the test's: does as it is told by messages
// and answers with what came of it, errors by their names.
import { createSocket } from "node:dgram";
import { type EventEmitter, once } from "node:events";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { getSystemErrorName } from "node:util";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";

/** What an action gives. */
export type CgroupAnswer = string | number | Readonly<Record<string, string | number | undefined>>;

const sys = await openSys();
/** Kept open until the process ends. */
const servers: Server[] = [];

function named(status: number): string | number {
  return status < 0 ? getSystemErrorName(status) : status;
}

/** The first event of some, or the error. */
async function outcome<T>(emitter: EventEmitter, event: string, give: () => T): Promise<T | string> {
  try {
    await once(emitter, event);
    return give();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

const actions = {
  /** Makes a socket of this family, type and protocol, and closes it: its number. */
  socket(family: number, type: number, protocol: number): CgroupAnswer {
    const status = sys.socket(family, type, protocol);
    if (status >= 0) sys.close(status);
    return status < 0 ? named(status) : "ok";
  },
  /** The mark of a new UDP socket. */
  mark(): CgroupAnswer {
    const socket = sys.socket(2, 2, 0);
    const value = new Uint8Array(4);
    sys.getsockopt(socket, 1, 36, value);
    sys.close(socket);
    return new DataView(value.buffer).getUint32(0, true);
  },
  /** Listens at a port: the port that it is. */
  async listen(host: string, port: number): Promise<CgroupAnswer> {
    const server = createServer((socket) => socket.on("error", () => {}).end("inside"));
    servers.push(server);
    server.listen(port, host);
    return outcome(server, "listening", () => {
      const address = server.address();
      return typeof address === "object" && address ? address.port : -1;
    });
  },
  /** Connects: what the server says, and both addresses. */
  async connect(host: string, port: number): Promise<CgroupAnswer> {
    const socket = connect({ host, port });
    let text = "";
    const addresses: Record<string, string | number | undefined> = {};
    socket.on("connect", () => {
      addresses.remotePort = socket.remotePort;
      addresses.localPort = socket.localPort;
    });
    socket.on("data", (data) => {
      text += data.toString();
    });
    return outcome(socket, "close", () => ({ text, ...addresses }));
  },
  async connectUnix(path: string): Promise<CgroupAnswer> {
    const socket = connect(path);
    const result = await outcome(socket, "connect", () => "ok");
    socket.destroy();
    return result;
  },
  /** Binds a Unix socket to a name of its own and asks for it. */
  nameUnix(): CgroupAnswer {
    const socket = sys.socket(1, 2, 0);
    sys.bind(socket, new TextEncoder().encode(`\u0001\0\0typebpf-${process.pid}`));
    const status = named(sys.getsockname(socket, new Uint8Array(110)));
    sys.close(socket);
    return status;
  },
  /** Sends a datagram and waits for the answer: its text and where it comes from. */
  async ask(family: "udp4" | "udp6", host: string, port: number, text: string): Promise<CgroupAnswer> {
    const socket = createSocket(family);
    try {
      const answered = once(socket, "message", { signal: AbortSignal.timeout(500) });
      answered.catch(() => {});
      await new Promise<void>((resolve, reject) => {
        socket.send(text, port, host, (error) => (error ? reject(error) : resolve()));
      });
      const [message, from] = await answered;
      return { text: String(message), port: from.port };
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return name === "AbortError" ? "nothing" : (code ?? name);
    } finally {
      socket.close();
    }
  },
  open(path: string, flags: string): CgroupAnswer {
    try {
      closeSync(openSync(path, flags));
      return "ok";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  },
  write(path: string, text: string): CgroupAnswer {
    try {
      writeFileSync(path, text);
      return "ok";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  },
  /** Sets an option of a new UDP socket and reads it again. */
  option(level: number, name: number, value: number): CgroupAnswer {
    const socket = sys.socket(2, 2, 0);
    const bytes = new Uint8Array(4);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, value, true);
    const set = named(sys.setsockopt(socket, level, name, bytes));
    view.setUint32(0, 0, true);
    const got = named(sys.getsockopt(socket, level, name, bytes));
    sys.close(socket);
    return { set, got, value: view.getUint32(0, true) };
  },
  /** Connects to a port of this machine: an option of the connection. */
  optionOfConnection(port: number, level: number, name: number): CgroupAnswer {
    const socket = sys.socket(2, 1, 0);
    const address = new Uint8Array(16);
    const view = new DataView(address.buffer);
    view.setUint16(0, 2, true);
    view.setUint16(2, port);
    view.setUint32(4, 0x7f00_0001);
    const connected = named(sys.connect(socket, address));
    const bytes = new Uint8Array(4);
    sys.getsockopt(socket, level, name, bytes);
    sys.close(socket);
    return { connected, value: new DataView(bytes.buffer).getUint32(0, true) };
  },
} as const;

/** What a process can be told. */
export type CgroupAction = typeof actions;

process.on("message", async ([action, args]: [keyof CgroupAction, readonly never[]]) => {
  const run = actions[action] as (...args: readonly never[]) => CgroupAnswer | Promise<CgroupAnswer>;
  process.send?.(await run(...args));
});
process.once("disconnect", () => process.exit(1));
process.send?.("ready");
