// HTTP traffic of the test bed: a server on one side, one request from a chosen address of the other.
import { createServer, request as httpRequest } from "node:http";
import type { TestbedSide } from "./side.ts";
import type { ConnectRequest, Endpoint } from "./socket.ts";

/** The server's port; default any free one. */
export interface HttpOptions {
  readonly port?: number;
}

/** The answer; the test bed's server tells the address that it saw: "hello 10.42.0.2". */
export interface HttpResult {
  readonly status: number;
  readonly body: string;
}

/** Answers every request with the client's address; gives the port. Ends with the side. */
export async function serveHttp(side: TestbedSide, local: Endpoint): Promise<number> {
  const server = createServer((request, response) => {
    response.setHeader("Connection", "close");
    response.end(`hello ${request.socket.remoteAddress ?? "nobody"}`);
  });
  return side.listen(server, local);
}

/** One GET over a new connection; undefined when no whole answer comes in time. */
export async function requestHttp(side: TestbedSide, connect: ConnectRequest): Promise<HttpResult | undefined> {
  const end = performance.now() + connect.timeoutMs;
  const socket = await side.connect(connect);
  if (!socket) return undefined;
  const { address, port } = connect.to;
  const host = address.includes(":") ? `[${address}]` : address;
  return new Promise((resolve) => {
    const finish = (result: HttpResult | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(undefined), Math.max(1, end - performance.now()));
    const request = httpRequest(
      { createConnection: () => socket, headers: { Host: `${host}:${port}` } },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => (body += text));
        response.on("end", () => finish({ status: response.statusCode ?? 0, body }));
        response.on("error", () => finish(undefined));
      },
    );
    // A connection that breaks is a request without an answer.
    request.on("error", () => finish(undefined));
    request.end();
  });
}
