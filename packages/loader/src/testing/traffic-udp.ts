// UDP traffic of the test bed: an echo server on one side, datagrams from the other, counted when they come back.
import { setTimeout as delay } from "node:timers/promises";
import type { TestbedSide } from "./side.ts";
import type { Endpoint } from "./socket.ts";

/** The echo server's port; default any free one. */
export interface UdpOptions {
  readonly port?: number;
}

/** How many datagrams were sent, and how many came back as they were. */
export interface UdpResult {
  readonly sent: number;
  readonly received: number;
}

/** What to send. */
export interface EchoRequest {
  readonly from: string;
  readonly to: Endpoint;
  readonly count: number;
  readonly timeoutMs: number;
}

const pollMs = 2;

/** Sends back every datagram; gives the server's port. Ends with the side. */
export async function serveEcho(side: TestbedSide, local: Endpoint): Promise<number> {
  const socket = await side.udpSocket(local);
  socket.on("message", (message, sender) => socket.send(message, sender.port, sender.address));
  // A reply that cannot be sent is a lost datagram: the one who counts sees it.
  socket.on("error", () => undefined);
  return socket.address().port;
}

/** Sends datagrams and counts what comes back in time. */
export async function countEchoes(side: TestbedSide, request: EchoRequest): Promise<UdpResult> {
  const socket = await side.udpSocket({ address: request.from, port: 0 });
  const waiting = new Set<string>();
  socket.on("message", (message) => waiting.delete(message.toString()));
  socket.on("error", () => undefined);
  for (let index = 0; index < request.count; index++) {
    const text = `datagram ${index} of ${request.count}`;
    waiting.add(text);
    socket.send(text, request.to.port, request.to.address);
  }
  const end = performance.now() + request.timeoutMs;
  while (waiting.size > 0 && performance.now() < end) await delay(pollMs);
  socket.close();
  return { sent: request.count, received: request.count - waiting.size };
}
